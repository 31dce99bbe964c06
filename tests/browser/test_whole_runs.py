"""From nothing to a service that heals, by the keyboard alone, and with a thumb on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ARTEFACTS, Scene, Tab
from tests.stack import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SECONDS = 20_000
# So many steps of the tab key a person takes at most to reach what is on a page.
MOST_TABS = 120
FOCUSED = """() => {
    const one = document.activeElement;
    const label = one.labels?.[0]?.textContent ?? "";
    return `${one.getAttribute("aria-label") ?? ""} ${label} ${one.textContent}`.replace(/\\s+/g, " ");
}"""
SEEN = """() => {
    const one = document.activeElement, style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && box.width > 0 && box.height > 0;
}"""


def tab_to(page: Page, words: str, *, inside: str = "body") -> None:
    """Press Tab until what has the focus says these words; each stop on the way can be seen to have it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        is_there = page.evaluate("inside => Boolean(document.activeElement.closest(inside))", inside)
        if is_there and words in page.evaluate(FOCUSED):
            assert page.evaluate(SEEN), f"nobody sees that the focus is on {words}"
            return
    raise AssertionError(f"the tab key does not reach {words!r} on {page.url}")


def press(page: Page, words: str, *, inside: str = "body") -> None:
    """Go to a link or button by Tab and press Enter."""
    tab_to(page, words, inside=inside)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Page, label: str, text: str) -> None:
    """Go to a field by Tab, and type over what is there."""
    tab_to(page, label)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_from_cluster_to_healed_service_by_keyboard_alone(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(scene.url)
    type_into(page, "Name of a new cluster", "keys")
    with page.expect_navigation(url="**/clusters/keys/**"):
        page.keyboard.press("Enter")

    for _ in range(2):
        press(page, "Launch instance", inside=".head__actions")
        press(page, "Launch", inside="form button")

    press(page, "Register", inside=".definitions")
    type_into(page, "Family", "keyed")
    press(page, "Register", inside="main form button")
    page.goto(f"{scene.url}/clusters/keys/")
    press(page, "Create service", inside=".head__actions")
    type_into(page, "Service name", "healing")
    press(page, "Create", inside="form button")
    page.goto(f"{scene.url}/clusters/keys/")
    expect(page.locator("#service-healing")).to_contain_text("running 3", timeout=SECONDS)
    before = set(of_service(scene, "keys", "healing"))

    press(page, "kill container", inside=".task")

    wait_until("the service has healed", lambda: is_healed(scene, "keys", "healing", before))
    expect(page.locator("#service-healing")).to_contain_text("running 3", timeout=SECONDS)
    assert tab.complaints == []


def of_service(scene: Scene, cluster: str, service: str) -> list[str]:
    arns = scene.ecs.list_tasks(cluster=cluster, serviceName=service)["taskArns"]
    found = scene.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    return [one["taskArn"] for one in found if one["lastStatus"] == "RUNNING"]


def is_healed(scene: Scene, cluster: str, service: str, before: set[str]) -> bool:
    """Tell whether one task is another than before, and their number the same."""
    now = set(of_service(scene, cluster, service))
    return len(now) == len(before) and len(now - before) == 1


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        locale="ko", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    yield context.new_page()
    context.close()


def tap(page: Page, selector: str, *, leads_on: bool = True) -> None:
    """Tap what is there, which a thumb can hit, on a page that is not wider than the screen."""
    one = page.locator(selector).first
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24, f"{selector} is too small for a thumb: {box}"
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is too wide"
    if not leads_on:
        one.tap()
        return
    with page.expect_navigation():
        one.tap()


def test_from_cluster_to_healed_service_on_a_phone(scene: Scene, phone: Page) -> None:
    phone.goto(scene.url)
    phone.fill("#id_name", "thumb")
    tap(phone, ".hero button")

    tap(phone, ".head__actions .button--primary")
    tap(phone, "main form.form button[type=submit]")
    tap(phone, ".definitions__more, .definitions a[href$='/register/']")
    phone.fill("#id_family", "thumbed")
    tap(phone, "main form button.button--primary")
    phone.goto(f"{scene.url}/clusters/thumb/")
    tap(phone, ".head__actions a[href$='/services/create/']")
    phone.fill("#id_name", "healing")
    tap(phone, "main form.form button[type=submit]")
    phone.goto(f"{scene.url}/clusters/thumb/")
    expect(phone.locator("#service-healing")).to_contain_text("실행 3", timeout=SECONDS)
    before = set(of_service(scene, "thumb", "healing"))
    phone.screenshot(path=ARTEFACTS / "phone-cluster.png", full_page=True)

    tap(phone, ".task a", leads_on=False)
    expect(phone.locator("#panel [data-panel]")).to_be_visible(timeout=SECONDS)
    tap(phone, "[data-close-panel]", leads_on=False)
    tap(phone, ".task__kill button")

    wait_until("the service has healed", lambda: is_healed(scene, "thumb", "healing", before))
    expect(phone.locator("#service-healing")).to_contain_text("실행 3", timeout=SECONDS)
