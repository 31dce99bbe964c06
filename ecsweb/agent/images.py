"""The product's own images, made of `busybox` and the scripts in `images/`, so that labs run where no registry answers.

`busybox` is what the engine has, else pulled, else imported from a static local binary. Ours are imported as one layer.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from ecsweb.agent.engine import EngineError, NoSuchImage

BASE = "busybox:latest"
SCRIPTS = Path(__file__).parent / "images"
HASH_LABEL = "ecsweb.image-hash"
# A first start should not wait long for a registry that only swallows packets.
PULL_SECONDS = 20.0
_PATH = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SKIP = ("dev", "proc", "sys", ".dockerenv")
_ETC = {
    "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "etc/group": b"root:x:0:\nnobody:x:65534:\n",
}


@runtime_checkable
class ImageStore(Protocol):
    """What it takes to make images on an engine; the simulated engine knows ours without."""

    def image_labels(self, image: str) -> Mapping[str, str] | None:
        """Return the labels of an image that the engine has, or None."""

    def pull_image(self, image: str, *, seconds: float) -> None:
        """Pull it; raises NoSuchImage."""

    def import_image(self, image: str, archive: bytes, changes: Sequence[str]) -> str:
        """Make an image of a root directory; return its id."""

    def export_image(self, image: str) -> bytes:
        """Return the image's root directory as a tar archive."""

    def prepare_image(self, image: str) -> str:
        """Return the image's id."""


@dataclass(frozen=True, slots=True)
class OwnImage:
    """One of our images: its name, the scripts that it holds (the first is its command), and what it listens on."""

    name: str
    scripts: tuple[str, ...]
    port: int = 0

    @property
    def changes(self) -> tuple[str, ...]:
        """Return the Dockerfile lines that make the image's configuration."""
        lines = [_PATH, f"CMD {json.dumps([f'/ecsweb/{self.scripts[0]}'])}"]
        return (*lines, f"EXPOSE {self.port}") if self.port else tuple(lines)


OWN_IMAGES = (
    OwnImage("ecsweb/web:1", ("web.sh", "page.sh"), port=80),
    OwnImage("ecsweb/worker:1", ("worker.sh",)),
    OwnImage("ecsweb/once:1", ("once.sh",)),
    OwnImage("ecsweb/crash:1", ("crash.sh",)),
    OwnImage("ecsweb/eater:1", ("eater.sh",)),
    OwnImage("ecsweb/pause:1", ("pause.sh",)),
)


def ensure_images(engine: object, progress: Callable[[str], None] = lambda _line: None) -> tuple[str, ...]:
    """Make sure that the engine has `busybox` and our images; return the names of those made now.

    What exists with the same content is kept, so a second run only looks. `progress` is told one line per image.
    Raises EngineUnavailable, and EngineError when there is nothing to make images of.
    """
    if not isinstance(engine, ImageStore):
        progress("This engine has the images of the labs built in.")
        return ()
    made = ensure_base(engine, progress)
    base_id = engine.prepare_image(BASE)
    root: bytes | None = None
    for image in OWN_IMAGES:
        digest = content_hash(image, base_id)
        if (engine.image_labels(image.name) or {}).get(HASH_LABEL) == digest:
            continue
        root = root or engine.export_image(BASE)
        engine.import_image(image.name, with_scripts(root, image), [*image.changes, f"LABEL {HASH_LABEL}={digest}"])
        progress(f"Made the image {image.name}.")
        made = (*made, image.name)
    return made


def ensure_base(engine: ImageStore, progress: Callable[[str], None]) -> tuple[str, ...]:
    """Make sure that the engine has `busybox:latest`; return its name if it had to be got. Raises EngineError."""
    if engine.image_labels(BASE) is not None:
        return ()
    try:
        engine.pull_image(BASE, seconds=PULL_SECONDS)
        progress(f"Pulled {BASE}.")
    except NoSuchImage as error:
        binary = static_busybox()
        if binary is None:
            raise EngineError(
                f"{BASE} cannot be pulled ({error}), and there is no static busybox on this machine to make it of. "
                "Install the package busybox-static, or load the image with `docker load`."
            ) from error
        engine.import_image(BASE, root_of(binary, applets_of(binary)), [_PATH, 'CMD ["sh"]'])
        progress(f"Made {BASE} of {binary}, since no registry answers.")
    return (BASE,)


def content_hash(image: OwnImage, base_id: str) -> str:
    """Return what changes when an image has to be made anew: its base, its scripts or its configuration."""
    digest = hashlib.sha256(json.dumps([image.name, base_id, *image.changes]).encode())
    for script in image.scripts:
        digest.update(script.encode() + b"\0" + (SCRIPTS / script).read_bytes() + b"\0")
    return digest.hexdigest()


def static_busybox() -> Path | None:
    """Return a busybox binary of this machine that runs without shared libraries, or None."""
    for candidate in ("/bin/busybox", "/usr/bin/busybox", shutil.which("busybox.static"), shutil.which("busybox")):
        path = Path(candidate) if candidate else None
        if path and path.is_file():
            content = path.read_bytes()
            if content.startswith(b"\x7fELF") and b"/ld-linux" not in content and b"/ld-musl" not in content:
                return path
    return None


def applets_of(binary: Path) -> list[str]:
    """Return the commands that the binary can be called as."""
    listing = subprocess.run([str(binary), "--list"], capture_output=True, text=True, check=True, timeout=10)
    return sorted({line.strip() for line in listing.stdout.splitlines() if line.strip()} - {"busybox"})


def root_of(binary: Path, applets: Sequence[str]) -> bytes:
    """Return a root directory with busybox, a link for each applet, and a /tmp; equal input gives equal bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for directory in ("bin", "etc", "home", "root", "run", "tmp", "usr", "usr/bin", "var", "var/tmp"):
            _add(archive, directory, kind=tarfile.DIRTYPE, mode=0o1777 if directory.endswith("tmp") else 0o755)
        _add(archive, "bin/busybox", content=binary.read_bytes(), mode=0o755)
        for applet in applets:
            _add(archive, f"bin/{applet}", kind=tarfile.SYMTYPE, link="busybox")
        _add(archive, "usr/bin/env", kind=tarfile.SYMTYPE, link="../../bin/busybox")
        for name, content in _ETC.items():
            _add(archive, name, content=content)
    return buffer.getvalue()


def with_scripts(root: bytes, image: OwnImage) -> bytes:
    """Return the root directory with the image's scripts in /ecsweb, without what an engine adds to an export."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(root)) as old, tarfile.open(fileobj=buffer, mode="w") as archive:
        for member in old:
            if member.name.removeprefix("./").split("/")[0] not in _SKIP:
                archive.addfile(member, old.extractfile(member) if member.isreg() else None)
        _add(archive, "ecsweb", kind=tarfile.DIRTYPE, mode=0o755)
        for script in image.scripts:
            _add(archive, f"ecsweb/{script}", content=(SCRIPTS / script).read_bytes(), mode=0o755)
    return buffer.getvalue()


def _add(
    archive: tarfile.TarFile, name: str, *, content: bytes = b"", kind: bytes = tarfile.REGTYPE, mode: int = 0o644,
    link: str = "",
) -> None:  # fmt: skip
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.linkname, member.size = kind, mode, link, len(content)
    archive.addfile(member, io.BytesIO(content))
