"""A revision is dragged onto what takes it: the same calls as by the buttons of its panel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene, Tab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SECONDS = 20_000


def test_a_revision_is_dragged_onto_instance_service_and_cluster(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/")
    expect(page.locator("[data-live]")).to_contain_text("live", timeout=SECONDS)
    revision = page.locator("#definition-agent-log-1")

    revision.drag_to(page.locator(f"#instance-{scene.instance} .agent"))
    expect(page.locator("#messages")).to_contain_text("StartTask answered. Tasks made: 1.", timeout=SECONDS)

    page.goto(f"{scene.url}/clusters/demo/")
    page.locator("#definition-batch-1").drag_to(page.locator("#service-batch .service__head"))
    expect(page.locator("#messages")).to_contain_text("The service batch goes over to batch:1.", timeout=SECONDS)

    page.goto(f"{scene.url}/clusters/demo/")
    page.locator("#definition-batch-1").drag_to(page.locator(".cluster__name"))
    expect(page.locator("[data-panel^='refusal:']")).to_contain_text("It would fit with this", timeout=SECONDS)
    expect(page.get_by_role("button", name="Launch a t3.large").first).to_be_visible()
    assert tab.complaints == []


def test_by_keyboard_the_panel_of_the_revision_does_the_same(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/")
    page.locator("#definition-agent-log-1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-panel='definition:agent-log:1']")).to_be_visible(timeout=SECONDS)

    page.get_by_role("button", name="StartTask").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#messages")).to_contain_text("StartTask answered. Tasks made: 1.", timeout=SECONDS)
