"""Pages change by themselves: what dies is dashed, what replaces it appears, a lost connection is said and mended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Scene, Tab
from tests.stack import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SECONDS = 20_000


def test_a_killed_container_is_replaced_before_one_s_eyes(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/")
    before = scene.running()
    victim = page.locator(f"#task-{before[0]}")

    victim.get_by_role("button", name="kill container").click()

    expect(victim).to_contain_text("STOPPED", timeout=SECONDS)
    expect(victim).to_contain_text("The service web starts a new task in its place", timeout=SECONDS)
    wait_until("a replacement runs", lambda: len(scene.running()) == 3)
    new = next(task for task in scene.running() if task not in before)
    expect(page.locator(f"#task-{new}")).to_contain_text("RUNNING", timeout=SECONDS)
    assert tab.complaints == []


def test_what_the_reader_opened_and_typed_survives_an_update(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/services/web/")
    page.get_by_text("DescribeServices").click()
    page.get_by_label("Desired count").fill("4")
    wanted = page.locator("#service-state .numbers dd").first

    scene.ecs.update_service(cluster="demo", service="web", desiredCount=2)
    expect(wanted).to_have_text("2", timeout=SECONDS)

    assert page.locator("#service-state details").evaluate("details => details.open")
    assert page.get_by_label("Desired count").input_value() == "4"
    scene.ecs.update_service(cluster="demo", service="web", desiredCount=3)
    expect(wanted).to_have_text("3", timeout=SECONDS)


def test_a_command_that_is_read_survives_an_update_and_goes_with_its_button(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    page, task = open_tab().page, scene.running()[0]
    page.goto(f"{scene.url}/clusters/demo/tasks/{task}/")
    stop = page.get_by_role("button", name="Stop task")
    page.locator("form", has=stop).get_by_role("button", name="as a command").click()
    command = page.get_by_text("aws ecs stop-task")
    expect(command).to_be_visible(timeout=SECONDS)

    scene.ecs.update_task_protection(cluster="demo", tasks=[task], protectionEnabled=True)
    expect(page.get_by_role("button", name="End protection")).to_be_visible(timeout=SECONDS)
    expect(command).to_be_visible()

    scene.ecs.stop_task(cluster="demo", task=task)
    expect(stop).to_have_count(0, timeout=SECONDS)
    expect(command).to_have_count(0)
    wait_until("a replacement runs", lambda: len(scene.running()) == 3)


def test_logs_follow(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/tasks/{scene.running('logs')[0]}/")
    lines = page.locator("#task-logs .log__line")
    expect(lines.first).to_be_visible(timeout=SECONDS)
    count = lines.count()

    page.wait_for_function(
        "count => document.querySelectorAll('#task-logs .log__line').length > count", arg=count, timeout=SECONDS
    )

    assert page.locator(".log").first.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight < 40")


def test_a_lost_connection_is_said_and_what_was_missed_is_caught_up(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/")
    badge = page.locator("[data-live]")
    expect(badge).to_contain_text("live", timeout=SECONDS)
    page.evaluate("window.neverReloaded = true")

    scene.stack.kill("web")
    expect(badge).to_contain_text("stale since", timeout=SECONDS)
    expect(page.locator("#timeline .timeline__row")).to_contain_text("▲ Not live")
    expect(page.locator("#timeline .timeline__live")).to_be_hidden()
    scene.stack.python(
        "web", "-m", "uvicorn", "ecsweb.asgi:application", "--port", str(scene.stack.port), "--no-access-log"
    )
    wait_until("the pages answer again", scene.stack.is_live)
    scene.ecs.create_service(cluster="demo", serviceName="afterwards", taskDefinition="agent-log", desiredCount=1)

    expect(badge).to_contain_text("live", timeout=SECONDS)
    expect(page.locator("#service-afterwards")).to_be_visible(timeout=SECONDS)
    assert page.evaluate("window.neverReloaded")


def test_a_left_page_gives_its_stream_back(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    """A browser has six connections to a server: the seventh page in a row must not wait for one."""
    page = open_tab().page
    streams: set[Request] = set()

    def begun(request: Request) -> None:
        if "/live/" in request.url:
            streams.add(request)

    def over(request: Request) -> None:
        streams.discard(request)

    page.on("request", begun)
    page.on("requestfinished", over)
    page.on("requestfailed", over)

    for place in range(8):
        # Every other page is left before it lives.
        page.goto(f"{scene.url}/clusters/demo/?stage={place % 3 + 1}", wait_until="commit" if place % 2 else "load")
        if place % 2 == 0:
            expect(page.locator("[data-live]")).to_contain_text("live", timeout=SECONDS)
    page.goto(f"{scene.url}/clusters/demo/")

    expect(page.locator("[data-live]")).to_contain_text("live", timeout=SECONDS)
    page.go_back()
    expect(page.locator("[data-live]")).to_contain_text("live", timeout=SECONDS)

    assert len(streams) == 1


def test_back_and_forth_the_panel_is_there_or_not_as_it_was(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/")
    shown = page.locator("#panel .panel__name")
    page.locator("#cluster-demo").click()
    expect(shown).to_contain_text("demo", timeout=SECONDS)
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)

    for way, count in ((page.go_back, 1), (page.go_back, 0), (page.go_forward, 1), (page.go_forward, 0)):
        way()
        expect(shown).to_have_count(count, timeout=SECONDS)
        expect(page.locator("[data-live]")).to_contain_text("live", timeout=SECONDS)
    assert tab.complaints == []


def test_a_stream_that_neither_opens_nor_fails_is_tried_anew(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.clock.install()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/live/?*", hold)
    page.goto(f"{scene.url}/clusters/demo/")
    badge = page.locator("[data-live]")
    expect(page.locator("html.scripted")).to_be_attached()
    assert "◐" in badge.inner_text()

    page.clock.fast_forward(10_000)
    expect(badge).to_contain_text("stale since")
    page.unroute("**/live/?*")
    page.clock.fast_forward(10_000)

    expect(badge).to_contain_text("live", timeout=SECONDS)
    assert held


def test_a_task_run_directly_stays_dead(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    made = scene.ecs.run_task(cluster="demo", taskDefinition="agent-log")["tasks"][0]["taskArn"].rsplit("/", 1)[1]
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/tasks/{made}/")
    badge = page.locator("#task-state .head .pill")
    expect(badge).to_contain_text("RUNNING", timeout=SECONDS)

    page.get_by_role("button", name="kill container").click()

    expect(badge).to_contain_text("STOPPED", timeout=SECONDS)
    expect(page.locator("#task-state")).to_contain_text("Nobody looks after a task that was run directly")
    expect(page.get_by_role("button", name="kill container")).to_have_count(0)


def test_everything_works_without_javascript(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(script=False).page
    page.goto(scene.url)
    page.get_by_label("Name of a new cluster").fill("plain")
    page.get_by_role("button", name="Create cluster").click()
    expect(page).to_have_url(f"{scene.url}/clusters/plain/")
    expect(page.locator("[data-live]")).to_be_hidden()

    page.get_by_role("link", name="Launch instance").first.click()
    page.get_by_role("button", name="Launch").click()
    expect(page.locator(".instance")).to_have_count(1)

    page.goto(f"{scene.url}/task-definitions/register/")
    page.get_by_label("Family").fill("by-hand")
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page).to_have_url(f"{scene.url}/task-definitions/by-hand:1/")

    page.goto(f"{scene.url}/clusters/plain/run/")
    page.get_by_label("Task definition").select_option("by-hand:1")
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".message")).to_contain_text("RunTask answered. Tasks made: 1.")

    page.get_by_role("link", name="Create service").first.click()
    page.get_by_label("Service name").fill("kept")
    page.get_by_label("Task definition").select_option("by-hand:1")
    page.get_by_label("Desired count").fill("1")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("#service-kept")).to_be_visible()

    kill = {
        "by a service": ".task:not(.task--direct) .task__kill button",
        "directly": ".task--direct .task__kill button",
    }
    wait_until("both run", lambda: all(reloaded(page).locator(button).count() == 1 for button in kill.values()))
    for button in kill.values():
        page.locator(button).click()
        expect(page.locator(".message")).to_contain_text("docker kill was asked for")

    wait_until("both died", lambda: reloaded(page).locator(".task--stopped").count() == 2)
    wait_until("a new one runs", lambda: reloaded(page).locator(kill["by a service"]).count() == 1)
    expect(page.locator(kill["directly"])).to_have_count(0)


def reloaded(page: Page) -> Page:
    """Return the page, looked at anew."""
    page.reload()
    return page
