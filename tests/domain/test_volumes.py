"""What a container mounts (`ecs-facts.md` 2.7)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.volumes import Mount, Scope, Volume, mounts_of, volumes_of

DATA = {"sourceVolume": "data", "containerPath": "/data"}


def document(*containers: dict[str, Any], volumes: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    found = [{"name": "data"}] if volumes is None else volumes
    return {"volumes": found, "containerDefinitions": [{"name": f"c{n}", **c} for n, c in enumerate(containers)]}


@pytest.mark.parametrize(
    ("entry", "volume"),
    [
        ({"name": "v"}, Volume("v", 0)),
        ({"name": "v", "host": {}}, Volume("v", 0)),
        ({"name": "v", "dockerVolumeConfiguration": {}}, Volume("v", 0)),
        ({"name": "v", "dockerVolumeConfiguration": {"scope": "task"}}, Volume("v", 0)),
        (
            {"name": "v", "dockerVolumeConfiguration": {"scope": "shared"}},
            Volume("v", 0, Scope.SHARED, autoprovision=False),
        ),
        (
            {
                "name": "v",
                "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True, "labels": {"a": "b"}},
            },
            Volume("v", 0, Scope.SHARED, autoprovision=True, labels=(("a", "b"),)),
        ),
        ({"name": "v", "host": {"sourcePath": "/etc"}}, None),
        ({"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}, None),
        ({"name": "v", "configuredAtLaunch": True}, None),
    ],
)
def test_volumes_of_the_task_and_shared_docker_volumes_are_run_the_others_are_stored(
    entry: dict[str, Any], volume: Volume | None
) -> None:
    assert volumes_of({"volumes": [entry]}) == ({"v": volume} if volume else {})


def test_mount_points_are_writable_unless_read_only() -> None:
    made = document({"mountPoints": [DATA]}, {"mountPoints": [{**DATA, "readOnly": True}]})
    volume = Volume("data", 0)

    assert mounts_of(made, "c0") == (Mount(volume, "/data"),)
    assert mounts_of(made, "c1") == (Mount(volume, "/data", read_only=True),)


def test_volumes_from_brings_the_mounts_of_the_other_container_and_its_own_win() -> None:
    made = document(
        {"mountPoints": [DATA, {**DATA, "containerPath": "/more", "readOnly": True}]},
        {"volumesFrom": [{"sourceContainer": "c0", "readOnly": True}]},
        {
            "volumesFrom": [{"sourceContainer": "c0"}],
            "mountPoints": [{"sourceVolume": "other", "containerPath": "/data"}],
        },
        {"volumesFrom": [{"sourceContainer": "c1"}]},
        volumes=[{"name": "data"}, {"name": "other"}],
    )
    data, other = Volume("data", 0), Volume("other", 1)

    assert mounts_of(made, "c1") == (Mount(data, "/data", read_only=True), Mount(data, "/more", read_only=True))
    assert mounts_of(made, "c2") == (Mount(other, "/data"), Mount(data, "/more", read_only=True))
    assert mounts_of(made, "c3") == mounts_of(made, "c1")


def test_a_circle_of_volumes_from_ends() -> None:
    made = document(
        {"volumesFrom": [{"sourceContainer": "c1"}], "mountPoints": [DATA]},
        {"volumesFrom": [{"sourceContainer": "c0"}]},
    )

    assert mounts_of(made, "c0") == (Mount(Volume("data", 0), "/data"),)
