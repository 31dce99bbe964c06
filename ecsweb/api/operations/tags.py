from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.tags import Taggable, get_taggable, set_tags
from ecsweb.domain.errors import InvalidParameterException, ResourceNotFoundException
from ecsweb.domain.tags import MOST_TAGS, check_key, merged, without


@operation("TagResource")
def tag(request: Request) -> dict[str, Any]:
    row = _resource(request)
    tags = merged(row.tags, request.params["tags"])
    set_tags(request.account, request.region, row, tags, now=request.now)
    return {}


@operation("UntagResource")
def untag(request: Request) -> dict[str, Any]:
    keys = request.params["tagKeys"]
    if len(keys) > MOST_TAGS:
        raise InvalidParameterException(f"tagKeys can have at most {MOST_TAGS} items.", field="tagKeys")
    for index, key in enumerate(keys):
        check_key(key, field=f"tagKeys.{index}")
    row = _resource(request)
    set_tags(request.account, request.region, row, without(row.tags, keys), now=request.now)
    return {}


@operation("ListTagsForResource")
def list_tags(request: Request) -> dict[str, Any]:
    try:
        return {"tags": _resource(request).tags}
    except ResourceNotFoundException as error:
        # AWS's model has no ResourceNotFoundException for this one.
        raise InvalidParameterException(error.message, field=error.field) from error


def _resource(request: Request) -> Taggable:
    return get_taggable(request.account, request.region, request.params["resourceArn"])
