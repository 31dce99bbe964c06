"""Motion: what moves in the picture is seen to travel, and who asked for less motion sees it in its place at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Scene, Tab
from tests.stack import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SECONDS = 60_000
# Far enough from both ends to be neither of them, nor the small rise of something that arrives.
APART = 20

# Each frame: where the task is drawn, and where it stands when it does not move.
WATCH = """id => {
  window.frames_ = []
  const look = () => {
    const one = document.getElementById(id)
    if (one) {
      const {left, top} = one.getBoundingClientRect()
      const keys = one.getAnimations().flatMap(it => it.effect.getKeyframes())
      const moves = keys.some(key => /translate/.test(key.transform))
      const where = one.closest(".queued") ? "queue" : "instance"
      window.frames_.push({x: left + scrollX, y: top + scrollY, in: where, moves})
    }
    requestAnimationFrame(look)
  }
  look()
}"""
HAS_ARRIVED = """() => {
  const last = window.frames_.slice(-30), {x, y} = last.at(-1)
  return last.length === 30 && last.every(one => one.in === "instance" && !one.moves && one.x === x && one.y === y)
}"""

MACHINE_WITH_TWO_TASKS = """
<style>body { margin: 0 } div { position: absolute; width: 20px; height: 20px }</style>
<div data-moves id="machine"><div data-moves id="one" style="left: 10px"></div>
<div data-moves id="two" style="left: 50px"></div></div>
"""
# A change of the page that puts things elsewhere, as htmx tells of it; where they are seen after it.
CHANGE = """lefts => {
  const tell = name => document.dispatchEvent(new Event(`htmx:${name}`))
  tell("beforeSwap")
  for (const [id, left] of Object.entries(lefts)) document.getElementById(id).style.left = `${left}px`
  tell("afterSwap")
  tell("afterSettle")
  return ["machine", "one", "two"].map(id => Math.round(document.getElementById(id).getBoundingClientRect().left))
}"""


def watch(page: Page, task: str) -> None:
    expect(page.locator(f"#queued #task-{task}")).to_be_visible(timeout=SECONDS)
    page.evaluate(WATCH, f"task-{task}")


def frames(page: Page) -> list[dict[str, Any]]:
    """Wait until the task stands on a machine; return every frame."""
    page.wait_for_function(HAS_ARRIVED, timeout=SECONDS)
    found: list[dict[str, Any]] = page.evaluate("window.frames_")
    return found


def between(seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the frames on a machine in which the task is drawn neither where it waited nor where it came to stand."""
    waited = [one for one in seen if one["in"] == "queue"][-1]
    ends = (waited, seen[-1])
    return [
        one
        for one in seen
        if one["in"] == "instance" and all(abs(one["x"] - end["x"]) + abs(one["y"] - end["y"]) > APART for end in ends)
    ]


def queue_a_task(scene: Scene) -> str:
    """Run a task on a capacity provider that has no machine yet; return its id: it waits until one is there."""
    name = f"machines-{uuid4().hex}"
    group = scene.stack.call_door(
        "CreateAutoScalingGroup",
        cluster="demo",
        AutoScalingGroupName=name,
        InstanceType="t3.micro",
        MinSize=0,
        MaxSize=1,
    )
    arn = group["AutoScalingGroup"]["AutoScalingGroupARN"]
    provider = {"autoScalingGroupArn": arn, "managedScaling": {"status": "ENABLED"}}
    scene.ecs.create_capacity_provider(name=name, autoScalingGroupProvider=provider)
    known = scene.ecs.describe_clusters(clusters=["demo"])["clusters"][0]["capacityProviders"]
    scene.ecs.put_cluster_capacity_providers(
        cluster="demo", capacityProviders=[*known, name], defaultCapacityProviderStrategy=[]
    )
    strategy = [{"capacityProvider": name, "weight": 1}]
    made = scene.ecs.run_task(cluster="demo", taskDefinition="web:1", capacityProviderStrategy=strategy)
    return str(made["tasks"][0]["taskArn"]).rsplit("/", 1)[1]


def test_a_task_travels_from_the_queue_to_its_machine_and_without_motion_is_there_at_once(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    moving, still = open_tab(motion="no-preference").page, open_tab().page
    for page in (moving, still):
        page.goto(f"{scene.url}/clusters/demo/")
        expect(page.locator("[data-live-glyph]")).to_have_text("●", timeout=SECONDS)
    # On a busy machine few frames are drawn: the way takes ten times as long, so that some fall into it.
    animations = moving.context.new_cdp_session(moving)
    animations.send("Animation.enable")
    animations.send("Animation.setPlaybackRate", {"playbackRate": 0.1})

    task = queue_a_task(scene)
    for page in (moving, still):
        watch(page, task)

    travelled, stood = frames(moving), frames(still)
    assert any(one["moves"] for one in between(travelled))
    assert not any(one["moves"] for one in stood)
    assert between(stood) == []


def test_a_thing_on_its_way_is_not_made_to_jump_by_a_further_change(open_tab: Callable[..., Tab]) -> None:
    page = open_tab(motion="no-preference").page
    page.set_content(MACHINE_WITH_TWO_TASKS)
    script = (ROOT / "static" / "js" / "moves.js").read_text()
    page.add_script_tag(content=f"{script}\nshowMoves()", type="module")

    assert page.evaluate(CHANGE, {"machine": 400, "two": 150}) == [0, 10, 50]
    page.evaluate("document.getAnimations().forEach(way => { way.playbackRate = 0.001; way.currentTime = 225 })")
    half_way = pytest.approx([200, 210, 300], abs=2)
    assert page.evaluate(CHANGE, {}) == half_way
    assert page.evaluate(CHANGE, {"machine": 600}) == half_way


def test_a_scene_brings_what_has_just_changed_into_sight_above_its_caption(
    scene: Scene, open_tab: Callable[..., Tab]
) -> None:
    words, name = {"en": "A caption.", "ko": "설명이에요."}, f"scene-{uuid4().hex[:6]}"
    running = {"of": "ListTasks", "params": {"cluster": name}, "query": "length(taskArns)"}
    machine = '{"instanceType": "t3.small", "availabilityZone": "ap-northeast-2a"}'
    task = {"name": "app", "image": "ecsweb/web:1", "memory": 32, "cpu": 32}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("CreateCluster", {"clusterName": name}),
        ("RegisterContainerInstance", {"cluster": name, "instanceIdentityDocument": machine}),
        ("RegisterTaskDefinition", {"family": name, "containerDefinitions": [task]}),
        ("RunTask", {"cluster": name, "taskDefinition": name}),
    ]
    actions: list[dict[str, Any]] = [{"call": call, "params": params, "say": words} for call, params in calls]
    actions.append({"until": {"ask": running, "equals": 1}, "say": words})
    script = {"actions": actions, "clusters": [name], "families": [name], "tempo": 0}
    number = scene.stack.call_door("RecordScene", title="A low window", **script)["scene"]
    page = open_tab(width=1024).page
    page.set_viewport_size({"width": 1024, "height": 420})
    page.goto(f"{scene.url}/learn/scenes/own-{number}/?projector=1")

    page.locator("#scene-play").click()

    expect(page.locator("#scene .task")).to_contain_text("RUNNING", timeout=SECONDS)
    page.wait_for_function("scrollY > 0", timeout=SECONDS)
    foot, bar = (
        page.locator(f"#scene {one}").evaluate("one => one.getBoundingClientRect()") for one in (".task", ".scene__bar")
    )
    assert foot["bottom"] <= bar["top"]
