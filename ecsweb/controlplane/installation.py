"""Which installation this is: its id is on every container and network of ours, and nothing without it is touched."""

from __future__ import annotations

import os
import re
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

_INSTALL_ID = re.compile(r"[0-9a-f]{8}")


class InstallationDamaged(Exception):
    """The file with the installation's id holds something else: a new id would orphan every container that runs."""


@cache
def install_id() -> str:
    """Return this installation's id, from its data folder."""
    return install_id_in(Path(settings.ECSWEB_DATA))


def install_id_in(data: Path) -> str:
    """Return the 8 hex digits by which this data folder knows its containers; made once, by whoever is first.

    Raises InstallationDamaged.
    """
    path = data / "install-id"
    if not path.exists():
        _write_once(path)
    text = path.read_text(encoding="ascii").strip()
    if not _INSTALL_ID.fullmatch(text):
        raise InstallationDamaged(f"{path} does not hold an installation id (8 hex digits).")
    return text


def _write_once(path: Path) -> None:
    """Write a whole file and link it into place: whoever links first wins, and nobody ever reads half an id."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.write_text(secrets.token_hex(4), encoding="ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
