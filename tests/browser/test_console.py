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

    # The field is no trap: Esc and then Tab leave it, and the drawer stays open on the next page.
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "submit"
    page.goto(f"{scene.url}/task-definitions/")
    assert page.is_visible("#console-drawer")
    page.keyboard.press("Control+Backquote")
    assert not page.is_visible("#console-drawer")
    assert "typed" in scene.ecs.list_clusters()["clusterArns"][-1]
    assert tab.complaints == []
