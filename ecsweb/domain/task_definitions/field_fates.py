"""What becomes of each member of RegisterTaskDefinition: run, clamped, not offered, refused, stored (5.2).

Every member of AWS's model is in this table, down to the last leaf; a test holds it to the model, and each to what
really happens. Paths have `[]` for each item of a list and `{}` for a map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What becomes of a field."""

    RUN = "run"
    CLAMPED = "clamped"
    NOT_OFFERED = "not offered"
    REFUSED = "refused"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class FieldFate:
    """A field's fate, and one sentence why it is not simply run; "" for those that are."""

    path: str
    fate: Fate
    why: str = ""


_TABLE: tuple[tuple[Fate, str, tuple[str, ...]], ...] = (
    (
        Fate.RUN,
        "",
        (
            "family",
            "executionRoleArn",
            "networkMode",
            "containerDefinitions[].name",
            "containerDefinitions[].image",
            "containerDefinitions[].cpu",
            "containerDefinitions[].memory",
            "containerDefinitions[].memoryReservation",
            "containerDefinitions[].links[]",
            "containerDefinitions[].portMappings[].containerPort",
            "containerDefinitions[].portMappings[].hostPort",
            "containerDefinitions[].portMappings[].protocol",
            "containerDefinitions[].portMappings[].containerPortRange",
            "containerDefinitions[].essential",
            "containerDefinitions[].restartPolicy.enabled",
            "containerDefinitions[].restartPolicy.ignoredExitCodes[]",
            "containerDefinitions[].restartPolicy.restartAttemptPeriod",
            "containerDefinitions[].entryPoint[]",
            "containerDefinitions[].command[]",
            "containerDefinitions[].environment[].name",
            "containerDefinitions[].environment[].value",
            "containerDefinitions[].mountPoints[].sourceVolume",
            "containerDefinitions[].mountPoints[].containerPath",
            "containerDefinitions[].mountPoints[].readOnly",
            "containerDefinitions[].volumesFrom[].sourceContainer",
            "containerDefinitions[].volumesFrom[].readOnly",
            "containerDefinitions[].linuxParameters.capabilities.add[]",
            "containerDefinitions[].linuxParameters.capabilities.drop[]",
            "containerDefinitions[].linuxParameters.initProcessEnabled",
            "containerDefinitions[].linuxParameters.tmpfs[].containerPath",
            "containerDefinitions[].secrets[].name",
            "containerDefinitions[].secrets[].valueFrom",
            "containerDefinitions[].dependsOn[].containerName",
            "containerDefinitions[].dependsOn[].condition",
            "containerDefinitions[].startTimeout",
            "containerDefinitions[].stopTimeout",
            "containerDefinitions[].versionConsistency",
            "containerDefinitions[].hostname",
            "containerDefinitions[].user",
            "containerDefinitions[].workingDirectory",
            "containerDefinitions[].disableNetworking",
            "containerDefinitions[].readonlyRootFilesystem",
            "containerDefinitions[].extraHosts[].hostname",
            "containerDefinitions[].extraHosts[].ipAddress",
            "containerDefinitions[].interactive",
            "containerDefinitions[].pseudoTerminal",
            "containerDefinitions[].dockerLabels{}",
            "containerDefinitions[].ulimits[].name",
            "containerDefinitions[].logConfiguration.logDriver",
            "containerDefinitions[].logConfiguration.options{}",
            "containerDefinitions[].healthCheck.command[]",
            "containerDefinitions[].healthCheck.interval",
            "containerDefinitions[].healthCheck.timeout",
            "containerDefinitions[].healthCheck.retries",
            "containerDefinitions[].healthCheck.startPeriod",
            "containerDefinitions[].systemControls[].namespace",
            "containerDefinitions[].systemControls[].value",
            "volumes[].name",
            "volumes[].dockerVolumeConfiguration.scope",
            "volumes[].dockerVolumeConfiguration.autoprovision",
            "volumes[].dockerVolumeConfiguration.labels{}",
            "placementConstraints[].type",
            "placementConstraints[].expression",
            "requiresCompatibilities[]",
            "cpu",
            "memory",
            "tags[].key",
            "tags[].value",
            "ephemeralStorage.sizeInGiB",
        ),
    ),
    (
        Fate.NOT_OFFERED,
        "There is no IAM in the container here: a task role is offered by no instance.",
        ("taskRoleArn",),
    ),
    (
        Fate.NOT_OFFERED,
        "Credentials of private registries are offered by no instance; an image that the engine has runs without.",
        ("containerDefinitions[].repositoryCredentials.credentialsParameter",),
    ),
    (
        Fate.STORED,
        "Service Connect and App Mesh are not simulated here.",
        (
            "containerDefinitions[].portMappings[].name",
            "containerDefinitions[].portMappings[].appProtocol",
            "proxyConfiguration.type",
            "proxyConfiguration.containerName",
            "proxyConfiguration.properties[].name",
            "proxyConfiguration.properties[].value",
        ),
    ),
    (
        Fate.STORED,
        "Files in S3 are not read here; set the variables in environment.",
        (
            "containerDefinitions[].environmentFiles[].value",
            "containerDefinitions[].environmentFiles[].type",
        ),
    ),
    (
        Fate.NOT_OFFERED,
        "The host's devices are offered by no instance.",
        (
            "containerDefinitions[].linuxParameters.devices[].hostPath",
            "containerDefinitions[].linuxParameters.devices[].containerPath",
            "containerDefinitions[].linuxParameters.devices[].permissions[]",
        ),
    ),
    (
        Fate.CLAMPED,
        "It is cut to 64 MiB, which count as memory.",
        (
            "containerDefinitions[].linuxParameters.sharedMemorySize",
            "containerDefinitions[].linuxParameters.tmpfs[].size",
        ),
    ),
    (
        Fate.CLAMPED,
        "Device files and set-user-id programs are never allowed on it.",
        ("containerDefinitions[].linuxParameters.tmpfs[].mountOptions[]",),
    ),
    (
        Fate.STORED,
        "Memory and swap are one limit here, so that there is no swap to set.",
        (
            "containerDefinitions[].linuxParameters.maxSwap",
            "containerDefinitions[].linuxParameters.swappiness",
        ),
    ),
    (
        Fate.NOT_OFFERED,
        "A container that may do everything on the host is offered by no instance.",
        ("containerDefinitions[].privileged",),
    ),
    (
        Fate.REFUSED,
        "Name servers are the engine's, so that nobody's names are answered by others.",
        (
            "containerDefinitions[].dnsServers[]",
            "containerDefinitions[].dnsSearchDomains[]",
        ),
    ),
    (
        Fate.REFUSED,
        "Only no-new-privileges is taken, which every container has anyway.",
        ("containerDefinitions[].dockerSecurityOptions[]",),
    ),
    (
        Fate.CLAMPED,
        "It is cut to what one machine for all bears.",
        (
            "containerDefinitions[].ulimits[].softLimit",
            "containerDefinitions[].ulimits[].hardLimit",
        ),
    ),
    (
        Fate.STORED,
        "Log routers are not simulated here.",
        (
            "containerDefinitions[].logConfiguration.secretOptions[].name",
            "containerDefinitions[].logConfiguration.secretOptions[].valueFrom",
            "containerDefinitions[].firelensConfiguration.type",
            "containerDefinitions[].firelensConfiguration.options{}",
        ),
    ),
    (
        Fate.NOT_OFFERED,
        "GPUs and accelerators are offered by no instance.",
        (
            "containerDefinitions[].resourceRequirements[].value",
            "containerDefinitions[].resourceRequirements[].type",
            "containerDefinitions[].resourceRequirements[].sharingStrategy.nvidiaMps.memory",
            "containerDefinitions[].resourceRequirements[].sharingStrategy.nvidiaMps.maxComputePercent",
        ),
    ),
    (
        Fate.STORED,
        "Windows and its domains are not simulated here.",
        ("containerDefinitions[].credentialSpecs[]",),
    ),
    (
        Fate.NOT_OFFERED,
        "Paths of the host are offered by no instance.",
        ("volumes[].host.sourcePath",),
    ),
    (
        Fate.REFUSED,
        "Only Docker's local driver without options is taken: options can mount paths of the host.",
        (
            "volumes[].dockerVolumeConfiguration.driver",
            "volumes[].dockerVolumeConfiguration.driverOpts{}",
        ),
    ),
    (
        Fate.STORED,
        "Network file systems and EBS are not mounted here.",
        (
            "volumes[].efsVolumeConfiguration.fileSystemId",
            "volumes[].efsVolumeConfiguration.rootDirectory",
            "volumes[].efsVolumeConfiguration.transitEncryption",
            "volumes[].efsVolumeConfiguration.transitEncryptionPort",
            "volumes[].efsVolumeConfiguration.authorizationConfig.accessPointId",
            "volumes[].efsVolumeConfiguration.authorizationConfig.iam",
            "volumes[].s3filesVolumeConfiguration.fileSystemArn",
            "volumes[].s3filesVolumeConfiguration.rootDirectory",
            "volumes[].s3filesVolumeConfiguration.transitEncryptionPort",
            "volumes[].s3filesVolumeConfiguration.accessPointArn",
            "volumes[].fsxWindowsFileServerVolumeConfiguration.fileSystemId",
            "volumes[].fsxWindowsFileServerVolumeConfiguration.rootDirectory",
            "volumes[].fsxWindowsFileServerVolumeConfiguration.authorizationConfig.credentialsParameter",
            "volumes[].fsxWindowsFileServerVolumeConfiguration.authorizationConfig.domain",
            "volumes[].configuredAtLaunch",
        ),
    ),
    (
        Fate.NOT_OFFERED,
        "Namespaces of the host or of the whole task are offered by no instance.",
        (
            "pidMode",
            "ipcMode",
        ),
    ),
    (
        Fate.STORED,
        "GPUs and accelerators are offered by no instance.",
        (
            "inferenceAccelerators[].deviceName",
            "inferenceAccelerators[].deviceType",
        ),
    ),
    (
        Fate.STORED,
        "All instances here have the processor and system of the machine that ecsweb runs on.",
        (
            "runtimePlatform.cpuArchitecture",
            "runtimePlatform.operatingSystemFamily",
        ),
    ),
    (
        Fate.STORED,
        "Fault injection of AWS is not simulated here; use the chaos actions of the pages.",
        ("enableFaultInjection",),
    ),
    (
        Fate.STORED,
        "Trusted execution is not simulated here.",
        (
            "trustedExecutionConfiguration.isolationMode",
            "trustedExecutionConfiguration.attestationPolicy",
        ),
    ),
)

FATES: Mapping[str, FieldFate] = {path: FieldFate(path, fate, why) for fate, why, paths in _TABLE for path in paths}


def paths_of(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of the members that a definition uses. Example: {"cpu": "256"} → cpu."""
    if path in FATES:
        yield path
    elif f"{path}{{}}" in FATES:
        yield f"{path}{{}}"
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from paths_of(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from paths_of(inner, f"{path}[]")


def departures(document: Mapping[str, Any]) -> list[FieldFate]:
    """Return what of a definition is not simply run, each field once, in the order of the definition.

    What is empty or false asks for nothing. A field that may be cut is named whether or not it was.
    """
    used = dict.fromkeys(path for path in paths_of(_asked(document)))
    return [FATES[path] for path in used if FATES[path].fate is not Fate.RUN]


def _asked(value: Any) -> Any:
    """Return the value without what is empty or false, which asks for nothing."""
    if isinstance(value, Mapping):
        kept = {name: _asked(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, False, "", [], {})}
    if isinstance(value, list | tuple):
        return [_asked(inner) for inner in value]
    return value
