"""What the account has now, in AWS's own shapes: what questions are asked about and examples are taken from.

Expressions are JMESPath, the language of `aws … --query`, over what the List and Describe calls of the one door answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from string import Template
from typing import Any

import jmespath

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.models import ContainerInstance

Found = list[Any]
# What is read of an account at most; a question is about something, not about all.
CLUSTERS, FAMILIES, AT_ONCE, SERVICES_AT_ONCE = 3, 8, 100, 10


class Live:
    """The account's objects, asked for when an expression first names them and then kept."""

    def __init__(self, principal: Principal) -> None:
        self._principal = principal
        self._known: dict[str, Found] = {}

    def search(self, expression: str, names: Mapping[str, Any] | None = None) -> Any:
        """Return what the expression finds; `$name` in it stands for a text of `names`."""
        filled = filled_in(expression, names or {})
        document = {source: self._of(source) for source in SOURCES if re.search(rf"\b{source}\b", filled)}
        return _compiled(filled).search(document)

    def called(self, value: Any) -> str:
        """Return what a page calls it: the name in an ARN, i-01 for an instance, eight characters of a task's id."""
        text = _plain(value)
        if not text.startswith("arn:"):
            return text
        last = last_part(text)
        if ":task/" in text:
            return last[:8]
        return self._instances().get(last, last[:8]) if ":container-instance/" in text else last

    def words(self, found: Mapping[str, Any]) -> dict[str, str]:
        """Return an object's fields as a text may say them; what is named `arn` stays whole."""
        located = with_cluster(found)
        return {name: _plain(value) if name == "arn" else self.called(value) for name, value in located.items()}

    def first_cluster(self) -> str:
        """Return the name of a cluster, or nothing."""
        return str(self.search("clusters[?status=='ACTIVE'].clusterName | [0]") or "")

    def ask(self, operation: str, **params: Any) -> dict[str, Any]:
        """Make a reading call as the reader."""
        return call(self._principal, operation, params)

    def _of(self, source: str) -> Found:
        if source not in self._known:
            self._known[source] = SOURCES[source](self)
        return self._known[source]

    def clusters(self) -> Found:
        """Return the account's clusters, those with the most in them first."""
        arns = self.ask("ListClusters")["clusterArns"]
        found: Found = self.ask("DescribeClusters", clusters=arns)["clusters"] if arns else []
        return sorted(found, key=lambda one: -one["registeredContainerInstancesCount"] - one["runningTasksCount"])

    def members(self, listing: str, describing: str, kind: str, size: int, **params: Any) -> Found:
        """Return the described things of the largest clusters."""
        found: Found = []
        for cluster in self._of("clusters")[:CLUSTERS]:
            arns = self.ask(listing, cluster=cluster["clusterArn"], **params)[f"{kind[:-1]}Arns"][:size]
            if arns:
                found += self.ask(describing, cluster=cluster["clusterArn"], **{kind: arns})[kind]
        return found

    def tasks(self) -> Found:
        """Return tasks, those that are to run before those that have stopped."""
        wanted = ("RUNNING", "STOPPED")
        return [
            task
            for status in wanted
            for task in self.members("ListTasks", "DescribeTasks", "tasks", AT_ONCE, desiredStatus=status)
        ]

    def definitions(self) -> Found:
        """Return the newest active revision of each family."""
        families = self._of("families")[:FAMILIES]
        return [self.ask("DescribeTaskDefinition", taskDefinition=name)["taskDefinition"] for name in families]

    def _instances(self) -> Mapping[str, str]:
        """Return what the picture calls each instance, by the order in which it joined its cluster."""
        if "names" not in self._known:
            rows = ContainerInstance.objects.filter(cluster__account__account_id=self._principal.account_id)
            self._known["names"] = list(rows.order_by("pk").values_list("cluster_id", "instance_id"))
        places: dict[int, int] = {}
        names: dict[str, str] = {}
        for cluster, instance in self._known["names"]:
            places[cluster] = places.get(cluster, 0) + 1
            names[instance] = f"i-{places[cluster]:02d}"
        return names


SOURCES: Mapping[str, Callable[[Live], Found]] = {
    "clusters": Live.clusters,
    "containerInstances": lambda live: live.members(
        "ListContainerInstances", "DescribeContainerInstances", "containerInstances", AT_ONCE
    ),
    "services": lambda live: live.members("ListServices", "DescribeServices", "services", SERVICES_AT_ONCE),
    "tasks": Live.tasks,
    "families": lambda live: live.ask("ListTaskDefinitionFamilies", status="ACTIVE")["families"],
    "taskDefinitions": Live.definitions,
    "taskDefinitionArns": lambda live: live.ask("ListTaskDefinitions")["taskDefinitionArns"],
    "inactiveTaskDefinitionArns": lambda live: live.ask("ListTaskDefinitions", status="INACTIVE")["taskDefinitionArns"],
}


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def filled_in(expression: str, names: Mapping[str, Any]) -> str:
    """Return the expression with its names filled in, which cannot end the text that they stand in."""
    safe = {name: _plain(value).replace("\\", "\\\\").replace("'", "\\'") for name, value in names.items()}
    return Template(expression).substitute(safe)


def last_part(arn: str) -> str:
    """Return the name at the end of an ARN."""
    return arn.rsplit("/", 1)[-1]


def with_cluster(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object with its cluster, which DescribeContainerInstances says in the ARN alone."""
    cluster = found.get("cluster") or next(
        (str(value).split("/")[1] for value in found.values() if ":container-instance/" in str(value)), None
    )
    return {**found, "cluster": cluster} if cluster else dict(found)


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
