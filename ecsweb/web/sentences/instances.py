"""How it is with a container instance, and what breaking it would do."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ecsweb.domain.agents import AgentCondition, host_gone
from ecsweb.domain.container_instances import FORCED
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, ContainerInstanceStatus, SchedulingStrategy
from ecsweb.models import ContainerInstance, Task

# Operation → (what the button says, what will happen).
CHAOS = {
    "DisconnectAgent": (
        gettext_lazy("Disconnect the agent"),
        gettext_lazy("Its containers run on, but ECS no longer hears from it and places nothing new here."),
    ),
    "ReconnectAgent": (
        gettext_lazy("Reconnect the agent"),
        gettext_lazy("It tells ECS what became of its tasks, and takes tasks again."),
    ),
    "KillAgent": (
        gettext_lazy("Kill the agent"),
        gettext_lazy("Its process dies, the containers run on. After a while the machine starts it again by itself."),
    ),
    "RestartAgent": (
        gettext_lazy("Start the agent again"),
        gettext_lazy("It finds its containers again by their labels and goes on where it was."),
    ),
    "StopInstance": (
        gettext_lazy("Stop the machine"),
        gettext_lazy("Its containers end, and ECS records their tasks as STOPPED. The instance stays registered."),
    ),
    "StartInstance": (
        gettext_lazy("Start the machine"),
        gettext_lazy("The agent connects again with the same ARN; the instance is empty and takes tasks."),
    ),
    "LoseInstance": (
        gettext_lazy("Terminate the machine"),
        gettext_lazy(
            "Its containers die and it leaves the cluster for good. REPLICA services replace their tasks elsewhere; a "
            "DAEMON's task is started nowhere else."
        ),
    ),
}


def instance_now(instance: ContainerInstance) -> str:
    """Return one sentence about the instance: whether it takes tasks, and what it waits for."""
    if instance.status == ContainerInstanceStatus.INACTIVE:
        return _("It was deregistered: ECS remembers it for a while and knows nothing of its machine any more.")
    if not instance.agent_connected:
        return _silent(instance)
    if instance.status == ContainerInstanceStatus.DRAINING:
        return _draining(instance)
    return _("Its agent is connected: it can take new tasks as far as CPU, memory and ports allow.")


def _silent(instance: ContainerInstance) -> str:
    words = {"time": date_format(localtime(instance.agent_connection_changed_at), "H:i:s")}
    match instance.agent_condition:
        case AgentCondition.HOST_STOPPED:
            return (
                _("The machine has been stopped since %(time)s. It stays registered, empty and out of reach.") % words
            )
        case AgentCondition.DEAD:
            return (
                _(
                    "The agent has been dead since %(time)s. Its containers run on, their state is unknown since then, "
                    "and nothing new is placed here (AGENT). It is started again by itself in a while."
                )
                % words
            )
        case _:
            return (
                _(
                    "Nothing has been heard from its agent since %(time)s. Its containers run on, their state is "
                    "unknown since then, and nothing new is placed here (AGENT)."
                )
                % words
            )


def _draining(instance: ContainerInstance) -> str:
    tasks = instance.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED)
    of_services, staying = tasks.exclude(service=None), tasks.filter(service=None).count()
    daemons = of_services.filter(service__scheduling_strategy=SchedulingStrategy.DAEMON).count()
    moving = of_services.count() - daemons
    if not moving and not staying and not daemons:
        return _("It is drained: nothing runs here any more. It stays DRAINING until you deregister or activate it.")
    services = ngettext("%(count)s task of a service", "%(count)s tasks of services", moving) % {"count": moving}
    direct = ngettext("%(count)s task that was run directly", "%(count)s tasks that were run directly", staying) % {
        "count": staying
    }
    stopping = ngettext(
        "%(count)s task of a DAEMON service stops last and is started nowhere else.",
        "%(count)s tasks of DAEMON services stop last and are started nowhere else.",
        daemons,
    ) % {"count": daemons}
    said = _(
        "It takes nothing new. Still to move elsewhere, as minimum and maximum percent allow: %(services)s. "
        "Staying until they end by themselves: %(direct)s."
    ) % {"services": services, "direct": direct}
    return f"{said} {stopping}" if daemons else said


def host_end(task: Task) -> str:
    """Return why a task ended with its machine: it was terminated or stopped, or ECS was told to forget it."""
    if task.container_instance is None:
        return task.stopped_reason
    machine = task.container_instance.ec2_instance_id
    if task.stopped_reason == host_gone(machine, is_terminated=True):
        return _("Its machine %(machine)s was terminated, and its containers died with it.") % {"machine": machine}
    if task.stopped_reason == host_gone(machine, is_terminated=False):
        return _("Its machine %(machine)s was stopped, and its containers ended with it.") % {"machine": machine}
    if task.stopped_reason == FORCED:
        return _("Its container instance was deregistered by force, so ECS no longer follows the task.")
    return task.stopped_reason


def chaos_choices(operations: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return (operation, what its button says, what will happen) for each operation."""
    return [(operation, str(CHAOS[operation][0]), str(CHAOS[operation][1])) for operation in operations]
