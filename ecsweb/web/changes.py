"""Which parts of a cluster's picture changed since a page saw it: read from the log, so that it fetches those alone."""

from __future__ import annotations

from ecsweb.domain.statuses import LaunchType, TaskStatus
from ecsweb.models import Cluster, ContainerInstance, Event

# Changes of these kinds are seen on the instances that the event names, the services, the definitions and the sentence.
SMALL = frozenset(
    {
        "API Call",
        "Container Restart",
        "Decision",
        "ECS Deployment State Change",
        "ECS Service Action",
        "ECS Task State Change",
        "Engine Call",
        "Service State Change",
        "Tag Change on Resource",
        "Task Protection",
    }
)
OF_A_TASK = "ECS Task State Change"
INSTANCE = "instance-"
# With more to tell than this, the whole picture is quicker.
MOST_EVENTS = 60
MOST_INSTANCES = 5


def changed_instances(cluster: Cluster, since: int) -> frozenset[str] | None:
    """Return the ids of the instances on which something changed after the event `since`; None: look at everything.

    Everything: instances that came, went or changed; tasks that stand on none, or did until now because they waited for
    capacity; much at once; a log that is another.
    """
    newest = cluster.account.last_sequence
    if not 0 <= newest - since <= MOST_EVENTS:
        return None
    rows = Event.objects.filter(account=cluster.account, sequence__gt=since, sequence__lte=newest)
    found = list(
        rows.values_list("detail_type", "topics", "cluster", "detail__lastStatus", "detail__capacityProviderName")
    )
    changed: set[str] = set()
    for kind, topics, where, status, provider in found:
        hosts = {topic.removeprefix(INSTANCE) for topic in topics if topic.startswith(INSTANCE)}
        is_here = where == cluster.pk or f"cluster-{cluster.pk}" in topics
        # A task of a capacity provider may have stood in the queue, which is no part of an instance.
        is_homeless = not hosts or (provider and status == TaskStatus.PENDING)
        if is_here and (kind not in SMALL or (kind == OF_A_TASK and is_homeless)):
            return None
        changed |= hosts if is_here else set()
    if len(found) < newest - since or len(changed) > MOST_INSTANCES or _has_hidden(cluster, changed):
        return None
    return frozenset(changed)


def _has_hidden(cluster: Cluster, changed: set[str]) -> bool:
    """Tell whether a task changed that runs on FARGATE, on a machine that nobody sees."""
    machines = ContainerInstance.everything.filter(cluster=cluster, launch_type=LaunchType.FARGATE)
    return machines.filter(instance_id__in=changed).exists()
