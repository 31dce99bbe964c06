"""Scenes in the admin: edited as a script that is checked, written through the one door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ecsweb.learn.scenes import scene_of
from ecsweb.models import Account, Event, Scene
from tests.world import World

ACTIONS: list[Any] = [
    {"call": "CreateCluster", "params": {"clusterName": "scene-x"}, "say": {"en": "A cluster.", "ko": "클러스터예요."}},
    {"pause": 2},
]


def add(client: Client, **changes: Any) -> str:
    """Send the form of a new scene; return the page that answers, empty where it was stored."""
    said: dict[str, Any] = {"account": Account.objects.get().pk, "title": "Mine", "tempo": "1", "families": "[]"}
    said |= {"clusters": '["scene-x"]', "actions": json.dumps(ACTIONS), **changes}
    answer = client.post(reverse("admin:ecsweb_scene_add"), said)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_a_scene_is_written_through_the_door_and_can_be_played(world: World, admin_client: Client) -> None:
    assert add(admin_client) == ""

    row = Scene.objects.get()
    calls = Event.objects.filter(detail_type="API Call", detail__operation="RecordScene")
    assert [event.detail["origin"] for event in calls] == ["admin"]
    scene = scene_of(row.account, f"own-{row.pk}")
    assert scene is not None
    assert [action.call for action in scene.actions] == ["CreateCluster", ""]

    change = reverse("admin:ecsweb_scene_change", args=[row.pk])
    assert "클러스터예요." in admin_client.get(change).content.decode()
    said = {"title": "Ours", "tempo": "2", "clusters": "[]", "families": "[]", "actions": json.dumps(ACTIONS[:1])}
    assert admin_client.post(change, said).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.tempo, row.clusters, len(row.actions)) == ("Ours", 2, [], 1)

    admin_client.post(reverse("admin:ecsweb_scene_delete", args=[row.pk]), {"post": "yes"})
    assert not Scene.objects.exists()


def script(operation: str, params: dict[str, Any]) -> str:
    return json.dumps([{"call": operation, "params": params, "say": {"en": "a", "ko": "b"}}])


def test_what_a_call_asks_for_only_when_it_is_made_is_no_fault(world: World, admin_client: Client) -> None:
    ask = {"ask": {"of": "DescribeTasks", "params": {}, "query": "tasks[0].taskArn"}}

    assert add(admin_client, actions=script("StopTask", {"task": ask})) == ""
    assert add(admin_client, actions=script("StartTask", {"taskDefinition": "web", "containerInstances": ask})) == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"actions": "[{"}, "Enter a valid JSON."),
        ({"actions": '{"call": "CreateCluster"}'}, "Expected `array`"),
        ({"actions": '[{"cal": "CreateCluster"}]'}, "unknown field `cal`"),
        ({"actions": '[{"call": "CreateCluster"}]'}, "action 1: CreateCluster has no caption (say)"),
        ({"actions": '[{"say": {"en": "a"}}]'}, "missing required field `ko`"),
        ({"clusters": '["demo"]'}, "each beginning with scene-"),
        ({"families": '"scene-x"'}, "each beginning with scene-"),
        ({"actions": '[{"pause": 1e9}]'}, "action 1: a pause is at most 60 seconds"),
        ({"actions": script("CreateCluster", {"clusterNam": 5})}, "Unknown parameter: clusterNam"),
        ({"actions": script("CreateCluster", {"clusterName": 5})}, "NUMBER_VALUE can not be converted to a String"),
        ({"actions": script("RunTask", {"cluster": "scene-x"})}, "taskDefinition should not be null or empty"),
        ({"actions": '[{"call": "DropTable", "say": {"en": "a", "ko": "b"}}]'}, "DropTable is no operation"),
        ({"tempo": "61"}, "less than or equal to 60"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    world: World, admin_client: Client, changes: dict[str, str], words: str
) -> None:
    assert words in add(admin_client, **changes)
    assert not Scene.objects.exists()


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ('{"call": "CreateCluster"}', "있어야 할 값: 대괄호로 쓴 목록. 지금 있는 값: 중괄호로 쓴 객체."),
        ('[{"say": {"en": "a"}}]', "“ko” 항목이 없습니다."),
        ('[{"call": "DropTable", "say": {"en": "a", "ko": "b"}}]', "동작 1: DropTable: 그런 작업이 없습니다"),
        (script("CreateCluster", {"clusterNam": 5}), "AWS의 이 작업에는 그런 파라미터가 없습니다."),
        ('[{"pause": 1e9}]', "쉬는 시간(pause)은 최대 60초입니다"),
    ],
)
def test_a_script_that_does_not_fit_is_refused_in_korean_too(
    world: World, admin_client: Client, actions: str, words: str
) -> None:
    admin_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ko"

    page = add(admin_client, actions=actions)

    assert words in page
    assert "템포" in page
