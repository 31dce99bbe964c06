"""Names and values of the parameter store (AWS Systems Manager, *Parameter Store*: names, standard tier)."""

from __future__ import annotations

import re

from ecsweb.domain.errors import ValidationException

NAME = re.compile(r"[a-zA-Z0-9_.\-/]{1,1011}")
RESERVED = re.compile(r"/?(aws|ssm)", re.IGNORECASE)
ARN = re.compile(r"arn:aws:ssm:([a-z0-9-]{1,32}):(\d{12}):parameter(/.+)")
MOST_LEVELS = 15
LARGEST_VALUE = 4096
# What everybody who may look may see.
PLAIN = ("String", "StringList")
TYPES = (*PLAIN, "SecureString")


def check_parameter(name: str, value: str) -> None:
    """Raise ValidationException for a name or a value (UTF-8, at most 4 KB) that the store does not take."""
    if not NAME.fullmatch(name) or name.endswith("/") or "//" in name:
        raise ValidationException(
            "Parameter name: it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix "
            "of letters, numbers and the following 3 symbols .-_",
            field="Name",
        )
    if RESERVED.match(name):
        raise ValidationException('Parameter name: can\'t be prefixed with "aws" or "ssm".', field="Name")
    if name.count("/") > MOST_LEVELS:
        raise ValidationException(f"Parameter name: at most {MOST_LEVELS} levels.", field="Name")
    if not value:
        raise ValidationException("Parameter value: must not be empty.", field="Value")
    if len(value.encode()) > LARGEST_VALUE:
        raise ValidationException(f"Parameter value: at most {LARGEST_VALUE} bytes.", field="Value")


def possible_names(reference: str) -> tuple[str, ...]:
    """Return the names that a reference may mean: a name itself, or those with and without slash of an ARN.

    Example: `arn:aws:ssm:eu-west-1:123456789012:parameter/db` → ("/db", "db").
    """
    found = ARN.fullmatch(reference)
    return (found[3], found[3][1:]) if found else (reference,)
