"""`make pictures`: the pictures of the documentation, taken of a running ecsweb on the simulated engine."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import Scene, seed
from tests.stack import ROOT, Stack

FOLDER = ROOT / "docs" / "images"
LANGUAGES = ("en", "ko")
WIDTH, HEIGHT = 1280, 900


def pages(scene: Scene) -> dict[str, str]:
    """Return what is shown in the documentation, by the name of its file."""
    return {
        "cluster": f"/clusters/demo/?panel=task:{scene.running()[0]}",
        "reservations": "/clusters/demo/?view=capacity",
        "deploy": "/task-definitions/web:1/deploy/",
        "events": "/timeline/?cluster=demo",
    }


def take(browser: Browser, scene: Scene, language: str) -> None:
    """Take every picture in one language."""
    context = browser.new_context(locale=language, viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
    page = context.new_page()
    for name, address in pages(scene).items():
        page.goto(scene.url + address)
        page.wait_for_selector("[data-live]")
        page.wait_for_timeout(500)
        page.screenshot(path=FOLDER / f"{name}-{language}.png")
    context.close()


def main() -> int:
    """Take the pictures; return what the command exits with."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("make pictures needs Chromium, and there is none on the PATH.\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="ecsw") as folder:
        stack = Stack(Path(folder), {"ECSWEB_ENGINE": "simulated"})
        try:
            stack.start()
            scene = seed(stack)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                for language in LANGUAGES:
                    take(browser, scene, language)
                browser.close()
        finally:
            stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
