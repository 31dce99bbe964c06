"""Threads from what was planned to what runs, and the same tasks regrouped by what they reserve."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
THREADS = ".threads .thread"
# Where each task stands: what moves keeps its id.
STANDS = (
    "() => Object.fromEntries([...document.querySelectorAll('.instance [id^=task-]')].map(e => [e.id, e.className]))"
)


def test_the_second_stage_ties_each_definition_to_its_tasks_and_pointing_ties_one(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/?stage=2")
    tasks = page.locator(".instance .task")
    expect(page.locator(THREADS)).to_have_count(tasks.count())

    page.locator("#definition-web-2").focus()
    expect(page.locator(THREADS)).to_have_count(3)
    ends = page.locator(f"{THREADS} circle").evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")
    starts = page.locator(".instance .task[data-revision='web:2']").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().left)"
    )
    assert all(min(abs(end - start) for start in starts) < 6 for end in ends)

    page.goto(f"{scene.url}/clusters/demo/")
    expect(page.locator(THREADS)).to_have_count(0)
    page.locator("#service-web").hover()
    expect(page.locator(THREADS)).to_have_count(3)
    assert tab.complaints == []


def test_pointing_at_an_instance_lights_what_is_on_it_and_nothing_on_another(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/?stage=3")
    instances = page.locator(".instance:has(.frame__head[data-service='web'])")
    assert instances.count() > 1

    instances.first.hover(position={"x": 8, "y": 8})
    expect(page.locator(".instance.is-lit .frame__head.is-lit")).not_to_have_count(0)
    expect(page.locator("#service-web.is-lit")).to_have_count(1)
    expect(page.locator(".instance:not(.is-lit) .is-lit")).to_have_count(0)


def test_the_same_tasks_regroup_by_revision_without_a_new_page(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/")
    page.evaluate("window.stays = true")
    running = set(scene.running())
    before = page.evaluate(STANDS)
    assert running <= {one.removeprefix("task-") for one in before}

    page.locator("#views a").nth(1).click()
    expect(page.locator(".shares__table")).to_have_count(2)
    expect(page.locator("#views a").nth(1)).to_have_attribute("aria-current", "true")
    after = page.evaluate(STANDS)
    assert {f"task-{one}" for one in running} <= after.keys()
    assert all("block" in name for name in after.values())
    assert page.evaluate("window.stays")
    assert "view=capacity" in page.url

    page.locator(f"#task-{scene.running()[0]}").click()
    expect(page.locator("#panel .panel__name")).to_contain_text("web:2")
    assert tab.complaints == []
