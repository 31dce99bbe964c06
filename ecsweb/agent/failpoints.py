"""Named places at which a test lets this process die with -9, once, to prove that the world converges after it.

`ECSWEB_FAILPOINT` names the place; the file `ECSWEB_FAILPOINT_FILE` must exist and is removed first, so that the
restarted process gets past the place.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

NAMES = (
    "after_row",
    "before_create",
    "after_create",
    "after_create_db",
    "before_start",
    "after_start",
    "after_start_db",
    "during_stop",
    "before_remove",
    "after_remove",
)


def hit(name: str) -> None:
    """Die here if this is the place the test chose and it has not died yet."""
    if os.environ.get("ECSWEB_FAILPOINT") != name:
        return
    armed = Path(os.environ.get("ECSWEB_FAILPOINT_FILE", ""))
    if not armed.is_file():
        return
    armed.unlink()
    os.kill(os.getpid(), signal.SIGKILL)
