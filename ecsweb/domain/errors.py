"""ECS's exceptions by their wire names (`ecs-facts.md` 12): a public vocabulary, so all in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType


class EcsError(Exception):
    """An answer of the API that is an error: wire `code`, `message`, HTTP `status`, and the parameter it is about.

    `field` is a dotted path into the parameters ("containerDefinitions.0.memory"), so that a form can put the message
    beside the right input; it is not sent on the wire.
    """

    code = "ClientException"
    status = 400
    # What AWS sends beside the message, by the names of its model.
    members: Mapping[str, object] = MappingProxyType({})

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class ClientException(EcsError):
    """The request is understood but wrong."""


class InvalidParameterException(EcsError):
    """A bad parameter or combination."""

    code = "InvalidParameterException"


class SerializationException(EcsError):
    """The body is not what the protocol asks for (outside the model, common to AWS)."""

    code = "SerializationException"


class UnknownOperationException(EcsError):
    """There is no such operation here (outside the model, common to AWS)."""

    code = "UnknownOperationException"


class AccessDeniedException(EcsError):
    """No permission."""

    code = "AccessDeniedException"


class ServerException(EcsError):
    """A fault on our side; the client may retry."""

    code = "ServerException"
    status = 500


class BusyException(ServerException):
    """The database is held or full for a moment: a fault of ours on the wire, and worth another try."""

    status = 503


class ClusterNotFoundException(EcsError):
    """The cluster is absent or inactive."""

    code = "ClusterNotFoundException"


class ServiceNotFoundException(EcsError):
    """The service is absent."""

    code = "ServiceNotFoundException"


class ServiceNotActiveException(EcsError):
    """The service is DRAINING or INACTIVE."""

    code = "ServiceNotActiveException"


class ClusterContainsServicesException(EcsError):
    """DeleteCluster while services are active."""

    code = "ClusterContainsServicesException"


class ClusterContainsTasksException(EcsError):
    """DeleteCluster while tasks are active."""

    code = "ClusterContainsTasksException"


class ClusterContainsContainerInstancesException(EcsError):
    """DeleteCluster while container instances are registered."""

    code = "ClusterContainsContainerInstancesException"


class UnsupportedFeatureException(EcsError):
    """Something of ECS that is not built here."""

    code = "UnsupportedFeatureException"


class ServiceDeploymentNotFoundException(EcsError):
    """The named service deployment is absent."""

    code = "ServiceDeploymentNotFoundException"


class ConflictException(EcsError):
    """The same client token with other parameters (`ecs-facts.md` 5.1); `resource_ids`: what its first call made."""

    code = "ConflictException"

    def __init__(self, message: str, *, field: str = "", resource_ids: Sequence[str] = ()) -> None:
        super().__init__(message, field=field)
        self.members = {"resourceIds": list(resource_ids)} if resource_ids else {}


class LimitExceededException(EcsError):
    """A quota is used up."""

    code = "LimitExceededException"


class ThrottlingException(EcsError):
    """Too many calls in too short a time (outside the model, common to AWS; clients retry by themselves)."""

    code = "ThrottlingException"


class ResourceNotFoundException(EcsError):
    """What is to be tagged or protected is absent."""

    code = "ResourceNotFoundException"


class NoUpdateAvailableException(EcsError):
    """The container agent is of the newest version already."""

    code = "NoUpdateAvailableException"


class ParameterNotFound(EcsError):
    """The account's parameter store has no parameter of that name (SSM's exception)."""

    code = "ParameterNotFound"


class ParameterAlreadyExists(EcsError):
    """PutParameter of an existing name without Overwrite (SSM's exception)."""

    code = "ParameterAlreadyExists"


class ValidationException(EcsError):
    """A parameter of a call is not valid (what SSM answers; common to AWS)."""

    code = "ValidationException"


class PlatformUnknownException(EcsError):
    """The platform version does not exist (`ecs-facts.md` 12)."""

    code = "PlatformUnknownException"


class TargetNotFoundException(EcsError):
    """An attribute's target is absent or inactive."""

    code = "TargetNotFoundException"


class AttributeLimitExceededException(EcsError):
    """Too many attributes in one call or on one instance."""

    code = "AttributeLimitExceededException"


class UpdateInProgressException(EcsError):
    """A change of the cluster's capacity providers is still being carried out (`ecs-facts.md` 12)."""

    code = "UpdateInProgressException"


class ClusterContainsCapacityProviderException(EcsError):
    """A capacity provider is bound to the cluster (`ecs-facts.md` 7)."""

    code = "ClusterContainsCapacityProviderException"


class ResourceInUseException(EcsError):
    """Something uses it still (`ecs-facts.md` 12)."""

    code = "ResourceInUseException"


class TaskSetNotFoundException(EcsError):
    """The task set is absent."""

    code = "TaskSetNotFoundException"
