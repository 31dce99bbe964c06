"""A refused call is told in the reader's language, with AWS's own words beside it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.utils.translation import override

from ecsweb.models import Cluster
from ecsweb.web.sentences.refusals import field_refusal, literal
from tests.world import World

CREATE = "/clusters/demo/services/create/"
SERVICE = {"task_definition": "web:1", "scheduling_strategy": "REPLICA", "desired_count": "1"}


def said(content: bytes) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", content.decode()).split()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "lead"),
    [
        ("ko", "demo 안에 아직 남은 것이 있어 삭제하지 않았습니다: 서비스 1개, 태스크 2개, 컨테이너 인스턴스 1대."),
        ("en", "demo stays, because there is still something in it: 1 service, 2 tasks, 1 container instance."),
    ],
)
def test_the_page_of_a_cluster_that_is_not_empty_stays_and_counts_what_is_in_the_way(
    world: World, client: Client, language: str, lead: str
) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    answer = client.post("/clusters/demo/delete/", follow=True, headers={"Accept-Language": language})

    assert answer.redirect_chain == [("/clusters/demo/", 302)]
    assert lead in said(answer.content)
    assert "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active." in said(
        answer.content
    )
    assert Cluster.objects.get().status == "ACTIVE"


@pytest.mark.django_db
def test_a_cluster_that_is_not_there_any_more_leads_home(world: World, client: Client) -> None:
    answer = client.post("/clusters/elsewhere/delete/", follow=True, headers={"Accept-Language": "en"})

    assert answer.redirect_chain == [("/", 302)]
    assert "There is no cluster of this name here." in said(answer.content)
    assert "ClusterNotFoundException" in said(answer.content)


@pytest.mark.django_db
def test_a_refused_name_is_told_with_its_pattern_right_and_its_value_cut(world: World, client: Client) -> None:
    world.launch()
    world.register()
    answer = client.post(CREATE, {**SERVICE, "name": "a" * 256}, headers={"Accept-Language": "ko"})
    text = said(answer.content)

    assert answer.status_code == 422
    assert "이름에는 영문자, 숫자, 하이픈, 밑줄만 쓸 수 있고 최대 255자입니다." in text
    assert rf"ServiceName must match ^[a-zA-Z0-9\-_]{{1,255}}$, but was {'a' * 80}…" in text
    assert "a" * 81 not in text


def test_what_nobody_has_put_into_words_is_led_by_the_field() -> None:
    with override("ko"):
        text = field_refusal("Attribute name is <odd>.", "배치 제약")

    assert text == (
        "“배치 제약”에 적은 값을 받아들이지 않았습니다. API의 원문: "
        '<code class="literal" lang="en">Attribute name is &lt;odd&gt;.</code>'
    )


def test_an_arn_is_not_cut() -> None:
    arn = f"arn:aws:ecs:ap-northeast-2:123456789012:container-instance/demo/{'0' * 32}"

    assert literal(f"There is no {arn}.") == f"There is no {arn}."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "typed", "place"),
    [
        (CREATE, {**SERVICE, "name": "not a name"}, "id_name_error"),
        ("/", {"name": "not a name"}, "id_name_error"),
        ("/task-definitions/register/", {"document": "[]"}, "id_document_error"),
        ("/clusters/demo/services/web/update/", {"task_definition": "web:1", "desired_count": "2"}, "form-errors"),
    ],
)
def test_a_page_with_a_refused_form_leads_to_what_is_wrong_also_without_script(
    world: World, client: Client, url: str, typed: dict[str, str], place: str
) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    began = {"began": '{"desiredCount": "9"}'} if place == "form-errors" else {}
    page = client.post(url, {**typed, **began}, headers={"Accept-Language": "en"}).content.decode()

    assert f'<a href="#{place}">Go there</a>' in page
    assert page.count(f'id="{place}"') == 1


@pytest.mark.django_db
def test_a_page_without_a_refused_form_leads_nowhere(world: World, client: Client) -> None:
    assert 'id="refused"' not in client.get("/").content.decode()
