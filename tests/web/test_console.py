"""The command line's page and its fragment."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.models import Cluster
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_line_is_carried_out_without_script(world: World, client: Client) -> None:
    page = client.post("/console/", {"line": "aws ecs create-cluster --cluster-name shop"}).content.decode()

    assert Cluster.objects.filter(name="shop").exists()
    assert "<html" in page
    assert "clusterName&quot;: &quot;shop" in page


@pytest.mark.parametrize(("language", "words"), [("en", "not understood"), ("ko", "이해하지 못함")])
def test_htmx_gets_the_outcome_alone(world: World, client: Client, language: str, words: str) -> None:
    headers = {"HX-Request": "true", "Accept-Language": language}
    said = client.post("/console/", {"line": "nonsense"}, headers=headers).content.decode()

    assert "<html" not in said
    assert words in said
    assert "&#x27;nonsense&#x27;" in said


def test_every_page_has_the_drawer_and_its_own_page_has_not(world: World, client: Client) -> None:
    assert 'id="console-drawer"' in client.get("/clusters/demo/").content.decode()
    assert 'id="console-drawer"' not in client.get("/console/").content.decode()


def test_completion_answers_words(world: World, client: Client) -> None:
    assert client.get("/console/complete/", {"line": "aws ecs run-t"}).json() == {"words": ["run-task"]}
