"""What somebody has built in a cluster, read from what the Describe calls answer, as the calls that make it anew."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ecsweb.api import call
from ecsweb.api.principal import LESSON, Principal
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.timeline.seeding import ANSWERED, BUILT_IN, without_nothing
from ecsweb.learn.taking.choices import INSTANCE_PROFILE, SUBNET, Choice, Choices

Params = dict[str, Any]
# How many a call of ECS describes, and starts, at most.
SERVICES_AT_ONCE, TASKS_AT_ONCE, STARTED_AT_ONCE = 10, 100, 10
KEPT_OF_SERVICES = ("placementConstraints", "placementStrategy", "availabilityZoneRebalancing", "tags")


@dataclass(frozen=True, slots=True)
class Machines:
    """Container instances that are alike."""

    instance_type: str
    attributes: tuple[tuple[str, str], ...]
    count: int


@dataclass(frozen=True, slots=True)
class Definition:
    """A revision that is used, and the call that registers it anew."""

    name: str
    params: Params


@dataclass(frozen=True, slots=True)
class Work:
    """A cluster and what is in it, as parameters of the calls that make it; `left` names services that stay here."""

    name: str
    cluster: Params
    machines: tuple[Machines, ...]
    definitions: tuple[Definition, ...]
    services: tuple[Params, ...]
    tasks: tuple[Params, ...]
    choices: tuple[Choice, ...]
    left: tuple[str, ...]
    has_groups: bool
    has_secrets: bool


@dataclass
class _Reader:
    """Asks as the account's owner; what is marked on the way is kept in `choices`."""

    principal: Principal
    cluster: str
    choices: Choices

    def ask(self, operation: str, **params: Any) -> dict[str, Any]:
        return call(self.principal, operation, params)

    def all(self, operation: str, key: str, **params: Any) -> list[Any]:
        """Return what all pages of a List call answer."""
        found: list[Any] = []
        token: dict[str, str] = {}
        while True:
            answer = self.ask(operation, cluster=self.cluster, maxResults=100, **params, **token)
            found += answer[key]
            if not answer.get("nextToken"):
                return found
            token = {"nextToken": answer["nextToken"]}

    def described(self, kind: str, arns: list[str], at_once: int, **params: Any) -> list[Any]:
        """Return the shapes of many by as many calls as that takes."""
        found: list[Any] = []
        for start in range(0, len(arns), at_once):
            some = {kind: arns[start : start + at_once]}
            operation = f"Describe{kind[:1].upper()}{kind[1:]}"
            found += self.ask(operation, cluster=self.cluster, **some, include=["TAGS"], **params)[kind]
        return found


def work_of(principal: Principal, name: str) -> Work:
    """Return what is in the cluster now. Raises EcsError where there is no such cluster."""
    reader = _Reader(replace(principal, origin=LESSON), name, Choices())
    services = reader.described("services", sorted(reader.all("ListServices", "serviceArns")), SERVICES_AT_ONCE)
    taken = [one for one in services if one["status"] == "ACTIVE" and one.get("taskDefinition")]
    tasks = reader.described("tasks", sorted(reader.all("ListTasks", "taskArns")), TASKS_AT_ONCE)
    instances = reader.described(
        "containerInstances", reader.all("ListContainerInstances", "containerInstanceArns"), TASKS_AT_ONCE
    )
    definitions = _definitions(reader, [*(one["taskDefinition"] for one in taken), *_used(tasks)])
    machines = tuple(_machines(instances))
    if machines:
        reader.choices.mark(INSTANCE_PROFILE, "instance-profile")
        reader.choices.mark(SUBNET, "subnet")
    cluster, has_groups = _cluster(reader)
    return Work(
        name=name,
        cluster=cluster,
        machines=machines,
        definitions=definitions,
        services=tuple(_service(reader, one) for one in taken),
        tasks=tuple(_tasks(reader, [one for one in tasks if _is_direct(one)])),
        choices=tuple(sorted(reader.choices.found.values(), key=lambda one: (one.kind, one.name))),
        left=tuple(one["serviceName"] for one in services if one["status"] == "ACTIVE" and one not in taken),
        has_groups=has_groups,
        has_secrets='"valueFrom"' in str([one.params for one in definitions]).replace("'", '"'),
    )


def _cluster(reader: _Reader) -> tuple[Params, bool]:
    include = ["SETTINGS", "TAGS", "CONFIGURATIONS"]
    facts = reader.ask("DescribeClusters", clusters=[reader.cluster], include=include)["clusters"][0]
    providers = facts.get("capacityProviders", [])
    params = {
        "clusterName": facts["clusterName"],
        "settings": facts.get("settings"),
        "configuration": facts.get("configuration"),
        "capacityProviders": [name for name in providers if name in FARGATE_PROVIDERS],
        "defaultCapacityProviderStrategy": _on_fargate(facts.get("defaultCapacityProviderStrategy", [])),
        "tags": facts.get("tags"),
    }
    return _given(params), any(name not in FARGATE_PROVIDERS for name in providers)


def _on_fargate(strategy: list[Params]) -> list[Params]:
    """Return the strategy where all of it is FARGATE: a provider of a group is not taken along."""
    return strategy if all(one["capacityProvider"] in FARGATE_PROVIDERS for one in strategy) else []


def _given(params: Mapping[str, Any]) -> Params:
    return {key: value for key, value in params.items() if value not in (None, "", [], {})}


def _used(tasks: list[Any]) -> list[str]:
    return [one["taskDefinitionArn"] for one in tasks if _is_direct(one)]


def _is_direct(task: Mapping[str, Any]) -> bool:
    return not str(task.get("group", "")).startswith("service:") and task["desiredStatus"] == "RUNNING"


def _definitions(reader: _Reader, arns: list[str]) -> tuple[Definition, ...]:
    answers = [reader.ask("DescribeTaskDefinition", taskDefinition=arn, include=["TAGS"]) for arn in sorted(set(arns))]
    answers.sort(key=lambda one: (one["taskDefinition"]["family"], one["taskDefinition"]["revision"]))
    return tuple(_definition(reader, one["taskDefinition"], one.get("tags", [])) for one in answers)


def _definition(reader: _Reader, facts: Mapping[str, Any], tags: list[Params]) -> Definition:
    params = without_nothing({key: value for key, value in facts.items() if key not in ANSWERED})
    for name in ("taskRoleArn", "executionRoleArn"):
        if params.get(name):
            params[name] = reader.choices.role(params[name])
    params["containerDefinitions"] = [
        {**one, "image": reader.choices.image(one["image"])} for one in params["containerDefinitions"]
    ]
    return Definition(f"{facts['family']}:{facts['revision']}", {**params, **({"tags": tags} if tags else {})})


def _service(reader: _Reader, facts: Mapping[str, Any]) -> Params:
    percents = facts["deploymentConfiguration"]
    deployment = {key: percents[key] for key in ("maximumPercent", "minimumHealthyPercent")}
    if percents["deploymentCircuitBreaker"]["enable"]:
        deployment["deploymentCircuitBreaker"] = percents["deploymentCircuitBreaker"]
    is_daemon = facts["schedulingStrategy"] == "DAEMON"
    params = {
        "cluster": reader.cluster,
        "serviceName": facts["serviceName"],
        "taskDefinition": _revision(facts["taskDefinition"]),
        "schedulingStrategy": facts["schedulingStrategy"],
        **({} if is_daemon else {"desiredCount": facts["desiredCount"]}),
        **_capacity(facts),
        "deploymentConfiguration": deployment,
        **_network(reader, facts),
        **_given({key: facts.get(key) for key in KEPT_OF_SERVICES}),
    }
    if facts.get("propagateTags", "NONE") != "NONE":
        params["propagateTags"] = facts["propagateTags"]
    if facts.get("enableECSManagedTags"):
        params["enableECSManagedTags"] = True
    return params


def _network(reader: _Reader, facts: Mapping[str, Any]) -> Params:
    configuration = facts.get("networkConfiguration")
    return {"networkConfiguration": reader.choices.network(configuration)} if configuration else {}


def _capacity(facts: Mapping[str, Any]) -> Params:
    """Return where it runs: what a group's provider placed runs on machines."""
    strategy = facts.get("capacityProviderStrategy") or []
    if strategy:
        return {"capacityProviderStrategy": strategy} if _on_fargate(strategy) else {"launchType": "EC2"}
    return {"launchType": facts.get("launchType", "EC2")}


def _revision(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _tasks(reader: _Reader, tasks: list[Any]) -> Iterator[Params]:
    """Yield a RunTask for those that are alike, at most ten at once as ECS has it."""
    alike: dict[str, tuple[Params, int]] = {}
    for task in tasks:
        params = _task(reader, task)
        _known, count = alike.get(str(params), (params, 0))
        alike[str(params)] = (params, count + 1)
    for params, count in alike.values():
        for start in range(0, count, STARTED_AT_ONCE):
            yield {**params, "count": min(STARTED_AT_ONCE, count - start)}


def _task(reader: _Reader, task: Mapping[str, Any]) -> Params:
    provider = task.get("capacityProviderName")
    by_provider = provider in FARGATE_PROVIDERS
    overrides = without_nothing(dict(task.get("overrides", {})))
    overrides["containerOverrides"] = [one for one in overrides.get("containerOverrides", []) if set(one) - {"name"}]
    has_interface = any(one["type"] == "ElasticNetworkInterface" for one in task.get("attachments", []))
    params = {
        "cluster": reader.cluster,
        "taskDefinition": _revision(task["taskDefinitionArn"]),
        **({"capacityProviderStrategy": [{"capacityProvider": provider}]} if by_provider else {}),
        **({} if by_provider else {"launchType": task.get("launchType", "EC2")}),
        "networkConfiguration": reader.choices.network({}) if has_interface else None,
        "overrides": _given(overrides),
        "tags": task.get("tags"),
    }
    return _given(params)


def _machines(instances: list[Any]) -> Iterator[Machines]:
    kinds: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
    for one in instances:
        known = {fact["name"]: str(fact.get("value", "")) for fact in one.get("attributes", [])}
        own = tuple(sorted((name, value) for name, value in known.items() if not name.startswith(BUILT_IN)))
        kinds[known.get("ecs.instance-type", ""), own] += 1
    for (instance_type, own), count in sorted(kinds.items()):
        yield Machines(instance_type, own, count)


def joins(cluster: str, machines: Machines) -> str:
    """Return what a machine does first, so that its agent joins the cluster."""
    own = dict(machines.attributes)
    lines = ["#!/bin/sh", "cat >> /etc/ecs/ecs.config <<'END'", f"ECS_CLUSTER={cluster}"]
    if own:
        lines.append(f"ECS_INSTANCE_ATTRIBUTES={json.dumps(own, ensure_ascii=False)}")
    return "\n".join([*lines, "END", ""])
