"""Why a task was placed where it is, or why not: the sentence, and the short form of each row of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def decision(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return why a task was placed where it is, or why it could not be placed; `names` maps instance ids to names."""
    if not found:
        return ""
    chosen = next((c for c in found["candidates"] if c["instance"] == found["chosen"]), None)
    if chosen is None:
        return unplaced(found, names)
    words = {"instance": names.get(chosen["instance"], chosen["instance"][:8]), "zone": chosen["zone"]}
    match found["rule"]:
        case "spread":
            return _spread(found, chosen) % words
        case "daemon":
            return _("A DAEMON service runs one task on each instance, and %(instance)s had none.") % words
        case "start_task":
            return _("StartTask named %(instance)s; no scheduler chose.") % words
        case _:
            return _("RunTask chose %(instance)s at random among the instances with enough room.") % words


def _spread(found: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    if _is_tie(found, chosen):
        return _(
            "Spread evenly: no zone and no instance had fewer tasks of this service than %(instance)s in %(zone)s."
        )
    return _(
        "Spread evenly: zone %(zone)s had the fewest tasks of this service, and there %(instance)s had the fewest."
    )


def _is_tie(found: Mapping[str, Any], chosen: Mapping[str, Any]) -> bool:
    """Tell whether another instance was as good, so that nobody is told of a fewest that there was not."""
    rivals = [c for c in found["candidates"] if not c["excluded_by"] and c is not chosen]
    wanted = (chosen["zone_tasks"], chosen["instance_tasks"])
    return any((c["zone_tasks"], c["instance_tasks"]) == wanted for c in rivals)


def unplaced(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return what kept a task from being placed, with the amounts."""
    excluded = [c for c in found["candidates"] if c["excluded_by"]]
    if not excluded or found["reason"] == "NO_INSTANCES":
        return _("There is no container instance that takes tasks in this cluster.")
    told = [c for c in excluded if c["excluded_by"] == found["reason"]] or excluded
    closest = max(told, key=lambda c: c["available"] or 0)
    name = names.get(closest["instance"], closest["instance"][:8])
    return exclusion(closest, name)


def exclusion(candidate: Mapping[str, Any], name: str) -> str:
    """Return why one instance cannot take the task."""
    said = {
        "RESOURCE:MEMORY": _("It needs %(wanted)s MiB of memory, and %(name)s has %(available)s MiB left."),
        "RESOURCE:CPU": _("It needs %(wanted)s CPU units, and %(name)s has %(available)s left."),
        "RESOURCE:PORTS": _("It wants the host port %(detail)s, which is in use on %(name)s."),
        "AGENT": _("The agent of %(name)s is disconnected, so nothing new is placed there."),
        "ATTRIBUTE": _("It needs %(detail)s, which %(name)s does not offer."),
        "STATUS": _("%(name)s is %(detail)s and takes no new tasks."),
    }
    code = str(candidate["excluded_by"])
    return said.get(code, code) % {**candidate, "name": name}


def rule(candidate: Mapping[str, Any]) -> str:
    """Return the short form for the table: the rule that excluded the instance, or what ranked it."""
    match candidate["excluded_by"]:
        case "":
            return _("zone: %(zone)s tasks, instance: %(own)s") % {
                "zone": candidate["zone_tasks"],
                "own": candidate["instance_tasks"],
            }
        case "RESOURCE:MEMORY" | "RESOURCE:CPU":
            return _("%(rule)s: wants %(wanted)s, has %(available)s") % {**candidate, "rule": candidate["excluded_by"]}
        case _:
            return f"{candidate['excluded_by']} {candidate['detail']}".strip()
