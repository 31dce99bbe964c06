"""What a task or an instance uses, beside what it has reserved, in words; and why nothing is known of it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ecsweb.domain.usage import UsageGap

GAPS = {
    UsageGap.REMOTE: gettext_lazy(
        "Not measured: the Docker engine runs on another machine, whose cgroups cannot be read from here."
    ),
    UsageGap.NO_CGROUPS: gettext_lazy("Not measured: this machine has no Linux cgroups that can be read."),
    UsageGap.OTHER_HOST: gettext_lazy(
        "Not measured: Docker runs in a virtual machine or ecsweb in a container, so that the containers' cgroups "
        "cannot be seen from here."
    ),
}


def unknown_usage() -> str:
    """Return why nothing is known: the way from the agent to the page is cut."""
    return _("What it uses is not known now: Redis, which carries the figures, does not answer.")


def usage_gap(gap: str) -> str:
    """Return why the engine's containers cannot be measured; empty where they can."""
    return str(GAPS[UsageGap(gap)]) if gap in set(UsageGap) else ""


def task_cpu(*, used: str, reserved: int, limit: int | None) -> str:
    """Return what a task makes of its CPU."""
    words = {"used": used, "reserved": reserved, "limit": limit}
    if limit:
        return _("The task uses %(used)s CPU units now, has reserved %(reserved)s and can have %(limit)s.") % words
    return (
        _(
            "The task uses %(used)s CPU units now and has reserved %(reserved)s. It may use more as long as "
            "others on its instance leave some."
        )
        % words
    )


def task_memory(*, used: str, reserved: int, limit: int) -> str:
    """Return what a task makes of its memory."""
    return _(
        "The task uses %(used)s MiB now and has reserved %(reserved)s. Its limit is %(limit)s: a container above its "
        "own is killed."
    ) % {"used": used, "reserved": reserved, "limit": limit}


def task_cpu_at_end(*, used: str, reserved: int) -> str:
    """Return what a task that is over made of its CPU."""
    return _("The task used %(used)s CPU units at the end and had reserved %(reserved)s.") % {
        "used": used,
        "reserved": reserved,
    }


def task_memory_at_end(*, used: str, reserved: int, limit: int) -> str:
    """Return what a task that is over made of its memory."""
    return _("The task used %(used)s MiB at the end and had reserved %(reserved)s. Its limit was %(limit)s.") % {
        "used": used,
        "reserved": reserved,
        "limit": limit,
    }


def instance_cpu(*, used: str, reserved: int, registered: int) -> str:
    """Return what the tasks of an instance make of its CPU."""
    return _("Its tasks use %(used)s CPU units now and have reserved %(reserved)s of %(registered)s.") % {
        "used": used,
        "reserved": reserved,
        "registered": registered,
    }


def instance_memory(*, used: str, reserved: int, registered: int) -> str:
    """Return what the tasks of an instance make of its memory."""
    return _("Its tasks use %(used)s MiB now and have reserved %(reserved)s of %(registered)s.") % {
        "used": used,
        "reserved": reserved,
        "registered": registered,
    }


def placement_goes_by_reservation(*, left: int) -> str:
    """Return the lesson of the two lines: what is used does not matter to the scheduler."""
    return _(
        "Placement goes by what is reserved, not by what is used: a task that wants more than %(left)s MiB does not "
        "fit here, however little is in use."
    ) % {"left": left}


def service_steps(*, running: int, desired: int, least: int, most: int, minutes: int) -> str:
    """Return the chart of a service in a sentence."""
    told = ngettext(
        "%(running)s of %(desired)s tasks run now; in the last %(minutes)s minute between %(least)s and %(most)s ran.",
        "%(running)s of %(desired)s tasks run now; in the last %(minutes)s minutes between %(least)s and %(most)s ran.",
        minutes,
    )
    return told % {"running": running, "desired": desired, "least": least, "most": most, "minutes": minutes}
