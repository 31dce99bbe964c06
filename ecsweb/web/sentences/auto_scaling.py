"""What a capacity provider measures, what its group does about it, and what is to come."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecsweb.domain.capacity.groups import IN_AFTER
from ecsweb.models import AutoScalingGroup, CapacityProvider


def group_now(group: AutoScalingGroup, *, present: int, ending: int) -> str:
    """Return how many machines the group has and what it is doing about the rest; `present` counts no ending one."""
    said = [
        ngettext(
            "%(present)s of %(desired)s machine is there.",
            "%(present)s of %(desired)s machines are there.",
            group.desired_capacity,
        )
        % {"present": present, "desired": group.desired_capacity}
    ]
    if group.booting:
        said.append(
            ngettext("%(count)s starts up.", "%(count)s start up.", len(group.booting)) % {"count": len(group.booting)}
        )
    if ending:
        said.append(
            ngettext("%(count)s is emptied and then ends.", "%(count)s are emptied and then end.", ending)
            % {"count": ending}
        )
    if group.desired_capacity == group.max_size:
        said.append(_("That is its maximum."))
    return " ".join(said)


def reservation_now(provider: CapacityProvider, *, speed: float) -> str:
    """Return what managed scaling measured last and what follows from it; empty where it is off."""
    scaling = provider.managed_scaling
    if scaling["status"] != "ENABLED":
        return _("Managed scaling is off: the group keeps the size that you give it, and no task waits for it.")
    if provider.measured_at is None:
        return _("Nothing has been measured yet: it begins when a cluster uses the capacity provider.")
    words = {
        "needed": provider.instances_needed,
        "present": provider.instances_present,
        "target": scaling["targetCapacity"],
        "time": _clock(provider.measured_at),
    }
    said = (
        _(
            "The tasks need %(needed)s instances, the group has %(present)s; the target is %(target)s percent. "
            "Measured at %(time)s."
        )
        % words
    )
    if provider.below_target_since is not None:
        ends = provider.below_target_since + timedelta(seconds=IN_AFTER.total_seconds() / speed)
        below = _("Below the target: if that lasts until %(time)s, instances end.") % {"time": _clock(ends)}
        return f"{said} {below}"
    return said


def _clock(moment: datetime) -> str:
    return date_format(localtime(moment), "H:i:s")
