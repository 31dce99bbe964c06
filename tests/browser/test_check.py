"""The mid-term check in a browser: lines are ordered by keyboard, by dragging and without script, and run for real."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ecsweb.learn.ordering import orderings
from tests.browser.conftest import Scene, Tab
from tests.browser.test_looks import violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ADDRESS = "/learn/check/order/lines-of-a-definition/"


def order_of(page: Page) -> list[str]:
    names = page.locator("[data-line]:not(.ordering__line--out) select").evaluate_all("all => all.map(one => one.name)")
    return [str(name).removeprefix("position-") for name in names]


def test_lines_are_ordered_by_keyboard_and_registered(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(scene.url + ADDRESS)
    wanted = [line.key for line in orderings()["lines-of-a-definition"].lines]
    for key in ("cluster", "desired"):
        page.locator(f"[data-line]:has([name=position-{key}]) [data-move=out]").press("Enter")
    for place, key in enumerate(wanted):
        up = page.locator(f"[data-line]:has([name=position-{key}]) [data-move=up]")
        for _ in range(order_of(page).index(key) - place):
            up.press("Enter")
            expect(up).to_be_focused()
    assert order_of(page) == wanted

    page.get_by_role("button", name="Check, and do it for real").press("Enter")

    expect(page.locator("#ordered")).to_contain_text("That is right")
    expect(page.get_by_role("link", name="Look at it")).to_have_attribute("href", "/task-definitions/check-web:1/")
    assert violations(tab) == []


def test_a_line_is_dragged(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(scene.url + ADDRESS)
    before = order_of(page)

    page.locator("[data-line]").nth(3).drag_to(page.locator("[data-line]").nth(0), target_position={"x": 200, "y": 4})

    assert order_of(page) == [before[3], *before[:3], *before[4:]]
    expect(page.locator(f"[name=position-{before[3]}]")).to_have_value("1")


def test_without_script_places_are_chosen_and_questions_answered(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(language="ko", script=False).page
    page.goto(f"{scene.url}/learn/check/order/states-of-a-task/")
    ordering = orderings()["states-of-a-task"]
    for place, line in enumerate(ordering.lines, start=1):
        page.locator(f"[name=position-{line.key}]").select_option(str(place))
    page.locator("[name=position-restarting]").select_option("")
    page.get_by_role("button", name="확인하고 진짜로 실행하기").click()
    expect(page.locator("#ordered")).to_contain_text("맞았습니다")

    page.goto(f"{scene.url}/learn/check/agent-name/")
    page.get_by_label("ecs-client").check()
    page.get_by_role("button", name="답하기").click()
    expect(page.get_by_role("status").last).to_contain_text("에이전트의 이름은 ecs-client다.")
