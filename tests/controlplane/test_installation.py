from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ecsweb.controlplane.installation import InstallationDamaged, install_id_in


def test_install_id_is_made_once_whoever_asks_first(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(install_id_in, [tmp_path] * 32))

    (only,) = ids
    assert re.fullmatch(r"[0-9a-f]{8}", only)
    assert [path.name for path in tmp_path.iterdir()] == ["install-id"]


def test_install_id_is_not_made_anew_over_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "install-id").write_text("", encoding="ascii")

    with pytest.raises(InstallationDamaged, match="install-id"):
        install_id_in(tmp_path)
