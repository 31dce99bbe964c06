"""The command line, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene, Tab

pytestmark = pytest.mark.browser


def test_a_cluster_is_made_and_described_without_touching_the_mouse(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/")
    page.keyboard.press("Control+Backquote")
    page.keyboard.type("aws ecs create-clu")
    page.keyboard.press("Tab")
    expect(page.locator("#console-line")).to_have_value("aws ecs create-cluster ")
    page.keyboard.type("--cluster-name typed")
    page.keyboard.press("Enter")
    page.wait_for_selector(".outcome__state >> text=done")
    expect(page.locator("#console-line")).to_have_value("")

    page.keyboard.type("list-nonsense")
    page.keyboard.press("Enter")
    page.wait_for_selector(".outcome--wrong")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.input_value("#console-line") == "aws ecs create-cluster --cluster-name typed"

    # It stays open on the next page, whose end can be scrolled free of it.
    page.goto(f"{scene.url}/account-settings/")
    page.locator("[data-closes-console]").scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    foot, drawer = page.locator(".foot").bounding_box(), page.locator("#console-drawer").bounding_box()
    assert foot is not None
    assert drawer is not None
    assert foot["y"] + foot["height"] <= drawer["y"]

    # The field is no trap: Esc closes the drawer and leads back to where it was opened; closed, it stays closed.
    page.focus("#console-line")
    page.keyboard.press("Escape")
    assert not page.is_visible("#console-drawer")
    assert page.evaluate("document.activeElement.hasAttribute('data-opens-console')")
    page.reload()
    assert not page.is_visible("#console-drawer")
    page.keyboard.press("Control+Backquote")
    page.click("[data-closes-console]")
    assert not page.is_visible("#console-drawer")
    assert "typed" in scene.ecs.list_clusters()["clusterArns"][-1]
    assert tab.complaints == []


def test_a_form_that_was_refused_has_the_focus_where_it_is_to_be_corrected(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/services/create/")
    page.fill("#id_name", "not a name")
    page.locator("main form .button--primary").first.click()
    page.wait_for_selector("#refused")

    assert page.evaluate("document.activeElement.id") == "id_name"
    box = page.locator("#id_name").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 720
