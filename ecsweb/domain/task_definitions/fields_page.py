"""The table of fields as a page of the documentation."""

from __future__ import annotations

from ecsweb.domain.task_definitions.field_fates import FATES, Fate

HEAD = """# Fields of a task definition

Made by `python manage.py fields > docs/fields.md`; a test holds it to the code. Every member of RegisterTaskDefinition
of botocore's ECS model is *run*, *clamped* (cut to what is allowed), *not offered* (no instance has the attribute that
it needs, so placement says `ATTRIBUTE`), *refused* at registration, or *stored* and not simulated.
"""


def fields_page() -> str:
    """Return the page: each field with its fate and why, and how many have which."""
    counts = [f"{sum(one.fate is fate for one in FATES.values())} {fate}" for fate in Fate]
    rows = [f"| `{one.path}` | {one.fate} | {one.why} |" for _, one in sorted(FATES.items())]
    return "\n".join(
        [
            HEAD,
            f"{len(FATES)} fields: {', '.join(counts)}.\n",
            "| field | here | why |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )
