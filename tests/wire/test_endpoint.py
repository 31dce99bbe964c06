"""AWS JSON 1.1 at `POST /`: what AWS's clients send, and everything that they would never send (`reliability.md` 6)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from ecsweb.models import Cluster, Service, Task, TaskDefinition
from ecsweb.wire.endpoint import endpoint, reset
from tests.world import World

pytestmark = pytest.mark.django_db

TARGET = "AmazonEC2ContainerServiceV20141113"
CONTENT_TYPE = "application/x-amz-json-1.1"


def post(
    operation: str, body: bytes | str, *, target: str = TARGET, content_type: str = CONTENT_TYPE, **headers: str
) -> HttpResponse:
    data = body.encode() if isinstance(body, str) else body
    request = RequestFactory().post(
        "/", data, content_type=content_type, headers={"X-Amz-Target": f"{target}.{operation}", **headers}
    )
    return endpoint(request)


def answer(response: HttpResponse) -> dict[str, Any]:
    return dict(json.loads(response.content))


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Cluster, TaskDefinition, Service, Task))


def test_call_is_answered_as_aws_does() -> None:
    response = post("CreateCluster", '{"clusterName": "demo"}')

    assert response.status_code == 200
    assert response["Content-Type"] == CONTENT_TYPE
    assert len(response["x-amzn-RequestId"]) == 36
    assert answer(response)["cluster"]["clusterArn"] == "arn:aws:ecs:ap-northeast-2:123456789012:cluster/demo"


def test_region_is_that_of_the_credential_scope() -> None:
    scope = "AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0"

    post("CreateCluster", '{"clusterName": "far"}', Authorization=scope)

    assert Cluster.objects.get().region == "eu-west-1"
    assert answer(post("ListClusters", "{}"))["clusterArns"] == []


def test_empty_body_means_no_parameters() -> None:
    assert answer(post("ListClusters", " ")) == {"clusterArns": []}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("not json", id="not JSON"),
        pytest.param("[]", id="array at the top"),
        pytest.param('"text"', id="string at the top"),
        pytest.param("null", id="null at the top"),
        pytest.param(b"\xff\xfe{}", id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param("[" * 1000 + "]" * 1000, id="a thousand deep"),
        pytest.param('{"clusterName": "a", "clusterName": "b"}', id="member twice"),
        pytest.param('{"clusterName": NaN}', id="NaN"),
        pytest.param('{"tags": -Infinity}', id="Infinity"),
        pytest.param('{"clusterName": 1' + "0" * 5000 + "}", id="5,000 digits"),
        pytest.param('{"clusterName": {"a": 1}}', id="structure for a string"),
        pytest.param('{"clusterName": 7}', id="number for a string"),
        pytest.param('{"tags": {"key": "a"}}', id="structure for a list"),
        pytest.param('{"settings": "x"}', id="string for a list"),
    ],
)
def test_body_that_is_not_what_the_protocol_asks_for_is_refused(body: bytes | str) -> None:
    response = post("CreateCluster", body)

    assert (response.status_code, answer(response)["__type"]) == (400, "SerializationException")
    assert rows() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("target", "operation"),
    [
        (TARGET, "NoSuchThing"),
        (TARGET, "KillContainer"),
        (TARGET, "ResetAccount"),
        (TARGET, ""),
        ("AmazonEC2ContainerServiceV20990101", "CreateCluster"),
        ("DynamoDB_20120810", "CreateTable"),
    ],
)
def test_unknown_operation(target: str, operation: str) -> None:
    response = post(operation, "{}", target=target)

    assert (response.status_code, answer(response)["__type"]) == (400, "UnknownOperationException")


def test_operation_that_is_not_offered_says_why() -> None:
    response = post("CreateDaemon", '{"name": "x"}')

    assert answer(response)["__type"] == "UnsupportedFeatureException"
    assert "Managed Instances, which are not simulated here" in answer(response)["message"]


def test_body_above_64_kib_is_refused() -> None:
    assert post("CreateCluster", '{"clusterName": "' + "a" * 70_000 + '"}').status_code == 413


def test_encoded_body_and_wrong_content_type_are_refused() -> None:
    assert post("ListClusters", "{}", **{"Content-Encoding": "gzip"}).status_code == 400
    assert post("ListClusters", "{}", content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "should not be null"),
        (" ", "ClusterName must match"),
        ("a" * 256, "ClusterName must match"),
        ("demo\n", "ClusterName must match"),
        ("de/mo", "ClusterName must match"),
        ("데모", "ClusterName must match"),
        ("🐳", "ClusterName must match"),
        ("<b>demo</b>", "ClusterName must match"),
        ("{{7*7}}", "ClusterName must match"),
        ("a\u0000b", "cannot be stored"),
        ("\ud800", "cannot be stored"),
    ],
)
def test_bad_cluster_names_store_nothing(name: str, message: str) -> None:
    response = post("CreateCluster", json.dumps({"clusterName": name}))

    if name == "":
        # AWS's own rule: a cluster without a name is `default`.
        assert answer(response)["cluster"]["clusterName"] == "default"
        return
    assert (response.status_code, answer(response)["__type"]) == (400, "InvalidParameterException")
    assert message in answer(response)["message"]
    assert rows() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("container", "error"),
    [
        pytest.param({"name": "app", "image": "web"}, "ClientException", id="missing memory"),
        pytest.param({"name": "app", "image": "web", "memory": "64"}, "SerializationException", id="memory as text"),
        pytest.param({"name": "app", "image": "web", "memory": True}, "SerializationException", id="memory as boolean"),
        pytest.param({"name": "app", "image": "web", "memory": 1.5}, "SerializationException", id="memory as float"),
        pytest.param({"name": "app", "image": "web", "memory": 2**31}, "SerializationException", id="memory too large"),
        pytest.param({"name": "app", "image": "web", "memory": 2**70}, "SerializationException", id="memory enormous"),
        pytest.param({"name": "app", "image": "web", "memory": 5}, "ClientException", id="memory below Docker's least"),
        pytest.param({"name": "app", "Image": "web", "memory": 64}, "ClientException", id="member in the wrong case"),
        pytest.param({"name": "-rm; ls", "image": "web", "memory": 64}, "ClientException", id="bad name"),
        pytest.param({"name": "app", "image": "we b", "memory": 64}, "ClientException", id="bad image"),
        pytest.param(
            {"name": "app", "image": "web", "memory": 64, "portMappings": [{"containerPort": 70000}]},
            "ClientException",
            id="port too high",
        ),
        pytest.param(
            {"name": "app", "image": "web", "memory": 64, "portMappings": [{"containerPort": 80, "protocol": "TCP"}]},
            "InvalidParameterException",
            id="enum in the wrong case",
        ),
    ],
)
def test_bad_task_definitions_store_nothing(container: dict[str, Any], error: str) -> None:
    response = post("RegisterTaskDefinition", json.dumps({"family": "web", "containerDefinitions": [container]}))

    assert (response.status_code, answer(response)["__type"]) == (400, error)
    assert rows() == (0, 0, 0, 0)


def test_unknown_members_are_left_out_as_aws_does() -> None:
    response = post("CreateCluster", '{"clusterName": "demo", "colour": "red"}')

    assert response.status_code == 200


def test_unknown_cluster() -> None:
    response = post("ListTasks", '{"cluster": "nowhere"}')

    assert answer(response) == {"__type": "ClusterNotFoundException", "message": "Cluster not found."}


def test_only_loopback_is_served() -> None:
    request = RequestFactory().post(
        "/", b"{}", content_type=CONTENT_TYPE, headers={"X-Amz-Target": f"{TARGET}.ListClusters"}
    )
    request.META["REMOTE_ADDR"] = "192.0.2.7"

    assert answer(endpoint(request))["__type"] == "AccessDeniedException"


def test_class_mode_waits_for_signatures(settings: Settings) -> None:
    settings.ECSWEB_MODE = "class"

    assert answer(post("ListClusters", "{}"))["__type"] == "AccessDeniedException"


def test_reset_needs_its_header() -> None:
    response = async_to_sync(reset)(RequestFactory().post("/_ecsweb/reset"))

    assert response.status_code == 400


def test_reset_is_not_there_in_class_mode(settings: Settings) -> None:
    settings.ECSWEB_MODE = "class"

    response = async_to_sync(reset)(RequestFactory().post("/_ecsweb/reset", headers={"X-Ecsweb-Reset": "yes"}))

    assert response.status_code == 404


def test_page_of_the_wire_sees_what_the_door_made(world: World) -> None:
    world.launch()

    listed = answer(post("ListContainerInstances", '{"cluster": "demo"}'))

    assert len(listed["containerInstanceArns"]) == 1
