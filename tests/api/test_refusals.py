"""Every operation of AWS's model is offered or refused in words, never a fault of ours."""

from __future__ import annotations

import json

import pytest

from ecsweb.api.model import ecs_model, operation_names
from ecsweb.api.refusals import REFUSED, refusal
from ecsweb.api.registry import AWS_OPERATIONS
from ecsweb.domain.errors import EcsError
from tests.wire.test_endpoint import answer, post
from tests.world import World


def test_what_is_refused_is_aws_s_and_not_offered_as_well() -> None:
    assert REFUSED.keys() <= operation_names()
    assert REFUSED.keys() & AWS_OPERATIONS.keys() == set()


@pytest.mark.parametrize("operation", sorted(operation_names()))
def test_every_operation_of_the_model_is_offered_or_refused_in_words(world: World, operation: str) -> None:
    response = post(operation, json.dumps({}))

    assert response.status_code in {200, 400}
    if operation not in AWS_OPERATIONS:
        refused = answer(response)
        errors = {shape.name for shape in ecs_model().operation_model(operation).error_shapes}
        assert refused["message"].startswith((f"{operation} ", "There is no update"))
        assert refused["__type"] in errors


@pytest.mark.parametrize("operation", sorted(REFUSED))
def test_what_is_refused_says_why(world: World, operation: str) -> None:
    with pytest.raises(EcsError) as refused:
        world.call(operation)

    assert "not built here yet" not in refused.value.message


def test_an_agent_that_is_always_new_has_no_update_available() -> None:
    said = answer(post("UpdateContainerAgent", json.dumps({"containerInstance": "x"})))

    assert (said["__type"], said["message"]) == (
        "NoUpdateAvailableException",
        "There is no update available for your container agent.",
    )


def test_what_aws_has_not_either_is_unknown_and_named_in_short() -> None:
    with pytest.raises(EcsError) as refused:
        raise refusal("Make" + "o" * 200)

    assert refused.value.code == "UnknownOperationException"
    assert refused.value.message == f"There is no operation Make{'o' * 96}."
