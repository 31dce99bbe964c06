"""Two sides in words: what they are compared by, how each is, and what can be done to both."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecsweb.domain.twins import Aspect, Counts, Fate, SharedAction

ASPECTS = {
    Aspect.STRATEGY: gettext_lazy("Services"),
    Aspect.PLACEMENT: gettext_lazy("Placement strategy"),
    Aspect.DESIRED: gettext_lazy("Tasks wanted (desired)"),
    Aspect.RUNNING: gettext_lazy("Tasks running"),
    Aspect.PENDING: gettext_lazy("Tasks on their way (pending)"),
    Aspect.REVISIONS: gettext_lazy("Revisions of the tasks"),
    Aspect.PER_INSTANCE: gettext_lazy("Tasks on each instance"),
    Aspect.INSTANCES: gettext_lazy("Container instances"),
    Aspect.CONTAINERS: gettext_lazy("Containers in the tasks"),
    Aspect.CALLS: gettext_lazy("Called and answered"),
    Aspect.ENDED: gettext_lazy("Ended since the action"),
    Aspect.FATES: gettext_lazy("What became of their places"),
}
FATES = {
    Fate.REPLACED: gettext_lazy("replaced by the service"),
    Fate.MISSING: gettext_lazy("not replaced yet"),
    Fate.RELEASED: gettext_lazy("no longer wanted"),
    Fate.ALONE: gettext_lazy("nobody replaces it"),
}
CONTAINERS = {"running": gettext_lazy("running"), "ended": gettext_lazy("ended")}
NONE = {
    Aspect.STRATEGY: gettext_lazy("no service"),
    Aspect.DESIRED: gettext_lazy("nobody wants any"),
    Aspect.CALLS: gettext_lazy("nothing to call it on"),
}
ACTIONS = {
    SharedAction.KILL: gettext_lazy("Kill a container"),
    SharedAction.FILL_MEMORY: gettext_lazy("Fill the memory of a container"),
    SharedAction.STOP_TASK: gettext_lazy("Stop the oldest task"),
    SharedAction.LOSE_INSTANCE: gettext_lazy("Lose the fullest instance"),
    SharedAction.STOP_INSTANCE: gettext_lazy("Stop the machine of the fullest instance"),
    SharedAction.DISCONNECT_AGENT: gettext_lazy("Disconnect the agent of the fullest instance"),
    SharedAction.MEND: gettext_lazy("Mend agents and machines"),
    SharedAction.DRAIN: gettext_lazy("Drain the fullest instance"),
    SharedAction.ACTIVATE: gettext_lazy("Make an instance ACTIVE again"),
    SharedAction.LAUNCH: gettext_lazy("Launch an instance"),
    SharedAction.SCALE: gettext_lazy("Scale to"),
    SharedAction.REDEPLOY: gettext_lazy("Force a new deployment"),
    SharedAction.DEPLOY: gettext_lazy("Deploy"),
    SharedAction.BREAK_IMAGE: gettext_lazy("Deploy a broken image"),
}


def aspect_words(aspect: Aspect) -> str:
    """Return what the line of the table is about."""
    return str(ASPECTS[aspect])


def action_words(action: SharedAction, choice: str) -> str:
    """Return what is done to both, with what was chosen for it."""
    if action is SharedAction.KILL:
        return kill_words(choice)
    return f"{ACTIONS[action]} {choice}".strip()


def kill_words(choice: str) -> str:
    """Return which container is killed."""
    match choice.partition(":"):
        case ("side-car", _colon, _name):
            return _("Kill a side-car")
        case ("name", _colon, name):
            return _("Kill the container %(name)s") % {"name": name}
        case _other:
            return _("Kill an essential container")


def _counted(words: Mapping[str, object]) -> Callable[[str], str]:
    return lambda name: str(words.get(name, name))


NAMES: Mapping[Aspect, Callable[[str], str]] = {
    Aspect.FATES: _counted({str(fate): words for fate, words in FATES.items()}),
    Aspect.CONTAINERS: _counted(CONTAINERS),
    Aspect.ENDED: lambda code: code or "STOPPED",
    Aspect.CALLS: lambda told: told.replace(" ", " → ", 1),
}


def value_words(aspect: Aspect, value: int | Counts | None) -> list[str]:
    """Return how a side is in one aspect, piece by piece."""
    if isinstance(value, int):
        return [str(value)]
    if not value:
        return [str(NONE.get(aspect, "–"))]
    name_of = NAMES.get(aspect, str)
    if aspect is Aspect.PER_INSTANCE:
        return [f"{name}: {count}" for name, count in value]
    return [f"{count} × {name_of(name)}" for name, count in value]
