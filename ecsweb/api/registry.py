"""The operations that are built, by AWS's names; ours for chaos and reset are kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecsweb.api.model import operation_names
from ecsweb.api.principal import Principal
from ecsweb.models import Account

READING = ("Describe", "List")


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


def operation(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of one of AWS's operations; a name AWS does not have is a programming error."""
    if name not in operation_names():
        raise ValueError(f"AWS has no ECS operation {name}")

    def register(handler: Handler) -> Handler:
        AWS_OPERATIONS[name] = handler
        return handler

    return register


def our_operation(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of an operation of ours (chaos, reset), never reachable by AWS's wire protocol."""
    if name in operation_names():
        raise ValueError(f"{name} is AWS's")

    def register(handler: Handler) -> Handler:
        OUR_OPERATIONS[name] = handler
        return handler

    return register


def is_reading(name: str) -> bool:
    """Tell whether the operation only reads."""
    return name.startswith(READING)
