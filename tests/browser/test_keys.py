"""By keyboard: the sheet, keys that can be turned off, the picture and its text by arrows, and what is announced."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Scene, Tab
from tests.browser.test_looks import violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SECONDS = 20_000


def focused(page: Page) -> str:
    """Return the id of what has the focus, or of what holds it."""
    return str(page.evaluate("document.activeElement.closest('[id]')?.id ?? ''"))


@pytest.fixture
def tab(scene: Scene, open_tab: Callable[..., Tab]) -> Tab:
    tab = open_tab()
    tab.page.goto(f"{scene.url}/clusters/demo/")
    expect(tab.page.locator("[data-live]")).to_contain_text("live", timeout=SECONDS)
    return tab


def test_the_sheet_opens_by_its_key_and_closes_by_esc(tab: Tab) -> None:
    tab.page.keyboard.press("?")
    expect(tab.page.locator("#shortcuts")).to_be_visible()
    assert violations(tab) == []

    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#shortcuts")).to_be_hidden()
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("Boolean(document.activeElement.closest('main'))")
    tab.page.keyboard.press("/")
    expect(tab.page.locator("#search")).to_be_focused()
    tab.page.keyboard.type("?p1")
    expect(tab.page.locator("#search")).to_have_value("?p1")
    expect(tab.page.locator("#shortcuts")).to_be_hidden()


def test_keys_of_one_character_can_be_turned_off(tab: Tab) -> None:
    tab.page.locator("#looks > summary").click()
    tab.page.locator("#looks [name=shortcuts][value=off]").click()
    expect(tab.page.locator("html")).to_have_attribute("data-shortcuts", "off")

    tab.page.keyboard.press("?")
    tab.page.keyboard.press("p")

    expect(tab.page.locator("#shortcuts")).to_be_hidden()
    expect(tab.page.locator("html")).to_have_attribute("data-projector", "off")
    tab.page.locator("#looks > summary").click()
    tab.page.locator("#looks [name=shortcuts][value=on]").click()


def test_arrows_walk_the_picture(scene: Scene, tab: Tab) -> None:
    page = tab.page
    page.locator("#cluster-demo").focus()
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("service-")
    page.keyboard.press("End")
    assert focused(page).startswith("instance-")
    page.keyboard.press("ArrowUp")
    assert focused(page) == f"instance-{scene.instance}"
    page.keyboard.press("ArrowRight")
    task = focused(page)
    assert task.startswith("task-")
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith(f"container-{task.removeprefix('task-')}~")
    page.keyboard.press("Enter")
    expect(page.locator("[data-panel^='container:']")).to_be_visible(timeout=SECONDS)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == f"instance-{scene.instance}"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "cluster-demo"


def test_the_text_of_the_picture_is_a_tree_that_lives(scene: Scene, tab: Tab) -> None:
    page = tab.page
    page.keyboard.press("t")
    expect(page.locator("#picture-text")).to_be_visible(timeout=SECONDS)
    first = page.locator("#text-0")
    first.focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == "text-0-0"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "text-0-1"
    scene.ecs.update_service(cluster="demo", service="web", desiredCount=2)
    expect(page.locator("#picture-text")).to_contain_text("desired 2, running 2", timeout=SECONDS)
    assert focused(page) == "text-0-1"
    assert page.locator("#picture-text [tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    expect(page.locator("[data-panel^='service:']")).to_be_visible(timeout=SECONDS)
    assert violations(tab) == []
    scene.ecs.update_service(cluster="demo", service="web", desiredCount=3)


def test_what_changes_is_announced_and_not_more_than_once_in_three_seconds(scene: Scene, tab: Tab) -> None:
    page = tab.page
    page.evaluate(
        """() => {
            window.said = [];
            const region = document.getElementById("announcer");
            new MutationObserver(() => window.said.push([performance.now(), region.textContent]))
                .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )
    for said, count in enumerate((1, 3), start=1):
        scene.ecs.update_service(cluster="demo", service="web", desiredCount=count)
        page.wait_for_function("said => window.said.length >= said", arg=said, timeout=SECONDS)
    page.wait_for_timeout(7000)

    said = page.evaluate("window.said")
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(said)]
    assert all(gap >= 2900 for gap in gaps), gaps
    assert all(text for _at, text in said)
