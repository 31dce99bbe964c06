from __future__ import annotations

from typing import Any

from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.account_settings import (
    checked_principal,
    delete_account_setting,
    effective_settings,
    own_settings,
    put_account_setting,
    root_arn,
)
from ecsweb.domain.account_settings import RULES
from ecsweb.domain.errors import InvalidParameterException


@operation("PutAccountSetting")
def put(request: Request) -> dict[str, Any]:
    return _put(request, _principal(request))


@operation("PutAccountSettingDefault")
def put_default(request: Request) -> dict[str, Any]:
    return _put(request, root_arn(request.account))


def _put(request: Request, principal_arn: str) -> dict[str, Any]:
    name, value = request.params["name"], request.params["value"]
    row = put_account_setting(request.account, request.region, principal_arn=principal_arn, name=name, value=value)
    return {"setting": _shape(row.name, row.value, principal_arn)}


@operation("DeleteAccountSetting")
def delete(request: Request) -> dict[str, Any]:
    principal_arn, name = _principal(request), request.params["name"]
    value = delete_account_setting(request.account, request.region, principal_arn=principal_arn, name=name)
    return {"setting": _shape(name, value, principal_arn)}


@operation("ListAccountSettings")
def list_settings(request: Request) -> dict[str, Any]:
    """Without `effectiveSettings` only what was set for the principal; at most 10 a page."""
    params, principal_arn = request.params, _principal(request)
    if "value" in params and "name" not in params:
        raise InvalidParameterException("A name must be given with a value.", field="name")
    found = effective_settings if params.get("effectiveSettings") else own_settings
    settings = found(request.account, request.region, principal_arn=principal_arn)
    shapes = [
        _shape(name, value, principal_arn)
        for name, value in settings.items()
        if params.get("name", name) == name and params.get("value", value) == value
    ]
    return page(shapes, params, key="settings", default=10, most=10)


def _principal(request: Request) -> str:
    return checked_principal(request.account, request.params.get("principalArn", request.principal.arn))


def _shape(name: str, value: str, principal_arn: str) -> dict[str, Any]:
    kind = "aws_managed" if RULES[name].is_aws_managed else "user"
    return {"name": name, "value": value, "principalArn": principal_arn, "type": kind}
