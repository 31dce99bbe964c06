"""When a service says what: duplicates are suppressed, what lasts is repeated, the newest hundred are kept (6.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecsweb.controlplane import events
from ecsweb.domain.service_scheduler.plan import Pace
from ecsweb.models import Event, Service
from tests.world import World

pytestmark = pytest.mark.django_db
STEADY = "(service web) has reached a steady state."


def said(world: World) -> list[str]:
    return [event["message"] for event in world.service("web")["events"]]


def create(world: World, **params: object) -> None:
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", **params)
    world.converge()


def test_steady_state_is_said_once_and_again_after_six_hours(world: World) -> None:
    world.pace = Pace(healthy_after=timedelta(seconds=4), repeat_every=timedelta(hours=6))
    world.launch()
    world.register()
    create(world, desiredCount=1)
    world.clock.forward(3600)
    assert not world.reconcile()
    assert said(world).count(STEADY) == 1

    world.clock.forward(6 * 3600)
    assert world.reconcile()
    assert not world.reconcile()
    assert said(world).count(STEADY) == 2


def test_a_placement_failure_is_said_once_until_its_cause_is_gone_or_six_hours_pass(world: World) -> None:
    world.register(memory=100_000)
    world.launch()
    create(world, desiredCount=1)
    missing = [message for message in said(world) if "has insufficient memory available" in message]
    assert len(missing) == 1

    world.clock.forward(7 * 3600)
    world.reconcile()
    assert said(world).count(missing[0]) == 2

    world.call("UpdateService", cluster="demo", service="web", desiredCount=0)
    world.converge()
    world.call("UpdateService", cluster="demo", service="web", desiredCount=1)
    world.converge()
    assert said(world).count(missing[0]) == 3


def test_a_daemons_task_whose_instance_no_longer_meets_the_constraints_is_stopped_with_its_event(world: World) -> None:
    instance = world.launch()
    world.register()
    attribute = {"name": "stack", "value": "prod", "targetType": "container-instance", "targetId": instance}
    world.call("PutAttributes", cluster="demo", attributes=[attribute])
    constraint = {"type": "memberOf", "expression": "attribute:stack == prod"}
    create(world, schedulingStrategy="DAEMON", placementConstraints=[constraint])
    (task,) = world.tasks()

    world.call("PutAttributes", cluster="demo", attributes=[{**attribute, "value": "test"}])
    world.converge()

    task_id = task["taskArn"].rsplit("/", 1)[-1]
    assert world.tasks() == []
    assert f"(service web) (task {task_id}) no longer satisfies the placement constraints of the service." in said(
        world
    )
    event = Event.objects.get(detail__eventName="SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED")
    assert (event.detail_type, event.detail["eventType"]) == ("ECS Service Action", "ERROR")


def test_the_newest_hundred_events_are_kept_newest_first(world: World) -> None:
    world.register()
    create(world, desiredCount=0)
    service = Service.objects.get()
    for number in range(130):
        events.service_event(
            service, f"event {number}", event_name="TEST", at=world.clock.now + timedelta(seconds=number)
        )

    shown = said(world)
    assert len(shown) == 100
    assert (shown[0], shown[-1]) == ("event 129", "event 30")
    assert service.events.count() <= 110
