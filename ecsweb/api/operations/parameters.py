"""The few operations of SSM Parameter Store that `secrets` need, so that `aws ssm put-parameter` works, too."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation_of
from ecsweb.controlplane.parameters import below, delete_parameter, find_parameter, parameters_of, put_parameter
from ecsweb.domain.errors import ParameterNotFound
from ecsweb.models import Parameter

SSM = "ssm"


@operation_of(SSM, "PutParameter", secret=frozenset({"Value"}))
def put(request: Request) -> dict[str, Any]:
    """Write a value."""
    params = request.params
    row = put_parameter(
        request.account,
        request.region,
        name=params["Name"],
        value=params["Value"],
        kind=params.get("Type", ""),
        description=params.get("Description", ""),
        overwrite=params.get("Overwrite", False),
        now=request.now,
    )
    return {"Version": row.version, "Tier": "Standard"}


@operation_of(SSM, "GetParameter")
def get(request: Request) -> dict[str, Any]:
    """Read one value."""
    row = find_parameter(request.account, request.region, request.params["Name"])
    if row is None:
        raise ParameterNotFound(f"Parameter {request.params['Name'][:100]} not found.")
    return {"Parameter": _with_value(row, request)}


@operation_of(SSM, "GetParameters")
def get_several(request: Request) -> dict[str, Any]:
    """Read several values; names that do not exist are told apart."""
    found = {name: find_parameter(request.account, request.region, name) for name in request.params["Names"]}
    return {
        "Parameters": [_with_value(row, request) for row in found.values() if row],
        "InvalidParameters": [name for name, row in found.items() if row is None],
    }


@operation_of(SSM, "GetParametersByPath")
def get_by_path(request: Request) -> dict[str, Any]:
    """Read the values below a path."""
    rows = parameters_of(request.account, request.region)
    rows = below(rows, request.params["Path"], recursive=request.params.get("Recursive", False))
    return _page([_with_value(row, request) for row in rows], request)


@operation_of(SSM, "DescribeParameters")
def describe(request: Request) -> dict[str, Any]:
    """List the parameters without their values."""
    return _page([_metadata(row) for row in parameters_of(request.account, request.region)], request)


@operation_of(SSM, "DeleteParameter")
def delete(request: Request) -> dict[str, Any]:
    """Delete one parameter."""
    delete_parameter(request.account, request.region, request.params["Name"])
    return {}


@operation_of(SSM, "DeleteParameters")
def delete_several(request: Request) -> dict[str, Any]:
    """Delete several parameters; names that do not exist are told apart."""
    names = list(dict.fromkeys(request.params["Names"]))
    there = [name for name in names if find_parameter(request.account, request.region, name)]
    for name in there:
        delete_parameter(request.account, request.region, name)
    return {"DeletedParameters": there, "InvalidParameters": [name for name in names if name not in there]}


def _page(shapes: list[dict[str, Any]], request: Request) -> dict[str, Any]:
    """Return a page in SSM's spelling."""
    own = {"maxResults": "MaxResults", "nextToken": "NextToken"}
    params = {ours: request.params[theirs] for ours, theirs in own.items() if theirs in request.params}
    answer = page(shapes, params, key="Parameters", default=10, most=50)
    return {{"nextToken": "NextToken"}.get(key, key): value for key, value in answer.items()}


def _metadata(row: Parameter) -> dict[str, Any]:
    shape = {
        "Name": row.name,
        "ARN": row.arn,
        "Type": row.type,
        "LastModifiedDate": row.last_modified_at.timestamp(),
        "Version": row.version,
        "Tier": "Standard",
        "DataType": "text",
    }
    return {**shape, "Description": row.description} if row.description else shape


def _with_value(row: Parameter, request: Request) -> dict[str, Any]:
    shape = _metadata(row)
    del shape["Tier"]
    shape.pop("Description", None)
    is_hidden = row.type == "SecureString" and not request.params.get("WithDecryption", False)
    return {**shape, "Value": _masked(row.value) if is_hidden else row.value}


def _masked(value: str) -> str:
    """Return something that looks encrypted. SIMPLIFIED: there is no KMS, so it cannot be decrypted again."""
    return base64.b64encode(hashlib.sha256(value.encode()).digest()).decode()
