"""A ready-made contrast from choice to insight by keyboard alone, in both languages, and without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ARTEFACTS, Scene, Tab
from tests.browser.test_looks import violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def enter(page: Page, control: Locator) -> None:
    control.focus()
    page.keyboard.press("Enter")


def outlined(page: Page) -> Locator:
    return page.locator(".twins__table tr.is-different")


@pytest.mark.parametrize(("language", "alone"), [("en", "nobody replaces it"), ("ko", "채워 주는 주체가 없음")])
def test_the_direct_task_stays_dead_by_keyboard_alone(
    scene: Scene, open_tab: Callable[..., Tab], language: str, alone: str
) -> None:
    tab = open_tab(language=language)
    page = tab.page
    page.goto(f"{scene.url}/twins/")
    assert violations(tab) == []

    enter(page, page.locator("form[action$='/direct-and-service/'] button"))
    expect(page.locator("#twin-left .task--direct .pill--running").last).to_be_visible(timeout=20_000)
    expect(page.locator("#twin-right .task .pill--running").last).to_be_visible(timeout=20_000)
    enter(page, page.locator("#contrast .button--primary"))

    # The page follows by itself.
    expect(outlined(page).filter(has_text=alone)).to_be_visible(timeout=20_000)
    expect(page.locator("#twin-right .task .pill--running")).to_have_count(1, timeout=20_000)
    assert page.locator(".strip__line--right").count() > page.locator(".strip__line--left").count() > 1
    assert violations(tab) == []
    page.screenshot(path=ARTEFACTS / f"twins-after-{language}.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 860})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_script_everything_works_by_reloading(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(script=False).page
    page.goto(f"{scene.url}/twins/")
    page.get_by_label("Left").select_option("service:demo/web")
    page.get_by_label("Right").select_option("service:demo/logs")
    page.get_by_role("button", name="Show both").click()

    page.get_by_role("button", name="What will happen?").click()
    expect(page.locator("#twins-told section")).to_have_count(2)
    page.go_back()
    page.get_by_role("button", name="Scale both").click()

    # A DAEMON's number is not for anybody to choose.
    expect(page.locator("#twin-right .twin__answers")).to_contain_text("InvalidParameterException")
    expect(outlined(page).filter(has_text="UpdateService → InvalidParameterException")).to_be_visible()
