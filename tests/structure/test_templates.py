"""What may not stand in templates and style sheets, so that the content security policy can be strict."""

from __future__ import annotations

import re

from tests.structure.sources import STYLE_SHEETS, TEMPLATES, text_of

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab)\(")
INLINE = re.compile(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\bsrc=)[^>]*>")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
ASKS = re.compile(r"<form\b[^>]*\bmethod=.?get|\bformmethod=.?get", re.IGNORECASE)
TAG = re.compile(r"{[%#].*?[%#]}", re.DOTALL)


def test_templates_carry_no_inline_style_or_script() -> None:
    assert {str(path): INLINE.findall(text_of(path)) for path in TEMPLATES if INLINE.search(text_of(path))} == {}


def test_colours_are_defined_in_one_file() -> None:
    others = [path for path in STYLE_SHEETS if path.name != "tokens.css"]

    assert {str(path): COLOUR.findall(text_of(path)) for path in others if COLOUR.search(text_of(path))} == {}


def test_a_fragment_has_one_root_with_an_id() -> None:
    """An answer to a live request replaces the element that it stands in by its id."""
    fragments = [path for path in TEMPLATES if path.name.startswith("_") and path.parts[1] != "shared"]
    first = {path: re.search(r"<[a-zA-Z][^>]*>", TAG.sub("", text_of(path)), re.DOTALL) for path in fragments}

    assert [str(path) for path, tag in first.items() if tag is None or " id=" not in re.sub(r"\s", " ", tag[0])] == []


def test_what_is_only_asked_for_carries_no_token_into_the_address() -> None:
    """A form that is sent by GET writes its fields into the address, into histories and into logs."""
    forms = [(path, form) for path in TEMPLATES for form in FORM.findall(text_of(path))]

    assert forms
    assert [str(path) for path, form in forms if ASKS.search(form) and "csrf_token" in form] == []
