"""Operations of ours that say what a call would do and do nothing: somebody is still typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.api.validation import checked
from ecsweb.controlplane.decisions import decision_as_json
from ecsweb.controlplane.drafts import Draft, draft_of
from ecsweb.domain.errors import InvalidParameterException


@our_operation("DescribeTaskDefinitionDraft")
def describe_draft(request: Request) -> dict[str, Any]:
    """Check a registration by the same rules and say where one task could stand; nothing is stored."""
    definition = request.params.get("definition")
    if not isinstance(definition, Mapping):
        raise InvalidParameterException("definition must be given.", field="definition")
    draft = draft_of(request.account, request.region, checked("RegisterTaskDefinition", definition))
    clusters = [
        {"clusterName": cluster.name, "decision": decision_as_json(decision, at=request.now)}
        for cluster, decision in draft.places
    ]
    return {"taskDefinition": _described(draft), "clusters": clusters}


def _described(draft: Draft) -> dict[str, Any]:
    return {
        "family": draft.document["family"],
        "revision": draft.revision,
        "requiresAttributes": list(draft.requires_attributes),
        "compatibilities": list(draft.compatibilities),
        "cpu": draft.demand.cpu,
        "memory": draft.demand.memory,
        "tcpPorts": sorted(draft.demand.tcp_ports),
        "udpPorts": sorted(draft.demand.udp_ports),
        "networkInterfaces": draft.demand.enis,
    }
