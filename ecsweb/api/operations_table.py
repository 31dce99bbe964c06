"""What is offered of AWS's operations and what is refused and why, as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterable

from ecsweb.api import operations
from ecsweb.api.model import operation_names
from ecsweb.api.refusals import why_not
from ecsweb.api.registry import AWS_OPERATIONS, NEIGHBOURS, OUR_OPERATIONS

HEAD = """# Operations

Made by `python manage.py operations > docs/operations.md`; a test holds it to the code. Every operation of botocore's
ECS model is either offered or refused in words.
"""


def operations_page() -> str:
    """Return the page: ECS's operations with what becomes of each, those of AWS's other services, and ours."""
    operations.load()
    ecs = ((name, "offered" if name in AWS_OPERATIONS else f"refused: {why_not(name)}") for name in operation_names())
    neighbours = ((f"{service} {name}", "offered") for service, _, name in (key.partition(":") for key in NEIGHBOURS))
    ours = ((name, _first_sentence(handler.__doc__)) for name, handler in OUR_OPERATIONS.items())
    return "\n".join(
        [
            HEAD,
            "## Amazon ECS\n",
            *_table("operation", "here", ecs),
            "\n## AWS's other services\n",
            *_table("operation", "here", neighbours),
            "\n## Ours, apart from AWS's and never reached by its protocol\n",
            *_table("operation", "what it does", ours),
            "",
        ]
    )


def _table(first: str, second: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"| {first} | {second} |", "| --- | --- |", *(f"| {name} | {words} |" for name, words in sorted(rows))]


def _first_sentence(text: str | None) -> str:
    return " ".join((text or "").split()).partition(". ")[0].rstrip(".") + "."
