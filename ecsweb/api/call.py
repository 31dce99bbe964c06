"""Authorise, validate, dispatch, record."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from ecsweb.api import operations
from ecsweb.api.model import service_and_name
from ecsweb.api.principal import LESSON, Principal, Rehearsed
from ecsweb.api.refusals import refusal
from ecsweb.api.registry import Handler, Request, handler_of, is_reading, loggable
from ecsweb.api.validation import checked
from ecsweb.controlplane import events, quotas
from ecsweb.controlplane.accounts import open_account
from ecsweb.domain.errors import (
    AccessDeniedException,
    BusyException,
    EcsError,
)

logger = logging.getLogger(__name__)
operations.load()


def call(principal: Principal, operation: str, params: object) -> dict[str, Any]:
    """Execute an operation for a principal and return AWS's answer. Raises EcsError; then nothing was stored.

    A call that changes something is appended to the log as `API Call`, whether it succeeded or was refused. A principal
    that rehearses changes nothing: it gets Rehearsed.
    """
    handler = handler_of(operation)
    if handler is None:
        raise refusal(operation)
    _authorise(principal, operation)
    if principal.rehearses and not is_reading(operation):
        raise Rehearsed(operation, checked(operation, params))
    try:
        now, account = timezone.now(), open_account(principal.account_id)
        if principal.origin != LESSON:
            # What a lesson asks of an account by itself is not spent from its person's rate.
            quotas.throttle(account, now=now)
        request = Request(principal=principal, account=account, params=checked(operation, params), now=now)
        if is_reading(operation):
            return handler(request)
        return _execute(handler, request, operation)
    except OperationalError as error:
        # A database that is busy or full: the caller may try again, and nothing of the call was stored.
        logger.exception("%s not stored", operation)
        raise BusyException("The service is busy: nothing was stored. Please try again.") from error


def _authorise(principal: Principal, operation: str) -> None:
    """Let an account's owner do everything in it; IAM policies narrow this when they are built."""
    action = ":".join(service_and_name(operation))
    if principal.arn != f"arn:aws:iam::{principal.account_id}:root":
        raise AccessDeniedException(
            f"User: {principal.arn} is not authorized to perform: {action} because no identity-based policy "
            f"allows the {action} action"
        )


def _execute(handler: Handler, request: Request, operation: str) -> dict[str, Any]:
    try:
        with transaction.atomic():
            answer = handler(request)
            quotas.check(request.account, operation)
            _record(request, operation, error=None)
    except EcsError as error:
        _record(request, operation, error=error)
        raise
    return answer


def _record(request: Request, operation: str, *, error: EcsError | None) -> None:
    detail: dict[str, Any] = {
        "operation": operation,
        "principal": request.principal.arn,
        "origin": request.principal.origin,
        "parameters": loggable(operation, request.params),
        "result": "Success" if error is None else error.code,
    }
    if error is not None:
        detail["message"] = error.message
    events.append(
        request.account,
        region=request.region or settings.ECSWEB_REGION,
        detail_type="API Call",
        source=events.OURS,
        detail=detail,
        topics=["api-calls"],
        at=request.now,
    )
