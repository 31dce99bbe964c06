"""What an image's name says: registry, repository, tag, digest – as Docker reads it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

DOCKER_HUB = "Docker Hub"
OURS = "ecsweb"


@dataclass(frozen=True, slots=True)
class ImageReference:
    """The parts of an image's name; `registry` is Docker Hub where none is written."""

    registry: str
    repository: str
    tag: str
    digest: str = ""

    @property
    def is_ours(self) -> bool:
        """Tell whether it is one of the images that the product makes itself."""
        return self.registry == DOCKER_HUB and self.repository.startswith(f"{OURS}/")


def parse(image: str) -> ImageReference:
    """Return the parts of `image`.

    The first part is a registry when it has a dot or a colon or is `localhost`; the tag is `latest` where neither tag
    nor digest is written. Example: `busybox` → Docker Hub, `library/busybox`, `latest`.
    """
    name, _, digest = image.partition("@")
    first, slash, rest = name.partition("/")
    has_registry = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if has_registry else (DOCKER_HUB, name)
    repository, _, tag = path.partition(":")
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    return ImageReference(registry, repository, tag or ("" if digest else "latest"), digest)
