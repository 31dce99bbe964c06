"""Every page in both languages and every look, wide and narrow: accessible, within its width, without complaints."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ARTEFACTS, Scene, Tab, enriched
from tests.browser.stages import under_way

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def violations(tab: Tab) -> list[str]:
    """Return what axe finds against WCAG A and AA, shortly.

    The page is shown whole: what lies below a sticky bar for now can be scrolled to, but axe would call it obscured.
    """
    page = tab.page
    before = page.viewport_size
    assert before is not None
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": before["width"], "height": max(before["height"], tall) + 400})
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(tab.page, options={**rules, "resultTypes": ["violations"]}).response["violations"]
    page.set_viewport_size(before)
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


# What can be reached by Tab, and each control that Tab reaches with what its outline looks like.
REACHABLE = """() => {
  const found = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')
  const isFolded = e => e.closest('details:not([open]) > :not(summary)')
  return [...found].filter(e => e.type !== 'hidden' && e.checkVisibility() && !isFolded(e))
    .map((e, place) => (e.dataset.place = place))
}"""
FOCUSED = """() => {
  const {activeElement: e} = document, {outlineStyle, outlineWidth} = getComputedStyle(e)
  return [e.dataset.place ?? null, `${e.tagName} ${outlineStyle} ${outlineWidth}`]
}"""


# What makes a page look otherwise, each as attributes of its root: changing them in place is what the menu does, too.
LOOKS = {
    "light": {"theme": "light", "projector": "off"},
    "dark": {"theme": "dark", "projector": "off"},
    "contrast": {"theme": "contrast", "projector": "off"},
    "projector": {"theme": "light", "projector": "on"},
}


def put_on(page: Page, look: str) -> None:
    """Give a page that is open another look."""
    page.evaluate("look => Object.assign(document.documentElement.dataset, look)", LOOKS[look])


def settled(page: Page) -> None:
    """Wait until a page lives that has an account, or shows the past: what comes later changes nothing any more."""
    if page.locator("[data-live-glyph]").count():
        expect(page.locator("[data-live-glyph]")).to_have_text(re.compile("[●‖]"), timeout=20_000)


@pytest.fixture(scope="module")
def pages(scene: Scene, chromium: Browser) -> dict[str, str]:
    return {**scene.pages(), **enriched(scene, chromium), **under_way(scene, chromium)}


def look_at(tab: Tab, address: str, name: str, language: str) -> dict[str, list[str]]:
    """Read a page once, look at it in each theme, on a projector and as narrow as a phone; return what is wrong."""
    wrong: dict[str, list[str]] = {}
    tab.page.set_viewport_size({"width": 1280, "height": 860})
    tab.page.goto(address)
    settled(tab.page)
    if tab.page.evaluate("document.documentElement.lang") != language:
        wrong[name] = ["another language"]
    for look in LOOKS:
        put_on(tab.page, look)
        if found := violations(tab):
            wrong[f"{name} {look}"] = found
        if look in {"light", "dark"}:
            tab.page.screenshot(path=ARTEFACTS / f"{name}-{language}-{look}-1280.png", full_page=True)
    put_on(tab.page, "light")
    tab.page.set_viewport_size({"width": 390, "height": 860})
    if found := violations(tab):
        wrong[f"{name} 390"] = found
    if (wide := tab.page.evaluate("document.documentElement.scrollWidth")) > 390:
        wrong[f"{name} sideways"] = [f"scrolls sideways: {wide}"]
    tab.page.screenshot(path=ARTEFACTS / f"{name}-{language}-light-390.png", full_page=True)
    return wrong


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_in_every_look(
    scene: Scene, pages: dict[str, str], open_tab: Callable[..., Tab], language: str
) -> None:
    tab = open_tab(language=language)
    wrong: dict[str, list[str]] = {}
    for name, address in pages.items():
        wrong |= look_at(tab, scene.url + address, name, language)

    assert wrong == {}, "\n".join(f"{where}: {what}" for where, what in wrong.items())


def test_a_scene_that_is_held_in_every_look(scene: Scene, pages: dict[str, str], open_tab: Callable[..., Tab]) -> None:
    address = scene.url + pages["scene-playing"]
    stage = open_tab().page
    stage.goto(address)
    button = stage.locator("#scene-play")
    expect(button).to_contain_text("Pause")
    button.click()
    expect(stage.locator("#scene[data-playing]")).to_have_count(0)

    wrong: dict[str, list[str]] = {}
    for language in ("ko", "en"):
        wrong |= look_at(open_tab(language=language), address, "scene-held", language)

    button.click()
    expect(stage.locator("#scene[data-playing]")).to_have_count(1)
    assert wrong == {}, "\n".join(f"{where}: {what}" for where, what in wrong.items())


def test_a_chosen_theme_is_the_root_s(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    """What is put on in place above is what the server sends to who has chosen it."""
    tab = open_tab(scheme="dark")
    tab.page.context.add_cookies([{"name": "ecsweb_theme", "value": "contrast", "url": scene.url}])
    tab.page.goto(f"{scene.url}/clusters/demo/?projector=1")

    for name, value in {"theme": "contrast", "projector": "on"}.items():
        expect(tab.page.locator("html")).to_have_attribute(f"data-{name}", value)
    assert violations(tab) == []


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1280, 720)])
def test_the_projector(scene: Scene, open_tab: Callable[..., Tab], width: int, height: int) -> None:
    tab = open_tab(width=width)
    page = tab.page
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{scene.url}/clusters/demo/?projector=1")

    assert float(page.locator(".timeline__caption").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")) >= 20
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=ARTEFACTS / f"projector-{width}.png")
    assert violations(tab) == []
    page.goto(f"{scene.url}/task-definitions/")
    expect(page.locator("html")).to_have_attribute("data-projector", "on")
    for key, shown in (("p", "off"), ("p", "on"), ("Escape", "off")):
        page.keyboard.press(key)
        expect(page.locator(f"html.scripted[data-projector='{shown}']")).to_be_attached()


def test_without_any_colour_glyph_and_word_tell_the_status(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.page
    page.goto(f"{scene.url}/clusters/demo/")
    grey = page.context.new_cdp_session(page)
    grey.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    page.screenshot(path=ARTEFACTS / "cluster-grey.png", full_page=True)

    said = page.locator("main .pill").all_inner_texts()
    looks = page.locator("main .pill").evaluate_all("all => all.map(one => one.className)")
    by_glyph: dict[str, set[str]] = {}
    for text, look in zip(said, looks, strict=True):
        glyph, word = text.split(maxsplit=1)
        assert len(glyph) == 1
        assert word.strip()
        by_glyph.setdefault(glyph, set()).add(look.split("--")[1].split()[0])
    assert {"running", "failed"} <= set().union(*by_glyph.values())
    assert all(len(found) == 1 for found in by_glyph.values()), by_glyph


def test_no_page_breaks_the_policy_or_complains(
    scene: Scene, pages: dict[str, str], open_tab: Callable[..., Tab]
) -> None:
    """Apart from the test with axe: it and screenshots bring inline styles, which the policy rightly refuses."""
    tab = open_tab()
    for address in pages.values():
        tab.page.goto(scene.url + address)
        settled(tab.page)

    assert [words for words in tab.complaints if "the server responded with a status of 404" not in words] == []


def test_the_language_switch_keeps_the_place(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(language="ko").page
    page.goto(f"{scene.url}/clusters/demo/?stage=2")

    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(f"{scene.url}/clusters/demo/?stage=2")


def test_the_theme_switch_wins_over_the_system(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(scheme="light").page
    page.goto(f"{scene.url}/task-definitions/")
    bright = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.locator("#looks > summary").click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(f"{scene.url}/task-definitions/")
    expect(page.locator("body")).not_to_have_css("background-color", bright)


def test_the_keyboard_reaches_the_content_first(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab().page
    page.goto(f"{scene.url}/clusters/demo/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", ["home", "cluster", "service", "task", "instance", "register", "definition"])
def test_every_action_is_reached_by_tab_and_shows_it(scene: Scene, open_tab: Callable[..., Tab], name: str) -> None:
    page = open_tab().page
    page.goto(scene.url + scene.pages()[name])
    expect(page.locator("[data-live-glyph]")).to_have_text("●")
    # Updates would give elements other places while we count.
    page.route("**/*", lambda route: route.abort())
    wanted = {str(place) for place in page.evaluate(REACHABLE)}

    assert len(wanted) > 8
    reached: dict[str, str] = {}
    for _ in range(2 * len(wanted)):
        page.keyboard.press("Tab")
        place, outline = page.evaluate(FOCUSED)
        if place is None or place in reached:
            break
        reached[place] = outline

    assert wanted - reached.keys() == set()
    assert [outline for outline in reached.values() if " none " in outline or outline.endswith(" 0px")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_refused_form_is_accessible_too(scene: Scene, open_tab: Callable[..., Tab], scheme: str) -> None:
    tab = open_tab(scheme=scheme)
    tab.page.goto(f"{scene.url}/clusters/demo/services/create/")
    tab.page.get_by_label("Service name").fill("two words")
    tab.page.get_by_label("Desired count").fill("-3")
    tab.page.get_by_role("button", name="Create").click()

    wrong = tab.page.get_by_label("Desired count")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    described = wrong.get_attribute("aria-describedby") or ""
    assert all(tab.page.locator(f"#{part}").count() == 1 for part in described.split())
    assert "id_desired_count_error" in described
    expect(wrong).to_have_value("-3")
    assert violations(tab) == []


def test_a_daemon_is_not_asked_for_a_desired_count(scene: Scene, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(script=False).page
    page.goto(f"{scene.url}/clusters/demo/services/create/")
    expect(page.locator("[name=desired_count]")).to_be_visible()

    page.locator("[name=scheduling_strategy]").select_option("DAEMON")
    expect(page.locator("[name=desired_count]")).to_be_hidden()
    expect(page.get_by_text("A DAEMON has none to choose")).to_be_visible()
