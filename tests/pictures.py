"""`make pictures`: pictures of every page for the documentation, taken of a running ecsweb on the simulated engine."""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import Scene, enriched, seed
from tests.browser.test_looks import put_on, settled
from tests.pictures_of_pages import CHAPTERS, LANGUAGES, WIDE, Shown
from tests.stack import ROOT, Stack

DOCS = ROOT / "docs"
FOLDER = DOCS / "images"
HEIGHT = 860
# WebP is a third of PNG; Chromium writes it, so that no library is needed for it.
TO_WEBP = """async png => {
  const image = new Image()
  image.src = `data:image/png;base64,${png}`
  await image.decode()
  const canvas = Object.assign(document.createElement('canvas'), {width: image.width, height: image.height})
  canvas.getContext('2d').drawImage(image, 0, 0)
  return canvas.toDataURL('image/webp', 0.72).split(',')[1]
}"""
HEADS = {
    "en": ("Every page", "Taken by `make pictures` of a running ecsweb on the simulated engine.", "also", "한국어"),
    "ko": ("모든 페이지", "시뮬레이션 엔진으로 실행한 ecsweb을 `make pictures`로 찍었어요.", "다른 모습", "English"),
}


def every() -> list[Shown]:
    return [shown for _en, _ko, chapter in CHAPTERS for shown in chapter]


def file_name(shown: Shown, language: str, look: str = "light", width: int = WIDE) -> str:
    """Return the name of a picture; what is light and wide is not said. Example: cluster-ko-dark.webp."""
    parts = [shown.name, language, *([look] if look != "light" else []), *([str(width)] if width != WIDE else [])]
    return f"{'-'.join(parts)}.webp"


def take(browser: Browser, scene: Scene, pages: Mapping[str, str], language: str) -> None:
    """Take every picture in one language."""
    context = browser.new_context(locale=language, viewport={"width": WIDE, "height": HEIGHT}, reduced_motion="reduce")
    page, painter = context.new_page(), context.new_page()
    for shown in every():
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.goto(scene.url + pages[shown.name])
        settled(page)
        page.wait_for_timeout(300)
        for look, width in (("light", WIDE), *shown.also):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            put_on(page, look)
            keep(page, painter, FOLDER / file_name(shown, language, look, width))
        put_on(page, "light")
    context.close()


def keep(page: Page, painter: Page, path: Path) -> None:
    """Keep what the page shows as WebP."""
    png = base64.b64encode(page.screenshot()).decode()
    path.write_bytes(base64.b64decode(painter.evaluate(TO_WEBP, png)))


def written(language: str) -> str:
    """Return the page of documentation that shows every page in one sentence."""
    head, how, also, other = HEADS[language]
    there = "pages.ko.md" if language == "en" else "pages.md"
    lines = [f"# {head}", "", f"{how} [{other}]({there})", ""]
    for chapter_en, chapter_ko, chapter in CHAPTERS:
        lines += [f"## {chapter_en if language == 'en' else chapter_ko}", ""]
        # What was not taken yet is left out rather than shown as a broken picture.
        for shown in (one for one in chapter if (FOLDER / file_name(one, language)).exists()):
            title, sentence = shown.en if language == "en" else shown.ko
            more = ", ".join(
                f"[{look} {width}](images/{file_name(shown, language, look, width)})" for look, width in shown.also
            )
            lines += [f"### {title}", "", f"{sentence}{f' ({also}: {more})' if more else ''}", ""]
            lines += [f"![{title}](images/{file_name(shown, language)})", ""]
    return "\n".join(lines)


def main() -> int:
    """Take the pictures and write their pages; return what the command exits with."""
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
                pages = {**scene.pages(), **enriched(scene, browser)}
                for language in LANGUAGES:
                    take(browser, scene, pages, language)
                browser.close()
        finally:
            stack.stop()
    for language in LANGUAGES:
        name = "pages.md" if language == "en" else f"pages.{language}.md"
        (DOCS / name).write_text(written(language), encoding="utf-8")
    if forgotten := sorted(set(pages) - {shown.name for shown in every()}):
        sys.stderr.write(f"Pages without a line in tests/pictures_of_pages.py: {', '.join(forgotten)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
