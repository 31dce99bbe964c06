from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import Stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """All processes of ecsweb on real Docker, started once a file; its short folder keeps the socket's path short."""
    with tempfile.TemporaryDirectory(prefix="ecsw") as folder:
        made = Stack(Path(folder))
        try:
            made.start()
            yield made
        finally:
            made.stop()
            made.sweep()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show the processes' logs beside a failing journey."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined] # — pluggy's result has no stub
    found = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(found, Stack):
        report.sections.append(("ecsweb's logs", found.logs()))
