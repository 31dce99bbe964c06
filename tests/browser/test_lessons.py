"""A lab in a real browser: five clicks to the first green check, checks that tick by themselves, all by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Scene, Tab
from tests.browser.test_looks import violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SECONDS = 25_000
LAB = "/learn/lessons/empty-place/"


@pytest.fixture(autouse=True)
def emptied(scene: Scene) -> None:
    """Leave no lab of another test; its clusters go with the account at the end."""
    scene.stack.run(
        "-c",
        "import django; django.setup(); from ecsweb.models import Account, LessonRun;"
        "LessonRun.objects.all().delete(); Account.objects.update(is_learning=False)",
    )


def green(page: Page) -> None:
    """Wait for the first step to be done."""
    expect(page.locator("#step-create .step__name")).to_contain_text("done", timeout=SECONDS)


def test_a_new_person_has_the_first_green_check_after_five_clicks_at_most(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    page = open_tab(language="en").page
    page.goto(scene.url)
    clicks = 0

    page.get_by_role("button", name="Start").first.click()
    clicks += 1
    button = page.get_by_role("button", name="Create", exact=False)
    expect(button).to_be_visible(timeout=SECONDS)
    button.click()
    clicks += 1
    green(page)

    assert clicks <= 5


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_check_ticks_by_itself_when_it_is_done_elsewhere(
    scene: Scene, open_tab: Callable[..., Tab], language: str
) -> None:
    tab = open_tab(language=language)
    page = tab.page
    page.goto(scene.url + LAB)
    page.locator(".lesson__steps form button").first.click()
    expect(page.locator("#step-create")).to_have_class("step step--current", timeout=SECONDS)
    assert violations(tab) == []
    name = page.locator("#step-create .step__text code").first.inner_text()

    scene.ecs.create_cluster(clusterName=name)

    expect(page.locator("#step-describe")).to_have_class("step step--current", timeout=SECONDS)
    expect(page.locator("#cluster-picture")).to_contain_text(name)
    assert violations(tab) == []


def test_a_lab_is_done_by_keyboard_alone(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(language="en").page
    page.goto(scene.url + LAB)
    _press(page, "Start")
    expect(page.locator("#step-create")).to_have_class("step step--current", timeout=SECONDS)
    _press(page, "Create")
    expect(page.locator("#step-describe")).to_have_class("step step--current", timeout=SECONDS)
    _press(page, "Register")
    expect(page.locator("#step-run")).to_have_class("step step--current", timeout=SECONDS)
    page.locator("input[name=choice]").first.focus()
    page.keyboard.press("ArrowDown")
    _press(page, "That is what I predict")
    _press(page, "Run")

    expect(page.locator(".lesson__passed")).to_be_visible(timeout=SECONDS)


def _press(page: Page, name: str) -> None:
    """Go to a button by Tab, as somebody without a mouse does, and press it."""
    button = page.locator(".lesson__steps").get_by_role("button", name=name, exact=False).first
    expect(button).to_be_visible(timeout=SECONDS)
    for _turn in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by Tab")
