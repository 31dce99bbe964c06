"""Calls that make no sense, typed into the forms: said beside the field, what was typed stays (`reliability.md` 6)."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.test_forms import field_of
from tests.wire.test_bad_references import HERE, rows
from tests.world import World

pytestmark = pytest.mark.django_db

CREATE, UPDATE, RUN = "services/create", "services/web/update", "run"
TYPED = {
    CREATE: {"name": "new", "task_definition": "web:1", "scheduling_strategy": "REPLICA", "desired_count": "1"},
    UPDATE: {"task_definition": "web:1", "desired_count": "1"},
    RUN: {"task_definition": "web:1", "count": "1"},
}
BAD: list[tuple[str, str, dict[str, str]]] = [
    (CREATE, "desired_count", {"desired_count": "-1"}),
    (CREATE, "desired_count", {"desired_count": "5001"}),
    (CREATE, "desired_count", {"desired_count": "1000000000"}),
    (CREATE, "desired_count", {"desired_count": "99999999999999999999"}),
    (CREATE, "desired_count", {"desired_count": "1.5"}),
    (CREATE, "desired_count", {"desired_count": "３x"}),
    (CREATE, "minimum_healthy_percent", {"minimum_healthy_percent": "101"}),
    (CREATE, "minimum_healthy_percent", {"minimum_healthy_percent": "-1"}),
    (CREATE, "maximum_percent", {"maximum_percent": "99"}),
    (CREATE, "maximum_percent", {"maximum_percent": "100"}),
    (CREATE, "maximum_percent", {"scheduling_strategy": "DAEMON", "maximum_percent": "101"}),
    (CREATE, "name", {"name": "web", "desired_count": "3"}),
    (CREATE, "name", {"name": "n" * 256}),
    (CREATE, "own_strategy", {"own_strategy": "binpack disk"}),
    (CREATE, "own_strategy", {"own_strategy": "random, random, random, random, random, random"}),
    (CREATE, "member_of", {"member_of": "attribute:x in [a, b"}),
    (CREATE, "member_of", {"member_of": "attribute:x == " + "y" * 2000}),
    (UPDATE, "desired_count", {"desired_count": "-1"}),
    (UPDATE, "desired_count", {"desired_count": "1000000000"}),
    (UPDATE, "desired_count", {"desired_count": "many"}),
    (RUN, "count", {"count": "0"}),
    (RUN, "count", {"count": "11"}),
    (RUN, "count", {"count": "ten"}),
    (RUN, "own_strategy", {"own_strategy": "spread"}),
    (RUN, "member_of", {"member_of": "colour == red"}),
]


@pytest.fixture
def busy(world: World) -> World:
    """A cluster with an instance, a revision and a service of one."""
    world.launch()
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    return world


@pytest.mark.parametrize(("page", "field", "typed"), BAD)
def test_what_makes_no_sense_is_said_beside_its_field_and_stays_typed(
    client: Client, busy: World, page: str, field: str, typed: dict[str, str]
) -> None:
    before = rows()

    answered = client.post(f"/clusters/demo/{page}/", {**TYPED[page], **typed})

    part = field_of(answered.content.decode(), field)
    assert answered.status_code == 422
    assert 'role="alert"' in part
    assert typed[field] in part
    assert rows() == before


@pytest.mark.parametrize("page", [CREATE, UPDATE, RUN])
def test_a_form_for_what_has_ended_meanwhile_says_so_and_changes_nothing(
    client: Client, busy: World, page: str
) -> None:
    busy.call("DeleteService", **HERE, service="web", force=True)
    busy.converge()
    busy.call("DeregisterTaskDefinition", taskDefinition="web:1")
    before = rows()

    answered = client.post(f"/clusters/demo/{page}/", TYPED[page])

    assert answered.status_code in {404, 422}
    assert rows() == before
