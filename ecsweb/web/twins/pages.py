"""What the page of two sides shows: both pictures, what differs, what can be done to both, and what followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecsweb.domain.twins import Aspect, Difference, SharedAction, Side, differences, differing_instances
from ecsweb.learn.contrasts import Contrast, contrasts, standing
from ecsweb.web.diagrams.cluster_picture import ClusterPicture
from ecsweb.web.pictures import cluster_picture, service_picture
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import active_revisions
from ecsweb.web.sentences.twins import action_words, aspect_words, kill_words, value_words
from ecsweb.web.twins.actions import container_names
from ecsweb.web.twins.address import Address, Press
from ecsweb.web.twins.answers import Answer, LastAction, happenings, last_action
from ecsweb.web.twins.sides import LEFT, RIGHT, Chosen, choices, chosen, side_of

Pair = tuple[Chosen, Chosen]
# What the scheduler can be asked about first, beside the killing of containers.
FORECASTS = (
    SharedAction.FILL_MEMORY,
    SharedAction.STOP_TASK,
    SharedAction.LOSE_INSTANCE,
    SharedAction.STOP_INSTANCE,
    SharedAction.DISCONNECT_AGENT,
    SharedAction.DRAIN,
)
FIGURES = (Aspect.DESIRED, Aspect.RUNNING, Aspect.PENDING)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what differs, in words."""

    aspect: Aspect
    name: str
    left: list[str]
    right: list[str]
    is_different: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One side as it is drawn; `outlined` are the instances that hold another number of tasks than the other side's."""

    chosen: Chosen
    picture: ClusterPicture
    figures: Sequence[tuple[str, str, bool]]
    outlined: frozenset[str]
    answers: Sequence[Answer]


def pair_of(request: PageRequest, address: Address) -> Pair | None:
    """Return the two that the address names; None where it names less than two different ones. Raises Vanished."""
    given = {LEFT: address.left, RIGHT: address.right}
    left, right = (chosen(request, place, given) for place in (LEFT, RIGHT))
    return (left, right) if left and right and left.ref != right.ref else None


def page_context(request: PageRequest, address: Address) -> dict[str, object]:
    """Return all that the page shows."""
    pair = pair_of(request, address)
    is_twice = bool(address.left) and address.left == address.right
    context = {"address": address, "choices": choices(request), "contrasts": contrasts(), "is_twice": is_twice}
    if pair is None:
        return context
    return {**context, **live_context(request, address, pair), **_actions(request, address, pair)}


def live_context(request: PageRequest, address: Address, pair: Pair) -> dict[str, object]:
    """Return what changes while one looks."""
    action = last_action(request, address.since, address.until) if address.did else None
    left, right = (_side(one, action) for one in pair)
    found = differences(left, right, is_after_action=action is not None)
    # What neither side has is no line worth reading.
    lines = [_line(one) for one in found if one.left != () or one.right != ()]
    outlined = differing_instances(left, right)
    return {
        "address": address,
        "columns": [_column(one, lines, outlined, action) for one in pair],
        "lines": lines,
        "differing": sum(line.is_different for line in lines),
        "action": action,
        "action_words": action_words(address.did.action, address.did.choice) if address.did else "",
        "happenings": happenings(request, action, pair) if action else (),
        "topics": sorted({f"cluster-{one.cluster.pk}" for one in pair}),
    }


def _side(one: Chosen, action: LastAction | None) -> Side:
    if action is None:
        return side_of(one, since=None, told=())
    return side_of(one, since=action.at, told=[answer.told for answer in action.answers[one.place]])


def _line(found: Difference) -> Line:
    left, right = (value_words(found.aspect, value) for value in (found.left, found.right))
    return Line(found.aspect, aspect_words(found.aspect), left, right, found.is_different)


def _column(one: Chosen, lines: Sequence[Line], outlined: frozenset[str], action: LastAction | None) -> Column:
    mine = {line.aspect: line.left if one.place == LEFT else line.right for line in lines}
    figures = [(line.name, mine[line.aspect][0], line.is_different) for line in lines if line.aspect in FIGURES]
    picture = service_picture(one.cluster, one.service) if one.service else cluster_picture(one.cluster)
    return Column(one, picture, figures, outlined, action.answers[one.place] if action else ())


def _actions(request: PageRequest, address: Address, pair: Pair) -> dict[str, object]:
    left, right = pair
    contrast = standing(address.contrast, left.cluster.name, right.cluster.name)
    names = dict.fromkeys([*container_names(left), *container_names(right)])
    kills = ["essential", "side-car", *(f"name:{name}" for name in names)]
    return {
        "kills": [(f"kill:{choice}", kill_words(choice)) for choice in kills],
        "forecasts": [(str(action), action_words(action, "")) for action in FORECASTS],
        "revisions": active_revisions(request)[:100],
        "contrast": contrast,
        "disaster": _disaster(contrast) if contrast else None,
    }


def _disaster(contrast: Contrast) -> tuple[Press, str]:
    return Press(contrast.action, contrast.choice), action_words(contrast.action, contrast.choice)
