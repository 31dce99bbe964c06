"""Where tasks go, by form: what is typed reaches the call, and what is wrong is said beside its field."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.models import Service, Task
from tests.world import World

RUN = {"task_definition": "web:1", "count": "1"}
ENGLISH = {"Accept-Language": "en"}


def test_a_strategy_of_ones_own_is_the_service_s(client: Client, world: World) -> None:
    world.launch()
    world.register()

    answer = client.post(
        "/clusters/demo/services/create/",
        {
            "name": "web",
            "task_definition": "web:1",
            "scheduling_strategy": "REPLICA",
            "desired_count": "1",
            "strategy": "random",
            "own_strategy": "spread attribute:stack, binpack memory",
        },
    )

    assert answer.status_code == 302
    assert Service.objects.get().placement_strategy == [
        {"type": "spread", "field": "attribute:stack"},
        {"type": "binpack", "field": "memory"},
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("binpack disk", "binpack field &#x27;disk&#x27; is invalid."),
        ("random cpu", "random field should not be specified."),
        ("nearest", "A placement strategy must have a type."),
        ("random, " * 6, "Maximum number of strategies is 5."),
    ],
)
def test_a_strategy_that_is_none_is_said_beside_its_field(client: Client, world: World, typed: str, said: str) -> None:
    world.launch()
    world.register()

    answer = client.post("/clusters/demo/run/", {**RUN, "own_strategy": typed}, headers=ENGLISH)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert typed.strip() in answer.content.decode()
    assert not Task.objects.exists()
