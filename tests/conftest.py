from __future__ import annotations

import os

import pytest
from django.conf import settings as django_settings
from hypothesis import settings as hypothesis_settings

from tests.world import World

# CI tries the same examples at every run, so that what lands does not hang on luck; elsewhere each run looks further.
hypothesis_settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    hypothesis_settings.load_profile("ci")


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
