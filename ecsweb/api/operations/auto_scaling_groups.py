"""Auto Scaling groups: operations of ours after those of EC2 Auto Scaling, whose protocol is not spoken here."""

from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane.auto_scaling_groups import (
    Sizes,
    create_group,
    delete_group,
    describe_group,
    get_group,
    update_group,
)
from ecsweb.controlplane.references import get_cluster
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.models import AutoScalingGroup

NAME = "AutoScalingGroupName"
ZONES = "AvailabilityZones"


def _text(request: Request, name: str) -> str:
    value = request.params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidParameterException(f"{name} should not be null or empty.", field=name)
    return value


def _number(request: Request, name: str, default: int | None = None) -> int:
    value = request.params.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidParameterException(f"{name} must be a whole number.", field=name)
    return value


def _zones(request: Request) -> list[str]:
    """Return the zones of the call, the first of the region where it names none."""
    zones = request.params.get(ZONES) or [f"{request.region}a"]
    known = {f"{request.region}{letter}" for letter in "abc"}
    if not isinstance(zones, list) or not all(isinstance(zone, str) and zone in known for zone in zones):
        raise InvalidParameterException(f"{ZONES} are some of: {', '.join(sorted(known))}.", field=ZONES)
    return zones


@our_operation("CreateAutoScalingGroup")
def create(request: Request) -> dict[str, Any]:
    """Create a group of like virtual machines that join a cluster and are kept at a size."""
    cluster = get_cluster(request.account, request.region, _text(request, "cluster"))
    minimum = _number(request, "MinSize")
    group = create_group(
        cluster,
        _text(request, NAME),
        instance_type=_text(request, "InstanceType"),
        zones=_zones(request),
        sizes=Sizes(minimum, _number(request, "DesiredCapacity", minimum), _number(request, "MaxSize")),
        now=request.now,
    )
    return {"AutoScalingGroup": describe_group(group)}


@our_operation("UpdateAutoScalingGroup")
def update(request: Request) -> dict[str, Any]:
    """Change how many machines a group has at least, at most, and now."""
    group = get_group(request.account, request.region, _text(request, NAME))
    sizes = Sizes(
        _number(request, "MinSize", group.min_size),
        _number(request, "DesiredCapacity", group.desired_capacity),
        _number(request, "MaxSize", group.max_size),
    )
    return {"AutoScalingGroup": describe_group(update_group(group, sizes, now=request.now))}


@our_operation("DeleteAutoScalingGroup")
def delete(request: Request) -> dict[str, Any]:
    """Delete a group that has no machines and no capacity provider."""
    delete_group(get_group(request.account, request.region, _text(request, NAME)), now=request.now)
    return {}


@our_operation("DescribeAutoScalingGroups")
def describe(request: Request) -> dict[str, Any]:
    """Return the groups of the account in the region, with their machines."""
    rows = AutoScalingGroup.objects.select_related("account", "cluster__account")
    found = rows.filter(account=request.account, region=request.region)
    return {"AutoScalingGroups": [describe_group(group) for group in found]}
