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
        ({"tempo": "61"}, "less than or equal to 60"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    world: World, admin_client: Client, changes: dict[str, str], words: str
) -> None:
    assert words in add(admin_client, **changes)
    assert not Scene.objects.exists()
