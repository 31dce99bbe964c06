"""`python -m tests.bench_pages`: the cluster page with 300 tasks, none folded: server time, queries, first paint.

Server time is processor time of this process, so that what else runs on the machine counts little; the median of many.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.stack import Stack

ROUNDS = 30
PAINTS = 7
TASKS = 300
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def line(what: str, times: list[float], goal: float) -> str:
    middle = statistics.median(times)
    return (
        f"{what:<62} {middle:7.0f} ms {max(times):7.0f} ms  ≤ {goal:5.0f} ms {'met' if middle <= goal else 'MISSED'}\n"
    )


def milliseconds(action: Callable[[], object]) -> float:
    began = time.process_time()
    action()
    return (time.process_time() - began) * 1000


def served() -> list[str]:
    """Seed the cluster, and measure what the server does for its page and for one change in it."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from ecsweb.models import Account, Task
    from tests.crowd import copy_until, three_tasks
    from tests.world import World

    call_command("migrate", verbosity=0)
    world = World()
    world.call("CreateCluster", clusterName="demo")
    three_tasks(world)
    client = Client(SERVER_NAME="127.0.0.1")
    page, bar = "/clusters/demo/", "/clusters/demo/timeline/"

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    def change() -> str:
        since = Account.objects.get().last_sequence
        task = Task.objects.filter(last_status="RUNNING", desired_status="RUNNING").latest("pk")
        world.call("StopTask", cluster="demo", task=task.task_id)
        return f"/clusters/demo/picture/changes/?since={since}"

    few = queries(page), queries(change())
    copy_until(TASKS)
    many = queries(page), queries(change())
    pages = [milliseconds(lambda: client.get(page)) for _ in range(ROUNDS)]
    changes = []
    for _ in range(ROUNDS):
        address = change()
        changes.append(milliseconds(lambda: client.get(address)))  # noqa: B023 — called at once
    bars = [milliseconds(lambda: client.get(bar)) for _ in range(ROUNDS)]
    connection.close()
    return [
        line(f"cluster page with {TASKS} tasks: server", pages, 150),
        line("what is fetched of the picture when one task changes: server", changes, 30),
        line("the timeline under it, fetched with each change: server", bars, 30),
        f"queries of the page: {few[0]} with 3 tasks, {many[0]} with {TASKS}; "
        f"of a change: {few[1]} with 3, {many[1]} with {TASKS}\n",
    ]


def painted(url: str) -> list[str]:
    """Measure the first paint of the page in Chromium, its cache warm, from the request on."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        return ["first paint: not measured, as there is no Chromium\n"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{url}/clusters/demo/")
        times = []
        for _ in range(PAINTS):
            page.goto(f"{url}/clusters/demo/")
            page.wait_for_function(f"{PAINT} > 0")
            times.append(float(page.evaluate(PAINT)))
        browser.close()
    return [line(f"cluster page with {TASKS} tasks: first paint in Chromium", times, 1000)]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="ecsw") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "ecsweb.settings",
            "ECSWEB_DATA": folder,
            "ECSWEB_ENGINE": "simulated",
            "ECSWEB_ENGINE_SLOTS": "0",
            "ECSWEB_LOG_LEVEL": "ERROR",
        }
        import django

        django.setup()
        sys.stdout.write("".join(served()))
        stack = Stack(Path(folder), {"ECSWEB_ENGINE": "simulated"})
        try:
            stack.start_web()
            sys.stdout.write("".join(painted(stack.url)))
        finally:
            stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
