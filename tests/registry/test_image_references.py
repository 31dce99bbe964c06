"""Names of images, read as Docker reads them."""

from __future__ import annotations

import pytest

from ecsweb.registry.image_references import DOCKER_HUB, ImageReference, parse

DIGEST = "sha256:" + "a" * 64
ECR = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com"


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("busybox", (DOCKER_HUB, "library/busybox", "latest", "")),
        ("busybox:1.36", (DOCKER_HUB, "library/busybox", "1.36", "")),
        ("fluent/fluent-bit", (DOCKER_HUB, "fluent/fluent-bit", "latest", "")),
        ("localhost/web", ("localhost", "web", "latest", "")),
        ("localhost:5000/web:2", ("localhost:5000", "web", "2", "")),
        (f"{ECR}/shop/web:7", (ECR, "shop/web", "7", "")),
        (f"busybox@{DIGEST}", (DOCKER_HUB, "library/busybox", "", DIGEST)),
        (f"{ECR}/web:7@{DIGEST}", (ECR, "web", "7", DIGEST)),
        ("quay.io/a/b/c", ("quay.io", "a/b/c", "latest", "")),
    ],
)
def test_parts(image: str, parts: tuple[str, str, str, str]) -> None:
    assert parse(image) == ImageReference(*parts)


@pytest.mark.parametrize(
    ("image", "is_ours"), [("ecsweb/web:1", True), ("ecsweb.example/web", False), ("other/ecsweb", False)]
)
def test_our_own_images(image: str, is_ours: bool) -> None:
    assert parse(image).is_ours is is_ours
