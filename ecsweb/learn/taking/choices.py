"""What nobody but the learner can know of the account that the work goes to: images, roles, a subnet.

Where one belongs stands a mark that no text of AWS has, so that each form can write it as its own kind of variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MARK = re.compile("\ue000([A-Z0-9_]+)\ue001")
OURS = re.compile(r"ecsweb/[\w.:/-]+", re.ASCII)
ROLE = re.compile(r"arn:aws:iam::\d+:role/([\w+=,.@/-]+)", re.ASCII)
SUBNET, SECURITY_GROUP, INSTANCE_PROFILE = "SUBNET", "SECURITY_GROUP", "INSTANCE_PROFILE"


@dataclass(frozen=True, slots=True)
class Choice:
    """A thing to choose: the variable's name, its kind, and what it stands for here."""

    name: str
    kind: str
    stands_for: str = ""

    @property
    def parameter(self) -> str:
        """Return its name in CloudFormation, where names are alphanumeric. Example: IMAGE_WEB_1 → ImageWeb1."""
        return "".join(part.capitalize() for part in self.name.split("_"))


@dataclass
class Choices:
    """Those that come up while the work is read, each once."""

    found: dict[str, Choice] = field(default_factory=dict)

    def mark(self, name: str, kind: str, stands_for: str = "") -> str:
        """Return the mark of a choice."""
        number = 1
        base = name
        # Two images may differ in nothing that a variable's name can hold: ecsweb/web:1 and ecsweb/web-1.
        while any(_clash(one, name, stands_for) for one in self.found.values()):
            number += 1
            name = f"{base}_V{number}"
        self.found.setdefault(name, Choice(name, kind, stands_for))
        return f"\ue000{name}\ue001"

    def image(self, image: str) -> str:
        """Return the image, or a mark where it is one that ecsweb has built for itself."""
        if not OURS.fullmatch(image):
            return image
        return self.mark(_variable("IMAGE", image.removeprefix("ecsweb/")), "image", image)

    def role(self, arn: str) -> str:
        """Return the mark of a role: those of this account are not those of another."""
        found = ROLE.fullmatch(arn)
        return self.mark(_variable("ROLE", found[1].rsplit("/", 1)[-1]), "role", arn) if found else arn

    def network(self, configuration: dict[str, Any]) -> dict[str, Any]:
        """Return a network configuration with the learner's own subnet and security group."""
        vpc = dict(configuration.get("awsvpcConfiguration", {}))
        vpc["subnets"] = [self.mark(SUBNET, "subnet")]
        if vpc.get("securityGroups"):
            vpc["securityGroups"] = [self.mark(SECURITY_GROUP, "security-group")]
        return {"awsvpcConfiguration": {key: value for key, value in vpc.items() if value}}


def _clash(one: Choice, name: str, stands_for: str) -> bool:
    return one.parameter.lower() == name.replace("_", "").lower() and one.stands_for != stands_for


def _variable(kind: str, name: str) -> str:
    return f"{kind}_{re.sub(r'[^A-Z0-9]+', '_', name.upper()).strip('_')}"


def replaced(value: Any, by: Callable[[str], Any]) -> Any:
    """Return the value with each text that is a mark replaced, at any depth."""
    if isinstance(value, dict):
        return {key: replaced(one, by) for key, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, by) for one in value]
    found = MARK.fullmatch(value) if isinstance(value, str) else None
    return by(found[1]) if found else value
