"""Why a task was placed where it is, or why not: the sentence, and the short form of each row of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ecsweb.domain.capacity.waiting import EMPTY_PROVIDER, WAITING_LIMIT
from ecsweb.domain.placement.filters import DISTINCT_INSTANCE, MEMBER_OF
from ecsweb.domain.placement.scheduler import ACCOUNT_LIMIT
from ecsweb.web.sentences.quotas import quota_full


def decision(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return why a task was placed where it is, or why it could not be placed; `names` maps instance ids to names."""
    if not found:
        return ""
    if found["rule"] == "fargate" and found["chosen"]:
        return _(
            "FARGATE: no container instance, so there was nothing to choose but a zone, the one with the fewest tasks "
            "of its group. CPU and memory are the task's own, and nobody shares them."
        )
    chosen = next((c for c in found["candidates"] if c["instance"] == found["chosen"]), None)
    if chosen is None:
        return unplaced(found, names)
    words = {"instance": names.get(chosen["instance"], chosen["instance"][:8]), "zone": chosen["zone"]}
    said = {
        "spread": _spread(found, chosen),
        "strategy": _strategy(found),
        "daemon": _("A DAEMON service runs one task on each instance, and %(instance)s had none."),
        "start_task": _("StartTask named %(instance)s; no scheduler chose."),
    }
    by_chance = _("RunTask chose %(instance)s at random among the instances with enough room.")
    return said.get(found["rule"], by_chance) % words


def _spread(found: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    if _is_tie(found, chosen):
        return _(
            "Spread evenly: no zone and no instance had fewer tasks of this service than %(instance)s in %(zone)s."
        )
    return _(
        "Spread evenly: zone %(zone)s had the fewest tasks of this service, and there %(instance)s had the fewest."
    )


def _strategy(found: Mapping[str, Any]) -> str:
    """Return what the service's or the call's own chain of strategies did."""
    chain = ", ".join(found.get("strategies", []))
    return _("By the strategy %(chain)s, no instance was better than %(name)s.") % {
        "chain": chain.replace("%", "%%"),
        "name": "%(instance)s",
    }


def _is_tie(found: Mapping[str, Any], chosen: Mapping[str, Any]) -> bool:
    """Tell whether another instance was as good, so that nobody is told of a fewest that there was not."""
    rivals = [c for c in found["candidates"] if not c["excluded_by"] and c is not chosen]
    wanted = (chosen["zone_tasks"], chosen["instance_tasks"])
    return any((c["zone_tasks"], c["instance_tasks"]) == wanted for c in rivals)


def unplaced(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return what kept a task from being placed, with the amounts."""
    if found["reason"] == ACCOUNT_LIMIT:
        return quota_full()
    if found["rule"] == "fargate":
        return _("The cluster runs as many FARGATE tasks as it may; the next starts when one of them has stopped.")
    if found["reason"] == EMPTY_PROVIDER:
        return _("The capacity provider has no container instance that takes tasks.")
    if found["reason"] == WAITING_LIMIT:
        return _("As many tasks of the cluster wait for capacity as may; the next comes when one of them has a place.")
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
        "RESOURCE:ENI": _(
            "A task of the mode awsvpc needs a network interface (ENI) of its own, and %(name)s has %(available)s left."
        ),
        "RESOURCE:MEMORY": _("It needs %(wanted)s MiB of memory, and %(name)s has %(available)s MiB left."),
        "RESOURCE:CPU": _("It needs %(wanted)s CPU units, and %(name)s has %(available)s left."),
        "RESOURCE:PORTS": _("It wants the host port %(detail)s, which is in use on %(name)s."),
        "AGENT": _("The agent of %(name)s is disconnected, so nothing new is placed there."),
        "ATTRIBUTE": _("It needs %(detail)s, which %(name)s does not offer."),
        "STATUS": _("%(name)s is %(detail)s and takes no new tasks."),
        MEMBER_OF: _("The constraint “%(detail)s” does not hold for %(name)s."),
        DISTINCT_INSTANCE: _("Each task of its group must stand on another instance, and %(name)s has one already."),
    }
    code = str(candidate["excluded_by"])
    return said.get(code, code) % {**candidate, "name": name}


def nearest(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return the nearest change that would have let the task run; empty where it runs or nothing is near."""
    change = found.get("nearest_change")
    if not change:
        return ""
    name = names.get(change["instance"], change["instance"][:8])
    wishes = [_wish(one, name) for one in change["rules"]]
    return _("It would fit with this: %(wishes)s") % {"wishes": "; ".join(wishes)}


def _wish(one: Mapping[str, Any], name: str) -> str:
    missing = (one["wanted"] or 0) - (one["available"] or 0)
    words = {"name": name, "missing": missing, "detail": one["detail"]}
    said = {
        "RESOURCE:ENI": _("a free network interface (ENI) on %(name)s"),
        "RESOURCE:MEMORY": _("%(missing)s MiB more memory free on %(name)s"),
        "RESOURCE:CPU": _("%(missing)s more CPU units free on %(name)s"),
        "RESOURCE:PORTS": _("port %(detail)s free on %(name)s"),
        "AGENT": _("the agent of %(name)s connected"),
        "ATTRIBUTE": _("the attribute %(detail)s on %(name)s"),
        "STATUS": _("%(name)s ACTIVE"),
        MEMBER_OF: _("%(name)s as the constraint “%(detail)s” wants it"),
        DISTINCT_INSTANCE: _("another instance like %(name)s"),
    }
    return str(said.get(one["rule"], "%(name)s")) % words


def rule(candidate: Mapping[str, Any], strategies: Sequence[str] = ()) -> str:
    """Return the short form for the table: the rule that excluded the instance, or what ranked it."""
    if not candidate["excluded_by"] and candidate.get("scores") and len(strategies) == len(candidate["scores"]):
        scores = zip(strategies, candidate["scores"], strict=True)
        return ", ".join(f"{strategy}: {score:g}" for strategy, score in scores if strategy != "random")
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


def candidates(found: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str, bool, Mapping[str, Any]]]:
    """Return the rows of the table behind the sentence: name, rule or scores, whether chosen, and the rest."""
    return [
        (
            names.get(one["instance"], one["instance"][:8]),
            rule(one, found.get("strategies", ()) if found.get("rule") == "strategy" else ()),
            one["instance"] == found.get("chosen"),
            one,
        )
        for one in found.get("candidates", [])
    ]
