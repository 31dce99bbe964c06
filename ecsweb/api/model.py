"""AWS's own ECS model, from botocore: the authority for operations, shapes, enums and required members."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape


@cache
def ecs_model() -> ServiceModel:
    """Return the service model of ECS, 2014-11-13."""
    loader = botocore.session.get_session().get_component("data_loader")
    return ServiceModel(loader.load_service_model("ecs", "service-2", "2014-11-13"), service_name="ecs")


@cache
def operation_names() -> frozenset[str]:
    """Return the names of all of AWS's ECS operations, built here or not."""
    return frozenset(ecs_model().operation_names)


@cache
def input_shape(operation: str) -> Shape | None:
    """Return the shape of an AWS operation's parameters, or None for one of ours."""
    if operation not in operation_names():
        return None
    shape: Any = ecs_model().operation_model(operation).input_shape
    return shape if isinstance(shape, Shape) else None
