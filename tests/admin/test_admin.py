"""The administrator's pages: everything is found, nothing of the loop's is edited, actions go through the one door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.sites import site
from django.test import Client
from django.urls import reverse

from ecsweb.api import call
from ecsweb.api.principal import root_of
from ecsweb.controlplane import heartbeats
from ecsweb.controlplane.recordings import export_recording
from ecsweb.domain.statuses import DesiredStatus
from ecsweb.models import Account, Cluster, Container, ContainerInstance, Event, Service, Task, TaskDefinition
from tests.world import ACCOUNT, REGION, World

MODELS = sorted(model._meta.model_name or "" for model in apps.get_app_config("ecsweb").get_models())


@pytest.fixture
def filled(world: World) -> World:
    """A world with a row of every kind."""
    world.launch()
    world.register()
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    heartbeats.beat("worker", ok=True, detail={}, at=world.clock.now)
    external = {"deploymentController": {"type": "EXTERNAL"}, "desiredCount": 0}
    world.call("CreateService", cluster="demo", serviceName="moved", **external)
    world.call("CreateTaskSet", cluster="demo", service="moved", taskDefinition="web")
    sizes = {"MinSize": 0, "MaxSize": 1, "InstanceType": "t3.micro"}
    group = world.call("CreateAutoScalingGroup", cluster="demo", AutoScalingGroupName="asg", **sizes)
    arn = group["AutoScalingGroup"]["AutoScalingGroupARN"]
    world.call("CreateCapacityProvider", name="machines", autoScalingGroupProvider={"autoScalingGroupArn": arn})
    recording = json.dumps(export_recording(Account.objects.get(), region="ap-northeast-2", now=world.clock.now))
    world.call("ImportRecording", name="demo", document=recording)
    world.call("StartLesson", lesson="empty-place", kind="lab", values={}, belongings={})
    said: dict[str, Any] = {"cluster": "demo", "operation": "StopTask", "change": "StopTask", "key": "x"}
    said |= {name: {} for name in ("params", "guess", "before", "names", "foretold")}
    call(root_of(ACCOUNT, REGION, origin="page"), "PredictChange", said)
    told = {"call": "CreateCluster", "params": {"clusterName": "scene-x"}, "say": {"en": "a", "ko": "b"}}
    world.call("RecordScene", title="demo", actions=[told], clusters=["scene-x"])
    world.call("StartPlay", kind="scene", title="demo", actions=[{"call": "CreateCluster"}])
    world.call("AnswerQuestion", question="agent-name", given="a", isRight=False, misconception="M1")
    world.call("PutAccountSetting", name="awsvpcTrunking", value="enabled")
    world.call("BreakImage", image="nginx")
    world.call("ssm:PutParameter", Name="db", Value="secret")
    task = world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"]
    world.converge()
    world.kill(task)
    world.converge()
    return world


def act(client: Client, model: str, action: str, *rows: Any) -> list[str]:
    """Run an admin action and return the messages it shows."""
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = client.post(reverse(f"admin:ecsweb_{model}_changelist"), data, follow=True)
    assert response.status_code == 200
    return [str(message) for message in response.context["messages"]]


def origins(operation: str) -> set[str]:
    found = Event.objects.filter(detail_type="API Call", detail__operation=operation)
    return {event.detail["origin"] for event in found}


def test_every_model_is_there() -> None:
    registered = {model for model in site._registry if model._meta.app_label == "ecsweb"}

    assert registered == set(apps.get_app_config("ecsweb").get_models())
    assert all(site._registry[model].search_fields for model in registered)


@pytest.mark.parametrize("model", MODELS)
def test_lists_searches_and_rows_answer(filled: World, admin_client: Client, model: str) -> None:
    changelist = reverse(f"admin:ecsweb_{model}_changelist")
    row = apps.get_model("ecsweb", model).objects.first()
    assert row is not None

    assert admin_client.get(changelist).status_code == 200
    assert admin_client.get(changelist, {"q": "demo"}).status_code == 200
    assert admin_client.get(reverse(f"admin:ecsweb_{model}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", [name for name in MODELS if name not in ("account", "scene")])
def test_rows_of_the_loop_cannot_be_edited(filled: World, admin_client: Client, model: str) -> None:
    row = apps.get_model("ecsweb", model).objects.first()
    assert row is not None

    assert admin_client.post(reverse(f"admin:ecsweb_{model}_change", args=[row.pk]), {}).status_code == 403
    assert admin_client.get(reverse(f"admin:ecsweb_{model}_add")).status_code == 403
    assert admin_client.post(reverse(f"admin:ecsweb_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_an_account_keeps_its_number_and_its_sequence(filled: World, admin_client: Client) -> None:
    account = Cluster.objects.get().account
    sequence = account.last_sequence

    admin_client.post(
        reverse("admin:ecsweb_account_change", args=[account.pk]), {"account_id": "000000000000", "last_sequence": "0"}
    )

    account.refresh_from_db()
    assert (account.account_id, account.last_sequence) == ("123456789012", sequence)


def test_stop_tasks(filled: World, admin_client: Client) -> None:
    task = Task.objects.filter(service=None, last_status="RUNNING").get()

    assert act(admin_client, "task", "stop_tasks", task) == ["StopTask: done for 1."]

    task.refresh_from_db()
    assert (task.desired_status, origins("StopTask")) == (DesiredStatus.STOPPED, {"admin"})


def test_kill_a_container_that_runs_and_one_that_does_not(filled: World, admin_client: Client) -> None:
    running = Container.objects.filter(last_status="RUNNING").first()
    stopped = Container.objects.filter(last_status="STOPPED").first()

    said = act(admin_client, "container", "kill", running, stopped)

    assert "KillContainer: done for 1." in said
    assert any("is not running" in message for message in said)


def test_drain_and_activate(filled: World, admin_client: Client) -> None:
    instance = ContainerInstance.objects.get()

    act(admin_client, "containerinstance", "drain", instance)
    instance.refresh_from_db()
    assert instance.status == "DRAINING"

    act(admin_client, "containerinstance", "activate", instance)
    instance.refresh_from_db()
    assert instance.status == "ACTIVE"


def test_deregister_by_force(filled: World, admin_client: Client) -> None:
    instance = ContainerInstance.objects.get()

    act(admin_client, "containerinstance", "deregister", instance)

    instance.refresh_from_db()
    assert instance.status == "INACTIVE"


def test_services_are_scaled_deployed_anew_and_deleted(filled: World, admin_client: Client) -> None:
    service = Service.objects.get(name="web")

    act(admin_client, "service", "force_new_deployment", service)
    assert service.deployments.filter(status="PRIMARY").count() == 1
    assert service.deployments.count() == 2
    act(admin_client, "service", "scale_to_zero", service)
    service.refresh_from_db()
    assert service.desired_count == 0
    act(admin_client, "service", "delete_services", service)
    service.refresh_from_db()
    assert service.status == "DRAINING"


def test_deregister_a_revision_once(filled: World, admin_client: Client) -> None:
    revision = TaskDefinition.objects.get()

    assert act(admin_client, "taskdefinition", "deregister", revision) == ["web:1 is INACTIVE."]
    assert "ClientException" in act(admin_client, "taskdefinition", "deregister", revision)[0]


def test_a_cluster_that_is_not_empty_stays(filled: World, admin_client: Client) -> None:
    cluster = Cluster.objects.get()

    (said,) = act(admin_client, "cluster", "delete_clusters", cluster)

    assert said.endswith("ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.")


def test_the_admin_has_our_name_and_calls_models_rightly(admin_client: Client) -> None:
    page = admin_client.get("/admin/").content.decode()

    assert "Django administration" not in page
    assert "ecsweb" in page
    assert "guesss" not in page.lower()
    assert "change guesses" in page.lower()
