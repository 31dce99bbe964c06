"""The picture of the past is the picture that was: folded from the log, drawn by the same code."""

from __future__ import annotations

import pytest

from ecsweb.controlplane import timeline
from ecsweb.models import Account, Cluster, Event
from ecsweb.web.diagrams.cluster_picture import ClusterPicture
from ecsweb.web.pictures import cluster_picture, picture_of
from ecsweb.web.timeline.past_rows import rows_of_past
from tests.world import World


def newest() -> int:
    return Account.objects.get().last_sequence


def then(sequence: int) -> ClusterPicture:
    cluster = Cluster.objects.get()
    return picture_of(rows_of_past(timeline.past_at(cluster.account, sequence), cluster))


def now() -> ClusterPicture:
    return cluster_picture(Cluster.objects.get())


@pytest.fixture
def busy(world: World) -> World:
    world.launch(zone="a")
    world.launch(zone="b")
    world.register("web")
    world.register("big", memory=9000)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    world.call("RunTask", cluster="demo", taskDefinition="web", count=1)
    world.converge()
    return world


def test_the_last_picture_of_the_log_is_the_picture_of_now(busy: World) -> None:
    assert then(newest()) == now()
    assert len(now().services) == 1
    assert sum(len(box.tasks) for box in now().instances) == 4


def test_every_moment_that_was_looked_at_is_seen_again_as_it_was(busy: World) -> None:
    seen = {newest(): now()}
    busy.call("CreateService", cluster="demo", serviceName="big", taskDefinition="big", desiredCount=1)
    busy.converge()
    seen[newest()] = now()
    busy.kill(busy.tasks(serviceName="web")[0]["taskArn"])
    busy.step_all()
    seen[newest()] = now()
    busy.converge()
    seen[newest()] = now()
    busy.call("UpdateService", cluster="demo", service="web", desiredCount=1)
    busy.converge()

    assert {at: then(at) for at in seen} == seen
    assert seen[max(seen)].waiting


def test_a_checkpoint_changes_nothing_and_survives_trimming(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "CHECKPOINT_EVERY", 5)
    before = now()

    assert timeline.note_checkpoint(Account.objects.get(), now=busy.clock())
    assert not timeline.note_checkpoint(Account.objects.get(), now=busy.clock())
    checkpoint = newest()
    assert Event.objects.get(sequence=checkpoint).detail_type == "Checkpoint"
    Event.objects.filter(sequence__lt=checkpoint).delete()

    assert then(checkpoint) == before
    assert timeline.history_begins(Account.objects.get()) == checkpoint


def test_after_a_reset_nothing_of_before_is_left(busy: World) -> None:
    from ecsweb.controlplane.accounts import begin_reset

    account = Account.objects.get()
    begin_reset(account, now=busy.clock())
    busy.step_all()

    past = timeline.past_at(account, newest())

    assert (past.clusters, past.services, past.definitions) == ({}, {}, {})
