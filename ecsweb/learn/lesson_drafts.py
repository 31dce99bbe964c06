"""A scene as the draft of a lab, an incident or a question: a file that fits its schema, its gaps marked with ✎."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import yaml

from ecsweb.learn.scenes import Scene

KINDS = ("lab", "incident", "question")
GAP = {"en": "✎ to be written", "ko": "✎ 채워 넣으세요"}
LEFT_OUT = "# ✎ left out of the scene, to be written / 장면에서 빠진 호출이에요. 채워 넣으세요:\n"
RUNGS = ("nudge", "pointer", "show")


class _Whole(yaml.SafeDumper):
    """Writes everything out: a gap that is filled in one place must not be filled in all."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def draft_of(scene: Scene, kind: str, left_out: Iterable[tuple[str, str]] = ()) -> str:
    """Return the draft as YAML, headed by the calls that are missing from it. Raises LookupError for another kind."""
    if kind not in KINDS:
        raise LookupError(kind)
    made = [_question(scene)] if kind == "question" else _lesson(scene, kind)
    missing = [f"# - {_line(operation)}: {_line(why)}\n" for operation, why in left_out]
    head = "".join([LEFT_OUT, *missing]) if missing else ""
    return head + yaml.dump(made, Dumper=_Whole, allow_unicode=True, sort_keys=False, width=120)


def _line(text: str) -> str:
    """Return a text as it fits into one line of a comment."""
    return " ".join(text.split())


def _lesson(scene: Scene, kind: str) -> dict[str, Any]:
    """What was there before the last call is the start state of a lab; an incident starts with all that happened."""
    actions = [_silent(action) for action in msgspec.to_builtins(scene.actions)]
    calls = [index for index, action in enumerate(actions) if action.get("call")]
    last = calls[-1] if calls else 0
    is_lab = kind == "lab"
    hints: list[dict[str, Any]] = [{"id": rung, "rung": rung, "text": GAP} for rung in RUNGS]
    step: dict[str, Any] = {
        "id": "one",
        "title": GAP,
        "text": GAP,
        "level": "changing",
        "subgoal": "keep",
        "checks": [{"id": "done", "text": GAP, "want": _done(actions[last] if is_lab else {})}],
        "hints": hints,
        "solution": actions[last:] if is_lab else [{"say": GAP}],
        "explain": GAP,
    }
    if is_lab:
        choices = [{"id": name, "text": GAP} for name in ("right", "wrong")]
        step["predict"] = {"question": GAP, "choices": choices, "right": "right", "because": GAP}
    else:
        paths = ("first", "second")
        step["wrong_paths"] = [{"id": one, "name": GAP, "actions": [{"say": GAP}], "hint": "nudge"} for one in paths]
    return {
        "id": f"{kind}-{scene.id}",
        "kind": kind,
        "number": 99,
        "unit": "replica" if is_lab else "failure",
        "minutes": 10,
        "title": {"en": scene.title.en, "ko": scene.title.ko},
        "intro": GAP,
        "ends_belief": GAP,
        "values": {},
        "clusters": scene.clusters,
        "families": scene.families,
        "start": actions[:last] if is_lab else actions,
        "steps": [step],
        "par": 1,
    }


def _silent(action: dict[str, Any]) -> dict[str, Any]:
    """Without captions, and without what is as usual anyway."""
    kept = {name: action[name] for name in ("call", "params", "until", "pause", "refusal") if action.get(name)}
    return kept or {"say": action["say"]}


def _done(action: dict[str, Any]) -> dict[str, Any]:
    """What the log tells when the call was made; for an incident, what the writer puts there."""
    call = action.get("call", "✎")
    query = f"length(events[?type=='API Call' && detail.operation=='{call}' && detail.result=='Success'])"
    return {"ask": {"of": "Log", "query": query}, "at_least": 1}


def _question(scene: Scene) -> dict[str, Any]:
    said = next((action.say for action in reversed(scene.actions) if action.say), scene.intro)
    return {
        "key": f"about-{scene.id}",
        "chapter": "service",
        "kind": "one",
        "term": "service",
        "ask": GAP,
        "choices": [{"key": "a", **GAP}, {"key": "b", "m": "M22", **GAP}],
        "answer": "a",
        "because": {"en": said.en, "ko": said.ko},
    }
