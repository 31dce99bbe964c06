"""AWS's operations that are not offered here: refused in words that say why, never with a fault of ours."""

from __future__ import annotations

from ecsweb.api.model import ECS, ecs_model, is_of_aws, operation_names, service_and_name
from ecsweb.domain.errors import (
    ClientException,
    EcsError,
    NoUpdateAvailableException,
    UnknownOperationException,
    UnsupportedFeatureException,
)

_AGENT = "is what the container agent calls. Here the agent is part of ecsweb and reports inside of it."
_NO_UPDATE = "There is no update available for your container agent."
_GATEWAY = "belongs to ECS gateways, which are not simulated here."
_EXPRESS = "belongs to ECS Express services, which are not simulated here."
# SIMPLIFIED: managed daemons run on Managed Instances only.
_MANAGED_DAEMON = (
    "belongs to daemons of ECS Managed Instances, which are not simulated here. A service with the scheduling strategy "
    "DAEMON runs a task on every container instance."
)

# Operation → the end of the sentence that begins with its name.
REFUSED: dict[str, str] = {
    "DiscoverPollEndpoint": _AGENT,
    "SubmitAttachmentStateChanges": _AGENT,
    "SubmitContainerStateChange": _AGENT,
    "SubmitTaskStateChange": _AGENT,
    "UpdateContainerAgent": _NO_UPDATE,
    # SIMPLIFIED: a session would need Session Manager; nothing stands in for it.
    "ExecuteCommand": "needs Session Manager, which is not here. Use docker exec with the container's runtimeId.",
    "ListServicesByNamespace": "belongs to Service Connect and Cloud Map, which are not simulated here.",
    "ContinueServiceDeployment": "belongs to deployments with life-cycle hooks, which are not simulated here.",
    **dict.fromkeys(
        (
            "AssociateGatewayWithCluster",
            "CreateGateway",
            "DeleteGateway",
            "DescribeGateway",
            "DescribeGatewayResources",
            "DescribeGatewayRoute",
            "DisassociateGatewayFromCluster",
            "ListGatewayClusterAssociations",
            "ListGatewayRoutes",
            "ListGateways",
            "UpdateGateway",
        ),
        _GATEWAY,
    ),
    **dict.fromkeys(
        (
            "CreateExpressGatewayService",
            "DeleteExpressGatewayService",
            "DescribeExpressGatewayService",
            "UpdateExpressGatewayService",
        ),
        _EXPRESS,
    ),
    **dict.fromkeys(
        (
            "CreateDaemon",
            "DeleteDaemon",
            "DeleteDaemonTaskDefinition",
            "DescribeDaemon",
            "DescribeDaemonDeployments",
            "DescribeDaemonRevisions",
            "DescribeDaemonTaskDefinition",
            "ListDaemonDeployments",
            "ListDaemonTaskDefinitions",
            "ListDaemons",
            "RegisterDaemonTaskDefinition",
            "UpdateDaemon",
        ),
        _MANAGED_DAEMON,
    ),
}


def why_not(operation: str) -> str:
    """Return the sentence that says why an operation of AWS is not offered."""
    if REFUSED.get(operation) == _NO_UPDATE:
        return _NO_UPDATE
    return f"{operation} {REFUSED.get(operation, 'is an operation of Amazon ECS that is not built here yet.')}"


def refusal(operation: str) -> EcsError:
    """Return the answer to an operation that is not offered: UnsupportedFeatureException where AWS's model has it for
    this operation, otherwise ClientException; UnknownOperationException for what AWS has not either."""
    service, name = service_and_name(operation)
    if service != ECS and is_of_aws(operation):
        return UnknownOperationException(f"Of {service}, {name} is not offered here.")
    if operation not in operation_names():
        return UnknownOperationException(f"There is no operation {operation[:100]}.")
    if REFUSED.get(operation) == _NO_UPDATE:
        return NoUpdateAvailableException(_NO_UPDATE)
    shapes = ecs_model().operation_model(operation).error_shapes
    has_unsupported = any(shape.name == UnsupportedFeatureException.code for shape in shapes)
    return (UnsupportedFeatureException if has_unsupported else ClientException)(why_not(operation))
