"""A whole ecsweb on the simulated engine, seeded with everything the pages can show, and a browser before it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect, sync_playwright

from tests.browser.pages import PAGES
from tests.stack import ROOT, Stack, wait_until

ARTEFACTS = ROOT / "test-artefacts"
# In milliseconds: on a busy machine an answer takes a while, and one that comes is waited for no longer than it takes.
expect.set_options(timeout=20_000)
WEB = {
    "name": "app",
    "image": "ecsweb/web:1",
    "memory": 64,
    "cpu": 128,
    "portMappings": [{"containerPort": 80}],
}
WORKER = {"name": "log", "image": "ecsweb/worker:1", "memory": 32, "essential": False}


@dataclass(frozen=True)
class Scene:
    """What stands on the stage: where, and the ids that pages are asked for by."""

    stack: Stack
    ecs: Any
    stopped: str
    instance: str

    @property
    def url(self) -> str:
        return self.stack.url

    def running(self, service: str = "web") -> list[str]:
        """Return the ids of the running tasks of a service."""
        arns = self.ecs.list_tasks(cluster="demo", serviceName=service)["taskArns"]
        found = self.ecs.describe_tasks(cluster="demo", tasks=arns)["tasks"] if arns else []
        return sorted(task["taskArn"].rsplit("/", 1)[1] for task in found if task["lastStatus"] == "RUNNING")

    def recording(self) -> dict[str, Any]:
        """Return the account's log as the file that its page gives."""
        with urllib.request.urlopen(f"{self.url}/timeline/export/", timeout=20) as answer:
            return dict(json.load(answer))

    def pages(self) -> dict[str, str]:
        """Return the address of every page by name."""
        ids = {"running": self.running()[0], "stopped": self.stopped, "instance": self.instance}
        return {name: address.format(**ids) for name, address in PAGES.items()}


def seed(stack: Stack) -> Scene:
    """Put on the stage what the notes speak of, and break one task."""
    ecs = stack.ecs()
    for name in ("demo", "empty"):
        ecs.create_cluster(clusterName=name)
    for zone in "ab":
        document = json.dumps({"instanceType": "t3.small", "availabilityZone": f"ap-northeast-2{zone}"})
        ecs.register_container_instance(cluster="demo", instanceIdentityDocument=document)
    ecs.register_task_definition(family="web", containerDefinitions=[WEB])
    ecs.register_task_definition(family="web", containerDefinitions=[WEB, WORKER])
    ecs.register_task_definition(family="agent-log", containerDefinitions=[{**WORKER, "essential": True}])
    ecs.register_task_definition(
        family="once", containerDefinitions=[{**WORKER, "image": "ecsweb/once:1", "essential": True}]
    )
    ecs.register_task_definition(family="batch", containerDefinitions=[{**WORKER, "memory": 4096, "essential": True}])
    direct = ecs.run_task(cluster="demo", taskDefinition="once")["tasks"][0]["taskArn"].rsplit("/", 1)[1]
    ecs.run_task(cluster="demo", taskDefinition="agent-log")
    ecs.create_service(cluster="demo", serviceName="web", taskDefinition="web:2", desiredCount=3)
    ecs.create_service(cluster="demo", serviceName="logs", taskDefinition="agent-log", schedulingStrategy="DAEMON")
    ecs.create_service(cluster="demo", serviceName="batch", taskDefinition="batch", desiredCount=1)
    instance = ecs.list_container_instances(cluster="demo")["containerInstanceArns"][0].rsplit("/", 1)[1]
    scene = Scene(stack, ecs, direct, instance)
    wait_until("three tasks run", lambda: len(scene.running()) == 3)
    return scene


def enriched(scene: Scene, browser: Browser) -> dict[str, str]:
    """Let a RunTask fail and keep a recording; return the pages that tell of them, by name."""
    scene.ecs.run_task(cluster="demo", taskDefinition="batch")
    document = scene.recording()
    refused = max(one["sequence"] for one in document["events"] if "decision" in one["detail"])
    page = browser.new_page()
    page.goto(f"{scene.url}/recordings/")
    file = FilePayload(name="demo.json", mimeType="application/json", buffer=json.dumps(document).encode())
    page.set_input_files("[name=document]", file)
    with page.expect_navigation():
        page.press("[name=name]", "Enter")
    recorded = page.url.removeprefix(scene.url)
    assert re.fullmatch(r"/recordings/\d+/", recorded), page.inner_text("main")
    page.close()
    return {
        "panel-refusal": f"/clusters/demo/?panel=refusal:{refused}",
        "recording": f"{recorded}?cluster=demo",
        "try-from-recording": f"{recorded}try/",
    }


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="ecsw") as folder:
        stack = Stack(Path(folder), {"ECSWEB_ENGINE": "simulated"})
        try:
            stack.start()
            yield seed(stack)
        finally:
            stack.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium is installed")
    ARTEFACTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page of the browser and what it complained of."""

    page: Page
    complaints: list[str]


@pytest.fixture
def open_tab(chromium: Browser) -> Iterator[Callable[..., Tab]]:
    """Return a function that opens a tab with a language, a colour scheme and a width; without motion unless asked."""
    contexts: list[BrowserContext] = []

    def open_one(
        *, language: str = "en", scheme: Any = "light", width: int = 1280, script: bool = True, motion: Any = "reduce"
    ) -> Tab:
        context = chromium.new_context(
            locale=language,
            color_scheme=scheme,
            viewport={"width": width, "height": 860},
            java_script_enabled=script,
            reduced_motion=motion,
        )
        contexts.append(context)
        tab = Tab(context.new_page(), [])
        tab.page.on("console", lambda said: tab.complaints.append(said.text) if said.type == "error" else None)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        return tab

    yield open_one
    for context in contexts:
        context.close()
