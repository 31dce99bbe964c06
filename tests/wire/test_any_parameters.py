"""Whatever has the form of AWS's model is answered or refused in words, never with a fault (`reliability.md` 6)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecsweb.api.model import ecs_model
from ecsweb.api.registry import AWS_OPERATIONS
from tests.wire.test_endpoint import answer, post
from tests.world import ACCOUNT, REGION, World

# Every operation may raise these; the rest is in the model, operation by operation (`ecs-facts.md` 12).
COMMON = {"SerializationException", "InvalidParameterException", "ClientException", "UnsupportedFeatureException"}
DEEPEST = 5
TEXTS = st.sampled_from(
    [
        "",
        " ",
        "demo",
        "web",
        "web:1",
        "web:0",
        "default",
        "app",
        "a\n",
        "x" * 300,
        "한글",
        "\u202e",
        "NaN",
        "{}",
        "0",
        "-1",
        "256",
        "aws:x",
        "arn:",
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/demo",
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/demo/web",
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:1",
        "i-0",
        "attribute:ecs.os-type == linux",
        '{"instanceType": "t3.small"}',
        '{"instanceType": 7, "availabilityZone": []}',
    ]
)
NUMBERS = st.sampled_from([0, 1, 2, 10, 100, 101, 65536, -1, 2**31 - 1, -(2**31), 2**31, 2**63])
JUNK = st.sampled_from([None, True, 1.5, "text", [], {}, [None], {"a": None}])


def values(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values of that shape, a few of them of another type."""
    if isinstance(shape, StructureShape):
        made: st.SearchStrategy[Any] = _structures(shape, depth)
    elif isinstance(shape, ListShape):
        made = st.lists(values(shape.member, depth + 1), max_size=3) if depth < DEEPEST else st.just([])
    elif isinstance(shape, MapShape):
        made = st.dictionaries(TEXTS, TEXTS, max_size=2)
    elif shape.type_name in {"integer", "long"}:
        made = NUMBERS
    elif shape.type_name == "boolean":
        made = st.booleans()
    elif getattr(shape, "enum", None):
        made = st.sampled_from(shape.enum)
    elif shape.type_name == "string":
        made = TEXTS
    else:
        made = NUMBERS
    return st.integers(0, 19).flatmap(lambda chance: JUNK if chance == 0 and depth else made)


def _structures(shape: StructureShape, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    if depth >= DEEPEST:
        return st.just({})
    members = {name: values(member, depth + 1) for name, member in shape.members.items()}
    required = {name: members[name] for name in shape.required_members}
    optional = {name: member for name, member in members.items() if name not in required}
    few = st.lists(st.sampled_from(sorted(optional)), unique=True, max_size=4) if optional else st.just([])
    return few.flatmap(lambda names: st.fixed_dictionaries({**required, **{name: optional[name] for name in names}}))


def errors_of(operation: str) -> set[str]:
    return {shape.name for shape in ecs_model().operation_model(operation).error_shapes} | COMMON


@pytest.fixture
def busy(world: World) -> World:
    """A cluster with an instance, a revision and a service of one."""
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    return world


@pytest.mark.parametrize("operation", sorted(AWS_OPERATIONS))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_anything_of_the_model_s_form_is_answered_or_refused_in_words(
    busy: World, operation: str, data: st.DataObject
) -> None:
    shape = ecs_model().operation_model(operation).input_shape
    params = data.draw(values(shape)) if isinstance(shape, StructureShape) else {}

    response = post(operation, json.dumps(params))

    assert response.status_code in {200, 400}, answer(response)
    if response.status_code == 400:
        refused = answer(response)
        assert refused["__type"] in errors_of(operation), refused
        assert refused["message"]
