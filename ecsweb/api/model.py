"""AWS's own models, from botocore: the authority for operations, shapes, enums and required members.

An operation of ECS goes by its bare name ("RunTask"), one of another service by service and name ("ssm:PutParameter").
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape

# Service → the version of its API, which is part of how it is called on the wire.
VERSIONS: Mapping[str, str] = {"ecs": "2014-11-13", "ssm": "2014-11-06"}
ECS = "ecs"


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service of `VERSIONS`."""
    loader = botocore.session.get_session().get_component("data_loader")
    return ServiceModel(loader.load_service_model(service, "service-2", VERSIONS[service]), service_name=service)


def ecs_model() -> ServiceModel:
    """Return the service model of ECS, 2014-11-13."""
    return service_model(ECS)


@cache
def operation_names(service: str = ECS) -> frozenset[str]:
    """Return the names of all operations of a service, built here or not, without the service in front."""
    return frozenset(service_model(service).operation_names)


def service_and_name(operation: str) -> tuple[str, str]:
    """Return the service and the bare name. Example: "ssm:PutParameter" → ("ssm", "PutParameter")."""
    service, colon, name = operation.rpartition(":")
    return (service, name) if colon else (ECS, name)


def is_of_aws(operation: str) -> bool:
    """Tell whether the operation is one of AWS's, of a service that is known here."""
    service, name = service_and_name(operation)
    return service in VERSIONS and name in operation_names(service)


@cache
def input_shape(operation: str) -> Shape | None:
    """Return the shape of an AWS operation's parameters, or None for one of ours."""
    if not is_of_aws(operation):
        return None
    service, name = service_and_name(operation)
    shape: Any = service_model(service).operation_model(name).input_shape
    return shape if isinstance(shape, Shape) else None


@cache
def operation_of_target(target: str) -> str | None:
    """Return the operation that an `X-Amz-Target` names, or None where no service that is known here has the prefix."""
    prefix, _dot, name = target.rpartition(".")
    for service in VERSIONS:
        if prefix == service_model(service).metadata["targetPrefix"]:
            return name if service == ECS else f"{service}:{name}"
    return None
