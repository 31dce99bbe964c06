"""`POST /`: AWS JSON 1.1 (`ecs-facts.md` 13), the same door as every page. A browser's cookie means nothing here."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
import uuid
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ecsweb.api import call
from ecsweb.api.model import operation_of_target
from ecsweb.api.principal import Principal, root_of
from ecsweb.api.registry import OUR_OPERATIONS
from ecsweb.api.validation import parsed_json
from ecsweb.controlplane.accounts import finish_reset, open_account
from ecsweb.domain.errors import (
    AccessDeniedException,
    EcsError,
    SerializationException,
    ServerException,
    UnknownOperationException,
    UnsupportedFeatureException,
)
from ecsweb.domain.identifiers import REGION
from ecsweb.models import Account

logger = logging.getLogger(__name__)

TARGET = re.compile(r"[A-Za-z0-9_]{1,64}\.[A-Za-z]{1,64}")
CREDENTIAL = re.compile(r"Credential=[^/,\s]+/\d{8}/([a-z0-9-]{1,32})/[a-z]{1,16}/aws4_request")
CONTENT_TYPE = "application/x-amz-json-1.1"
LARGEST_BODY = 64 * 1024
RESET_SECONDS = 30
LOOPBACK = ("127.0.0.1", "::1", "")


@csrf_exempt
@require_POST
def endpoint(request: HttpRequest) -> HttpResponse:
    """Answer one call of the AWS CLI or an SDK."""
    try:
        return _answer(call(_principal(request), _operation(request), _params(request)))
    except EcsError as error:
        return _refusal(error)
    except Exception:
        # The boundary: whatever went wrong on our side, a client gets AWS's form of it, and the log the rest.
        logger.exception("unexpected fault in %s", request.headers.get("X-Amz-Target"))
        return _refusal(ServerException("The service could not answer. Nothing was half done."))


def _operation(request: HttpRequest) -> str:
    target = request.headers.get("X-Amz-Target", "")
    operation = operation_of_target(target) if TARGET.fullmatch(target) else None
    if operation is None:
        raise UnknownOperationException("X-Amz-Target must name an operation of AmazonEC2ContainerServiceV20141113.")
    if operation in OUR_OPERATIONS:
        # Chaos and reset are ours, not AWS's, and so not reachable by AWS's protocol.
        raise UnknownOperationException(f"There is no operation {operation}.")
    return operation


def _principal(request: HttpRequest) -> Principal:
    """Return the solo account's owner in the region of the credential scope; signatures are not checked yet."""
    _check_loopback(request)
    if settings.ECSWEB_MODE != "solo":
        raise AccessDeniedException("The AWS endpoint needs verified signatures in class mode, which is not built yet.")
    found = CREDENTIAL.search(request.headers.get("Authorization", ""))
    region = found[1] if found and REGION.fullmatch(found[1]) else settings.ECSWEB_REGION
    return root_of(settings.ECSWEB_ACCOUNT, region, origin="wire")


def _check_loopback(request: HttpRequest) -> None:
    address = request.META.get("REMOTE_ADDR") or ""
    if address not in LOOPBACK and not address.startswith("127."):
        raise AccessDeniedException("Signatures are not checked, so the AWS endpoint answers on loopback only.")


def _params(request: HttpRequest) -> Any:
    """Return the parsed body. Raises SerializationException before anything large or encoded is taken in."""
    if request.headers.get("Content-Encoding"):
        raise UnsupportedFeatureException("A Content-Encoding is not supported.")
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY or len(request.body) > LARGEST_BODY:
        error = SerializationException(f"The request is larger than {LARGEST_BODY} bytes.")
        error.status = 413
        raise error
    if request.content_type != CONTENT_TYPE:
        raise SerializationException(f"The Content-Type must be {CONTENT_TYPE}.")
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SerializationException("The request is not UTF-8.") from error
    return parsed_json(text.strip() or "{}")


def _answer(body: dict[str, Any], *, status: int = 200) -> HttpResponse:
    # One piece, headers and body: separate writes cost a keep-alive client 40 ms (`libraries.md`).
    response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type=CONTENT_TYPE, status=status)
    response["x-amzn-RequestId"] = str(uuid.uuid4())
    return response


def _refusal(error: EcsError) -> HttpResponse:
    response = _answer({"__type": error.code, "message": error.message, **error.members}, status=error.status)
    response["x-amzn-ErrorType"] = error.code
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "1"
    return response


@csrf_exempt
@require_POST
async def reset(request: HttpRequest) -> HttpResponse:
    """Empty the solo account, its containers too, and answer when done. Needs a header that no browser form can set."""
    if settings.ECSWEB_MODE != "solo":
        return HttpResponse(status=404)
    try:
        _check_loopback(request)
        if request.headers.get("X-Ecsweb-Reset") != "yes":
            raise AccessDeniedException("The header X-Ecsweb-Reset: yes must be sent.")
        account = await sync_to_async(_begin_reset)()
    except EcsError as error:
        return _refusal(error)
    deadline = time.monotonic() + RESET_SECONDS
    while not await sync_to_async(finish_reset)(account):
        if time.monotonic() > deadline:
            return _answer({"message": "The engine does not answer: the reset goes on when it does."}, status=503)
        await asyncio.sleep(0.1)
    return _answer({"accountId": account.account_id, "status": "EMPTY"})


def _begin_reset() -> Account:
    principal = root_of(settings.ECSWEB_ACCOUNT, settings.ECSWEB_REGION, origin="wire")
    call(principal, "ResetAccount", {})
    return open_account(principal.account_id)
