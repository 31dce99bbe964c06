"""The work as a CloudFormation template: one stack, which is also how it is taken away again."""

from __future__ import annotations

import shlex
from typing import Any

import yaml
from django.utils.translation import gettext as _

from ecsweb.api.renderers import cloudformation_resource
from ecsweb.learn.taking.choices import INSTANCE_PROFILE, SUBNET, replaced
from ecsweb.learn.taking.script import AMI, words_of
from ecsweb.learn.taking.work import Machines, Work, joins

Resource = dict[str, Any]
TYPES = {"subnet": "AWS::EC2::Subnet::Id", "security-group": "AWS::EC2::SecurityGroup::Id"}
AMI_TYPE = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
AMI_PARAMETER = "EcsImage"


def template_of(work: Work) -> str:
    """Return the template in YAML. Tasks that were run directly are no resources: the stack keeps, they only run."""
    parameters: dict[str, Any] = {
        one.parameter: {"Type": TYPES.get(one.kind, "String"), "Description": words_of(one)} for one in work.choices
    }
    if work.machines:
        parameters[AMI_PARAMETER] = {"Type": AMI_TYPE, "Default": AMI}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _("The cluster %(name)s of ecsweb, for an account of AWS of your own.") % {"name": work.name},
        **({"Parameters": parameters} if parameters else {}),
        "Resources": _resources(work),
    }
    return str(yaml.safe_dump(template, sort_keys=False, allow_unicode=True, width=100))


def deploy_commands(work: Work) -> tuple[str, str]:
    """Return the commands that make the stack of the template's file, and those that take it away."""
    stack = shlex.quote(f"ecsweb-{work.name}")
    values = [f'{one.parameter}="${one.name}"' for one in work.choices]
    deploy = [f"aws cloudformation deploy --stack-name {stack}", f"--template-file {stack}.yaml"]
    if values:
        deploy.append(f"--parameter-overrides {' '.join(values)}")
    take_away = f"aws cloudformation delete-stack --stack-name {stack}"
    wait = f"aws cloudformation wait stack-delete-complete --stack-name {stack}"
    return " \\\n  ".join(deploy), f"{take_away}\n{wait}"


def _resources(work: Work) -> dict[str, Resource]:
    names = {one.name: one.parameter for one in work.choices}
    cluster, made = cloudformation_resource("CreateCluster", work.cluster)
    found = {cluster: made}
    groups: list[str] = []
    for number, machines in enumerate(work.machines, 1):
        template, group = f"Machine{number}", f"Machines{number}"
        found[template] = _launch_template(work, machines, cluster, names)
        found[group] = _group(machines, template, names)
        groups.append(group)
    revisions = _definitions(work, found)
    for params in work.services:
        logical, resource = cloudformation_resource("CreateService", params)
        resource["Properties"] |= {
            "Cluster": {"Ref": cluster},
            "TaskDefinition": {"Ref": revisions[params["taskDefinition"]]},
        }
        if groups:
            resource["DependsOn"] = groups
        found[_free(logical, found)] = resource
    return {logical: replaced(resource, lambda name: {"Ref": names[name]}) for logical, resource in found.items()}


def _definitions(work: Work, found: dict[str, Resource]) -> dict[str, str]:
    """Add the revisions; return the logical name of each."""
    revisions: dict[str, str] = {}
    before: dict[str, str] = {}
    for definition in work.definitions:
        family = str(definition.params["family"])
        logical, resource = cloudformation_resource("RegisterTaskDefinition", definition.params, called=definition.name)
        if family in before:
            # Revisions get their numbers in the order in which they are made.
            resource["DependsOn"] = before[family]
        logical = _free(logical, found)
        revisions[definition.name] = before[family] = logical
        found[logical] = resource
    return revisions


def _free(logical: str, found: dict[str, Resource]) -> str:
    """Return the name, longer where it is taken: web-1 and web_1 are both Web1."""
    return _free(f"{logical}X", found) if logical in found else logical


def _launch_template(work: Work, machines: Machines, cluster: str, names: dict[str, str]) -> Resource:
    data = {
        "ImageId": {"Ref": AMI_PARAMETER},
        "InstanceType": machines.instance_type,
        "IamInstanceProfile": {"Name": {"Ref": names[INSTANCE_PROFILE]}},
        "UserData": {"Fn::Base64": joins(work.name, machines)},
    }
    # The cluster is there before its machines, and goes after them.
    return {"Type": "AWS::EC2::LaunchTemplate", "DependsOn": cluster, "Properties": {"LaunchTemplateData": data}}


def _group(machines: Machines, template: str, names: dict[str, str]) -> Resource:
    version = {"LaunchTemplateId": {"Ref": template}, "Version": {"Fn::GetAtt": [template, "LatestVersionNumber"]}}
    sizes = {name: str(machines.count) for name in ("MinSize", "MaxSize", "DesiredCapacity")}
    return {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": {**sizes, "VPCZoneIdentifier": [{"Ref": names[SUBNET]}], "LaunchTemplate": version},
    }
