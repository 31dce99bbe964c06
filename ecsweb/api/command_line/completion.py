"""What could stand at the end of a line: commands, options, values of enumerations, and the learner's own names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ecsweb.api.command_line.parsing import OUTPUTS, VALUED, argument_table, offered
from ecsweb.api.model import ECS, VERSIONS
from ecsweb.api.principal import Principal
from ecsweb.models import CapacityProvider, Cluster, ContainerInstance, Service, Task, TaskDefinition

MOST = 40


def complete(principal: Principal, line: str) -> list[str]:
    """Return whole words that could stand in place of the last one of the line, best first, at most MOST.

    Example: "aws ecs run-t" → ["run-task"]; "… --cluster d" → the learner's clusters that begin with d.
    """
    words = line.split()
    last = "" if not words or line[-1:].isspace() else words.pop()
    found = sorted({word for word in _candidates(principal, words) if word.startswith(last) and word != last})
    return found[:MOST]


def _candidates(principal: Principal, words: list[str]) -> Iterable[str]:
    if not words:
        return ["aws", *offered(ECS)]
    rest = words[1:] if words[0] == "aws" else words
    if not rest:
        return VERSIONS
    service = rest[0] if rest[0] in VERSIONS else ECS
    rest = rest[1:] if rest[0] in VERSIONS else rest
    if not rest:
        return [*offered(service), "help"]
    if rest[0] not in offered(service):
        return ()
    return _of_command(principal, service, rest)


def _of_command(principal: Principal, service: str, words: list[str]) -> Iterable[str]:
    table = argument_table(service, words[0])
    option = next((word for word in reversed(words) if word.startswith("--")), "")
    last = words[-1]
    if last == "--output":
        return OUTPUTS
    if option and (last == option or _takes_several(table, option)):
        values = list(_values(principal, table, option.removeprefix("--")))
        if last == option:
            return values
        return [*values, *_options(table, words)]
    return _options(table, words)


def _takes_several(table: Mapping[str, object], option: str) -> bool:
    argument = table.get(option.removeprefix("--"))
    return getattr(argument, "cli_type_name", "") == "list"


def _options(table: Mapping[str, object], words: list[str]) -> list[str]:
    return [f"--{name}" for name in table if f"--{name}" not in words] + sorted(VALUED - set(words))


def _values(principal: Principal, table: Mapping[str, object], name: str) -> Iterable[str]:
    model = getattr(table.get(name), "argument_model", None)
    shape = getattr(model, "member", model)
    if enum := getattr(shape, "enum", None):
        return [str(value) for value in enum]
    return OWN_NAMES[name](principal) if name in OWN_NAMES else ()


def _clusters(principal: Principal) -> Iterable[str]:
    rows = Cluster.objects.filter(account__account_id=principal.account_id, region=principal.region, status="ACTIVE")
    return rows.values_list("name", flat=True)[:MOST]


def _services(principal: Principal) -> Iterable[str]:
    rows = Service.objects.filter(cluster__account__account_id=principal.account_id, status="ACTIVE")
    return rows.filter(cluster__region=principal.region).values_list("name", flat=True)[:MOST]


def _definitions(principal: Principal) -> Iterable[str]:
    rows = TaskDefinition.objects.filter(account__account_id=principal.account_id, region=principal.region)
    return [row.family_revision for row in rows.filter(status="ACTIVE").order_by("-pk")[:MOST]]


def _families(principal: Principal) -> Iterable[str]:
    return sorted({name.rpartition(":")[0] for name in _definitions(principal)})


def _tasks(principal: Principal) -> Iterable[str]:
    rows = Task.objects.filter(cluster__account__account_id=principal.account_id, is_purged=False)
    return rows.filter(cluster__region=principal.region).order_by("-pk").values_list("task_id", flat=True)[:MOST]


def _instances(principal: Principal) -> Iterable[str]:
    rows = ContainerInstance.objects.filter(cluster__account__account_id=principal.account_id)
    rows = rows.filter(cluster__region=principal.region).exclude(status="INACTIVE")
    return rows.values_list("instance_id", flat=True)[:MOST]


def _providers(principal: Principal) -> Iterable[str]:
    rows = CapacityProvider.objects.filter(account__account_id=principal.account_id).exclude(status="INACTIVE")
    return rows.values_list("name", flat=True)[:MOST]


OWN_NAMES: Mapping[str, Callable[[Principal], Iterable[str]]] = {
    "cluster": _clusters,
    "clusters": _clusters,
    "service": _services,
    "services": _services,
    "task-definition": _definitions,
    "task-definitions": _definitions,
    "family": _families,
    "family-prefix": _families,
    "task": _tasks,
    "tasks": _tasks,
    "container-instance": _instances,
    "container-instances": _instances,
    "capacity-providers": _providers,
    "capacity-provider": _providers,
}
