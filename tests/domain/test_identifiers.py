from __future__ import annotations

import re

import pytest

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.identifiers import (
    cluster_of_arn,
    family_and_revision,
    new_deployment_id,
    new_ec2_instance_id,
    new_id,
    new_uuid,
    parse_arn,
    short_name,
)

HERE = {"region": "eu-west-1", "account_id": "123456789012"}
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/demo/abc"


def test_new_identifiers_have_aws_forms() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", new_id())
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", new_uuid())
    assert re.fullmatch(r"ecs-svc/\d{19}", new_deployment_id())
    assert re.fullmatch(r"i-[0-9a-f]{17}", new_ec2_instance_id())


def test_names_and_arns_mean_the_same() -> None:
    assert short_name("abc", "task", **HERE) == short_name(TASK, "task", **HERE) == "abc"
    assert (cluster_of_arn(TASK), cluster_of_arn("abc")) == ("demo", None)


def test_arns_of_other_accounts_and_regions_mean_nothing_here() -> None:
    assert short_name(TASK.replace("123456789012", "999999999999"), "task", **HERE) is None
    assert short_name(TASK.replace("eu-west-1", "us-east-1"), "task", **HERE) is None


@pytest.mark.parametrize(
    ("kind", "most"),
    [("cluster", 1), ("task-definition", 1), ("container-instance", 2), ("service", 2), ("task", 2)],
)
def test_an_arn_with_too_many_parts_is_refused(kind: str, most: int) -> None:
    path = ["demo", "web", "abc"]

    assert short_name(f"arn:aws:ecs:eu-west-1:123456789012:{kind}/{'/'.join(path[:most])}", kind, **HERE)
    with pytest.raises(InvalidParameterException, match="Invalid identifier"):
        short_name(f"arn:aws:ecs:eu-west-1:123456789012:{kind}/{'/'.join(path[: most + 1])}", kind, **HERE)


@pytest.mark.parametrize(
    "text",
    ["arn:", "arn:aws-cn:ecs:r:a:cluster/x", "arn:aws:ecs:x", "arn:aws:s3:::bucket/key", "arn:aws:ecs:r:a:cluster"],
)
def test_malformed_arns_are_refused(text: str) -> None:
    with pytest.raises(InvalidParameterException):
        parse_arn(text)


def test_an_arn_of_another_type_is_refused() -> None:
    with pytest.raises(InvalidParameterException, match="Unexpected resource type task"):
        short_name(TASK, "cluster", **HERE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web", ("web", None)),
        ("web:3", ("web", 3)),
        ("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3", ("web", 3)),
        ("arn:aws:ecs:us-east-1:123456789012:task-definition/web:3", None),
        ("web:0", None),
        ("web:latest", None),
        ("web:99999999999999999999", None),
        ("we b", None),
        ("", None),
    ],
)
def test_family_and_revision(text: str, expected: tuple[str, int | None] | None) -> None:
    assert family_and_revision(text, **HERE) == expected
