"""The work as a script of `aws` commands, and the script that takes it away again, for any POSIX shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from ecsweb.api.renderers import cli_command
from ecsweb.learn.taking.choices import INSTANCE_PROFILE, MARK, SUBNET, Choice
from ecsweb.learn.taking.work import Machines, Work, joins

AMI = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
# How often, and how many seconds apart, the script asks whether the machines have joined.
ASKS, APART = 60, 10


def words_of(choice: Choice) -> str:
    """Return what has to be chosen."""
    return {
        "image": _("an image that your account can pull, in place of %(image)s") % {"image": choice.stands_for},
        "role": _("the ARN of a role of your account, in place of %(role)s") % {"role": choice.stands_for},
        "subnet": _("the id of a subnet of your account: all machines come into its zone"),
        "security-group": _("the id of a security group of your account"),
        "instance-profile": _("the name of an instance profile with the policy AmazonEC2ContainerServiceforEC2Role"),
    }[choice.kind]


def script_of(work: Work) -> str:
    """Return the script that makes everything."""
    name = shlex.quote(work.name)
    there = "clusters[?status=='ACTIVE'].clusterName"
    parts = [
        "#!/bin/sh",
        _comment(_("The cluster %(name)s of ecsweb, for an account of AWS of your own.") % {"name": work.name}),
        _comment(_("It goes where your aws command goes. Unset AWS_ENDPOINT_URL first: it leads to ecsweb.")),
        "set -eu",
        *(f': "${{{one.name}:?{words_of(one)}}}"' for one in work.choices),
        "",
        f'if [ -n "$(aws ecs describe-clusters --clusters {name} --query "{there}" --output text)" ]; then',
        f'  echo "{_("A cluster of that name is there already: nothing was made.")}" >&2',
        "  exit 1",
        "fi",
        f": > {_kept(work)}",
        "",
        _command("CreateCluster", work.cluster),
        *_machines(work),
        *_definitions(work),
    ]
    return "\n".join(parts) + "\n"


def teardown_of(work: Work) -> str:
    """Return the script that removes what the other has made, and nothing else."""
    kept, machines = _kept(work), f"{_kept(work)}-machines"
    cluster = shlex.quote(work.name)
    services = " ".join(shlex.quote(str(one["serviceName"])) for one in work.services)
    tasks = f"aws ecs list-tasks --cluster {cluster} --query 'taskArns[]' --output text"
    arns = f"aws ecs list-container-instances --cluster {cluster} --query 'containerInstanceArns[]' --output text"
    deregister = f"aws ecs deregister-container-instance --cluster {cluster} --force --container-instance"
    parts = [
        "#!/bin/sh",
        _comment(_("Removes what the script for %(name)s has made.") % {"name": work.name}),
        f'[ -f {kept} ] || {{ echo "{_("Nothing was made from here.")}" >&2; exit 1; }}',
        "",
        *(
            _command("DeleteService", {"cluster": work.name, "service": one["serviceName"], "force": True})
            for one in work.services
        ),
        *([f"aws ecs wait services-inactive --cluster {cluster} --services {services}"] if services else []),
        f"tasks=$({tasks})",
        f'for task in $tasks; do aws ecs stop-task --cluster {cluster} --task "$task"; done',
        f'[ -z "$tasks" ] || aws ecs wait tasks-stopped --cluster {cluster} --tasks $tasks',
        "",
        f"if [ -s {machines} ]; then",
        f"  aws ec2 terminate-instances --instance-ids $(cat {machines})",
        f"  aws ec2 wait instance-terminated --instance-ids $(cat {machines})",
        "fi",
        f'for instance in $({arns}); do {deregister} "$instance"; done',
        _command("DeleteCluster", {"cluster": work.name}) + " || exit 1",
        "while read -r revision; do",
        '  aws ecs deregister-task-definition --task-definition "$revision"',
        '  aws ecs delete-task-definitions --task-definitions "$revision"',
        f"done < {kept}",
        f"rm -f {kept} {machines}",
    ]
    return "\n".join(parts) + "\n"


def _kept(work: Work) -> str:
    """Return the name of the file in which the script writes down what it makes."""
    return shlex.quote(f"ecsweb-{work.name}.made")


def _comment(text: str) -> str:
    return f"# {' '.join(text.split())}"


def _command(operation: str, params: dict[str, Any]) -> str:
    """Return the call as a command, with the shell's variables where something has to be chosen."""
    # A mark is no safe word, so that it always stands within single quotes, which end for the variable.
    return MARK.sub(lambda found: f"'\"${found[1]}\"'", cli_command(operation, params))


def _machines(work: Work) -> Iterator[str]:
    if not work.machines:
        return
    cluster = shlex.quote(work.name)
    count = "--query 'length(containerInstanceArns)' --output text"
    asked = f"aws ecs list-container-instances --cluster {cluster} {count}"
    yield ""
    yield _comment(_("Machines cost money for as long as they run."))
    yield f"ami=$(aws ssm get-parameters --names {AMI} --query 'Parameters[0].Value' --output text)"
    for machines in work.machines:
        yield _run(work, machines)
    all_of_them = sum(one.count for one in work.machines)
    yield "asked=0"
    yield f'until [ "$({asked})" -ge {all_of_them} ] || [ "$asked" -ge {ASKS} ]; do'
    yield f"  asked=$((asked + 1)); sleep {APART}"
    yield "done"


def _run(work: Work, machines: Machines) -> str:
    return " \\\n  ".join(
        [
            'aws ec2 run-instances --image-id "$ami"',
            f"--instance-type {shlex.quote(machines.instance_type)} --count {machines.count}",
            f'--iam-instance-profile "Name=${INSTANCE_PROFILE}" --subnet-id "${SUBNET}"',
            f"--user-data {shlex.quote(joins(work.name, machines))}",
            f"--query 'Instances[].InstanceId' --output text >> {_kept(work)}-machines",
        ]
    )


def _definitions(work: Work) -> Iterator[str]:
    """Yield each revision and what uses it: between the two, the bare family means just that revision."""
    for definition in work.definitions:
        family = str(definition.params["family"])
        yield ""
        register = _command("RegisterTaskDefinition", definition.params)
        yield f"{register} \\\n  --query taskDefinition.taskDefinitionArn --output text >> {_kept(work)}"
        yield from _of(definition.name, family, "CreateService", work.services)
        yield from _of(definition.name, family, "RunTask", work.tasks)


def _of(revision: str, family: str, operation: str, calls: Iterable[dict[str, Any]]) -> Iterator[str]:
    for params in calls:
        if params["taskDefinition"] == revision:
            yield _command(operation, {**params, "taskDefinition": family})
