from __future__ import annotations

import os
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.world import World

# CI tries the same examples at every run, so that what lands does not hang on luck; elsewhere each run looks further.
# How long an example takes says how busy the machine is, and nothing about the rule.
AT_LEISURE: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
hypothesis_settings.register_profile("here", **AT_LEISURE)
hypothesis_settings.register_profile("ci", derandomize=True, **AT_LEISURE)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


def pytest_runtest_setup() -> None:
    """Begin each test in the language of the settings: a request of the one before leaves its own in the thread."""
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """A password hash that is slow on purpose protects nobody here and costs half a second a test."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None, settings: object) -> World:
    """A world with the cluster `demo` on the simulated engine, jobs run by hand."""
    settings.ECSWEB_ENGINE_SLOTS = 0  # type: ignore[attr-defined] # — pytest-django's settings have no stub
    made = World()
    made.call("CreateCluster", clusterName="demo")
    return made
