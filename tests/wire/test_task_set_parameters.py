"""Whatever has the form of a call about task sets is answered or refused in words, never with a fault."""

from __future__ import annotations

import json

import pytest
from botocore.model import StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecsweb.api.model import ecs_model
from ecsweb.models import TaskSet
from tests.wire.test_any_parameters import errors_of, values
from tests.wire.test_endpoint import answer, post
from tests.world import World


@pytest.fixture
def moved(world: World) -> World:
    """An EXTERNAL service with a task set."""
    world.launch()
    world.register()
    external = {"type": "EXTERNAL"}
    world.call("CreateService", cluster="demo", serviceName="moved", deploymentController=external, desiredCount=1)
    world.call("CreateTaskSet", cluster="demo", service="moved", taskDefinition="web")
    return world


@pytest.mark.parametrize(
    "operation",
    ["CreateTaskSet", "UpdateTaskSet", "DeleteTaskSet", "DescribeTaskSets", "UpdateServicePrimaryTaskSet"],
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_call_about_the_task_sets_of_a_service(moved: World, operation: str, data: st.DataObject) -> None:
    shape = ecs_model().operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    mine = [row.task_set_id for row in TaskSet.objects.all()]
    params = {**data.draw(values(shape)), "cluster": "demo", "service": "moved"}
    for name, known in (("taskSet", mine), ("primaryTaskSet", mine), ("taskDefinition", ["web"])):
        if name in shape.members and data.draw(st.booleans()):
            params[name] = data.draw(st.sampled_from(known))

    response = post(operation, json.dumps(params))

    assert response.status_code in {200, 400}, answer(response)
    if response.status_code == 400:
        refused = answer(response)
        assert refused["__type"] in errors_of(operation), refused
        assert refused["message"]
