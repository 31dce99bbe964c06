from __future__ import annotations

import io
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from ecsweb.agent.images import OWN_IMAGES, SCRIPTS, OwnImage, content_hash, ensure_images, root_of, with_scripts
from ecsweb.agent.policy import OWN_IMAGE
from ecsweb.agent.simulated_engine import SimulatedEngine
from ecsweb.agent.simulated_programs import OWN


@pytest.fixture
def root(tmp_path: Path) -> bytes:
    binary = tmp_path / "busybox"
    binary.write_bytes(b"\x7fELF")
    return root_of(binary, ["httpd", "sh"])


def test_a_root_directory_has_busybox_its_links_and_a_tmp(root: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(root)) as archive:
        members = {member.name: member for member in archive}

    assert members["bin/busybox"].mode == 0o755
    assert (members["bin/sh"].issym(), members["bin/sh"].linkname) == (True, "busybox")
    assert members["tmp"].mode == 0o1777


def test_equal_input_gives_equal_bytes(root: bytes) -> None:
    assert with_scripts(root, OWN_IMAGES[0]) == with_scripts(root, OWN_IMAGES[0])


def test_what_an_engine_adds_to_an_export_is_left_out(root: bytes) -> None:
    buffer = io.BytesIO(root)
    with tarfile.open(fileobj=buffer, mode="a") as archive:
        for name in ("dev/console", ".dockerenv", "proc/x", "developer/kept"):
            archive.addfile(tarfile.TarInfo(name))

    with tarfile.open(fileobj=io.BytesIO(with_scripts(buffer.getvalue(), OWN_IMAGES[0]))) as archive:
        names = set(archive.getnames())

    assert {"developer/kept", "ecsweb/web.sh", "ecsweb/page.sh", "bin/busybox"} <= names
    assert not names & {"dev/console", ".dockerenv", "proc/x"}


def test_another_base_command_or_port_makes_another_image() -> None:
    image = OWN_IMAGES[0]
    other = OwnImage(image.name, image.scripts, port=8080)

    hashes = {content_hash(image, "sha256:1"), content_hash(image, "sha256:2"), content_hash(other, "sha256:1")}

    assert len(hashes) == 3
    assert content_hash(image, "sha256:1") in hashes


def test_every_list_of_our_images_is_the_same() -> None:
    names = {image.name for image in OWN_IMAGES}

    assert set(OWN) == names
    assert all(OWN_IMAGE.fullmatch(name) for name in names)
    assert {path.name for path in SCRIPTS.iterdir()} == {script for image in OWN_IMAGES for script in image.scripts}


@pytest.mark.parametrize("script", sorted(SCRIPTS.iterdir()), ids=lambda path: path.name)
def test_scripts_are_sound_and_fetch_nothing(script: Path) -> None:
    subprocess.run(["sh", "-n", str(script)], check=True, timeout=10)

    assert not re.search(r"https?://|wget|curl", script.read_text(encoding="utf-8"))


def test_the_simulated_engine_needs_none_made() -> None:
    engine = SimulatedEngine("a1b2c3d4")
    told: list[str] = []

    assert ensure_images(engine, told.append) == ()
    assert len(told) == 1
    engine.close()
