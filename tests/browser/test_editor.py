"""The editor of task definitions: one types on either side, and the other follows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Scene, Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(scene: Scene, open_tab: Callable[..., Tab]) -> Page:
    page = open_tab().page
    page.goto(f"{scene.url}/task-definitions/register/?from=web:2")
    expect(page.locator("html.scripted")).to_be_attached()
    return page


def test_json_follows_the_form_and_the_cursor_stays(editor: Page) -> None:
    memory = editor.locator("#id_containers-0-memory")
    memory.fill("")
    memory.press_sequentially("99", delay=120)

    expect(editor.locator("#id_document")).to_have_value(re.compile(r'"memory": 99\b'))
    expect(memory).to_be_focused()
    expect(memory).to_have_value("99")
    expect(editor.locator("#check")).to_contain_text("Accepted")


def test_the_form_follows_json_and_a_slip_leaves_it_as_it_was(editor: Page) -> None:
    side, name = editor.locator("#id_document"), editor.locator("#id_containers-0-name")
    document = json.loads(side.input_value())
    document["containerDefinitions"][0]["name"] = "renamed"
    document["containerDefinitions"][0]["user"] = "1000"
    side.fill(json.dumps(document, indent=2))
    expect(name).to_have_value("renamed")

    side.fill(json.dumps(document, indent=2).replace('"renamed",', '"other"'))
    expect(editor.locator("#id_document_error")).to_contain_text("This is not valid JSON: line 6")
    expect(editor.locator(".json__wrong")).to_have_text("▲6")
    expect(editor.locator("#check")).to_contain_text("The form stays as it was.")
    expect(name).to_have_value("renamed")
    expect(side).to_be_focused()

    side.fill(json.dumps(document, indent=2))
    expect(editor.locator("#id_document_error")).to_have_count(0)
    name.fill("again")
    expect(side).to_have_value(re.compile('"name": "again"(.|\n)*"user": "1000"'))


def test_a_refusal_stands_beside_field_and_line_while_somebody_types(editor: Page) -> None:
    editor.locator("#id_containers-0-memory").fill("1")

    expect(editor.locator("#id_containers-0-memory_error")).to_contain_text("must be at least 6 MiB")
    expect(editor.locator("#check")).to_contain_text("Refused")
    expect(editor.locator(".json__wrong")).to_have_count(1)

    editor.locator("#id_containers-0-memory").fill("64")
    expect(editor.locator("#check")).to_contain_text("Accepted")
    expect(editor.locator(".field__errors")).to_have_count(0)


def test_what_is_typed_while_an_answer_is_on_its_way_stays(editor: Page) -> None:
    editor.locator("#id_family").fill("first")
    editor.wait_for_timeout(360)
    editor.locator("#id_containers-0-environment").fill("A=1")
    editor.locator("#id_containers-0-command").fill("echo hi")

    expect(editor.locator("#id_document")).to_have_value(re.compile('"first"(.|\n)*"echo"'))
    expect(editor.locator("#id_containers-0-environment")).to_have_value("A=1")
    expect(editor.locator("#id_family")).to_have_value("first")


def test_what_a_deployment_would_do_is_followed_when_it_is_done_elsewhere(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(width=390)
    tab.page.goto(f"{scene.url}/task-definitions/web:1/deploy/")
    preview = tab.page.locator("#preview-demo-web")
    expect(preview).to_contain_text("goes through")
    preview.get_by_text("What differs in a task").click()

    scene.ecs.update_service(cluster="demo", service="web", taskDefinition="web:1")
    expect(preview).to_contain_text("runs it already")

    scene.ecs.update_service(cluster="demo", service="web", taskDefinition="web:2")
    expect(preview).to_contain_text("goes through")
    preview.get_by_role("button", name="Deploy web:1 to web").click()
    expect(tab.page.locator(".message")).to_contain_text("The service web now rolls out web:1.")
    expect(preview).to_contain_text("runs it already")
    assert tab.complaints == []
