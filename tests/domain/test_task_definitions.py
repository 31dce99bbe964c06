from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.errors import ClientException, InvalidParameterException
from ecsweb.domain.overrides import overridden
from ecsweb.domain.services import deployment_configuration, desired_count
from ecsweb.domain.statuses import SchedulingStrategy
from ecsweb.domain.sweeping import may_remove
from ecsweb.domain.task_definitions import ADVERTISED_CAPABILITIES, compatibilities, normalised, required_attributes
from ecsweb.domain.timeouts import stop_timeout, stopped_task_retention


def one(**fields: Any) -> dict[str, Any]:
    return {"name": "app", "image": "web", "memory": 64, **fields}


def document(*containers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"family": "web", "containerDefinitions": list(containers or (one(),)), **fields}


def ports(**mapping: Any) -> dict[str, Any]:
    return one(portMappings=[mapping])


MIGRATION = one(name="job", essential=False)
REFUSED = {
    "no containers": ({"family": "web", "containerDefinitions": []}, "Container list cannot be empty"),
    "eleven containers": (
        document(*(one(name=f"c{n}") for n in range(11))),
        "Container list cannot have more than 10 containers.",
    ),
    "no name": (document(one(name=" ")), "Container.name should not be null or empty."),
    "no image": (document(one(image="")), "Container.image should not be null or empty."),
    "duplicate names": (document(one(), one()), "Container names must be unique within a task definition"),
    "bad name": (document(one(name="-rm -f")), "Container name contains invalid characters."),
    "bad family": (document(family="a b"), "Family contains invalid characters."),
    "family with a newline": (document(family="web\n"), "Family contains invalid characters."),
    "none essential": (document(one(essential=False)), "Task definition doesn't have any essential container"),
    "no memory": (
        document({"name": "app", "image": "web"}),
        "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ),
    "soft above hard": (
        document(one(memoryReservation=65)),
        "'memory' must be greater than or equal to 'memoryReservation'",
    ),
    "container above task": (
        document(memory="32"),
        "The 'memory' setting for container 'app' is greater than for the task",
    ),
    "too little memory": (
        document(one(memory=5)),
        "Invalid setting for container 'app'. 'memory' must be at least 6 MiB.",
    ),
    "sum of cpu": (
        document(one(cpu=200), one(name="b", cpu=57), cpu="256"),
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    ),
    "task cpu": (document(cpu="much"), "Invalid 'cpu' setting for task."),
    "task memory": (document(memory="-1"), "Invalid 'memory' setting for task."),
    "unknown dependency": (
        document(one(dependsOn=[{"containerName": "nope", "condition": "START"}])),
        "Cannot depend on container + 'nope' because it does not exist",
    ),
    "essential target": (
        document(one(dependsOn=[{"containerName": "b", "condition": "SUCCESS"}]), one(name="b")),
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
    ),
    "healthy without check": (
        document(one(dependsOn=[{"containerName": "b", "condition": "HEALTHY"}]), one(name="b")),
        "A dependency container with HEALTHY condition must have health check configured",
    ),
    "dependency on itself": (
        document(one(dependsOn=[{"containerName": "app", "condition": "START"}])),
        "Dependency cycle found in container dependencies.",
    ),
    "unknown volume": (document(one(mountPoints=[{"sourceVolume": "nope"}])), "Unknown volume 'nope'."),
    "port 0": (
        document(ports(containerPort=0)),
        "Invalid 'containerPort' setting for container: it must be from 1 to 65535.",
    ),
    "host port 65536": (
        document(ports(containerPort=80, hostPort=65536)),
        "Invalid 'hostPort' setting for container: it must be from 0 to 65535.",
    ),
    "reserved host port": (
        document(ports(containerPort=80, hostPort=22)),
        "Host port 22 is reserved by the container instance.",
    ),
    "host port twice": (
        document(one(portMappings=[{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81, "hostPort": 8080}])),
        "Host port 8080 is used more than once in the task definition.",
    ),
    "ports without network": (
        document(ports(containerPort=80), networkMode="none"),
        "Port mappings are not supported when networkMode=none.",
    ),
    "awsvpc ports differ": (
        document(ports(containerPort=80, hostPort=81), networkMode="awsvpc"),
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    ),
    "port and range": (
        document(ports(containerPort=80, containerPortRange="80-90")),
        "cannot specify both single port and port range",
    ),
    "links in awsvpc": (
        document(one(links=["b"]), networkMode="awsvpc"),
        "Links are not supported when networkMode=awsvpc",
    ),
    "hostname in awsvpc": (
        document(one(hostname="h"), networkMode="awsvpc"),
        "hostname is not supported on container when networkMode=awsvpc.",
    ),
    "awslogs without group": (
        document(one(logConfiguration={"logDriver": "awslogs"})),
        "Log driver awslogs requires options: awslogs-group",
    ),
    "secrets without role": (
        document(one(secrets=[{"name": "A", "valueFrom": "b"}])),
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
    ),
    "bad image": (document(one(image="we b")), "Container.image contains invalid characters."),
    "negative cpu": (document(one(cpu=-1)), "Invalid setting for container: 'cpu' must not be negative."),
    "bad environment": (
        document(one(environment=[{"name": "A=B", "value": "x"}])),
        "Environment variable names must be non-empty and without '='.",
    ),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_registration_is_refused_in_aws_words(case: str) -> None:
    params, message = REFUSED[case]

    with pytest.raises(ClientException) as refused:
        normalised(params)

    assert refused.value.message == message
    assert refused.value.field


def test_what_was_left_out_is_filled_in_as_aws_does() -> None:
    made = normalised(document(ports(containerPort=80), cpu=".5 vCPU", memory="1 GB", tags=[{"key": "a"}]))

    container = made["containerDefinitions"][0]
    assert (made["cpu"], made["memory"], made["volumes"]) == ("512", "1024", [])
    assert (container["cpu"], container["essential"], container["environment"]) == (0, True, [])
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}]
    assert "tags" not in made


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(
            document(one(mountPoints=[{"sourceVolume": "v", "containerPath": "/v"}]), volumes=[{"name": "v"}]),
            id="a volume that is there",
        ),
        pytest.param(document(ports(containerPortRange="80-90")), id="a range alone"),
        pytest.param(document(networkMode="awsvpc"), id="awsvpc without links"),
        pytest.param(document(ports(containerPort=80, hostPort=22, protocol="udp")), id="only TCP ports are reserved"),
        pytest.param(document(ports(containerPort=65535, hostPort=65535)), id="the last port"),
        pytest.param(document(one(memory=6, memoryReservation=6)), id="the least memory"),
        pytest.param(document(one(cpu=256), cpu="256"), id="all of the task's CPU"),
        pytest.param(document(*(one(name=f"c{n}") for n in range(10))), id="ten containers"),
    ],
)
def test_what_is_just_allowed_is_accepted(good: dict[str, Any]) -> None:
    assert normalised(good)["family"] == "web"


@given(text=st.text(max_size=20) | st.from_regex(r"\d{1,600}(\.\d+)? ?(vcpu|GB)?", fullmatch=True))
def test_amounts_are_refused_or_become_whole_numbers(text: str) -> None:
    for key in ("cpu", "memory"):
        try:
            made = normalised(document(**{key: text}))
        except ClientException:
            continue
        assert not text or int(made[key]) > 0


def test_compatibilities_follow_the_network_mode() -> None:
    assert (compatibilities({}), compatibilities({"networkMode": "awsvpc"})) == (["EXTERNAL", "EC2"], ["EC2"])


def test_a_migration_before_the_app_is_accepted() -> None:
    after = [{"containerName": "job", "condition": "SUCCESS"}]

    assert normalised(document(one(dependsOn=after), MIGRATION))["family"] == "web"


@pytest.mark.parametrize(
    "fields",
    [
        {"networkMode": "host"},
        {"pidMode": "host"},
        {"ipcMode": "host"},
        {"taskRoleArn": "arn:aws:iam::1:role/x"},
        {"volumes": [{"name": "v", "host": {"sourcePath": "/"}}]},
        {"containerDefinitions": [one(privileged=True)]},
        {"containerDefinitions": [one(linuxParameters={"devices": [{"hostPath": "/dev/kvm"}]})]},
        {"containerDefinitions": [one(secrets=[{"name": "A", "valueFrom": "arn:aws:secretsmanager:r:1:s"}])]},
        {"containerDefinitions": [one(resourceRequirements=[{"type": "GPU", "value": "1"}])]},
        {"containerDefinitions": [one(logConfiguration={"logDriver": "splunk"})]},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_is_not_run_here_is_an_attribute_that_no_instance_offers(fields: dict[str, Any]) -> None:
    assert set(required_attributes({**document(), **fields})) - set(ADVERTISED_CAPABILITIES)


def test_what_is_run_here_is_offered_by_every_instance() -> None:
    usual = document(
        one(logConfiguration={"logDriver": "json-file"}, dependsOn=[{"containerName": "job", "condition": "START"}]),
        MIGRATION,
        cpu="256",
    )

    assert set(required_attributes(usual)) <= set(ADVERTISED_CAPABILITIES)


def test_overrides_change_the_named_container_only() -> None:
    asked = {
        "cpu": "512",
        "containerOverrides": [
            {"name": "app", "command": ["x"], "memory": 99, "environment": [{"name": "A", "value": "2"}]}
        ],
    }
    made = overridden(
        document(one(environment=[{"name": "A", "value": "1"}, {"name": "B", "value": "1"}]), MIGRATION), asked
    )

    app, job = made["containerDefinitions"]
    assert (made["cpu"], app["command"], app["memory"], job["memory"]) == ("512", ["x"], 99, 64)
    assert app["environment"] == [{"name": "A", "value": "2"}, {"name": "B", "value": "1"}]


def test_overrides_of_an_unknown_container_are_refused() -> None:
    with pytest.raises(InvalidParameterException, match="Override for container named b is not a container"):
        overridden(document(), {"containerOverrides": [{"name": "b"}]})


REPLICA, DAEMON = SchedulingStrategy.REPLICA, SchedulingStrategy.DAEMON


def test_percentages_have_the_strategy_s_defaults() -> None:
    replica = deployment_configuration(REPLICA, minimum_healthy_percent=None, maximum_percent=None)
    daemon = deployment_configuration(DAEMON, minimum_healthy_percent=None, maximum_percent=None)

    assert (replica.minimum_healthy_percent, replica.maximum_percent) == (100, 200)
    assert (daemon.minimum_healthy_percent, daemon.maximum_percent) == (0, 100)


@pytest.mark.parametrize(
    ("strategy", "minimum", "maximum", "message"),
    [
        (REPLICA, 100, 100, "Both maximumPercent and minimumHealthyPercent cannot be 100"),
        (REPLICA, 101, 200, "minimumHealthyPercent must be at most 100"),
        (REPLICA, 50, 99, "maximumPercent must be at least 100"),
        (DAEMON, 0, 150, "The daemon scheduling strategy does not support values above 100 for maximumPercent"),
    ],
)
def test_bad_percentages(strategy: SchedulingStrategy, minimum: int, maximum: int, message: str) -> None:
    with pytest.raises(InvalidParameterException, match=message):
        deployment_configuration(strategy, minimum_healthy_percent=minimum, maximum_percent=maximum)


def test_desired_count_is_given_for_a_replica_and_never_for_a_daemon() -> None:
    assert desired_count(REPLICA, 3, has_placement_strategy=False) == 3
    assert desired_count(DAEMON, None, has_placement_strategy=False) == 0
    for strategy, asked, has_strategy in (
        (DAEMON, 0, False),
        (DAEMON, None, True),
        (REPLICA, None, False),
        (REPLICA, -1, False),
    ):
        with pytest.raises(InvalidParameterException):
            desired_count(strategy, asked, has_placement_strategy=has_strategy)


def test_waits_are_divided_by_the_speed_but_not_those_that_were_asked_for() -> None:
    assert stop_timeout({}, speed=10).total_seconds() == 3
    assert stop_timeout({"stopTimeout": 60}, speed=10).total_seconds() == 60
    assert stop_timeout({"stopTimeout": 999}, speed=10).total_seconds() == 120
    assert stopped_task_retention(speed=10).total_seconds() == 360


@pytest.mark.parametrize(("orphans", "of", "allowed"), [(5, 5, True), (6, 6, False), (8, 40, True), (9, 40, False)])
def test_the_brake_on_mass_deletion(orphans: int, of: int, allowed: bool) -> None:
    assert may_remove(orphans, of=of) == allowed
