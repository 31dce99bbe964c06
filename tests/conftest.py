from __future__ import annotations

import pytest

from tests.world import World


@pytest.fixture
def world(db: None, settings: object) -> World:
    """A world with the cluster `demo` on the simulated engine, jobs run by hand."""
    settings.ECSWEB_ENGINE_SLOTS = 0  # type: ignore[attr-defined] # — pytest-django's settings have no stub
    made = World()
    made.call("CreateCluster", clusterName="demo")
    return made
