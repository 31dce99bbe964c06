"""What does the same where AWS has no ECS operation for it: what breaks by itself elsewhere, as typed in a terminal."""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from ecsweb.api.renderers import cli_command
from ecsweb.domain.burdens import Burden, command_of
from ecsweb.models import Container, ContainerInstance
from ecsweb.web.panels.values import Words

# The agent of an instance speaks to ECS by HTTPS; on Amazon Linux systemd keeps it running.
_CUT = "sudo iptables -{how} OUTPUT -p tcp --dport 443 -j DROP"
_ON_THE_MACHINE = {
    "DisconnectAgent": _CUT.format(how="I"),
    "ReconnectAgent": _CUT.format(how="D"),
    "KillAgent": "docker kill ecs-agent",
    "RestartAgent": "sudo systemctl restart ecs",
}
_BY_EC2 = {"StopInstance": "stop", "StartInstance": "start", "LoseInstance": "terminate"}
# What makes a machine of a group one of the cluster's, as Amazon's own image for ECS wants it.
_IMAGE = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
_JOINS = "#!/bin/sh\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n"
_GROUPS = frozenset({"CreateAutoScalingGroup", "UpdateAutoScalingGroup", "DeleteAutoScalingGroup"})
_INSIDE = {"FillMemory": Burden.MEMORY, "FloodCpu": Burden.CPU}


def host_words(operation: str, row: ContainerInstance) -> Words:
    """Return what is typed on the machine of an instance, or of EC2 about it."""
    if operation in _ON_THE_MACHINE:
        return Words("ssh", _ON_THE_MACHINE[operation])
    return Words("EC2", f"aws ec2 {_BY_EC2[operation]}-instances --instance-ids {row.ec2_instance_id}")


def container_words(operation: str, container: Container) -> Words:
    """Return what is typed where the container runs: what the agent really tells Docker."""
    name = container.runtime_id[:12]
    if operation not in _INSIDE:
        return Words("docker", f"docker kill {name}")
    return Words("docker", shlex.join(["docker", "exec", "-d", name, *command_of(_INSIDE[operation])]))


def image_words(operation: str, image: str) -> Words:
    """Return what takes an image away from its registry, or brings it back."""
    if operation == "MendImage":
        return Words("docker", f"docker push {shlex.quote(image)}")
    host, slash, rest = image.partition("/")
    path = rest if slash and ("." in host or ":" in host) else image
    repository, _colon, tag = path.partition(":")
    named = ["--repository-name", repository, "--image-ids", f"imageTag={tag or 'latest'}"]
    return Words("ECR", shlex.join(["aws", "ecr", "batch-delete-image", *named]))


def group_words(operation: str, params: Mapping[str, Any]) -> Words | None:
    """Return what EC2 Auto Scaling is told of a group; None for what is no call about one."""
    if operation not in _GROUPS:
        return None
    before, told = [], dict(params)
    if operation == "CreateAutoScalingGroup":
        # There the type of the machines, and the cluster that they join, stand in a launch template.
        name, of_cluster = str(told["AutoScalingGroupName"]), _JOINS.format(cluster=told.pop("cluster"))
        machine = {"ImageId": _IMAGE, "InstanceType": told.pop("InstanceType")}
        data = {**machine, "UserData": b64encode(of_cluster.encode()).decode()}
        template = {"LaunchTemplateName": name, "LaunchTemplateData": data}
        before = [cli_command("ec2:CreateLaunchTemplate", template)]
        told["LaunchTemplate"] = {"LaunchTemplateName": name}
    return Words("AWS", "\n".join([*before, cli_command(f"autoscaling:{operation}", told)]))
