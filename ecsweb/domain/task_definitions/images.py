"""What a container definition may name as its image: Docker's own grammar of names (`ecs-facts.md` 1.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ecsweb.domain.errors import ClientException

LONGEST = 255
_ALLOWED = re.compile(r"[a-zA-Z0-9\-_:./#@]{1,255}")
_HOST = re.compile(
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]{1,5})?"
)
_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def check_image(container: Mapping[str, Any], path: str) -> None:
    """Refuse what is no image's name: two tags, an upper-case repository, credentials, a digest that is none.

    Raises ClientException with `field` (`path` + ".image").
    """
    image, field = str(container["image"]), f"{path}.image"
    if not _ALLOWED.fullmatch(image):
        raise ClientException("Container.image contains invalid characters.", field=field)
    name, has_digest, digest = image.partition("@")
    if has_digest and not _DIGEST.fullmatch(digest):
        raise ClientException("Container.image has a digest that is not sha256: and 64 hex digits.", field=field)
    first, slash, rest = name.partition("/")
    has_registry = bool(slash) and ("." in first or ":" in first or first == "localhost")
    if has_registry and not _HOST.fullmatch(first):
        raise ClientException("Container.image has a registry that is no host name.", field=field)
    repository, colon, tag = (rest if has_registry else name).partition(":")
    if not _PATH.fullmatch(repository):
        raise ClientException("Container.image must have a repository in lower case.", field=field)
    if colon and not _TAG.fullmatch(tag):
        raise ClientException("Container.image has a tag that is none.", field=field)


def keeps_image(container_definition: Mapping[str, Any]) -> bool:
    """Tell whether all tasks of a deployment use the image that its first one found: `versionConsistency` (2.7)."""
    return container_definition.get("versionConsistency") != "disabled"
