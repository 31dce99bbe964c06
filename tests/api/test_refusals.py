"""Every operation of AWS's model is offered or refused in words, never a fault of ours."""

from __future__ import annotations

import json

import pytest

from ecsweb.api.model import ecs_model, operation_names
from ecsweb.api.refusals import REFUSED
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
