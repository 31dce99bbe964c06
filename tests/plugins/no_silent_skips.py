"""Tests that need Docker, a browser or Compose are part of the suite: with CI=true a skip of one is a failure.

Without CI they may be skipped where the thing cannot be had, but aloud.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

NEEDS = ("docker", "browser", "compose", "slow")


def is_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    needs = [name for name in NEEDS if item.get_closest_marker(name)]
    if report.skipped and needs and not hasattr(report, "wasxfail") and is_ci():
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped although CI is set and the test is marked {', '.join(needs)}: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if any(name in r.keywords for name in NEEDS)]
    if skipped:
        terminalreporter.section("NOT TESTED", red=True, bold=True)
        terminalreporter.write_line(
            f"{len(skipped)} tests that need Docker or a browser were skipped; CI=true forbids it."
        )
