"""Which installation this is: its id is on every container and network of ours, and nothing without it is touched."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def install_id() -> str:
    """Return 8 hex digits, made once for this data folder; processes that start at once agree on one."""
    if os.environ.get("ECSWEB_INSTALL_ID"):
        return os.environ["ECSWEB_INSTALL_ID"]
    path = Path(settings.ECSWEB_DATA) / "install-id"
    if not path.exists():
        _write_once(path)
    return path.read_text(encoding="ascii").strip()


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
