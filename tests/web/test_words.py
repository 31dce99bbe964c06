"""The picture in words: everything that is drawn is told, in both languages, as one tree."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from ecsweb.models import Task
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "words"), [("en", "of the service web"), ("ko", "서비스 web 소속")])
def test_everything_that_is_drawn_is_told(world: World, client: Client, language: str, words: str) -> None:
    world.launch()
    world.register()
    world.register(family="big", memory=4096)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.call("CreateService", cluster="demo", serviceName="big", taskDefinition="big", desiredCount=1)
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()

    headers = {"Accept-Language": language}
    page = client.get("/clusters/demo/text/", headers=headers).content.decode()
    picture = client.get("/clusters/demo/", headers=headers).content.decode()

    assert page.count('role="tree"') == 1
    assert page.count(words) == 2
    for task in Task.objects.all():
        assert page.count(f'data-is="task-{task.task_id}"') == 1
    told = re.findall(r'data-is="([^"]+)"', page)
    assert len(told) == len(set(told)) == 3 + 1 + 2 + 1 + 3
    assert all(f'id="{one}"' in picture for one in told)
    ids = re.findall(r'id="(text-[\d-]+)"', page)
    assert len(ids) == len(set(ids))
    assert [level.count("-") for level in ids].count(1) == 1


def test_an_empty_cluster_is_told_too(world: World, client: Client) -> None:
    assert "This cluster is empty" in client.get("/clusters/demo/text/").content.decode()


def test_asked_for_by_a_script_it_is_a_fragment(world: World, client: Client) -> None:
    fragment = client.get("/clusters/demo/text/", headers={"HX-Request": "true"}).content.decode()

    assert fragment.lstrip().startswith("<ul")
