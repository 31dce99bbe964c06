"""A term explains itself with the reader's own object: on hover, focus, tap, by keyboard alone, and without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene, Tab
from tests.browser.test_looks import violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SAYS = {"en": "Your cluster demo: 2 instances", "ko": "내 클러스터 demo: 인스턴스 2개"}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_hover_focus_and_tap(scene: Scene, open_tab: Callable[..., Tab], language: str) -> None:
    tab = open_tab(language=language)
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/")
    mark, tip = page.locator(".cluster__name .explain"), page.locator("#term-tip")

    mark.hover()
    expect(tip).to_contain_text(SAYS[language])
    tip.hover()
    page.wait_for_timeout(500)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()

    mark.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(tip).to_contain_text(SAYS[language])
    assert violations(tab) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#term-tip') !== null")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(mark).to_be_focused()

    mark.click()
    expect(tip).to_contain_text(SAYS[language])
    expect(page).to_have_url(f"{scene.url}/clusters/demo/")
    page.locator("h1").first.click()
    expect(tip).to_be_hidden()


def test_without_script_the_meaning_is_there_on_hover(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(script=False).page
    page.goto(f"{scene.url}/clusters/demo/launch/")
    mark = page.locator(".explain").first
    expect(mark.locator(".explain__tip")).to_be_hidden()

    mark.hover()

    expect(mark.locator(".explain__tip")).to_contain_text("starts and stops containers")


def test_on_a_projector_the_tip_stays_in_the_window_and_esc_closes_only_the_menu(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    page = open_tab(width=1024).page
    page.goto(f"{scene.url}/clusters/demo/?projector=1")
    tip, root = page.locator("#term-tip"), page.locator("html.scripted")
    expect(root).to_be_attached()
    for side in ("left", "right"):
        page.evaluate(
            "side => Object.assign(document.querySelector('.cluster__name').style,"
            " {left: 'auto', right: 'auto', [side]: '0'})",
            side,
        )
        page.locator(".cluster__name .explain").click()
        expect(tip).to_contain_text(SAYS["en"])
        left, right = tip.evaluate("one => [one.getBoundingClientRect().left, one.getBoundingClientRect().right]")
        assert 0 <= left < right <= 1024, side
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()

    menu = page.locator("#more-actions")
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(root).to_have_attribute("data-projector", "on")
    page.keyboard.press("Escape")
    expect(root).to_have_attribute("data-projector", "off")
