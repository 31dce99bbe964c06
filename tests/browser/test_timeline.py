"""The timeline by keyboard: into the past, step by step, playing, and back to now; and a recording."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Scene, Tab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SECONDS = 20_000


def moment(page: Page) -> int:
    """Return the sequence number in the address."""
    return int(parse_qs(urlsplit(page.url).query)["at"][0])


def press(page: Page, key: str) -> int:
    """Press a key on the timeline's handle, wait for the step, and return the moment."""
    before = page.url
    expect(page.locator("html.scripted")).to_be_attached(timeout=SECONDS)
    page.get_by_role("slider").focus()
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before, timeout=SECONDS)
    expect(page.locator("#past")).to_be_visible()
    return moment(page)


def moment_before(page: Page, address: str) -> int:
    """Return where the link to the previous event leads from a moment."""
    links = re.findall(r"<a[^>]*>", page.request.get(address).text())
    found = re.search(r"[;?]at=(\d+)", next(link for link in links if 'data-step="previous"' in link))
    assert found is not None
    return int(found[1])


def test_by_keyboard_into_the_past_and_back(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/")
    running = page.locator("#cluster-picture .task").count()

    last = press(page, "End")
    expect(page.locator("#timeline")).to_contain_text("Paused at")
    previous = press(page, "ArrowLeft")
    first = press(page, "Home")
    second = press(page, "ArrowRight")
    for step in ("First", "Previous", "Next", "Last"):
        expect(page.locator(f'[data-step="{step.lower()}"]')).to_contain_text(f"{step} event")

    assert first < second < previous < last
    expect(page.locator("#timeline .timeline__caption")).to_contain_text("joined the cluster")
    expect(page.locator("#cluster-picture .instance")).to_have_count(1)
    expect(page.locator("#cluster-picture button")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#timeline")).to_contain_text("Live", timeout=SECONDS)
    expect(page.locator("#cluster-picture .task")).to_have_count(running)
    assert tab.complaints == []


def test_what_happens_meanwhile_is_counted_and_not_shown(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/")
    page.get_by_role("link", name="Pause").click()
    expect(page.locator("#timeline-waiting")).to_be_visible()
    before = page.locator("#cluster-picture .service").count()

    scene.ecs.create_service(cluster="demo", serviceName="late", taskDefinition="web:1", desiredCount=0)

    expect(page.locator("#timeline-waiting")).to_contain_text("happened since", timeout=SECONDS)
    expect(page.locator("#timeline-waiting")).not_to_contain_text("nothing")
    expect(page.locator("#cluster-picture .service")).to_have_count(before)
    scene.ecs.delete_service(cluster="demo", service="late", force=True)


def test_a_mark_leads_to_its_moment(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/")
    expect(page.locator("html.scripted")).to_be_attached(timeout=SECONDS)

    page.locator("[data-moment]").first.click()

    page.wait_for_url("**/clusters/demo/?*at=*", timeout=SECONDS)
    expect(page.locator("#timeline")).to_contain_text("Paused at")


def test_it_plays_and_holds(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/?at=1")
    page.get_by_label("Speed").select_option(label="fast")

    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => Number(new URL(location).searchParams.get('at')) > 4", timeout=SECONDS)
    page.get_by_role("button", name="Hold").click()

    expect(page.get_by_role("button", name="Play")).to_be_visible()
    held = moment(page)
    page.wait_for_timeout(1200)
    assert moment(page) == held


def test_slow_motion_plays_a_burst_one_change_at_a_time_and_then_what_follows(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/")
    page.get_by_role("link", name="Slow motion").click()
    begun = moment(page)
    expect(page.locator("#timeline")).to_contain_text("Slow motion")
    shown = [begun]
    page.on("framenavigated", lambda _frame: shown.append(moment(page)) if "at=" in page.url else None)
    page.get_by_label("Speed").select_option(label="fast")

    page.wait_for_function(
        "begun => Number(new URL(location).searchParams.get('at')) > begun + 2", arg=begun, timeout=SECONDS
    )
    expect(page.locator('[data-step="next"]')).to_have_count(0, timeout=3 * SECONDS)
    caught_up = moment(page)
    # What came at once is shown one event after the other: none is skipped that a step by hand would stop at.
    expected = [caught_up]
    while expected[0] > begun:
        expected.insert(0, moment_before(page, f"{scene.url}/clusters/demo/?at={expected[0]}"))
    assert list(dict.fromkeys(shown)) == expected
    scene.ecs.update_service(cluster="demo", service="web", desiredCount=2)

    page.wait_for_function(
        "seen => Number(new URL(location).searchParams.get('at')) > seen", arg=caught_up, timeout=SECONDS
    )
    scene.ecs.update_service(cluster="demo", service="web", desiredCount=3)
    page.keyboard.press("Escape")
    expect(page.locator("#timeline")).to_contain_text("Live")


def test_without_scripts_every_step_is_a_link(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(script=False).page
    page.goto(f"{scene.url}/clusters/demo/")

    page.get_by_role("link", name="Previous event").click()
    first = moment(page)
    page.get_by_role("link", name="Previous event").click()

    assert moment(page) < first
    page.get_by_role("link", name="Back to live").click()
    expect(page.locator("#timeline")).to_contain_text("Live")


def test_a_recording_is_taken_and_replayed(scene: Scene, open_tab: Callable[..., Tab], tmp_path: Path) -> None:
    tab = open_tab(width=390)
    page = tab.page
    page.goto(f"{scene.url}/recordings/")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Record my timeline").click()
    file = tmp_path / "mine.json"
    taken.value.save_as(file)

    page.get_by_label("Recording (JSON file)").set_input_files(file)
    page.get_by_role("button", name="Upload and replay").click()
    expect(page.locator("#timeline")).to_contain_text("Recording")
    press(page, "End")

    expect(page.locator("#cluster-picture .instance")).to_have_count(2)
    expect(page.locator("#cluster-picture a[href]:not([href^='/learn/glossary/'])")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.complaints == []
