"""The account's parameter store: the verbs of SSM that `secrets` of containers need."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from ecsweb.domain.errors import ParameterAlreadyExists, ParameterNotFound
from ecsweb.domain.parameters import ARN, check_parameter, possible_names
from ecsweb.models import Account, Parameter


def put_parameter(
    account: Account, region: str, *, name: str, value: str, kind: str, description: str, overwrite: bool, now: datetime
) -> Parameter:
    """Write a parameter; `kind` "" keeps the type it has. Raises ValidationException, ParameterAlreadyExists."""
    check_parameter(name, value)
    given = {"value": value, "last_modified_at": now}
    with transaction.atomic():
        row, is_new = Parameter.objects.get_or_create(
            account=account,
            region=region,
            name=name,
            defaults={**given, "type": kind or "String", "description": description},
        )
        if is_new:
            return row
        if not overwrite:
            raise ParameterAlreadyExists(
                "The parameter already exists. To overwrite this value, set the overwrite option in the request to "
                "true.",
                field="Name",
            )
        more = {key: one for key, one in (("type", kind), ("description", description)) if one}
        Parameter.objects.filter(pk=row.pk).update(version=F("version") + 1, **given, **more)
        row.refresh_from_db()
    return row


def find_parameter(account: Account, region: str, reference: str) -> Parameter | None:
    """Return the parameter that a name or an ARN of this account and region means, if there is one."""
    found = ARN.fullmatch(reference)
    if found and (found[1], found[2]) != (region, account.account_id):
        return None
    rows = Parameter.objects.filter(account=account, region=region, name__in=possible_names(reference))
    return rows.select_related("account").first()


def parameters_of(account: Account, region: str) -> list[Parameter]:
    """Return all parameters of the region, by name."""
    return list(Parameter.objects.filter(account=account, region=region).select_related("account"))


def delete_parameter(account: Account, region: str, name: str) -> None:
    """Delete a parameter; tasks that run keep the value they were started with. Raises ParameterNotFound."""
    row = find_parameter(account, region, name)
    if row is None:
        raise ParameterNotFound(f"Parameter {name[:100]} not found.", field="Name")
    row.delete()


def below(rows: Iterable[Parameter], path: str, *, recursive: bool) -> list[Parameter]:
    """Return the parameters under a path, those of deeper levels only where `recursive`."""
    stem = re.escape(path.rstrip("/") + "/")
    pattern = re.compile(stem + (".+" if recursive else "[^/]+"))
    return [row for row in rows if pattern.fullmatch(row.name)]
