"""The operations that are built, by AWS's names; ours for chaos and reset are kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecsweb.api.model import ECS, is_of_aws, operation_names, service_and_name
from ecsweb.api.principal import Principal
from ecsweb.models import Account

READING = ("Describe", "Get", "List")


@dataclass(frozen=True, slots=True)
class Request:
    """An authorised call: who, in which account and region, with checked parameters, and when."""

    principal: Principal
    account: Account
    params: Mapping[str, Any]
    now: datetime

    @property
    def region(self) -> str:
        """Return the region the call is about."""
        return self.principal.region


Handler = Callable[[Request], dict[str, Any]]
AWS_OPERATIONS: dict[str, Handler] = {}
OUR_OPERATIONS: dict[str, Handler] = {}
# Operations of AWS's other services, by service and name.
NEIGHBOURS: dict[str, Handler] = {}
# Parameters that the log must not keep.
SECRET_MEMBERS: dict[str, frozenset[str]] = {}


def operation(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of one of AWS's operations; a name AWS does not have is a programming error."""
    if name not in operation_names():
        raise ValueError(f"AWS has no ECS operation {name}")

    def register(handler: Handler) -> Handler:
        AWS_OPERATIONS[name] = handler
        return handler

    return register


def operation_of(service: str, name: str, *, secret: frozenset[str] = frozenset()) -> Callable[[Handler], Handler]:
    """Register the handler of an operation of another of AWS's services; `secret` parameters are never logged."""
    full = f"{service}:{name}"
    if service == ECS or not is_of_aws(full):
        raise ValueError(f"AWS has no operation {full}")

    def register(handler: Handler) -> Handler:
        NEIGHBOURS[full] = handler
        SECRET_MEMBERS[full] = secret
        return handler

    return register


def handler_of(name: str) -> Handler | None:
    """Return what executes the operation, whosever it is, or None."""
    return AWS_OPERATIONS.get(name) or NEIGHBOURS.get(name) or OUR_OPERATIONS.get(name)


def loggable(name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as the log may keep them."""
    secret = SECRET_MEMBERS.get(name, frozenset())
    return {key: "***" if key in secret else value for key, value in params.items()}


def our_operation(name: str, *, secret: frozenset[str] = frozenset()) -> Callable[[Handler], Handler]:
    """Register the handler of an operation of ours (chaos, reset), never reachable by AWS's wire protocol; `secret`
    parameters are never logged."""
    if name in operation_names():
        raise ValueError(f"{name} is AWS's")

    def register(handler: Handler) -> Handler:
        OUR_OPERATIONS[name] = handler
        SECRET_MEMBERS[name] = secret
        return handler

    return register


def is_reading(name: str) -> bool:
    """Tell whether the operation only reads."""
    return service_and_name(name)[1].startswith(READING)
