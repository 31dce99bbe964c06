"""The command line's page and its fragment."""

from __future__ import annotations

import re

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
    assert "“nonsense”" in said


HANGUL = re.compile("[가-힣]")


@pytest.mark.parametrize(
    "line",
    [
        "aws ecs list-clusters | grep demo",
        "aws ecs list-clusters --region mars-1",
        "aws ecs wait services-stable --services web",
        "aws s3 ls",
        "aws ecs run-tsk",
        "aws ecs run-task",
        "aws ecs create-service --service-name web --task-definition web --desired-count abc",
        "aws ecs run-task --clustr demo --task-definition web",
        "aws ecs list-clusters --query '[['",
        "aws ecs list-clusters --output xml",
        "aws ecs run-task 'open",
        "aws ecs run-task --cli-input-json '{'",
        "aws ecs describe-services --cluster nowhere --services web",
        "aws ecs execute-command --cluster demo --task x --command sh --interactive",
        "aws ecs create-cluster --cluster-name '한글 이름'",
    ],
)
def test_whatever_is_refused_is_told_in_the_readers_language_first(world: World, client: Client, line: str) -> None:
    headers = {"HX-Request": "true", "Accept-Language": "ko"}
    said = client.post("/console/", {"line": line}, headers=headers).content.decode()

    after_the_line = said.partition("</p>")[2].partition('class="outcome__state"')[0]
    assert HANGUL.search(after_the_line.replace("한글 이름", "")), after_the_line


def test_an_option_that_cannot_be_read_is_named(world: World, client: Client) -> None:
    line = {"line": "aws ecs create-service --service-name web --desired-count abc"}
    said = client.post("/console/", line, headers={"HX-Request": "true", "Accept-Language": "ko"}).content.decode()

    assert "--desired-count의 값을 읽을 수 없어요" in said
    assert "invalid literal for int()" in said


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
