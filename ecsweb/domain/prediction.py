"""What will happen if something breaks or is taken away: the scheduler itself, run on the picture with that change.

The same planner that decides in earnest is run until it has nothing more to do; what it started is the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ecsweb.domain.service_scheduler.plan import ClusterPlan, Pace, ServicePlan
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ClusterSnapshot, ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus, DesiredStatus, SchedulingStrategy, TaskStatus

# More rounds than any roll-out of a cluster of this size takes.
MOST_ROUNDS = 60
# Long enough for what starts to count as healthy, and past every wait between two starts.
ROUND = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a service starts: how many tasks, by the key of the instance (None: they wait for capacity)."""

    service: str
    places: tuple[tuple[int | None, int], ...]


@dataclass(frozen=True, slots=True)
class Lessened:
    """A DAEMON service that has an instance less to be on: these tasks end, and are started nowhere else."""

    service: str
    tasks: tuple[TaskSnapshot, ...]
    # How many tasks it wants then.
    desired: int


@dataclass(frozen=True, slots=True)
class Prediction:
    """The tasks that end at once, those that services move later, what is started, and what finds no place.

    `alone` are those of the ending that nobody replaces; `unheard` those of which nothing will be known.
    """

    ending: tuple[TaskSnapshot, ...] = ()
    alone: tuple[TaskSnapshot, ...] = ()
    moved: tuple[TaskSnapshot, ...] = ()
    staying: tuple[TaskSnapshot, ...] = ()
    unheard: tuple[TaskSnapshot, ...] = ()
    lessened: tuple[Lessened, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    # Service, and ECS's code of what keeps a task from being placed.
    unplaced: tuple[tuple[str, str], ...] = ()


def if_tasks_end(cluster: ClusterSnapshot, task_pks: Collection[int], *, now: datetime) -> Prediction:
    """Return what happens when these tasks end now."""
    ending = tuple(task for task in cluster.tasks if task.pk in task_pks)
    return _predict(cluster, _without(cluster, ending), ending=ending, now=now)


def if_instance_goes(cluster: ClusterSnapshot, instance_pk: int, *, now: datetime) -> Prediction:
    """Return what happens when the machine is terminated: its containers end with it."""
    ending = tuple(task for task in cluster.tasks if task.instance_pk == instance_pk)
    left = _without(cluster, ending)
    left = left.with_instances(one for one in left.instances if one.pk != instance_pk)
    return _predict(cluster, left, ending=ending, now=now)


def if_machine_stops(cluster: ClusterSnapshot, instance_pk: int, *, now: datetime) -> Prediction:
    """Return what happens when the machine is stopped: its containers end, and it stays registered, out of reach."""
    ending = tuple(task for task in cluster.tasks if task.instance_pk == instance_pk)
    left = _without(cluster, ending)
    left = left.with_instances(
        replace(one, agent_connected=False) if one.pk == instance_pk else one for one in left.instances
    )
    return _predict(cluster, left, ending=ending, now=now)


def if_instance_drains(cluster: ClusterSnapshot, instance_pk: int, *, now: datetime) -> Prediction:
    """Return what happens when the instance is set DRAINING: REPLICA tasks move, those of a DAEMON stop."""
    after = cluster.with_instances(
        replace(one, status=ContainerInstanceStatus.DRAINING) if one.pk == instance_pk else one
        for one in cluster.instances
    )
    found = _predict(cluster, after, ending=(), now=now)
    here = [task for task in cluster.tasks if task.instance_pk == instance_pk]
    gone = {task.pk for task in (*found.moved, *(task for one in found.lessened for task in one.tasks))}
    return replace(found, staying=tuple(task for task in here if task.pk not in gone))


def if_agent_is_silent(cluster: ClusterSnapshot, instance_pk: int, *, now: datetime) -> Prediction:
    """Return what happens when nothing is heard of the agent: containers run on, nothing new is placed there."""
    after = cluster.with_instances(
        replace(one, agent_connected=False) if one.pk == instance_pk else one for one in cluster.instances
    )
    found = _predict(cluster, after, ending=(), now=now)
    return replace(found, unheard=tuple(task for task in cluster.tasks if task.instance_pk == instance_pk))


def _predict(
    before: ClusterSnapshot, cluster: ClusterSnapshot, *, ending: tuple[TaskSnapshot, ...], now: datetime
) -> Prediction:
    """Run the scheduler until it has nothing more to do, and compare."""
    cluster = _at_rest(cluster, now=now)
    known = {task.pk for task in cluster.tasks}
    unplaced: dict[int, str] = {}
    for number in range(1, MOST_ROUNDS):
        made = plan(cluster, now=now + number * ROUND, pace=Pace(start_spacing=timedelta(0)))
        unplaced |= {one.service_pk: one.unplaced.reason for one in made.services if one.unplaced}
        cluster = _written(cluster, made, now=now)
        if not any(one.starts or one.stops for one in made.services):
            break
    names = {service.pk: service.name for service in before.services}
    left = {task.pk for task in cluster.tasks}
    replaced = {service.pk for service in before.services}
    lessened = _lessened(before, cluster)
    unwanted = {task.pk for one in lessened for task in one.tasks}
    of_services = {task.pk: service.pk for service in before.services for task in service.tasks}
    return Prediction(
        ending=ending,
        alone=tuple(task for task in ending if of_services.get(task.pk) not in replaced),
        moved=tuple(task for task in before.tasks if task.pk in known and task.pk not in left | unwanted),
        lessened=lessened,
        replacements=_replacements(cluster, known),
        unplaced=tuple((names[pk], reason) for pk, reason in unplaced.items() if pk in names),
    )


def _lessened(before: ClusterSnapshot, cluster: ClusterSnapshot) -> tuple[Lessened, ...]:
    """Return what DAEMON services have lost with an instance that takes no task any more."""
    taking = {one.pk for one in cluster.instances if one.status is ContainerInstanceStatus.ACTIVE}
    left, after = {task.pk for task in cluster.tasks}, {service.pk: service for service in cluster.services}
    found = []
    for service in before.services:
        if service.scheduling_strategy is SchedulingStrategy.DAEMON and service.pk in after:
            tasks = tuple(t for t in service.tasks if t.is_wanted and t.pk not in left and t.instance_pk not in taking)
            found += [Lessened(service.name, tasks, after[service.pk].desired_count)] if tasks else []
    return tuple(found)


def _at_rest(cluster: ClusterSnapshot, *, now: datetime) -> ClusterSnapshot:
    """Return the cluster once what is on its way has arrived: what starts runs, what is to stop has stopped."""
    cluster = _without(cluster, [task for task in cluster.tasks if not task.is_wanted])

    def arrived(tasks: tuple[TaskSnapshot, ...]) -> tuple[TaskSnapshot, ...]:
        return tuple(
            replace(task, last_status=TaskStatus.RUNNING, started_at=now)
            if task.is_starting and task.instance_pk is not None
            else task
            for task in tasks
        )

    services = tuple(replace(one, tasks=arrived(one.tasks)) for one in cluster.services)
    return replace(cluster, tasks=arrived(cluster.tasks), services=services)


def _replacements(cluster: ClusterSnapshot, known: Collection[int]) -> tuple[Replacement, ...]:
    found = []
    for service in cluster.services:
        places = Counter(task.instance_pk for task in service.tasks if task.pk not in known)
        if places:
            found.append(Replacement(service.name, tuple(sorted(places.items(), key=lambda one: one[0] or 0))))
    return tuple(found)


def _without(cluster: ClusterSnapshot, tasks: Collection[TaskSnapshot]) -> ClusterSnapshot:
    """Return the cluster once these tasks are over: their room is free again."""
    gone = {task.pk for task in tasks}
    instances = {one.pk: one for one in (*cluster.instances, *cluster.fargate_hosts)}
    for task in tasks:
        if task.instance_pk in instances:
            instances[task.instance_pk] = instances[task.instance_pk].plus(task.reserved)
    return replace(
        cluster,
        instances=tuple(instances[one.pk] for one in cluster.instances),
        fargate_hosts=tuple(instances[one.pk] for one in cluster.fargate_hosts),
        tasks=tuple(task for task in cluster.tasks if task.pk not in gone),
        services=tuple(
            replace(one, tasks=tuple(task for task in one.tasks if task.pk not in gone)) for one in cluster.services
        ),
    )


def _written(cluster: ClusterSnapshot, made: ClusterPlan, *, now: datetime) -> ClusterSnapshot:
    """Return the cluster once the plan has been carried out and everything that it started runs."""
    stopped = {stop.task_pk for one in made.services for stop in one.stops}
    cluster = _without(cluster, [task for task in cluster.tasks if task.pk in stopped])
    for one in made.services:
        service = next(service for service in cluster.services if service.pk == one.service_pk)
        started = _started(service, one, cluster, now=now)
        instances = {instance.pk: instance for instance in cluster.instances}
        for task in started:
            if task.instance_pk in instances:
                instances[task.instance_pk] = instances[task.instance_pk].minus(task.reserved)
        after = replace(service, tasks=(*service.tasks, *started))
        if one.desired_count is not None:
            after = replace(after, desired_count=one.desired_count)
        cluster = replace(
            cluster,
            instances=tuple(instances.values()),
            tasks=(*cluster.tasks, *started),
            services=tuple(after if other.pk == service.pk else other for other in cluster.services),
        )
    return cluster


def _started(
    service: ServiceSnapshot, made: ServicePlan, cluster: ClusterSnapshot, *, now: datetime
) -> list[TaskSnapshot]:
    demands = {deployment.pk: deployment.demand for deployment in service.deployments}
    # New ones have keys below zero: those of rows are above.
    first = min([0, *(task.pk for task in cluster.tasks)]) - 1
    return [
        TaskSnapshot(
            pk=first - place,
            task_id="",
            group=service.group,
            instance_pk=start.decision.chosen.pk if start.decision.chosen else None,
            last_status=TaskStatus.RUNNING,
            desired_status=DesiredStatus.RUNNING,
            created_at=now,
            started_at=now,
            deployment_pk=start.deployment_pk,
            capacity_provider=start.capacity_provider,
            reserved=demands[start.deployment_pk],
        )
        for place, start in enumerate(made.starts)
        if start.deployment_pk in demands
    ]
