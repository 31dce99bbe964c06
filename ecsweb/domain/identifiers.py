"""ARNs and names: parse what callers write, make what we hand out (`ecs-facts.md` section 1)."""

from __future__ import annotations

import random
import re
import string
import uuid
from dataclasses import dataclass

from ecsweb.domain.errors import InvalidParameterException

NAME = re.compile(r"[a-zA-Z0-9\-_]{1,255}")
FAMILY = NAME
REVISION = re.compile(r"[1-9][0-9]{0,8}")
# How many slashes an ARN has behind its resource type's: the short format has one fewer than the long one (1.1).
DEEPEST_PATH = {"cluster": 0, "task-definition": 0, "container-instance": 1, "service": 1, "task": 1}
DEEPEST_PATH |= {"service-deployment": 2, "service-revision": 2}
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


def new_id() -> str:
    """Return 32 lowercase hex digits, as task and container-instance ids have."""
    return uuid.uuid4().hex


def new_uuid() -> str:
    """Return a hyphenated UUID, as containers, events and attachments have."""
    return str(uuid.uuid4())


def new_deployment_id() -> str:
    """Return `ecs-svc/` and 19 decimal digits; it is also `startedBy` of the service's tasks."""
    return f"ecs-svc/{random.SystemRandom().randrange(10**18, 10**19)}"


def new_revision_id() -> str:
    """Return the 19 decimal digits of a service revision."""
    return str(random.SystemRandom().randrange(10**18, 10**19))


def new_service_deployment_id() -> str:
    """Return the 21 letters and digits of a service deployment."""
    return "".join(random.SystemRandom().choices(string.ascii_letters + string.digits, k=21))


def new_ec2_instance_id() -> str:
    """Return `i-` and 17 hex digits."""
    return f"i-{uuid.uuid4().hex[:17]}"


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ECS ARN; `path` is what follows the resource type's slash."""

    region: str
    account_id: str
    resource_type: str
    path: str


def parse_arn(text: str) -> Arn | None:
    """Return the parts of an ECS ARN, or None when `text` is no ARN at all. Raises for a malformed one."""
    if not text.startswith("arn:"):
        return None
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[1:3] != ["aws", "ecs"] or "/" not in parts[5]:
        raise InvalidParameterException(f"Invalid identifier: Identifier is for {text[:200]}.")
    resource_type, path = parts[5].split("/", 1)
    return Arn(region=parts[3], account_id=parts[4], resource_type=resource_type, path=path)


def short_name(text: str, resource_type: str, *, region: str, account_id: str) -> str | None:
    """Return the last part of a name or ARN of `resource_type`; None when the ARN is of another account or region.

    Raises InvalidParameterException when the ARN is of another type or malformed.
    """
    arn = parse_arn(text)
    if arn is None:
        return text
    if arn.resource_type != resource_type:
        raise InvalidParameterException(f"Invalid identifier: Unexpected resource type {arn.resource_type[:64]}.")
    if arn.path.count("/") > DEEPEST_PATH.get(resource_type, 8):
        raise InvalidParameterException(f"Invalid identifier: Identifier is for {text[:200]}.")
    if (arn.region, arn.account_id) != (region, account_id):
        return None
    return arn.path.rsplit("/", 1)[-1]


def cluster_of_arn(text: str) -> str | None:
    """Return the cluster's name inside a task, service or container-instance ARN, or None for a short name."""
    arn = parse_arn(text)
    if arn is None or arn.path.count("/") != 1:
        return None
    return arn.path.split("/")[0]


def family_and_revision(text: str, *, region: str, account_id: str) -> tuple[str, int | None] | None:
    """Split `family`, `family:revision` or a full ARN; revision None means the newest ACTIVE one.

    Returns None when nothing can be meant by it here (another account or region, a revision that is no number).
    """
    name = short_name(text, "task-definition", region=region, account_id=account_id)
    if name is None:
        return None
    family, colon, revision = name.partition(":")
    if not FAMILY.fullmatch(family):
        return None
    if not colon:
        return family, None
    return (family, int(revision)) if REVISION.fullmatch(revision) else None


def invalid_revision(text: str, *, region: str, account_id: str) -> str:
    """Return what stands for the revision in `family:text` or its ARN and is no number; else nothing."""
    name = short_name(text, "task-definition", region=region, account_id=account_id) or ""
    family, _, revision = name.partition(":")
    return "" if REVISION.fullmatch(revision) or not FAMILY.fullmatch(family) else revision
