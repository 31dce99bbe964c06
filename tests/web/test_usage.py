"""What tasks and instances use: measured while somebody looks, kept short, and shown beside what is reserved."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from ecsweb.agent.engine import UsageUnknown
from ecsweb.agent.simulated_engine import SimulatedEngine
from ecsweb.agent.usage import UsageSampler
from ecsweb.controlplane import announcements, usage_samples
from ecsweb.domain.usage import Reading, UsageGap
from ecsweb.models import ContainerInstance, Task
from tests.world import World

pytestmark = pytest.mark.django_db
BUSY = ["sh", "-c", "while :; do :; done"]
ENGLISH: Mapping[str, Any] = {"headers": {"Accept-Language": "en"}}
KOREAN: Mapping[str, Any] = {"headers": {"Accept-Language": "ko"}}


@dataclass
class Scene:
    """A world with one running task, and the agent's hand that measures."""

    world: World
    sampler: UsageSampler
    task: Task

    @property
    def task_url(self) -> str:
        return f"/clusters/demo/tasks/{self.task.task_id}/usage/"

    @property
    def instance(self) -> ContainerInstance:
        return self.task.host

    @property
    def instance_url(self) -> str:
        return f"/clusters/demo/instances/{self.instance.instance_id}/usage/"

    def measure(self, times: int = 3) -> None:
        """Let the agent measure every two seconds."""
        for _ in range(times):
            self.sampler.sample()
            self.world.clock.forward(2)


@pytest.fixture
def scene(valkey: subprocess.Popen[bytes], world: World) -> Scene:
    world.launch()
    world.register(command=BUSY, image="busybox", memory=64, memoryReservation=48, cpu=128)
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    sampler = UsageSampler(world.engine, clock=lambda: world.clock().timestamp())
    return Scene(world, sampler, Task.objects.get(last_status="RUNNING"))


def text_of(client: Client, url: str, language: Mapping[str, Any] = ENGLISH) -> str:
    response = client.get(url, **language)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_nothing_is_measured_that_nobody_looks_at(scene: Scene) -> None:
    scene.measure()

    known = usage_samples.look_at(usage_samples.of_task(scene.task.task_id), is_wanted=False)
    assert (known.samples, known.engine) == ([], "")


def test_looking_at_a_task_makes_the_agent_measure_it(scene: Scene, client: Client) -> None:
    assert "Being measured" in text_of(client, scene.task_url)

    scene.measure()
    page = text_of(client, scene.task_url)

    assert "The task uses 1024 CPU units now and has reserved 128." in page
    assert "The task uses 1 MiB now and has reserved 48. Its limit is 64" in page
    assert page.count('role="img"') == 2
    assert "The engine is simulated" in page
    assert "every 2s" in page


def test_each_figure_of_a_chart_stands_in_its_table(scene: Scene, client: Client) -> None:
    text_of(client, scene.task_url)
    scene.measure(4)

    tables = re.findall(r"<tbody>(.*?)</tbody>", text_of(client, scene.task_url))

    rows = [re.findall(r"<td>(.*?)</td>", row) for row in tables[0].split("</tr>")[:-1]]
    assert rows == [["1024", "128"]] * 3


def test_an_instance_shows_used_beside_reserved_and_registered(scene: Scene, client: Client) -> None:
    scene.world.call("RunTask", cluster="demo", taskDefinition="web", count=2)
    scene.world.converge()
    text_of(client, scene.instance_url)
    scene.measure()

    page = text_of(client, scene.instance_url)

    registered = scene.instance.registered_memory
    assert f"Its tasks use 3072 CPU units now and have reserved 384 of {scene.instance.registered_cpu}." in page
    assert f"Its tasks use 3 MiB now and have reserved 144 of {registered}." in page
    assert f"a task that wants more than {registered - 144} MiB does not fit here" in page


def test_an_instance_without_tasks_uses_nothing(scene: Scene, client: Client) -> None:
    scene.world.call("StopTask", cluster="demo", task=scene.task.task_id)
    scene.world.converge()
    text_of(client, scene.instance_url)
    scene.measure(1)

    assert "Its tasks use 0 MiB now and have reserved 0 of" in text_of(client, scene.instance_url)


def test_samples_are_a_short_ring_and_are_forgotten(scene: Scene, client: Client) -> None:
    text_of(client, scene.task_url)
    scene.measure(usage_samples.KEPT + 5)

    name = usage_samples.of_task(scene.task.task_id)
    assert len(usage_samples.look_at(name).samples) == usage_samples.KEPT
    assert 0 < announcements.connection().ttl(f"ecsweb:usage:{name}") <= usage_samples.KEPT_SECONDS


def test_what_is_asked_of_the_engine_is_bounded(scene: Scene, client: Client) -> None:
    for number in range(usage_samples.MOST_WANTED + 10):
        usage_samples.look_at(usage_samples.of_task(f"{number}"))

    assert len(usage_samples.wanted()) == usage_samples.MOST_WANTED


def test_a_silent_agent_measures_nothing(scene: Scene, client: Client) -> None:
    text_of(client, scene.instance_url)
    text_of(client, scene.task_url)
    scene.world.call("DisconnectAgent", cluster="demo", containerInstance=scene.instance.instance_id)
    scene.world.converge()
    scene.measure()

    for url in (scene.instance_url, scene.task_url):
        page = text_of(client, url)
        assert "it is the agent that measures, and nothing is heard from it" in page
        assert "<svg" not in page


def test_a_task_that_has_ended_keeps_its_last_figures(scene: Scene, client: Client) -> None:
    text_of(client, scene.task_url)
    scene.measure()
    scene.world.call("StopTask", cluster="demo", task=scene.task.task_id)
    scene.world.converge()

    page = text_of(client, scene.task_url)

    assert "It has ended: these are its last figures." in page
    assert "CPU units at the end and had reserved 128." in page
    assert "now" not in page
    assert "every" not in page
    announcements.connection().flushdb()
    assert "It has ended: nothing is measured any more." in text_of(client, scene.task_url)


class Elsewhere(SimulatedEngine):
    """An engine whose containers cannot be measured from here."""

    gap = UsageGap.REMOTE

    def usage(self, runtime_ids: Iterable[str]) -> Mapping[str, Reading]:
        raise UsageUnknown("not from here", gap=self.gap)


@pytest.mark.parametrize(
    ("gap", "english", "korean"),
    [
        (UsageGap.REMOTE, "runs on another machine", "다른 컴퓨터"),
        (UsageGap.NO_CGROUPS, "no Linux cgroups", "cgroup이 없"),
        (UsageGap.OTHER_HOST, "in a virtual machine", "가상 머신"),
    ],
)
def test_what_cannot_be_measured_is_said_and_not_invented(
    scene: Scene, client: Client, gap: UsageGap, english: str, korean: str
) -> None:
    text_of(client, scene.task_url)
    engine = Elsewhere(scene.world.engine.install_id, store=scene.world.engine.store, clock=scene.world.clock)
    engine.gap = gap
    UsageSampler(engine).sample()

    page = text_of(client, scene.task_url)

    assert english in page
    assert "<svg" not in page
    assert korean in text_of(client, scene.task_url, KOREAN)


def test_without_redis_the_page_says_so_and_works(world: World, client: Client, settings: Settings) -> None:
    settings.ECSWEB_REDIS_URL = "redis://127.0.0.1:1/1"
    announcements.connection.cache_clear()
    world.launch()
    world.register()
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    task = Task.objects.get()

    for url in (
        f"/clusters/demo/tasks/{task.task_id}/",
        f"/clusters/demo/instances/{task.host.instance_id}/",
        f"/clusters/demo/?panel=task:{task.task_id}",
        f"/clusters/demo/?panel=instance:{task.host.instance_id}",
    ):
        assert "Redis, which carries the figures, does not answer" in text_of(client, url)
    UsageSampler(world.engine).sample()
    announcements.connection.cache_clear()


def test_charts_stand_on_pages_and_panels_in_both_languages(scene: Scene, client: Client) -> None:
    text_of(client, scene.task_url)
    text_of(client, scene.instance_url)
    scene.measure()

    for url in (
        f"/clusters/demo/tasks/{scene.task.task_id}/",
        f"/clusters/demo/instances/{scene.instance.instance_id}/",
        f"/clusters/demo/panel/task/{scene.task.task_id}/",
        f"/clusters/demo/panel/instance/{scene.instance.instance_id}/",
    ):
        assert len(re.findall(r'role="img" aria-label="[^"]*MiB[^"]* 48', text_of(client, url))) == 1
        assert "예약" in text_of(client, url, KOREAN)
