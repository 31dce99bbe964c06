"""What is taken to AWS is what was built: the script runs in a real shell, the template is held to AWS's own shapes.

Each `aws` of the scripts is a small program that asks this test, which carries the command out by the command line
of the page in another region of the same world. EC2 is played: what is launched joins the cluster of its user data.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.validate import ParamValidator
from django.test import Client

from ecsweb.api import call
from ecsweb.api.command_line import run_line
from ecsweb.api.model import ecs_model
from ecsweb.api.principal import Principal, root_of
from ecsweb.learn.taking import Work, costs_of, deploy_commands, script_of, teardown_of, template_of, work_of
from ecsweb.models import Cluster, Task
from tests.learn.conftest import WEB
from tests.world import ACCOUNT, FARGATE, REGION, World

ELSEWHERE = "us-east-1"
HERE, THERE = (root_of(ACCOUNT, region, origin="page") for region in (REGION, ELSEWHERE))
CHOSEN = {"SUBNET": "subnet-0a1b2c3d", "SECURITY_GROUP": "sg-0a1b2c3d", "INSTANCE_PROFILE": "ecsInstanceRole"}
STAYS = ["sleep", "99999"]
AWS = """#!{python}
import json, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    line.sendall(json.dumps(sys.argv[1:]).encode() + b"\\0")
    status, text = json.loads(line.makefile().read())
print(text)
sys.exit(status)
"""


class TwoRegions(World):
    """A world in which a cluster of the same name lives in two regions."""

    def reconcile(self, name: str = "demo") -> bool:
        """Plan and apply for each of that name, the others put aside meanwhile."""
        busy = False
        for pk in list(Cluster.objects.filter(name=name).values_list("pk", flat=True)):
            Cluster.objects.exclude(pk=pk).filter(name=name).update(name=f"{name}-aside")
            busy |= super().reconcile(name)
            Cluster.objects.filter(name=f"{name}-aside").update(name=name)
        return busy

    def converge(self, *, seconds: float = 30) -> None:
        """Run the loop until nothing changes any more: both regions at once, as they have one name."""
        for _ in range(int(seconds)):
            self.step_all()
            is_busy = self.reconcile()
            self.step_all()
            self.clock.forward(1)
            if not is_busy and not Task.objects.exclude(last_status__in=("RUNNING", "STOPPED")).exists():
                return


class Aws:
    """Carries out what the shell's `aws` is asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made: list[str] = []
        self.asked: list[list[str]] = []

    def answer(self, words: list[str]) -> tuple[int, str]:
        self.asked.append(words)
        match words[:2]:
            case ["ecs", "wait"]:
                self.world.converge(seconds=8)
                return 0, ""
            case ["ssm", "get-parameters"]:
                return 0, "ami-0a1b2c3d"
            case ["ec2", "run-instances"]:
                return 0, "\t".join(self.launched(words))
            case ["ec2", _]:
                assert set(words[words.index("--instance-ids") + 1 :]) == set(self.made)
                return 0, ""
            case _:
                pass
        outcome = run_line(THERE, f"aws {shlex.join(words)}")
        return outcome.status, outcome.text

    def launched(self, words: list[str]) -> list[str]:
        """Let as many machines of the type join the cluster of their user data."""
        given = dict(zip(words[2::2], words[3::2], strict=True))
        assert given["--subnet-id"] == CHOSEN["SUBNET"]
        assert given["--iam-instance-profile"] == "Name=ecsInstanceRole"
        settings = dict(line.split("=", 1) for line in given["--user-data"].splitlines() if line.startswith("ECS_"))
        own = json.loads(settings.get("ECS_INSTANCE_ATTRIBUTES", "{}"))
        document = {"instanceType": given["--instance-type"], "availabilityZone": f"{ELSEWHERE}a"}
        for _ in range(int(given["--count"])):
            params = {
                "cluster": settings["ECS_CLUSTER"],
                "instanceIdentityDocument": json.dumps(document),
                "attributes": [{"name": name, "value": value} for name, value in own.items()],
            }
            answer = call(THERE, "RegisterContainerInstance", params)
            self.made.append(answer["containerInstance"]["ec2InstanceId"])
        return self.made


def run(script: str, folder: Path, aws: Aws, **chosen: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a real shell whose `aws` is answered here."""
    address = str(folder / "aws.sock")
    program = folder / "bin" / "aws"
    program.parent.mkdir(exist_ok=True)
    program.write_text(AWS.format(python=sys.executable, address=address))
    program.chmod(0o755)
    Path(address).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        server.settimeout(0.05)
        environment = {"PATH": f"{program.parent}:{os.environ['PATH']}", **chosen}
        shell = subprocess.Popen(
            ["sh"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert shell.stdin is not None
        shell.stdin.write(script.encode())
        shell.stdin.close()
        shell.stdin = None
        while shell.poll() is None:
            serve_one(server, aws)
        _out, err = shell.communicate()
    return subprocess.CompletedProcess(["sh"], shell.returncode, "", err.decode())


def serve_one(server: socket.socket, aws: Aws) -> None:
    try:
        line, _address = server.accept()
    except TimeoutError:
        return
    with line:
        line.settimeout(10)
        asked = b""
        while not asked.endswith(b"\0"):
            asked += line.recv(65536)
        line.sendall(json.dumps(aws.answer(json.loads(asked[:-1]))).encode())


@pytest.fixture
def built(db: None, settings: object) -> TwoRegions:
    """Two revisions in use, a DAEMON, FARGATE, an EXTERNAL service, tasks run directly, machines of three kinds."""
    settings.ECSWEB_ENGINE_SLOTS = 0  # type: ignore[attr-defined] # — pytest-django's settings have no stub
    world = TwoRegions()
    world.call(
        "CreateCluster", clusterName="demo", capacityProviders=["FARGATE"], tags=[{"key": "for", "value": "the class"}]
    )
    first = world.launch()
    world.launch()
    world.launch(instance_type="t3.micro")
    world.call("PutAttributes", cluster="demo", attributes=[{"name": "stack", "value": "a", "targetId": first}])
    texts = {"environment": [{"name": "SAY", "value": 'it\'s "$HOME" `id` 줄'}], "command": ["sh", "-c", "sleep 99999"]}
    roles = {"executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"}
    world.call("RegisterTaskDefinition", family="web", containerDefinitions=[{**WEB, **texts}], **roles)
    world.register("web", memory=72)
    world.register("unused")
    world.register("once", image="busybox", command=STAYS)
    world.call(
        "RegisterTaskDefinition",
        family="far",
        containerDefinitions=[{"name": "a", "image": "busybox", "command": STAYS}],
        **FARGATE,
    )
    circuit = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}, "maximumPercent": 150}
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=2,
        deploymentConfiguration={**circuit, "minimumHealthyPercent": 50},
        placementConstraints=[{"type": "memberOf", "expression": "attribute:ecs.instance-type == t3.small"}],
        placementStrategy=[{"type": "spread", "field": "instanceId"}],
    )
    world.call("CreateService", cluster="demo", serviceName="next", taskDefinition="web:2", desiredCount=1)
    world.call("CreateService", cluster="demo", serviceName="all", taskDefinition="once", schedulingStrategy="DAEMON")
    network = {
        "awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"}
    }
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="far",
        taskDefinition="far",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=network,
    )
    external = {"deploymentController": {"type": "EXTERNAL"}}
    world.call("CreateService", cluster="demo", serviceName="by-hand", desiredCount=0, **external)
    world.call("RunTask", cluster="demo", taskDefinition="once", count=2)
    world.converge()
    return world


@pytest.fixture
def work(built: TwoRegions) -> Work:
    return work_of(HERE, "demo")


def chosen_for(work: Work) -> dict[str, str]:
    """Choose something for everything that the work asks for."""
    values = {"image": "busybox:1", "role": "arn:aws:iam::210987654321:role/mine"}
    return {one.name: CHOSEN.get(one.name) or values[one.kind] for one in work.choices}


def names(principal: Principal, operation: str, key: str, **params: Any) -> list[str]:
    return sorted(str(arn).rsplit("/", 1)[-1] for arn in call(principal, operation, params)[key])


def services_in(principal: Principal) -> dict[str, dict[str, Any]]:
    """Return what is wanted of each service, without what a region or a moment gives it."""
    wanted = {
        "serviceName",
        "desiredCount",
        "schedulingStrategy",
        "deploymentConfiguration",
        "placementConstraints",
        "placementStrategy",
        "launchType",
        "availabilityZoneRebalancing",
        "propagateTags",
    }
    listed = names(principal, "ListServices", "serviceArns", cluster="demo")
    found = call(principal, "DescribeServices", {"cluster": "demo", "services": listed})["services"]
    return {one["serviceName"]: {key: one.get(key) for key in wanted} for one in found}


def document_of(principal: Principal, service: str) -> dict[str, Any]:
    """Return the definition that a service runs, as it was registered."""
    found = call(principal, "DescribeServices", {"cluster": "demo", "services": [service]})["services"][0]
    answer = call(principal, "DescribeTaskDefinition", {"taskDefinition": found["taskDefinition"]})["taskDefinition"]
    of_its_own = ("taskDefinitionArn", "revision", "registeredAt", "registeredBy", "executionRoleArn")
    return {key: value for key, value in answer.items() if key not in of_its_own}


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_script_makes_the_same_elsewhere_and_the_teardown_leaves_nothing(
    built: TwoRegions, work: Work, tmp_path: Path
) -> None:
    aws, before = Aws(built), services_in(HERE)

    done = run(script_of(work), tmp_path, aws, **chosen_for(work))

    assert done.returncode == 0, done.stderr
    built.converge()
    expected = {name: wanted for name, wanted in before.items() if name != "by-hand"}
    assert services_in(THERE) == expected
    for service in expected:
        text = json.dumps(document_of(HERE, service)).replace('"ecsweb/web:1"', '"busybox:1"')
        assert document_of(THERE, service) == json.loads(text), service
    assert names(THERE, "ListTaskDefinitions", "taskDefinitionArns") == ["far:1", "once:1", "web:1", "web:2"]
    far = call(THERE, "DescribeServices", {"cluster": "demo", "services": ["far"]})["services"][0]
    vpc = far["networkConfiguration"]["awsvpcConfiguration"]
    assert vpc == {"subnets": ["subnet-0a1b2c3d"], "securityGroups": ["sg-0a1b2c3d"], "assignPublicIp": "ENABLED"}
    direct = Task.objects.filter(cluster__region=ELSEWHERE, service=None, last_status="RUNNING")
    assert direct.count() == 2
    again = work_of(THERE, "demo")
    assert (again.machines, again.cluster) == (work.machines, work.cluster)

    gone = run(teardown_of(work), tmp_path, aws, **chosen_for(work))

    assert gone.returncode == 0, gone.stderr
    built.converge(seconds=4)
    assert names(THERE, "ListClusters", "clusterArns") == []
    for status in ("ACTIVE", "INACTIVE"):
        assert names(THERE, "ListTaskDefinitions", "taskDefinitionArns", status=status) == []
    assert not Task.objects.filter(cluster__region=ELSEWHERE).exclude(last_status="STOPPED").exists()
    assert [path.name for path in tmp_path.glob("ecsweb-*")] == []
    assert ["ec2", "terminate-instances"] in [words[:2] for words in aws.asked]
    assert services_in(HERE) == before


def test_a_cluster_of_that_name_is_not_touched(built: TwoRegions, work: Work, tmp_path: Path) -> None:
    call(THERE, "CreateCluster", {"clusterName": "demo"})
    aws = Aws(built)

    done = run(script_of(work), tmp_path, aws, **chosen_for(work))
    gone = run(teardown_of(work), tmp_path, aws)

    assert (done.returncode, gone.returncode) == (1, 1)
    assert names(THERE, "ListClusters", "clusterArns") == ["demo"]
    assert [words[1] for words in aws.asked] == ["describe-clusters"]


def test_what_is_not_chosen_ends_the_script_before_anything_is_made(
    built: TwoRegions, work: Work, tmp_path: Path
) -> None:
    aws = Aws(built)
    chosen = chosen_for(work)
    assert set(chosen) == {"IMAGE_WEB_1", "ROLE_ECSTASKEXECUTIONROLE", *CHOSEN}
    for name in chosen:
        done = run(script_of(work), tmp_path, aws, **{key: value for key, value in chosen.items() if key != name})
        assert done.returncode != 0
        assert name in done.stderr
    assert aws.asked == []


def resolved(value: Any, template: dict[str, Any], chosen: dict[str, str]) -> Any:
    """Return the value as CloudFormation would see it: a parameter's value, a resource's name."""
    if isinstance(value, dict) and set(value) == {"Ref"}:
        if value["Ref"] in template.get("Parameters", {}):
            return chosen[value["Ref"]]
        properties = template["Resources"][value["Ref"]]["Properties"]
        return properties.get("ClusterName") or properties["Family"]
    if isinstance(value, dict):
        return {key: resolved(one, template, chosen) for key, one in value.items()}
    return [resolved(one, template, chosen) for one in value] if isinstance(value, list) else value


OPERATIONS = {
    "AWS::ECS::Cluster": ("CreateCluster", {"ClusterSettings": "settings"}),
    "AWS::ECS::Service": ("CreateService", {"PlacementStrategies": "placementStrategy"}),
    "AWS::ECS::TaskDefinition": ("RegisterTaskDefinition", {}),
}


def as_parameters(value: Any, shape: Any, renamed: dict[str, str]) -> Any:
    """Return properties as the parameters of botocore's shape, by names that differ in their capitals only."""
    if shape.type_name == "structure":
        members = {name.lower(): name for name in shape.members}
        named = {renamed.get(key) or members[key.lower()]: one for key, one in value.items()}
        return {key: as_parameters(one, shape.members[key], {}) for key, one in named.items()}
    return [as_parameters(one, shape.member, {}) for one in value] if shape.type_name == "list" else value


def test_the_template_says_in_aws_own_shapes_what_the_script_says(work: Work) -> None:
    template = yaml.safe_load(template_of(work))
    chosen = {one.parameter: chosen_for(work)[one.name] for one in work.choices}
    said: list[tuple[str, dict[str, Any]]] = []
    for resource in template["Resources"].values():
        if resource["Type"] not in OPERATIONS:
            continue
        operation, renamed = OPERATIONS[resource["Type"]]
        shape = ecs_model().operation_model(operation).input_shape
        params = as_parameters(resolved(resource["Properties"], template, chosen), shape, renamed)
        assert not ParamValidator().validate(params, shape).has_errors(), (operation, params)
        said.append((operation, params))

    marks = {f"\ue000{name}\ue001": value for name, value in chosen_for(work).items()}
    wanted = [("CreateCluster", work.cluster)]
    wanted += [("RegisterTaskDefinition", one.params) for one in work.definitions]
    wanted += [
        ("CreateService", {**one, "taskDefinition": one["taskDefinition"].split(":")[0]}) for one in work.services
    ]
    text = json.dumps(wanted, ensure_ascii=False)
    for mark, value in marks.items():
        text = text.replace(mark, value)
    assert said == [tuple(one) for one in json.loads(text)]


def test_the_template_orders_revisions_and_lets_machines_join(work: Work) -> None:
    template = yaml.safe_load(template_of(work))
    resources = template["Resources"]

    assert resources["Web2TaskDefinition"]["DependsOn"] == "Web1TaskDefinition"
    assert resources["NextService"]["Properties"]["TaskDefinition"] == {"Ref": "Web2TaskDefinition"}
    groups = {name: one for name, one in resources.items() if one["Type"] == "AWS::AutoScaling::AutoScalingGroup"}
    assert sum(int(one["Properties"]["DesiredCapacity"]) for one in groups.values()) == 3
    assert set(resources["WebService"]["DependsOn"]) == set(groups)
    data = [one["Properties"]["LaunchTemplateData"] for one in resources.values() if "LaunchTemplate" in one["Type"]]
    joining = [one["UserData"]["Fn::Base64"] for one in data]
    assert all("ECS_CLUSTER=demo" in text and base64.b64encode(text.encode()) for text in joining)
    assert sum('{"stack": "a"}' in text for text in joining) == 1
    deploy, undeploy = deploy_commands(work)
    assert all(f'{name}="$' in deploy for name in template["Parameters"] if name != "EcsImage")
    assert "delete-stack --stack-name ecsweb-demo" in undeploy


def test_what_costs_is_counted_and_no_price_is_invented(work: Work, client: Client) -> None:
    costs = costs_of(work)

    assert sorted((one.count, one.instance_type) for one in costs.machines) == [
        (1, "t3.micro"),
        (1, "t3.small"),
        (1, "t3.small"),
    ]
    assert (costs.fargate_tasks, costs.vcpus, costs.gigabytes) == (2, 0.5, 1.0)
    assert not re.search(r"[$€₩]\s?\d|\d\s?(USD|원)", client.get("/learn/take-to-aws/").content.decode())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_shows_and_gives_each_text(work: Work, client: Client, language: str) -> None:
    headers = {"Accept-Language": language}
    page = html.unescape(client.get("/learn/take-to-aws/?cluster=demo", headers=headers).content.decode())

    for form, suffix in (("script", ".sh"), ("teardown", "-teardown.sh"), ("template", ".yaml")):
        answer = client.get(f"/learn/take-to-aws/demo/{form}/", headers=headers)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="ecsweb-demo{suffix}"'
        assert answer.content.decode() in page
    assert {"en": "The service by-hand stays here", "ko": "by-hand"}[language] in page
    assert client.get("/learn/take-to-aws/demo/price/").status_code == 404
    assert 'href="/learn/take-to-aws/"' in client.get("/learn/").content.decode()
    assert 'href="/learn/take-to-aws/?cluster=demo"' in client.get("/clusters/demo/").content.decode()


def test_without_a_cluster_there_is_nothing_to_take(client: Client, db: None) -> None:
    page = client.get("/learn/take-to-aws/", headers={"Accept-Language": "en"}).content.decode()

    assert "there is nothing to take" in page
    assert client.get("/learn/take-to-aws/demo/script/").status_code == 404
