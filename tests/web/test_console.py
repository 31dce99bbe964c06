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


@pytest.mark.parametrize(("language", "words"), [("en", "Ignored, as"), ("ko", "옵션은 무시했어요")])
def test_what_was_ignored_and_where_it_went_is_said_in_a_line(
    world: World, client: Client, language: str, words: str
) -> None:
    line = {"line": "aws --endpoint-url http://127.0.0.1:8000 --region us-east-1 ecs list-clusters"}
    said = client.post("/console/", line, headers={"HX-Request": "true", "Accept-Language": language}).content.decode()

    assert words in said
    assert "--endpoint-url" in said.split("outcome__note")[1]
    assert "us-east-1" in said.split("outcome__note")[2]
