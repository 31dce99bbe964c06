"""The editor on the server: one side is typed into, the other follows, and the one door says what it thinks."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from ecsweb.models import Event, TaskDefinition
from ecsweb.web.forms.definition_form import DefinitionForm
from tests.web.definitions import ADDRESS, APP, typed_containers
from tests.web.test_forms import field_of
from tests.world import World

STEP = "/task-definitions/editor/"
ENGLISH = {"Accept-Language": "en"}
WEB: dict[str, Any] = {
    "name": "app",
    "image": "ecsweb/web:1",
    "memory": 64,
    "user": "1000",
    "portMappings": [{"containerPort": 80, "name": "http", "appProtocol": "http"}, {"containerPort": 81}],
}


def step(client: Client, sent: dict[str, str], *, language: str = "en") -> str:
    answer = client.post(STEP, sent, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def json_of(text: str) -> Any:
    found = re.search(r'<textarea name="document"[^>]*>(.*?)</textarea>', text, re.S)
    assert found
    return json.loads(found[1])


def fields(*containers: dict[str, Any], **typed: str) -> dict[str, str]:
    """Return what a browser sends of the form that shows these containers, with something typed otherwise."""
    form = DefinitionForm.holding({"family": "web", "containerDefinitions": list(containers)})
    return {str(key): str(value) for key, value in form.task.data.items()} | typed


@pytest.fixture
def cluster(world: World) -> World:
    world.launch()
    return world


def test_json_follows_the_form_and_keeps_what_the_form_cannot_say(client: Client, cluster: World) -> None:
    text = step(client, fields(WEB, **{"containers-0-memory": "96", "containers-0-port_mappings": "80\r\n8081:81/udp"}))

    (container,) = json_of(text)["containerDefinitions"]
    assert container == WEB | {
        "memory": 96,
        "portMappings": [WEB["portMappings"][0], {"containerPort": 81, "hostPort": 8081, "protocol": "udp"}],
    }
    assert "Accepted" in text
    assert "It would become web:1." in text
    assert "1 of 1 instances could take one task now" in text


def test_a_port_that_moves_keeps_its_name(client: Client, cluster: World) -> None:
    text = step(client, fields(WEB, **{"containers-0-port_mappings": "8080:90\r\n81"}))

    assert json_of(text)["containerDefinitions"][0]["portMappings"] == [
        {"containerPort": 90, "hostPort": 8080, "name": "http", "appProtocol": "http"},
        {"containerPort": 81},
    ]


def test_a_container_that_is_taken_away_takes_nothing_of_the_others_along(client: Client, cluster: World) -> None:
    log = {"name": "log", "image": "ecsweb/worker:1", "memory": 32, "hostname": "logs"}
    sent = fields(log, WEB, change="remove-0")

    page = html.unescape(client.post(ADDRESS, sent, headers=ENGLISH).content.decode())

    assert json_of(page)["containerDefinitions"] == [WEB]


def test_a_field_that_is_emptied_takes_its_member_away(client: Client, cluster: World) -> None:
    container = WEB | {"cpu": 10, "healthCheck": {"command": ["CMD-SHELL", "true"]}}

    text = step(client, fields(container, **{"containers-0-cpu": "", "containers-0-health_command": ""}))

    assert json_of(text)["containerDefinitions"] == [WEB]


def test_the_form_follows_json(client: Client, cluster: World) -> None:
    document = {"family": "shop", "networkMode": "host", "containerDefinitions": [WEB, WEB | {"name": "second"}]}

    text = step(client, {"document": json.dumps(document)})

    assert 'value="shop"' in text
    assert re.search(r'<option value="host"\s+selected', text)
    assert 'value="second"' in text
    assert 'name="containers-TOTAL_FORMS" value="2"' in text


@pytest.mark.parametrize(
    ("typed", "said", "line"),
    [
        ('{\n"family": "web",,\n}', "This is not valid JSON: line 2, column 17", 2),
        ('{"family": "web",\n"containerDefinitions": [\n{"nmae": "app"}]}', "containerDefinitions.0.nmae", 3),
        (
            '{"family": "web",\n"containerDefinitions": [\n{"name": "app",\n"cpu": "many"}]}',
            "Line 4: A whole number without quotes was expected here. STRING_VALUE can not be converted",
            4,
        ),
        (
            '{"family": "web"}',
            "Line 1: Something that must be given is missing. containerDefinitions should",
            1,
        ),
    ],
)
def test_json_that_cannot_be_read_names_its_line_and_leaves_the_form_alone(
    client: Client, cluster: World, typed: str, said: str, line: int
) -> None:
    answer = client.post(STEP, {"document": typed.replace("\n", "\r\n")}, headers=ENGLISH)

    text = html.unescape(answer.content.decode())
    assert said in text
    assert f"▲{line}</li>" in re.sub(r"\s", "", text)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#json", "morph:outerHTML")
    assert 'id="by-form"' not in text


def test_a_refusal_stands_at_the_field_at_the_line_and_in_the_check(client: Client, cluster: World) -> None:
    document = {"family": "web", "containerDefinitions": [WEB | {"memory": 1}]}

    text = step(client, {"document": json.dumps(document, indent=0)})

    assert text.count("'memory' must be at least 6 MiB.") == 2
    assert "Refused" in text
    assert re.search(r'class="json__wrong"[^>]*>\s*▲7\s*</li>', text)
    assert "거부" in step(client, {"document": json.dumps(document)}, language="ko")


def test_what_cannot_be_read_in_the_form_is_not_asked_and_the_json_keeps_what_it_said(
    client: Client, cluster: World
) -> None:
    text = step(client, fields(WEB, **{"containers-0-port_mappings": "http"}))

    assert "Not asked yet" in text
    assert json_of(text)["containerDefinitions"][0]["portMappings"] == WEB["portMappings"]


def test_one_field_that_cannot_be_read_does_not_hide_what_the_door_says_of_another(
    client: Client, cluster: World
) -> None:
    wrong = {"family": "한글 패밀리", "containers-0-port_mappings": "abc", "containers-0-memory": ""}
    text = step(client, fields(WEB, **wrong), language="ko")

    assert "패밀리 이름에는 영문자" in field_of(text, "family")
    assert "Family contains invalid characters." in field_of(text, "family")
    assert 'role="alert"' in field_of(text, "containers-0-port_mappings")


def test_what_the_door_says_because_a_field_cannot_be_read_is_not_said(client: Client, cluster: World) -> None:
    text = step(client, fields(APP, **{"containers-0-memory": "much"}))

    assert "memoryReservation' must be specified" not in text
    assert text.count('role="alert"') == 1


def test_the_check_speaks_the_readers_language_first(client: Client, cluster: World) -> None:
    document = {"family": "한 글", "containerDefinitions": [WEB]}
    text = step(client, {"document": json.dumps(document)}, language="ko")
    check = text[text.index('id="check"') :]

    assert "패밀리 이름에는 영문자" in check
    assert "Family contains invalid characters." in check


def test_why_no_instance_could_take_it_is_told(client: Client, cluster: World) -> None:
    text = step(client, fields(WEB, **{"containers-0-memory": "4096"}))

    assert "0 of 1 instances could take one task now" in text
    assert "It would fit with this: 2130 MiB more memory" in text


def test_to_ask_stores_nothing(client: Client, cluster: World) -> None:
    before = Event.objects.count()

    step(client, fields(WEB))
    step(client, {"document": json.dumps({"family": "web", "containerDefinitions": [WEB]})})

    assert Event.objects.count() == before
    assert not TaskDefinition.objects.exists()


@pytest.mark.parametrize(
    "base", ["", "{", "[]", "null", '{"containerDefinitions": 3}', "[" * 5000, "\x00", "x" * 140_000]
)
def test_a_forged_beginning_is_no_beginning(client: Client, cluster: World, base: str) -> None:
    sent = typed_containers({"base": base}, APP | {"origin": "²"}, {"name": "two", "origin": "9" * 500})

    answer = client.post(STEP, sent, headers=ENGLISH)

    assert [one["name"] for one in json_of(html.unescape(answer.content.decode()))["containerDefinitions"]] == [
        "app",
        "two",
    ]


def test_without_script_a_refused_json_is_shown_in_the_form_too(client: Client, cluster: World) -> None:
    document = {"family": "web", "containerDefinitions": [WEB | {"name": "front", "memory": 1}]}

    answer = client.post(ADDRESS, {"document": json.dumps(document)}, headers=ENGLISH)

    assert answer.status_code == 422
    text = html.unescape(answer.content.decode())
    assert 'value="front"' in text
    assert re.search(r"▲ Line 1: .*'memory' must be at least 6 MiB\.", text)
    assert not TaskDefinition.objects.exists()


def test_what_is_not_simply_run_is_said_at_its_field_and_in_the_check(client: Client, cluster: World) -> None:
    text = step(client, fields(WEB, WEB | {"name": "two", "portMappings": []}))

    first, second = text.split('name="containers-1-name"')
    assert first.count('class="field__note"') == 2
    assert "containerDefinitions[].portMappings[].appProtocol" in first
    assert "stored, not simulated here" in first
    assert 'class="field__note"' not in second
    assert second.count("containerDefinitions[].portMappings[].appProtocol") == 1


def test_the_parser_speaks_the_readers_language(client: Client, cluster: World) -> None:
    text = step(client, {"document": '{"family"}'}, language="ko")

    assert "콜론(:)이 있어야 합니다" in text
    assert 'hx-swap-oob="morph"' in text
    assert "양식은 그대로 둡니다." in text


def test_the_later_of_two_is_told_of_the_other(client: Client, cluster: World) -> None:
    document = {"family": "web", "containerDefinitions": [WEB]}
    cluster.call("RegisterTaskDefinition", **document)
    page = html.unescape(client.get(f"{ADDRESS}?from=web:1", headers=ENGLISH).content.decode())
    assert page.count('name="newest" value="web:1"') == 2
    sent = fields(WEB, newest="web:1")
    assert "Meanwhile" not in step(client, sent)

    cluster.call("RegisterTaskDefinition", **document)

    assert "Meanwhile web:2 was registered; you began after web:1." in step(client, sent)
    made = client.post(ADDRESS, sent, headers=ENGLISH, follow=True).content.decode()
    assert "While you wrote, web:2 was registered" in made
    assert "<b>:3</b>" in made


@pytest.mark.parametrize("newest", ["", "web", "web:²", "web:99999999999", "other:0", ":", "\x00"])
def test_a_forged_word_about_the_newest_tells_nothing(client: Client, cluster: World, newest: str) -> None:
    assert "Meanwhile" not in step(client, fields(WEB, newest=newest))
