"""A whole ecsweb in one process, without Celery and Docker: calls go through the one door, `converge` runs the loop."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ecsweb.agent.container_instance import step
from ecsweb.agent.simulated_engine import SimulatedEngine
from ecsweb.api import call
from ecsweb.api.principal import root_of
from ecsweb.controlplane import leases
from ecsweb.controlplane.apply import apply_plan
from ecsweb.controlplane.housekeeping import unfinished_instances
from ecsweb.controlplane.installation import install_id
from ecsweb.controlplane.scaling import follow_capacity
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.domain.service_scheduler.plan import Pace
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.models import Cluster, Container, Task

ACCOUNT = "123456789012"
REGION = "ap-northeast-2"


class Clock:
    """The time of the world; it moves only when told."""

    def __init__(self) -> None:
        # Calls carry the real time; the world's is never behind it.
        self.now = datetime.now(UTC) + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


# What a task definition says so that FARGATE takes it.
FARGATE = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}


@dataclass
class World:
    """Operations by AWS's names, and the loop run by hand."""

    clock: Clock = field(default_factory=Clock)
    pace: Pace = field(default_factory=lambda: Pace(healthy_after=timedelta(seconds=4)))
    engine: SimulatedEngine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = SimulatedEngine(install_id(), clock=self.clock)

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call the one door as the account's owner."""
        return call(root_of(ACCOUNT, REGION, origin="page"), operation, params)

    def launch(self, cluster: str = "demo", instance_type: str = "t3.small", zone: str = "a") -> str:
        """Launch a container instance; return its ARN."""
        document = json.dumps({"instanceType": instance_type, "availabilityZone": f"{REGION}{zone}"})
        answer = self.call("RegisterContainerInstance", cluster=cluster, instanceIdentityDocument=document)
        return str(answer["containerInstance"]["containerInstanceArn"])

    def register(self, family: str = "web", **container: Any) -> str:
        """Register a one-container definition; return its ARN."""
        definition = {"name": "app", "image": "ecsweb/web:1", "memory": 64, "cpu": 64, **container}
        answer = self.call("RegisterTaskDefinition", family=family, containerDefinitions=[definition])
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def register_fargate(self, family: str = "far") -> None:
        """Register a one-container definition that FARGATE takes."""
        containers = [{"name": "app", "image": "ecsweb/web:1"}]
        self.call("RegisterTaskDefinition", family=family, containerDefinitions=containers, **FARGATE)

    def reconcile(self, name: str = "demo") -> bool:
        """Plan and apply once; tell whether anything was to be done."""
        cluster = Cluster.objects.select_related("account").get(name=name)
        held = leases.take(f"reconcile:{cluster.pk}", holder="test", now=self.clock.now)
        assert held is not None
        follow_capacity(cluster, held=held, now=self.clock.now)
        made = plan(snapshot_of(cluster), now=self.clock.now, pace=self.pace)
        apply_plan(cluster, made, held=held, now=self.clock.now)
        leases.release(held)
        return not made.is_empty

    def step_all(self) -> None:
        """Let every container instance's agent take its steps."""
        for instance_pk in unfinished_instances():
            step(instance_pk, self.engine, clock=self.clock)

    def converge(self, *, seconds: float = 30) -> None:
        """Run the loop until nothing changes any more, a second at a time, for at most `seconds`."""
        for _ in range(int(seconds)):
            self.step_all()
            busy = [self.reconcile(name) for name in Cluster.objects.values_list("name", flat=True)]
            self.step_all()
            self.clock.forward(1)
            unsettled = Task.objects.exclude(last_status__in=("RUNNING", "STOPPED")).exists()
            if not any(busy) and not unsettled:
                return

    def kill(self, task_arn: str, container: str = "app") -> None:
        """`docker kill` of a task's container, behind ecsweb's back."""
        row = Container.objects.get(task__task_id=task_arn.rsplit("/", 1)[-1], name=container)
        self.engine.signal(row.runtime_id, "SIGKILL")

    def tasks(self, **filters: Any) -> list[dict[str, Any]]:
        """Describe the cluster's tasks, RUNNING ones by default."""
        arns = self.call("ListTasks", cluster="demo", **filters)["taskArns"]
        return list(self.call("DescribeTasks", cluster="demo", tasks=arns)["tasks"]) if arns else []

    def service(self, name: str) -> dict[str, Any]:
        """Describe a service."""
        return dict(self.call("DescribeServices", cluster="demo", services=[name])["services"][0])
