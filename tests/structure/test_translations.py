"""Everything that a person reads exists in Korean."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.structure.sources import ROOT

KOREAN = Path("locale/ko/LC_MESSAGES/django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
BOTH_PARTICLES = re.compile(r"이\(가\)|을\(를\)|은\(는\)|와\(과\)|과\(와\)|\(으\)로")
HANGING = re.compile(r"%\((\w+)\)s(?:</\w+>|[”’`])*(?:이|가|을|를|은|는|과|와|이에요|예요)(?=[ .,?!]|$)")
# What stands for a number and its counter, such as “태스크 3개”.
ENDS_IN_A_COUNTER = {"running"}


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def test_every_message_is_translated_and_none_is_a_guess() -> None:
    messages = [message for message in catalogue(ROOT / KOREAN) if message.id]

    assert messages
    assert [message.id for message in messages if not message.string or not all(_parts(message.string))] == []
    assert [message.id for message in messages if message.fuzzy] == []


def test_translations_keep_the_placeholders() -> None:
    messages = [message for message in catalogue(ROOT / KOREAN) if message.id]
    wanted = {str(_parts(m.id)[-1]): (_places(_parts(m.id)[-1]), _places(_parts(m.string)[-1])) for m in messages}

    assert {text: places for text, places in wanted.items() if places[0] != places[1]} == {}


def test_no_particle_hangs_on_a_name_whose_last_sound_is_not_known() -> None:
    """Korean particles depend on the last sound of the word before them: a noun stands between a name and its own."""
    texts = [text for message in catalogue(ROOT / KOREAN) if message.id for text in _parts(message.string)]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "ecsweb" / "learn" / "content").rglob("*.yaml")]

    assert [found[0] for text in texts for found in BOTH_PARTICLES.finditer(text)] == []
    assert [text for text in texts if set(HANGING.findall(text)) - ENDS_IN_A_COUNTER] == []


def test_no_message_is_missing_from_the_catalogue(tmp_path: Path) -> None:
    if shutil.which("xgettext") is None:
        pytest.skip("xgettext is not installed (package gettext)")
    for name in ("ecsweb", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / KOREAN).parent.mkdir(parents=True)

    command = [sys.executable, "-m", "django", "makemessages", "-l", "ko", "--no-location"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)

    extracted = {_key(message.id) for message in catalogue(tmp_path / KOREAN) if message.id}
    known = {_key(message.id) for message in catalogue(ROOT / KOREAN) if message.id}
    assert extracted - known == set()


def _parts(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _key(text: str | list[str] | tuple[str, ...]) -> str:
    return _parts(text)[0]


def _places(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))
