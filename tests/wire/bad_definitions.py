"""Bad task definitions by the classes of the reliability notes (36–56), each with the words that it is refused with."""

from __future__ import annotations

from typing import Any

ROLE = "arn:aws:iam::123456789012:role/x"


def one(**fields: Any) -> dict[str, Any]:
    return {"name": "app", "image": "busybox:latest", "memory": 64, **fields}


def bad(*containers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"family": "web", "containerDefinitions": list(containers), **fields}


def fargate(**fields: Any) -> dict[str, Any]:
    base = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
    containers = fields.pop("containers", [one(memory=64)])
    return {"family": "web", "containerDefinitions": containers, **base, **fields}


CHECK = ["CMD-SHELL", "true"]
MOUNT = {"sourceVolume": "data", "containerPath": "/data"}

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "36 no containers": (bad(), "Container list cannot be empty"),
    "36 eleven containers": (bad(*(one(name=f"c{n}") for n in range(11))), "more than 10 containers"),
    "37 one name twice": (bad(one(), one()), "Container names must be unique within a task definition"),
    "38 none essential": (bad(one(essential=False)), "Task definition doesn't have any essential container"),
    "39 no memory": (
        bad({"name": "app", "image": "busybox"}),
        "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ),
    "39 soft above hard": (
        bad(one(memoryReservation=65)),
        "'memory' must be greater than or equal to 'memoryReservation'",
    ),
    "39 below 6 MiB": (bad(one(memory=5)), "must be at least 6 MiB"),
    "39 above the task's": (
        bad(one(memory=513), memory="512"),
        "The 'memory' setting for container 'app' is greater than for the task",
    ),
    "40 cpu above the task's": (
        bad(one(cpu=257), cpu="256"),
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    ),
    "40 no Fargate pair": (fargate(memory="4096"), "No Fargate configuration exists for given values"),
    "40 Fargate without cpu": (fargate(cpu=""), "Fargate requires that 'cpu' be defined at the task level."),
    "40 Fargate without memory": (fargate(memory=""), "Fargate requires that 'memory' be defined at the task level."),
    "40 Fargate on bridge": (fargate(networkMode="bridge"), "Fargate only supports network mode 'awsvpc'."),
    "40 Fargate with constraints": (
        fargate(placementConstraints=[{"type": "memberOf", "expression": "attribute:a exists"}]),
        "Fargate compatible task definitions do not support constraints",
    ),
    "40 Fargate with a host path": (
        fargate(volumes=[{"name": "a", "host": {"sourcePath": "/x"}}]),
        "Fargate compatible task definitions do not support sourcePath",
    ),
    "40 Fargate with a Docker volume": (
        fargate(volumes=[{"name": "a", "dockerVolumeConfiguration": {"scope": "task"}}]),
        "Fargate compatible task definitions do not support dockerVolumeConfiguration",
    ),
    "40 Fargate with a GPU": (
        fargate(containers=[one(resourceRequirements=[{"type": "GPU", "value": "1"}])]),
        "Tasks using the Fargate launch type do not support GPU resource requirements",
    ),
    "40 Fargate with pidMode host": (
        fargate(pidMode="host"),
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    ),
    "40 Fargate with json-file": (
        fargate(containers=[one(logConfiguration={"logDriver": "json-file"})]),
        "json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]",
    ),
    "40 Fargate with ECR and no role": (
        fargate(containers=[one(image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1")]),
        "Fargate requires task definition to have execution role ARN to support ECR images.",
    ),
    "41 empty image": (bad(one(image="")), "Container.image should not be null or empty."),
    "41 blank image": (bad(one(image="  ")), "Container.image should not be null or empty."),
    "41 image with a space": (bad(one(image="a b")), "Container.image contains invalid characters."),
    "41 long image": (bad(one(image="a" * 300)), "Container.image contains invalid characters."),
    "42 port 0": (bad(one(portMappings=[{"containerPort": 0}])), "it must be from 1 to 65535"),
    "42 port 65536": (bad(one(portMappings=[{"containerPort": 65536}])), "it must be from 1 to 65535"),
    "42 port -1": (bad(one(portMappings=[{"containerPort": 80, "hostPort": -1}])), "it must be from 0 to 65535"),
    "42 host port twice": (
        bad(one(portMappings=[{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81, "hostPort": 8080}])),
        "Host port 8080 is used more than once",
    ),
    "42 reserved port": (bad(one(portMappings=[{"containerPort": 80, "hostPort": 22}])), "Host port 22 is reserved"),
    "42 range backwards": (bad(one(portMappings=[{"containerPortRange": "90-80"}])), "it must be like 8000-8010"),
    "42 range of words": (bad(one(portMappings=[{"containerPortRange": "a-b"}])), "it must be like 8000-8010"),
    "42 ranges overlap": (
        bad(one(portMappings=[{"containerPortRange": "80-90"}, {"containerPortRange": "90-95"}])),
        "ranges must not overlap",
    ),
    "42 101 ranges": (
        bad(one(portMappings=[{"containerPortRange": f"{n}-{n}"} for n in range(1000, 1101)])),
        "at most 100 are allowed",
    ),
    "42 port and range": (
        bad(one(portMappings=[{"containerPort": 80, "containerPortRange": "80-90"}])),
        "cannot specify both single port and port range",
    ),
    "42 awsvpc mismatch": (
        bad(one(portMappings=[{"containerPort": 80, "hostPort": 81}]), networkMode="awsvpc"),
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    ),
    "42 host mismatch": (
        bad(one(portMappings=[{"containerPort": 80, "hostPort": 81}]), networkMode="host"),
        "When networkMode=host, the host ports and container ports in port mappings must match.",
    ),
    "42 ports with none": (
        bad(one(portMappings=[{"containerPort": 80}]), networkMode="none"),
        "Port mappings are not supported when networkMode=none.",
    ),
    "42 port name": (bad(one(portMappings=[{"containerPort": 80, "name": "Web"}])), "invalid characters"),
    "42 port name twice": (
        bad(
            one(portMappings=[{"containerPort": 80, "name": "w"}, {"containerPort": 81, "name": "w"}]),
            networkMode="awsvpc",
        ),
        "When networkMode=awsvpc, port mapping name is already used",
    ),
    "43 unknown dependency": (
        bad(one(dependsOn=[{"containerName": "nope", "condition": "START"}])),
        "Cannot depend on container + 'nope' because it does not exist",
    ),
    "43 itself": (bad(one(dependsOn=[{"containerName": "app", "condition": "START"}])), "cycle"),
    "43 cycle": (
        bad(
            one(dependsOn=[{"containerName": "b", "condition": "START"}]),
            one(name="b", dependsOn=[{"containerName": "app", "condition": "START"}]),
        ),
        "cycle",
    ),
    "43 healthy without check": (
        bad(one(dependsOn=[{"containerName": "b", "condition": "HEALTHY"}]), one(name="b")),
        "A dependency container with HEALTHY condition must have health check configured",
    ),
    "43 complete on essential": (
        bad(one(dependsOn=[{"containerName": "b", "condition": "COMPLETE"}]), one(name="b")),
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
    ),
    "44 undeclared volume": (bad(one(mountPoints=[MOUNT])), "Unknown volume 'data'."),
    "44 relative path": (
        bad(one(mountPoints=[{**MOUNT, "containerPath": "data"}]), volumes=[{"name": "data"}]),
        "cannot be mounted",
    ),
    "44 path twice": (bad(one(mountPoints=[MOUNT, MOUNT]), volumes=[{"name": "data"}]), "a path is given twice"),
    **{
        f"44 over {path}": (
            bad(one(mountPoints=[{**MOUNT, "containerPath": path}]), volumes=[{"name": "data"}]),
            "cannot be mounted",
        )
        for path in ("/", "/proc", "/proc/sys", "/etc/hosts", "/data/../etc", "//data")
    },
    "44 volume twice": (bad(one(), volumes=[{"name": "a"}, {"name": "a"}]), "Volume names must be unique"),
    "44 driver options": (
        bad(one(), volumes=[{"name": "a", "dockerVolumeConfiguration": {"driverOpts": {"device": "/"}}}]),
        "without options",
    ),
    "45 volumesFrom unknown": (bad(one(volumesFrom=[{"sourceContainer": "b"}])), "Unknown container 'b'."),
    "45 volumesFrom itself": (bad(one(volumesFrom=[{"sourceContainer": "app"}])), "must not form a circle"),
    "45 unknown link": (bad(one(links=["b"])), "Unknown link 'b'."),
    "45 link to itself": (bad(one(links=["app:x"])), "must not form a circle"),
    "45 links in a circle": (bad(one(links=["b"]), one(name="b", links=["app"])), "must not form a circle"),
    "45 a circle of a link and a dependency": (
        bad(one(links=["b"]), one(name="b", dependsOn=[{"containerName": "app", "condition": "START"}])),
        "must not form a circle",
    ),
    "45 links with awsvpc": (
        bad(one(links=["b"]), one(name="b"), networkMode="awsvpc"),
        "Links are not supported when networkMode=awsvpc",
    ),
    "46 name twice": (
        bad(one(environment=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])),
        "a name is given twice",
    ),
    "46 empty name": (bad(one(environment=[{"name": "", "value": "1"}])), "names must be non-empty"),
    "46 equals sign": (bad(one(environment=[{"name": "A=B", "value": "1"}])), "without '='"),
    "46 too many": (bad(one(environment=[{"name": f"A{n}", "value": ""} for n in range(65)])), "at most 64 variables"),
    "46 too long": (bad(one(environment=[{"name": "A", "value": "x" * 4097}])), "at most 64 variables"),
    "48 no command": (bad(one(healthCheck={"command": ["CMD-SHELL"]})), "Health check command must be specified"),
    "48 interval 301": (
        bad(one(healthCheck={"command": CHECK, "interval": 301})),
        "Health check interval must be less than or equal to the maximum allowed value 300 for container 'app'",
    ),
    "48 interval 4": (bad(one(healthCheck={"command": CHECK, "interval": 4})), "minimum allowed value 5"),
    "48 retries 0": (bad(one(healthCheck={"command": CHECK, "retries": 0})), "minimum allowed value 1"),
    "48 retries 11": (bad(one(healthCheck={"command": CHECK, "retries": 11})), "maximum allowed value 10"),
    "48 startPeriod 301": (bad(one(healthCheck={"command": CHECK, "startPeriod": 301})), "maximum allowed value 300"),
    "49 soft above hard": (
        bad(one(ulimits=[{"name": "nofile", "softLimit": 2, "hardLimit": 1}])),
        "the soft limit of nofile is above the hard one",
    ),
    "49 unknown name": (bad(one(ulimits=[{"name": "files", "softLimit": 1, "hardLimit": 1}])), "enum value set"),
    "50 unknown driver": (bad(one(logConfiguration={"logDriver": "carrier-pigeon"})), "enum value set"),
    "50 awslogs without group": (
        bad(one(logConfiguration={"logDriver": "awslogs"})),
        "Log driver awslogs requires options: awslogs-group",
    ),
    "51 capability": (bad(one(linuxParameters={"capabilities": {"add": ["sys_admin"]}})), "is never given here"),
    "51 capability in a second container": (
        bad(one(), one(name="b", linuxParameters={"capabilities": {"add": ["CAP_SYS_PTRACE"]}})),
        "is never given here",
    ),
    "51 seccomp": (bad(one(dockerSecurityOptions=["seccomp=unconfined"])), "only no-new-privileges is allowed"),
    "51 reserved label": (bad(one(dockerLabels={"ecsweb.task": "x"})), "is in a reserved namespace"),
    "51 name server": (bad(one(dnsServers=["8.8.8.8"])), "own name servers are never given here"),
    "52 empty family": ({**bad(one()), "family": ""}, "Family contains invalid characters."),
    "52 long family": ({**bad(one()), "family": "a" * 256}, "Family contains invalid characters."),
    "52 bad family": ({**bad(one()), "family": "a b\n"}, "Family contains invalid characters."),
    "53 aws: tag": ({**bad(one()), "tags": [{"key": "AWS:x", "value": "1"}]}, "aws:"),
    "54 tmpfs of nothing": (
        bad(one(linuxParameters={"tmpfs": [{"containerPath": "/t", "size": 0}]})),
        "its size must be at least 1 MiB",
    ),
    "54 swappiness": (bad(one(linuxParameters={"swappiness": 101})), "it must be from 0 to 100"),
    "55 three parts": (bad(one(user="root:root:root")), "it must be a user or user:group"),
    "55 negative": (bad(one(user="-1")), "it must be a user or user:group"),
    "55 huge": (bad(one(user="4294967296")), "it must be a user or user:group"),
    "55 newline": (bad(one(user="a\nb")), "it must be a user or user:group"),
    "56 stopTimeout": (bad(one(stopTimeout=121)), "it must be from 1 to 120"),
    "56 startTimeout": (bad(one(startTimeout=1)), "it must be from 2 to 120"),
    "56 restart period": (
        bad(one(restartPolicy={"enabled": True, "restartAttemptPeriod": 59})),
        "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.",
    ),
    "secrets without a role": (
        bad(one(secrets=[{"name": "A", "valueFrom": "b"}])),
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
    ),
    "constraint that is none": (
        bad(one(), placementConstraints=[{"type": "memberOf", "expression": "colour == red"}]),
        "Invalid expression: there is no subject 'colour'",
    ),
    "larger than 64 KiB": (
        bad(*(one(name=f"c{n}", command=["x" * 1000] * 8) for n in range(9))),
        "larger than 64 KiB",
    ),
}

BAD |= {
    "41 upper-case repository": (bad(one(image="BusyBox:latest")), "repository in lower case"),
    "41 two tags": (bad(one(image="busybox:a:b")), "a tag that is none"),
    "41 no tag after the colon": (bad(one(image="busybox:")), "a tag that is none"),
    "41 bad digest": (bad(one(image="busybox@sha256:abc")), "digest"),
    "41 digest of another kind": (bad(one(image="busybox@md5:" + "a" * 32)), "digest"),
    "41 credentials": (bad(one(image="user:secret@example.com/web:1")), "digest"),
    "41 a scheme": (bad(one(image="https://example.com/web:1")), "Container.image"),
    "41 dots at the end": (bad(one(image="example.com/web..")), "repository in lower case"),
    "41 slashes": (bad(one(image="example.com//web")), "repository in lower case"),
    "42 range with host": (
        bad(one(portMappings=[{"containerPortRange": "80-90"}]), networkMode="host"),
        "containerPortRange is not supported when networkMode=host.",
    ),
    "42 protocol": (bad(one(portMappings=[{"containerPort": 80, "protocol": "sctp"}])), "enum value set"),
    "42 a reserved port of the agent": (
        bad(one(portMappings=[{"containerPort": 80, "hostPort": 51678}])),
        "Host port 51678 is reserved",
    ),
    "45 hostname with awsvpc": (
        bad(one(hostname="web"), networkMode="awsvpc"),
        "hostname is not supported on container when networkMode=awsvpc.",
    ),
    "45 disableNetworking with awsvpc": (
        bad(one(disableNetworking=True), networkMode="awsvpc"),
        "Disable Networking is not supported on container when networkMode=awsvpc",
    ),
    "40 container cpu": (bad(one(cpu=262145)), "'cpu' must be at most 262144"),
    "40 negative container cpu": (bad(one(cpu=-1)), "'cpu' must not be negative"),
    "40 storage without Fargate": (
        bad(one(), ephemeralStorage={"sizeInGiB": 30}),
        "only supported for task definitions",
    ),
    "40 too little storage": (fargate(ephemeralStorage={"sizeInGiB": 20}), "must be from 21 to 200"),
    "40 too much storage": (fargate(ephemeralStorage={"sizeInGiB": 201}), "must be from 21 to 200"),
    "46 eleven files": (
        bad(one(environmentFiles=[{"type": "s3", "value": f"arn:aws:s3:::b/{n}.env"} for n in range(11)])),
        "at most 10",
    ),
    "46 a file of another kind": (
        bad(one(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::b/x.txt"}])),
        "ends in .env",
    ),
    "47 1000 words": (bad(one(command=["x"] * 1000)), "at most 100 words"),
    "47 a long word": (bad(one(entryPoint=["x" * 8193])), "at most 100 words of 8192 characters"),
    "48 health command without CMD": (
        bad(one(healthCheck={"command": ["curl", "localhost"]})),
        "must begin with CMD or CMD-SHELL",
    ),
    "49 a ulimit twice": (
        bad(one(ulimits=[{"name": "nofile", "softLimit": 1, "hardLimit": 2}] * 2)),
        "a name is given twice",
    ),
    "49 below -1": (bad(one(ulimits=[{"name": "nofile", "softLimit": -2, "hardLimit": 2}])), "is above the hard one"),
    "51 sysctl of the host": (
        bad(one(systemControls=[{"namespace": "kernel.panic", "value": "1"}])),
        "kernel.panic is never set here",
    ),
    "51 sysctl with words": (
        bad(one(systemControls=[{"namespace": "net.ipv4.tcp_syncookies", "value": "yes"}])),
        "a value is a number",
    ),
    "51 extra host of others": (
        bad(one(extraHosts=[{"hostname": "host.docker.internal", "ipAddress": "10.0.0.1"}])),
        "is no name to be given",
    ),
    "51 metadata address": (
        bad(one(extraHosts=[{"hostname": "db", "ipAddress": "169.254.169.254"}])),
        "is no address",
    ),
    "51 pid mode of a container": (bad(one(), pidMode="container:abc"), "enum value set"),
    "51 ipc mode of a container": (bad(one(), ipcMode="container:abc"), "enum value set"),
    "36 containers are not there": ({"family": "web"}, "containerDefinitions should not be null or empty."),
    "39 all above the task's": (
        bad(one(memory=300), one(name="b", memory=300), memory="512"),
        "The sum of the memory reserved for all containers cannot be greater than the value of the task 'memory'.",
    ),
    "39 all reservations above the task's": (
        bad(one(memory=512, memoryReservation=300), one(name="b", memory=512, memoryReservation=300), memory="512"),
        "The sum of the memory reserved for all containers",
    ),
    "40 cpu of all above the task's": (
        bad(one(cpu=200), one(name="b", cpu=200), cpu="256"),
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    ),
    "42 port as text": (bad(one(portMappings=[{"containerPort": "80"}])), "can not be converted to an Integer"),
    "42 no port": (bad(one(portMappings=[{}])), "it must be from 1 to 65535"),
    "42 host port for a range": (
        bad(one(portMappings=[{"containerPortRange": "80-90", "hostPort": 8080}])),
        "a range has no hostPort",
    ),
    "45 volumesFrom in a circle": (
        bad(one(volumesFrom=[{"sourceContainer": "b"}]), one(name="b", volumesFrom=[{"sourceContainer": "app"}])),
        "must not form a circle",
    ),
    "45 links with none": (
        bad(one(links=["b"]), one(name="b"), networkMode="none"),
        "Links are not supported when networkMode=none",
    ),
    "45 links with host": (
        bad(one(links=["b"]), one(name="b"), networkMode="host"),
        "Links are not supported when networkMode=host",
    ),
    "46 thousands": (
        bad(one(environment=[{"name": f"A{n}", "value": ""} for n in range(1500)])),
        "at most 64 variables",
    ),
    "47 command as text": (bad(one(command="echo hello")), "can not be converted to a list"),
    "47 a number among the words": (bad(one(command=["echo", 1])), "can not be converted to a String"),
    "48 interval 0": (bad(one(healthCheck={"command": CHECK, "interval": 0})), "minimum allowed value 5"),
    "48 timeout 61": (bad(one(healthCheck={"command": CHECK, "timeout": 61})), "maximum allowed value 60"),
    "50 unknown option of awslogs": (
        bad(one(logConfiguration={"logDriver": "awslogs", "options": {"awslogs-group": "a", "colour": "red"}})),
        "Log driver awslogs disallows options: colour",
    ),
    "50 unknown option of json-file": (
        bad(one(logConfiguration={"logDriver": "json-file", "options": {"awslogs-group": "a"}})),
        "Log driver json-file disallows options: awslogs-group",
    ),
    "50 option that is no text": (
        bad(one(logConfiguration={"logDriver": "json-file", "options": {"max-size": 1}})),
        "can not be converted to a String",
    ),
    "53 51 tags": ({**bad(one()), "tags": [{"key": f"k{n}"} for n in range(51)]}, "at most 50 tags"),
    "53 long key": ({**bad(one()), "tags": [{"key": "k" * 129}]}, "at most 128 characters"),
    "53 long value": ({**bad(one()), "tags": [{"key": "k", "value": "v" * 257}]}, "at most 256 characters"),
    "53 key twice": ({**bad(one()), "tags": [{"key": "k"}, {"key": "k", "value": "w"}]}, "Duplicate tag keys"),
    "54 tmpfs below nothing": (
        bad(one(linuxParameters={"tmpfs": [{"containerPath": "/t", "size": -1}]})),
        "its size must be at least 1 MiB",
    ),
    "56 stopTimeout of nothing": (bad(one(stopTimeout=0)), "it must be from 1 to 120"),
}
