"""What is shown as CLI command and boto3 code makes exactly the call that it was rendered from: both are executed.

Who answers is a small server of our own that keeps what it was sent.
"""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml
from awscli.clidriver import CLIDriver, create_clidriver
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecsweb.api.renderers import boto3_code, cli_command, cloudformation_template

REGION = "ap-northeast-2"
# A failing call makes the CLI print pages: to look for a shorter one would take minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
DEFINITION = {
    "family": "web",
    "containerDefinitions": [
        {
            "name": "app",
            "image": "ecsweb/web:1",
            "memory": 64,
            "essential": True,
            "command": ["sh", "-c", "echo 'it''s' \"$HOME\"; sleep 1"],
            "environment": [{"name": "TEXT", "value": "줄\nbreak\\ and 'both\" quotes"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "max-size": "1m"}},
        }
    ],
}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("ListClusters", {}),
    ("CreateCluster", {"clusterName": "demo", "tags": [{"key": "who", "value": "the class"}]}),
    ("RegisterTaskDefinition", DEFINITION),
    ("RunTask", {"cluster": "demo", "taskDefinition": "web:1", "count": 3, "enableECSManagedTags": True}),
    ("DeleteService", {"cluster": "demo", "service": "web", "force": False}),
    ("DescribeTasks", {"cluster": "demo", "tasks": ["a" * 32, "b" * 32], "include": ["TAGS"]}),
    ("StopTask", {"task": "c" * 32, "reason": "file:///etc/passwd"}),
    ("DescribeClusters", {"clusters": ["[1", " {"]}),
    ("StopTask", {"task": "d" * 32, "reason": "--force; rm -rf $(pwd) `id`"}),
    ("ssm:PutParameter", {"Name": "/web/password", "Value": "rosebud", "Type": "SecureString"}),
    (
        "UpdateService",
        {"service": "web", "deploymentConfiguration": {"maximumPercent": 150, "minimumHealthyPercent": 50}},
    ),
]


class Keeper(http.server.ThreadingHTTPServer):
    """Answers every call with an empty success and keeps what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.kept: list[tuple[str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Keeper)
        service, name = self.headers["X-Amz-Target"].rsplit(".", 1)
        self.server.kept.append((f"ssm:{name}" if service == "AmazonSSM" else name, json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing."""


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    with Keeper() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@cache
def driver() -> CLIDriver:
    return create_clidriver()


def words_of(command: str) -> list[str]:
    """Return the arguments that a POSIX shell makes of the command."""
    script = f'aws() {{ printf "%s\\0" "$@"; }}\n{command}\n'
    # Bytes: text would turn a carriage return into a new line.
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def sent(keeper: Keeper) -> tuple[str, dict[str, Any]]:
    """Return the call that arrived, without the token that clients add by themselves."""
    operation, params = keeper.kept.pop()
    params.pop("clientToken", None)
    return operation, params


def by_cli(keeper: Keeper, operation: str, params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    assert driver().main(words_of(cli_command(operation, params, endpoint=keeper.url, region=REGION))) == 0
    return sent(keeper)


def by_boto3(keeper: Keeper, operation: str, params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    exec(compile(boto3_code(operation, params, endpoint=keeper.url, region=REGION), "<rendered>", "exec"), {})
    return sent(keeper)


@pytest.mark.parametrize(("operation", "params"), CALLS)
def test_the_command_makes_the_very_call(keeper: Keeper, operation: str, params: dict[str, Any]) -> None:
    assert by_cli(keeper, operation, params) == (operation, params)


@pytest.mark.parametrize(("operation", "params"), CALLS)
def test_the_code_makes_the_very_call(keeper: Keeper, operation: str, params: dict[str, Any]) -> None:
    assert by_boto3(keeper, operation, params) == (operation, params)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, st.lists(texts, min_size=1, max_size=3), st.dictionaries(texts, texts, max_size=2))
def test_whatever_is_written_survives_shell_and_python(
    keeper: Keeper, reason: str, command: list[str], labels: dict[str, str]
) -> None:
    container = {"name": "app", "image": "i", "command": command, "dockerLabels": labels}
    for operation, params in (
        ("StopTask", {"task": reason, "reason": reason}),
        ("RegisterTaskDefinition", {"family": reason, "containerDefinitions": [container]}),
        ("DescribeClusters", {"clusters": command}),
    ):
        assert by_cli(keeper, operation, params) == (operation, params)
        assert by_boto3(keeper, operation, params) == (operation, params)


def test_a_short_command_is_one_line_and_a_long_one_is_folded() -> None:
    assert cli_command("ListTasks", {"cluster": "demo"}) == "aws ecs list-tasks --cluster demo"
    assert cli_command(*CALLS[3]).splitlines()[0] == "aws ecs run-task \\"


def test_code_that_does_not_fit_a_line_is_folded_like_a_person_would() -> None:
    assert boto3_code("StopTask", {"task": "x"}).splitlines()[-1] == 'answer = ecs.stop_task(task="x")'
    assert '    family="web",\n    containerDefinitions=[\n        {\n            "name": "app",' in boto3_code(
        *CALLS[2]
    )


def test_a_template_has_the_resource_with_capital_properties_and_free_maps_as_written() -> None:
    template = yaml.safe_load(cloudformation_template("RegisterTaskDefinition", DEFINITION))

    resource = template["Resources"]["WebTaskDefinition"]
    container = resource["Properties"]["ContainerDefinitions"][0]
    assert resource["Type"] == "AWS::ECS::TaskDefinition"
    assert container["LogConfiguration"]["Options"] == {"awslogs-group": "g", "max-size": "1m"}
    assert container["Environment"] == [{"Name": "TEXT", "Value": "줄\nbreak\\ and 'both\" quotes"}]


def test_a_service_has_the_names_that_cloudformation_gives_it() -> None:
    params = {"serviceName": "web-1", "desiredCount": 2, "placementStrategy": [{"type": "random"}], "clientToken": "t"}

    assert yaml.safe_load(cloudformation_template("CreateService", params)) == {
        "Resources": {
            "Web1Service": {
                "Type": "AWS::ECS::Service",
                "Properties": {
                    "ServiceName": "web-1",
                    "DesiredCount": 2,
                    "PlacementStrategies": [{"Type": "random"}],
                },
            }
        }
    }


def test_what_runs_once_is_no_resource() -> None:
    assert cloudformation_template("RunTask", {"taskDefinition": "web"}) == ""
