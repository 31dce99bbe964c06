"""The keys that do something, for the sheet that lists them; what a key does is marked on the page with `data-key`."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Keys and what they do. `is_single`: a character key alone, which can be turned off (WCAG 2.1.4)."""

    keys: tuple[str, ...]
    does: str
    is_single: bool = False


def shortcuts() -> list[tuple[str, list[Shortcut]]]:
    """Return the groups of the sheet, in the reader's language."""
    return [
        (
            _("Everywhere"),
            [
                Shortcut(("?",), _("show this sheet"), is_single=True),
                Shortcut(("p",), _("projector: big type, only what matters; once more to leave it"), is_single=True),
                Shortcut(("Ctrl+`",), _("open and close the command line")),
                Shortcut(("Esc",), _("close what is open: panel, past, projector")),
            ],
        ),
        (
            _("A cluster"),
            [
                Shortcut(("/",), _("find tasks"), is_single=True),
                Shortcut(("1", "2", "3"), _("the three stages of the picture"), is_single=True),
                Shortcut(("s",), _("slow motion: the newest changes again, one at a time"), is_single=True),
                Shortcut((",",), _("pause"), is_single=True),
                Shortcut(("t",), _("the picture as text"), is_single=True),
            ],
        ),
        (
            _("In the picture and in its text"),
            [
                Shortcut(("↑", "↓"), _("the one before, the next: task, instance, service")),
                Shortcut(("→", "←"), _("into it, out of it: cluster, instance, task, container")),
                Shortcut(("Home", "End"), _("the first, the last")),
                Shortcut(("Enter",), _("open its panel")),
            ],
        ),
        (
            _("On the page of a scene"),
            [
                Shortcut((_("Space"),), _("play, pause"), is_single=True),
                Shortcut(("→",), _("one step, and then hold"), is_single=True),
                Shortcut(("Home",), _("back to the start"), is_single=True),
            ],
        ),
        (
            _("Be the scheduler"),
            [Shortcut(("1", "2", "3"), _("start a task on that machine"), is_single=True)],
        ),
        (
            _("On the timeline"),
            [
                Shortcut(("←", "→"), _("the event before, the next event")),
                Shortcut(("Home", "End"), _("the first, the last")),
            ],
        ),
    ]
