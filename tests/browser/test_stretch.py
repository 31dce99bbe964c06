"""Look at that stretch again in a real browser: it plays to its end, and what was chosen is there on the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene, Tab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SECONDS = 40_000


def test_the_stretch_plays_to_its_end_and_the_words_are_kept(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(language="en").page
    page.goto(f"{scene.url}/clusters/demo/predict/StopTask/{scene.running()[0]}/")
    page.fill("[name=running]", "3")
    page.locator("main form button[type=submit]").last.click()
    page.fill("#saw", "A new one came", timeout=SECONDS)

    page.get_by_role("link", name="Look at that stretch again").click()
    page.locator("[data-play-speed]").select_option("400")
    expect(page.locator(".stretch")).to_contain_text("Here the stretch ends.", timeout=SECONDS)
    ended = page.url
    page.wait_for_timeout(1500)
    assert page.url == ended
    page.go_back()

    expect(page.locator("#saw")).to_have_value("A new one came", timeout=SECONDS)
    page.wait_for_timeout(1000)
    expect(page.locator("#saw")).to_have_value("A new one came")
