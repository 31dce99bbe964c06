"""A cluster of hundreds of tasks in a moment: three are really run, the others are copies of their rows."""

from __future__ import annotations

from uuid import uuid4

from ecsweb.models import Container, ContainerInstance, Service, Task
from tests.world import World

A_MACHINE = 10


def three_tasks(world: World) -> None:
    """Let a service run three tasks of two containers each on one instance of the cluster `demo`."""
    world.launch(instance_type="t3.large")
    app = {"name": "app", "image": "ecsweb/web:1", "memory": 64, "cpu": 64, "portMappings": [{"containerPort": 80}]}
    log = {"name": "log", "image": "ecsweb/worker:1", "memory": 32, "cpu": 16, "essential": False}
    world.call("RegisterTaskDefinition", family="web", containerDefinitions=[app, log])
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    world.converge(seconds=60)


def copy_until(count: int) -> None:
    """Copy a running task and its instance until there are `count` tasks, ten on each further instance."""
    pattern = Task.objects.select_related("container_instance").filter(last_status="RUNNING")[0]
    containers = list(Container.everything.filter(task=pattern))
    host = pattern.container_instance
    assert host is not None
    for place in range(count - Task.objects.count()):
        if place % A_MACHINE == 0:
            host = _copied_host(host)
        _copy(pattern, containers, host)
    Service.objects.filter(name="web").update(desired_count=count)


def _copied_host(host: ContainerInstance) -> ContainerInstance:
    copied = ContainerInstance.everything.get(pk=host.pk)
    copied.pk, copied.instance_id, copied.ec2_instance_id = None, uuid4().hex, f"i-{uuid4().hex[:17]}"
    copied.save(force_insert=True)
    return copied


def _copy(pattern: Task, containers: list[Container], host: ContainerInstance) -> None:
    task = Task.objects.get(pk=pattern.pk)
    task.pk, task.task_id, task.container_instance = None, uuid4().hex, host
    task.save(force_insert=True)
    for one in containers:
        row = Container.everything.get(pk=one.pk)
        row.pk, row.task, row.container_uuid, row.engine_name = None, task, str(uuid4()), f"ecsweb-{uuid4().hex}"
        row.runtime_id = uuid4().hex
        row.save(force_insert=True)
