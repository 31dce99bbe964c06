"""Where an example of the reader's own leads: pages of a cluster need one, and without one the home page makes it."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import NoReverseMatch, reverse

from ecsweb.domain.errors import EcsError
from ecsweb.learn.examples import Example, example_of, kinds
from ecsweb.learn.glossary import Term
from ecsweb.learn.live import Live


def address_of(page: str, args: Sequence[str], live: Live) -> str:
    """Return the address of a page; one of a cluster that nobody named is that of the first, else the home page."""
    try:
        return reverse(page, args=args)
    except NoReverseMatch:
        cluster = live.first_cluster()
        return reverse(page, args=[cluster]) if cluster else reverse("home")


def example_for(term: Term, live: Live) -> tuple[Example, str] | None:
    """Return the example for a word and its address; None where the account may not be asked just now."""
    try:
        example = example_of(kinds()[term.example], live)
        return example, address_of(example.page, example.args, live)
    except EcsError:
        # Too many calls at once, or something was deleted while we looked: the meaning stands without an example.
        return None
