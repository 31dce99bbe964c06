"""The page of a cluster's capacity: groups, providers, and what the cluster uses of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.models import AutoScalingGroup, CapacityProvider, Cluster, Event, Task
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/clusters/demo/capacity/"
GROUP = {
    "name": "asg",
    "instance_type": "t3.micro",
    "zones": ["a"],
    "min_size": 0,
    "desired_capacity": 0,
    "max_size": 3,
}
PROVIDER = {
    "name": "machines",
    "scales": "on",
    "target_capacity": 100,
    "minimum_step": 1,
    "maximum_step": 10,
    "warmup": 0,
    "protects": "on",
    "drains": "on",
}


def post(client: Client, what: str, data: dict[str, Any]) -> tuple[int, str]:
    response = client.post(f"{PAGE}change/{what}/", data, headers={"Accept-Language": "en"})
    return response.status_code, response.content.decode()


@pytest.fixture
def group(world: World, client: Client) -> AutoScalingGroup:
    assert post(client, "create_group", GROUP)[0] == 302
    return AutoScalingGroup.objects.get()


@pytest.fixture
def provider(group: AutoScalingGroup, client: Client) -> CapacityProvider:
    assert post(client, "create_provider", {**PROVIDER, "group": group.arn})[0] == 302
    return CapacityProvider.objects.get()


def test_from_a_group_to_a_task_that_waits(world: World, client: Client, provider: CapacityProvider) -> None:
    world.register()
    used = {"used": ["machines"], "weight_machines": 1}
    assert post(client, "providers_form", used)[0] == 302
    assert Cluster.objects.get().default_capacity_provider_strategy[0]["capacityProvider"] == "machines"
    run = {"task_definition": "web:1", "count": 2, "launch_type": "provider:machines"}
    assert client.post("/clusters/demo/run/", run).status_code == 302

    for language, words in (("en", "Waiting for capacity"), ("ko", "용량을 기다리는 태스크")):
        for page in (PAGE, "/clusters/demo/"):
            shown = client.get(page, headers={"Accept-Language": language}).content.decode()
            assert words in shown
    task = client.get(f"/clusters/demo/tasks/{Task.objects.first().task_id}/", headers={"Accept-Language": "en"})  # type: ignore[union-attr] # — made above
    assert "It waits for capacity" in task.content.decode()


def test_a_task_that_leaves_the_queue_is_not_left_standing_in_it(
    world: World, client: Client, group: AutoScalingGroup, provider: CapacityProvider
) -> None:
    world.register()
    assert post(client, "providers_form", {"used": ["machines"], "weight_2": 1})[0] == 302
    run = {"task_definition": "web:1", "count": 1, "launch_type": "provider:machines"}
    assert client.post("/clusters/demo/run/", run).status_code == 302
    task = Task.objects.get()
    for _pass in range(10):
        world.converge()
        world.clock.forward(10)
    placed = Event.objects.filter(detail__lastStatus="PENDING", resources__icontains=task.task_id).get().sequence

    since = f"/clusters/demo/picture/changes/?stage=2&since={placed - 1}"
    answer = client.get(since)
    assert answer["HX-Retarget"] == "#cluster-picture"
    assert answer.content.decode().count(f'id="task-{task.task_id}"') == 1
    # What the page sees later it asks for with the same words: nothing of an earlier answer is added.
    assert 'hx-get="/clusters/demo/picture/changes/?stage=2"' in answer.content.decode()


def test_sizes_and_scaling_are_changed_on_the_page(
    world: World, client: Client, group: AutoScalingGroup, provider: CapacityProvider
) -> None:
    sizes = {f"group-{group.pk}-{name}": 2 for name in ("min_size", "desired_capacity", "max_size")}
    assert post(client, f"group-{group.pk}", sizes)[0] == 302
    changed = {f"provider-{provider.pk}-{key}": value for key, value in PROVIDER.items() if key != "scales"}
    assert post(client, f"provider-{provider.pk}", changed)[0] == 302

    group.refresh_from_db()
    provider.refresh_from_db()
    assert (group.min_size, group.desired_capacity, group.max_size) == (2, 2, 2)
    assert (provider.managed_scaling["status"], provider.managed_termination_protection) == ("DISABLED", "DISABLED")


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(world: World, client: Client) -> None:
    status, shown = post(client, "create_group", {**GROUP, "name": "a b", "min_size": 3, "max_size": 2})
    assert (status, "letters, digits, dots" in shown, 'value="a b"' in shown) == (422, True, True)
    status, shown = post(client, "create_group", {**GROUP, "min_size": 3, "max_size": 2})
    assert (status, "MinSize is from 0 to MaxSize" in shown) == (422, True)
    assert not AutoScalingGroup.objects.exists()


def test_a_bad_name_of_a_provider_is_told(world: World, client: Client, group: AutoScalingGroup) -> None:
    status, shown = post(client, "create_provider", {**PROVIDER, "name": "aws-mine", "group": group.arn})

    assert (status, "cannot be prefixed" in shown) == (422, True)
    assert not CapacityProvider.objects.exists()


def test_a_group_goes_after_its_provider(world: World, client: Client, provider: CapacityProvider) -> None:
    client.post(f"{PAGE}delete-group/", {"group": "asg"})
    assert AutoScalingGroup.objects.exists()
    client.post(f"{PAGE}delete-provider/", {"provider": "machines"})
    client.post(f"{PAGE}delete-group/", {"group": "asg"})

    assert not AutoScalingGroup.objects.exists()


@pytest.mark.parametrize("what", ["nonsense", "group-99", "provider-x", "group-", "provider-1"])
def test_forms_of_what_is_not_there_lead_back(world: World, client: Client, what: str) -> None:
    assert post(client, what, {})[0] == 302
    assert client.get(f"{PAGE}change/{what}/").status_code == 302


def test_the_number_of_queries_does_not_grow_with_the_groups(
    world: World, client: Client, provider: CapacityProvider, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        post(client, "create_group", {**GROUP, "name": f"asg-{number}"})
    with django_assert_max_num_queries(20):
        assert client.get(f"{PAGE}state/").status_code == 200


def test_ec2_is_said_where_the_cluster_has_a_default_strategy(
    world: World, client: Client, provider: CapacityProvider
) -> None:
    world.launch()
    world.register()
    post(client, "providers_form", {"used": ["machines"], "weight_machines": 1})
    client.post("/clusters/demo/run/", {"task_definition": "web:1", "count": 1, "launch_type": "EC2"})
    client.post("/clusters/demo/run/", {"task_definition": "web:1", "count": 1, "launch_type": "default"})

    assert sorted(Task.objects.values_list("capacity_provider", flat=True)) == ["", "machines"]
