"""A call as the CloudFormation resource that stands for what it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

# What a call makes or changes, and the properties whose names are not just capitalised.
RESOURCES: Mapping[str, str] = {
    "CreateCluster": "AWS::ECS::Cluster",
    "CreateService": "AWS::ECS::Service",
    "UpdateService": "AWS::ECS::Service",
    "RegisterTaskDefinition": "AWS::ECS::TaskDefinition",
    "CreateCapacityProvider": "AWS::ECS::CapacityProvider",
    "PutClusterCapacityProviders": "AWS::ECS::ClusterCapacityProviderAssociations",
    "CreateTaskSet": "AWS::ECS::TaskSet",
    "UpdateServicePrimaryTaskSet": "AWS::ECS::PrimaryTaskSet",
}
RENAMED: Mapping[str, Mapping[str, str]] = {
    "AWS::ECS::Cluster": {"settings": "ClusterSettings"},
    "AWS::ECS::Service": {"placementStrategy": "PlacementStrategies", "service": "ServiceName"},
    "AWS::ECS::PrimaryTaskSet": {"primaryTaskSet": "TaskSetId"},
}
# Parameters of the call alone, which no resource has.
NOT_PROPERTIES = frozenset({"clientToken", "forceNewDeployment"})
# Maps whose keys are the user's own.
FREE_MAPS = frozenset({"options", "dockerLabels", "driverOpts", "labels"})


def cloudformation_template(operation: str, params: Mapping[str, Any]) -> str:
    """Return a template in YAML with the one resource, or nothing where none stands for the call (RunTask)."""
    if operation not in RESOURCES:
        return ""
    name, resource = cloudformation_resource(operation, params)
    template = {"Resources": {name: resource}}
    return str(yaml.safe_dump(template, sort_keys=False, allow_unicode=True, width=100))


def cloudformation_resource(
    operation: str, params: Mapping[str, Any], *, called: str = ""
) -> tuple[str, dict[str, Any]]:
    """Return the logical name and the resource that stands for the call; `called` is a name other than the call's own.

    Raises KeyError where no resource stands for it.
    """
    kind = RESOURCES[operation]
    renamed = RENAMED.get(kind, {})
    properties = {
        renamed.get(name, _capital(name)): _shape(name, value)
        for name, value in params.items()
        if name not in NOT_PROPERTIES
    }
    return _logical_name(kind, params, called), {"Type": kind, "Properties": properties}


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _shape(name: str, value: object) -> object:
    if isinstance(value, Mapping):
        if name in FREE_MAPS:
            return dict(value)
        return {_capital(key): _shape(key, one) for key, one in value.items()}
    return [_shape(name, one) for one in value] if isinstance(value, list) else value


def _logical_name(kind: str, params: Mapping[str, Any], called: str = "") -> str:
    """Return an alphanumeric name from what the call names, and what it is: `WebService`."""
    named = ("family", "serviceName", "service", "clusterName", "name")
    given = called or next((str(params[key]) for key in named if params.get(key)), "")
    words = re.findall(r"[A-Za-z0-9]+", given)
    return "".join(_capital(word) for word in words) + kind.rsplit("::", 1)[-1]
