"""Drafts from scenes fit the schema of what they are to become."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.test import Client

from ecsweb.learn.glossary import CHAPTERS, terms_by_key
from ecsweb.learn.lessons.loading import read_lesson
from ecsweb.learn.misconceptions import misconceptions
from ecsweb.learn.quiz import KNOWN


def draft(client: Client, kind: str) -> str:
    answer = client.get(f"/learn/scenes/failures/draft/{kind}/")
    assert answer["Content-Disposition"] == f'attachment; filename="{kind}-failures.yaml"'
    return answer.content.decode()


@pytest.mark.parametrize("kind", ["lab", "incident"])
def test_a_lesson_drafted_from_a_scene_can_be_read(client: Client, db: None, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(draft(client, kind), encoding="utf-8")

    lesson = read_lesson(path)

    assert (lesson.kind, lesson.clusters) == (kind, ["scene-storm"])
    calls = [action.call for action in lesson.start if action.call]
    assert calls[-1] == {"lab": "ReconnectAgent", "incident": "LoseInstance"}[kind]
    assert "✎" in lesson.steps[0].text.en


@pytest.mark.parametrize("kind", ["lab", "incident", "question"])
def test_each_gap_of_a_draft_is_written_out(client: Client, db: None, kind: str) -> None:
    written = draft(client, kind)

    assert "✎" in written
    assert not re.search(r"[&*]id\d", written)


def test_a_question_drafted_from_a_scene_has_what_questions_have(client: Client, db: None) -> None:
    [question] = yaml.safe_load(draft(client, "question"))

    assert set(question) <= KNOWN
    assert question["chapter"] in CHAPTERS
    assert question["term"] in terms_by_key()
    assert {choice.get("m", "M22") for choice in question["choices"]} <= set(misconceptions())
    assert client.get("/learn/scenes/failures/draft/song/").status_code == 404
