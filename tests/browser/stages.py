"""Pages in the middle of something: a scene that plays and waits, and a lab with its first step done."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Scene

SECONDS = 60_000
LAB = "machines-join"
BOTH = {"en": "A caption that is said while the scene waits.", "ko": "장면이 기다리는 동안 보이는 설명이에요."}
# It makes a cluster of its own, acts on one of the person's, and then waits for something that never comes.
WAITING = [
    {"call": "CreateCluster", "params": {"clusterName": "scene-look"}, "say": BOTH},
    {
        "call": "UpdateClusterSettings",
        "params": {"cluster": "demo", "settings": [{"name": "containerInsights", "value": "disabled"}]},
        "say": BOTH,
    },
    {
        "until": {"ask": {"of": "DescribeClusters", "params": {}, "query": "length(clusters)"}, "equals": -1},
        "within": 36_000,
        "say": BOTH,
    },
]
SOLVE = (
    "import django; django.setup(); from ecsweb.api.principal import root_of;"
    "from ecsweb.learn.lessons.runs import play_solution; from ecsweb.models import LessonRun;"
    f"run = LessonRun.objects.select_related('account').get(lesson='{LAB}');"
    "play_solution(root_of(run.account.account_id, run.region, origin='learn'), run, 'launch')"
)


def under_way(scene: Scene, browser: Browser) -> dict[str, str]:
    """Put a scene on stage and a lab in its middle; return the pages that show them, by name."""
    page = browser.new_page(locale="en")
    found = {
        "scene-playing": _scene(scene, page),
        "cut-scene": "/learn/scenes/cut/",
        "lesson-under-way": _lesson(scene, page),
    }
    page.close()
    return found


def _scene(scene: Scene, page: Page) -> str:
    script = {"actions": WAITING, "clusters": ["scene-look"], "families": [], "tempo": 0}
    number = scene.stack.call_door("RecordScene", title="A scene that waits", **script)["scene"]
    address = f"/learn/scenes/own-{number}/"
    page.goto(scene.url + address)
    page.locator("#scene-play").click()
    expect(page.locator(".scene__caption")).to_contain_text("waiting until it is so", timeout=SECONDS)
    return address


def _lesson(scene: Scene, page: Page) -> str:
    address = f"/learn/lessons/{LAB}/"
    page.goto(scene.url + address)
    page.locator(".lesson__steps form button").first.click()
    expect(page.locator("#step-launch")).to_have_class("step step--current", timeout=SECONDS)
    scene.stack.run("-c", SOLVE)
    expect(page.locator("#step-launch .step__name")).to_contain_text("done", timeout=SECONDS)
    return address
