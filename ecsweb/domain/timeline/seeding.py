"""From a past to the calls that make an empty account want the same: clusters, machines, definitions, services."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.timeline.past import Facts, Past, name_in, region_in

# What RegisterTaskDefinition answers beside what was asked of it.
ANSWERED = frozenset(
    {
        "compatibilities",
        "deleteRequestedAt",
        "deregisteredAt",
        "ecsweb",
        "registeredAt",
        "registeredBy",
        "requiresAttributes",
        "revision",
        "status",
        "taskDefinitionArn",
    }
)
BUILT_IN = ("ecs.", "com.amazonaws.")
MOST_CALLS = 300


@dataclass(frozen=True, slots=True)
class SeedCall:
    """A call to make. `defines` is the revision that it registers anew, which later calls name."""

    operation: str
    params: Mapping[str, Any]
    defines: str = ""


def seed_calls(past: Past, *, of_region: str, into_region: str) -> tuple[SeedCall, ...]:
    """Return the calls, in the order in which they have to be made.

    Tasks that were run directly, task sets and Auto Scaling groups are not wanted anew: what a group or its provider
    placed becomes plain machines and services on EC2.
    """
    return (
        *_clusters(past, of_region),
        *_definitions(past, of_region),
        *_instances(past, of_region, into_region),
        *_services(past, of_region),
    )


def _here(facts: Mapping[str, Facts], region: str) -> list[tuple[str, Facts]]:
    return [(arn, one) for arn, one in facts.items() if region_in(arn) == region]


def _clusters(past: Past, region: str) -> Iterator[SeedCall]:
    for arn, facts in _here(past.clusters, region):
        asked: dict[str, Any] = {"clusterName": arn.rsplit("/", 1)[-1]}
        providers = facts.get("capacityProviders")
        if isinstance(providers, list) and (known := [name for name in providers if name in FARGATE_PROVIDERS]):
            asked["capacityProviders"] = known
        yield SeedCall("CreateCluster", asked)


def _definitions(past: Past, region: str) -> Iterator[SeedCall]:
    used = {str(one.get("taskDefinition")) for _, one in _here(past.services, region)}
    known = [(arn, one) for arn, one in _here(past.definitions, region) if one.get("status") == "ACTIVE" or arn in used]
    for arn, facts in sorted(known, key=lambda pair: (str(pair[1].get("family")), int(pair[1].get("revision") or 0))):
        asked = without_nothing({key: value for key, value in facts.items() if key not in ANSWERED})
        yield SeedCall("RegisterTaskDefinition", asked, defines=arn.rsplit("/", 1)[-1])


def without_nothing(value: Any) -> Any:
    """Return the value without members that are empty lists or objects: what is registered is the same, but shorter."""
    if isinstance(value, Mapping):
        kept = {key: without_nothing(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in ([], {})}
    return [without_nothing(one) for one in value] if isinstance(value, list) else value


def _instances(past: Past, region: str, into: str) -> Iterator[SeedCall]:
    names = {name_in(arn) for arn, _ in _here(past.clusters, region)}
    for arn, facts in _here(past.instances, region):
        if facts.get("status") == "INACTIVE" or name_in(arn) not in names:
            continue
        zone = f"{into}{str(facts.get('availabilityZone') or 'a')[-1:]}"
        document = {"instanceType": facts.get("instanceType", ""), "availabilityZone": zone}
        own = [a for a in facts.get("attributes", ()) if not str(a.get("name", "")).startswith(BUILT_IN)]
        yield SeedCall(
            "RegisterContainerInstance",
            {
                "cluster": name_in(arn),
                "instanceIdentityDocument": json.dumps(document),
                "totalResources": [_resource(one) for one in facts.get("registeredResources", ())],
                **({"attributes": own} if own else {}),
            },
        )


def _resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("name", "type", "integerValue", "stringSetValue")
    return {key: resource[key] for key in kept if key in resource}


def _services(past: Past, region: str) -> Iterator[SeedCall]:
    names = {name_in(arn) for arn, _ in _here(past.clusters, region)}
    for arn, facts in _here(past.services, region):
        if facts.get("status") == "ACTIVE" and name_in(arn) in names:
            yield SeedCall("CreateService", _service(arn, facts))


def _service(arn: str, facts: Facts) -> dict[str, Any]:
    is_external = facts.get("deploymentController") == "EXTERNAL"
    asked: dict[str, Any] = {
        "cluster": name_in(arn),
        "serviceName": arn.rsplit("/", 1)[-1],
        "schedulingStrategy": facts.get("schedulingStrategy", "REPLICA"),
    }
    if facts.get("schedulingStrategy") != "DAEMON":
        asked["desiredCount"] = facts.get("desiredCount", 0)
    if is_external:
        return {**asked, "deploymentController": {"type": "EXTERNAL"}}
    asked["taskDefinition"] = str(facts.get("taskDefinition", "")).rsplit("/", 1)[-1]
    if facts.get("maximumPercent"):
        percents = {"minimumHealthyPercent": facts.get("minimumHealthyPercent", 100)}
        asked["deploymentConfiguration"] = {**percents, "maximumPercent": facts["maximumPercent"]}
    kept = ("networkConfiguration", "placementConstraints", "placementStrategy")
    return {**asked, **_capacity(facts), **{key: facts[key] for key in kept if facts.get(key)}}


def _capacity(facts: Facts) -> dict[str, Any]:
    strategy = facts.get("capacityProviderStrategy") or []
    if isinstance(strategy, list) and strategy:
        known = [
            one for one in strategy if isinstance(one, Mapping) and one.get("capacityProvider") in FARGATE_PROVIDERS
        ]
        return {"capacityProviderStrategy": known} if len(known) == len(strategy) else {"launchType": "EC2"}
    return {"launchType": facts.get("launchType", "EC2")}


def renamed(call: SeedCall, revisions: Mapping[str, str]) -> dict[str, Any]:
    """Return the call's parameters with the revision that was registered in place of the one of then."""
    named = str(call.params.get("taskDefinition", ""))
    return {**call.params, "taskDefinition": revisions[named]} if named in revisions else dict(call.params)
