"""Every member of RegisterTaskDefinition has a fate, and a fixture that shows it (`reliability.md` 5.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from ecsweb.agent.translate import to_spec
from ecsweb.api.model import ecs_model
from ecsweb.domain.capacity.fargate import fargate_facts
from ecsweb.domain.container_ordering import dependencies_of
from ecsweb.domain.errors import EcsError
from ecsweb.domain.logs import log_target
from ecsweb.domain.networks import PAUSE, is_awsvpc
from ecsweb.domain.resources import demand_of
from ecsweb.domain.restarts import restart_policy_of
from ecsweb.domain.tags import checked_tags
from ecsweb.domain.task_definitions import ADVERTISED_CAPABILITIES, normalised, required_attributes
from ecsweb.domain.task_definitions.field_fates import FATES, Fate, departures
from ecsweb.domain.task_definitions.images import keeps_image
from ecsweb.domain.timeouts import start_timeout, stop_timeout
from ecsweb.domain.volumes import volumes_of
from tests.agent.conftest import IDENTITIES, TASK_ID
from tests.structure.sources import ROOT

FIXTURES: dict[str, dict[str, Any]] = {
    path: fixture
    for file in sorted((ROOT / "tests/fixtures/task_definition_fields").glob("*.json"))
    for path, fixture in json.loads(file.read_text(encoding="utf-8")).items()
}


def members(shape: Shape, path: str = "") -> Iterator[str]:
    """Yield every leaf of the model's input."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from members(member, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        yield from members(shape.member, f"{path}[]")
    else:
        yield f"{path}{{}}" if isinstance(shape, MapShape) else path


def test_every_member_of_the_model_has_a_fate_and_a_fixture_and_nothing_else_has() -> None:
    model = set(members(ecs_model().operation_model("RegisterTaskDefinition").input_shape))

    assert model - FATES.keys() == set()
    assert FATES.keys() - model == set()
    assert model - FIXTURES.keys() == set()
    assert FIXTURES.keys() - model == set()


def test_each_fate_but_run_has_its_sentence() -> None:
    assert [path for path, one in FATES.items() if bool(one.why) == (one.fate is Fate.RUN)] == []


def definition(fixture: Mapping[str, Any], *, has_field: bool) -> dict[str, Any]:
    """Return the call: two containers and what the fixture adds; `also` and `side` stay where the field goes."""
    app: dict[str, Any] = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
    side: dict[str, Any] = {"name": "side", "image": "ecsweb/worker:1", "memory": 64, **fixture.get("side", {})}
    changes = fixture if has_field else fixture.get("but", {})
    also = fixture.get("also", {})
    app |= {**also.get("container", {}), **changes.get("container", {})}
    task = {**also.get("task", {}), **changes.get("task", {})}
    return {"family": "web", "containerDefinitions": [app, side], **task}


def seen(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that a definition makes happen, by name; only `is_accepted` where it is refused."""
    try:
        document = normalised(params)
        tags = checked_tags(params.get("tags", ()))
    except EcsError:
        return {"is_accepted": False}
    app = document["containerDefinitions"][0]
    names = {one["name"]: f"engine-{one['name']}" for one in document["containerDefinitions"]}
    spec = to_spec(
        container_definition=app,
        task_definition=document,
        identities=IDENTITIES,
        mode="solo",
        secrets={one["name"]: f"the value of {one['valueFrom']}" for one in app.get("secrets", ())},
        engine_names={**names, **({PAUSE: "pause"} if is_awsvpc(document) else {})},
    )
    restart = restart_policy_of(app, speed=1)
    found: dict[str, Any] = {
        "is_accepted": True,
        "spec": asdict(spec),
        "ports": [port.container_port for port in spec.ports],
        "mounts": [
            [m.volume.replace(f"ecsw-{IDENTITIES.install}-{TASK_ID}", "task"), m.path, m.read_only] for m in spec.mounts
        ],
        "demand": asdict(demand_of(document)),
        "missing": sorted(set(required_attributes(document)) - set(ADVERTISED_CAPABILITIES)),
        "waits_for": [[one.container_name, one.condition] for one in dependencies_of(app)],
        "restart": None
        if restart is None
        else {
            "attempt_period": restart.attempt_period.total_seconds(),
            "ignored_exit_codes": sorted(restart.ignored_exit_codes),
        },
        "start_timeout": start_timeout(app).total_seconds(),
        "stop_timeout": stop_timeout(app, speed=1).total_seconds(),
        "keeps_image": keeps_image(app),
        "log": asdict(log_target(app, task_id="task", runtime_id="runtime")),
        "volumes": {name: asdict(volume) for name, volume in volumes_of(document).items()},
        "constraints": [[one["type"], one["expression"]] for one in document["placementConstraints"]],
        "fargate": fargate_facts(document, {}),
        "tags": {tag["key"]: tag["value"] for tag in tags},
        "document": document,
    }
    return dict(json.loads(json.dumps(found, default=sorted)))


def at(found: Any, path: str) -> Any:
    """Return what lies at a dotted path; a key that has dots itself is found whole."""
    if isinstance(found, Mapping) and path in found:
        return found[path]
    head, _, rest = path.partition(".")
    if isinstance(found, list):
        return at(found[int(head)], rest)
    if isinstance(found, Mapping) and head in found:
        return at(found[head], rest) if rest else found[head]
    return None


def by_fate(*fates: Fate) -> list[str]:
    return [path for path, one in FATES.items() if one.fate in fates]


@pytest.mark.parametrize("path", by_fate(Fate.RUN, Fate.CLAMPED))
def test_a_field_that_is_run_or_clamped_has_the_effect_of_its_fixture(path: str) -> None:
    fixture = FIXTURES[path]
    with_it, without = seen(definition(fixture, has_field=True)), seen(definition(fixture, has_field=False))

    assert {name: at(with_it, name) for name in fixture["effect"]} == fixture["effect"]
    if path != "containerDefinitions[].essential":
        assert {name: at(without, name) for name in fixture["effect"]} != fixture["effect"], "it would be so anyway"


@pytest.mark.parametrize("path", by_fate(Fate.NOT_OFFERED))
def test_a_field_that_is_not_offered_needs_an_attribute_that_no_instance_has(path: str) -> None:
    with_it, without = (seen(definition(FIXTURES[path], has_field=has)) for has in (True, False))

    assert with_it["is_accepted"]
    assert with_it["missing"]
    assert without["missing"] == []


@pytest.mark.parametrize("path", by_fate(Fate.REFUSED))
def test_a_field_that_is_refused_stores_nothing(path: str) -> None:
    assert seen(definition(FIXTURES[path], has_field=True)) == {"is_accepted": False}
    assert seen(definition(FIXTURES[path], has_field=False))["is_accepted"]


@pytest.mark.parametrize("path", by_fate(Fate.STORED))
def test_a_field_that_is_stored_is_described_and_changes_nothing_else(path: str) -> None:
    with_it, without = (seen(definition(FIXTURES[path], has_field=has)) for has in (True, False))

    assert with_it.pop("document") != without.pop("document")
    assert with_it == without
    assert path in {one.path for one in departures(definition(FIXTURES[path], has_field=True))}


def test_a_definition_that_is_simply_run_departs_in_nothing() -> None:
    plain = {"privileged": False, "dnsServers": [], "linuxParameters": {"initProcessEnabled": True}}

    assert departures(definition({"container": plain}, has_field=True)) == []
