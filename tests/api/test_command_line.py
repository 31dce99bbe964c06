"""The command line in the page: what the real CLI would send, through the one door, and nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecsweb.api.command_line import Outcome, complete, run_line
from ecsweb.api.command_line.parsing import UsageError, commands, parse
from ecsweb.api.principal import Principal, root_of
from ecsweb.api.renderers import cli_command
from ecsweb.models import Cluster, Event
from tests.api.test_operations import answers
from tests.world import ACCOUNT, REGION, World

pytestmark = pytest.mark.django_db
CLUSTERS = "aws ecs describe-clusters --clusters demo"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def me(world: World) -> Principal:
    return root_of(ACCOUNT, REGION, origin="page")


def run(me: Principal, line: str) -> Outcome:
    return run_line(me, line)


def test_a_line_is_carried_out_and_answered_as_the_cli_prints_it(me: Principal) -> None:
    found = run(me, "aws ecs create-cluster --cluster-name shop --tags key=team,value=a")

    assert (found.status, found.operation) == (0, "CreateCluster")
    cluster = json.loads(found.text)["cluster"]
    assert (cluster["clusterName"], cluster["tags"]) == ("shop", [{"key": "team", "value": "a"}])
    assert Cluster.objects.filter(name="shop").exists()
    assert Event.objects.filter(detail_type="API Call").latest("sequence").detail["origin"] == "console"


@pytest.mark.parametrize(
    "line", ["list-clusters", "ecs list-clusters", "aws ecs list-clusters", " aws  ecs list-clusters "]
)
def test_aws_and_ecs_may_be_left_out(me: Principal, line: str) -> None:
    assert json.loads(run(me, line).text)["clusterArns"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--query clusters[].status", '[\n    "ACTIVE"\n]'),
        ("--query 'clusters[0].clusterName' --output text", "demo"),
        ("--output yaml", "clusterName: demo"),
        ("--output table", "|  clusterName"),
        ("--query clusters[0].nothing", "null"),
    ],
)
def test_query_and_output_are_the_clis_own(me: Principal, options: str, said: str) -> None:
    found = run(me, f"{CLUSTERS} {options}")

    assert (found.status, said in found.text) == (0, True), found.text


def test_times_are_printed_as_the_cli_prints_them(me: Principal, world: World) -> None:
    world.launch()
    arn = world.call("ListContainerInstances", cluster="demo")["containerInstanceArns"][0]
    found = run(me, f"aws ecs describe-container-instances --cluster demo --container-instances {arn}")

    assert "T" in json.loads(found.text)["containerInstances"][0]["registeredAt"]


def test_a_refusal_reads_as_the_clis(me: Principal) -> None:
    found = run(me, "aws ecs describe-services --cluster nowhere --services web")

    assert (found.status, found.is_fine) == (254, False)
    assert found.text == (
        "An error occurred (ClusterNotFoundException) when calling the DescribeServices operation: Cluster not found."
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("aws ecs run-tsk", "Did you mean: run-task"),
        ("aws ecs run-task --cluster demo", "required: --task-definition"),
        ("aws ecs run-task --cluster demo", "The options of aws ecs run-task are not understood"),
        ("aws ecs run-task --task-definition", "expected one argument"),
        ("aws ecs run-task --task-definition web --clustr demo", "Did you mean: --cluster"),
        ("aws ecs list-clusters | grep demo", "no shell"),
        ("aws ecs list-clusters && rm -rf /", "no shell"),
        ("aws ecs list-clusters > out.txt", "no shell"),
        ("aws ecs register-task-definition --cli-input-json file:///etc/passwd", "no files here"),
        ("aws ecs create-cluster --tags=file:///etc/passwd", "no files here"),
        ("aws ecs run-task --generate-cli-skeleton", "not for here"),
        ("aws ecs list-clusters --endpoint-url", "--endpoint-url wants a value"),
        ("aws ecs list-clusters --output xml", "--output is one of"),
        ("aws ecs list-clusters --query '[['", "The value of --query is not understood"),
        ("aws ecs list-clusters --region moon", "no region"),
        ("aws ecs wait services-stable --services web", "asks again and again"),
        ("aws s3 ls", "only these are here: ecs, ssm"),
        ("aws ecs run-task --cli-input-json '{'", "no JSON"),
        ("aws ecs run-task --cli-input-json '[1]'", "wants an object"),
        ("aws ecs run-task 'open", "quotes do not close"),
        ("aws ecs run-task --count many --task-definition web", "--count cannot be read; it should be: integer"),
        ("aws ecs zzz", "has no command “zzz”. help lists"),
        ("aws ecs create-cluster --tags key", "Error parsing"),
        ("x" * 30_000, "at most"),
    ],
)
def test_what_is_no_command_is_told_in_words_and_does_nothing(me: Principal, line: str, words: str) -> None:
    before = Event.objects.count()
    found = run(me, line)

    assert (found.status, words in f"{found.lead} {found.text}") == (252, True), (found.lead, found.text)
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("line", "ignored"),
    [
        ("aws --endpoint-url http://127.0.0.1:8000 ecs list-clusters", ["--endpoint-url"]),
        (
            "aws ecs list-clusters --endpoint-url=https://example.com --no-cli-pager",
            ["--endpoint-url", "--no-cli-pager"],
        ),
        ("aws --profile other --no-verify-ssl ecs list-clusters", ["--profile", "--no-verify-ssl"]),
        (f"aws --region {REGION} ecs list-clusters", []),
    ],
)
def test_a_line_copied_with_the_way_to_another_place_is_carried_out_here(
    me: Principal, line: str, ignored: list[str]
) -> None:
    found = run(me, line)

    assert json.loads(found.text)["clusterArns"]
    assert (found.is_fine, list(found.ignored), found.region) == (True, ignored, "")


@pytest.mark.parametrize(
    "end", ["\\\n  ", "\\\r\n  ", "\\   ", "\n  "], ids=["lines", "windows", "pasted", "no-backslash"]
)
def test_a_command_of_several_lines_is_one_command_as_it_is_and_pasted_into_one_line(me: Principal, end: str) -> None:
    found = run(
        me, f"aws ecs create-cluster {end}--endpoint-url http://127.0.0.1:8000 {end}--cluster-name {end}'lines'"
    )

    assert json.loads(found.text)["cluster"]["clusterName"] == "lines", found.text


def test_another_region_is_said_to_be_another(me: Principal) -> None:
    found = run(me, "aws ecs list-clusters --region us-east-1")

    assert (found.region, json.loads(found.text)["clusterArns"]) == ("us-east-1", [])


def test_nothing_of_the_server_leaks_in(me: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_OUTPUT", "text")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    assert json.loads(run(me, "aws ecs list-clusters").text)["clusterArns"]
    assert "$HOME" in run(me, "aws ecs create-cluster --cluster-name '$HOME'").line
    assert run(me, "aws ecs create-cluster --cluster-name $(id)").status == 254


def test_help_lists_commands_and_the_options_of_one(me: Principal) -> None:
    assert "run-task" in run(me, "help").listed
    assert "put-parameter" in run(me, "aws ssm help").listed
    of_run_task = run(me, "aws ecs run-task help").text
    assert "--task-definition <string> (required)" in of_run_task
    assert "create-daemon" not in run(me, "help").listed
    assert run(me, "aws ecs run-task help").listed == ()


def test_the_commands_that_the_pages_show_do_the_same_here(world: World) -> None:
    """Each call of a long session, worded as CLI, is parsed back into the very same call."""
    answers(world)
    rows = Event.objects.filter(detail_type="API Call").order_by("sequence").values_list("detail", flat=True)
    known = set(commands("ecs").values())
    calls = [(row["operation"], row["parameters"]) for row in rows if row["operation"] in known]

    assert len({operation for operation, _params in calls}) > 25
    for operation, params in calls:
        found = parse(cli_command(operation, params))
        assert (found.operation, json.loads(json.dumps(found.params))) == (operation, params)


def names(me: Principal, line: str) -> list[str]:
    return complete(me, line)


def test_tab_completes_commands_options_values_and_ones_own_names(me: Principal, world: World) -> None:
    world.register()
    world.call("CreateService", cluster="demo", serviceName="shop", taskDefinition="web", desiredCount=0)

    assert names(me, "aws ecs run-t") == ["run-task"]
    assert "--task-definition" in names(me, "aws ecs run-task --task")
    assert names(me, "aws ecs run-task --launch-type F") == ["FARGATE"]
    assert names(me, "aws ecs run-task --cluster ") == ["demo"]
    assert names(me, "aws ecs describe-services --cluster demo --services s") == ["shop"]
    assert names(me, "aws ecs run-task --task-definition w") == ["web:1"]
    assert "yaml" in names(me, "aws ecs list-clusters --output ")
    assert names(me, "aws ecs nonsense --x") == []
    assert names(me, "aws ssm put-") == ["put-parameter"]
    assert "aws" in names(me, "")


@pytest.mark.parametrize("service", ["ecs", "ssm"])
def test_tab_offers_the_commands_that_help_lists_and_no_other(me: Principal, service: str) -> None:
    listed = set(run(me, f"aws {service} help").listed)
    found = {word for letter in "abcdefghijklmnopqrstuvwxyz" for word in names(me, f"aws {service} {letter}")}

    assert found - {"help"} == listed
    assert "describe-daemon" not in found


def test_another_account_is_not_completed(world: World) -> None:
    other = root_of("999999999999", REGION, origin="page")

    assert names(other, "aws ecs run-task --cluster ") == []


HOSTILE = [
    "",
    " ",
    "\x00",
    "aws",
    "aws ecs",
    "--",
    "aws ecs run-task -- --",
    "`id`",
    "$(id)",
    "; rm -rf /",
    "aws ecs run-task --task-definition '\u202e'",
    "aws ecs create-cluster --cluster-name <script>alert(1)</script>",
    "aws ecs run-task --overrides {{{{",
    "aws ecs run-task --overrides '" + "[" * 5000 + "'",
    "aws ecs run-task --network-configuration =,=",
    "aws ecs describe-clusters --clusters " + " ".join("c" for _ in range(300)),
    "aws ecs run-task --count 99999999999999999999999",
    "aws ecs run-task --no-",
    "aws ecs register-task-definition --container-definitions name=",
    "aws ecs list-clusters --query " + "a." * 500 + "a",
    "aws ecs list-clusters --max-results -1",
    "aws ecs list-clusters --next-token x",
    "\ud55c\uae00",
    "aws ecs create-cluster --cluster-name \U0001f600",
    "'" * 7,
    "\\",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_whatever_is_typed_has_an_answer(me: Principal, line: str) -> None:
    found = run(me, line)

    assert found.status in {0, 252, 254}
    assert isinstance(complete(me, line), list)


word = st.one_of(
    st.sampled_from([*list(commands("ecs"))[:60], "aws", "ecs", "ssm", "--cluster", "--tags", "--query", "--output"]),
    st.text(max_size=12),
    st.builds(json.dumps, st.recursive(st.none() | st.integers() | st.text(max_size=4), st.lists, max_leaves=5)),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(word, max_size=8))
def test_any_words_are_a_command_or_a_usage_error(words: list[Any]) -> None:
    # Anything else that is raised fails the test.
    with contextlib.suppress(UsageError):
        assert parse(" ".join(words)).service in {"ecs", "ssm"}
