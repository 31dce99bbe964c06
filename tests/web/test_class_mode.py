"""In class mode each person has an own account, and nobody reaches into another's."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from ecsweb.models import Account, Cluster, ContainerInstance, Event
from tests.world import World

pytestmark = pytest.mark.usefixtures("class_mode")


@pytest.fixture
def class_mode(settings: Settings) -> None:
    settings.ECSWEB_MODE = "class"


def person(name: str) -> Client:
    """Return the browser of somebody who has logged in."""
    client = Client()
    client.force_login(User.objects.create_user(name))
    return client


@pytest.mark.parametrize("address", ["/", "/clusters/demo/", "/task-definitions/", "/learn/glossary/", "/banners/"])
def test_every_page_asks_who_one_is(client: Client, world: World, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/login/?next={address}"


@pytest.mark.parametrize("address", ["/", "/clusters/demo/delete/", "/clusters/demo/launch/", "/region/"])
def test_nothing_is_done_for_nobody(client: Client, world: World, address: str) -> None:
    answer = client.post(address, {"name": "forged", "instance_type": "t3.small", "zone": "a"})

    assert answer["Location"].startswith("/login/")
    assert list(Cluster.objects.values_list("name", "status")) == [("demo", "ACTIVE")]
    assert not ContainerInstance.objects.exists()


def test_the_login_page_and_health_answer_everybody(client: Client, world: World) -> None:
    login = client.get("/login/")
    assert login.status_code == 200
    assert 'name="password"' in login.content.decode()
    assert client.get("/healthz/live").status_code == 200


def test_a_password_opens_the_page_one_came_for(client: Client, world: World) -> None:
    User.objects.create_user("learner", password="a long pass phrase")

    wrong = client.post("/login/?next=/task-definitions/", {"username": "learner", "password": "guess"})
    right = client.post("/login/?next=/task-definitions/", {"username": "learner", "password": "a long pass phrase"})

    assert wrong.status_code == 200
    assert right["Location"] == "/task-definitions/"


def test_each_person_gets_one_account_and_keeps_it(world: World) -> None:
    first, second = person("first"), person("second")
    for client in (first, second, first):
        assert client.get("/").status_code == 200

    numbers = list(Account.objects.exclude(user=None).values_list("account_id", flat=True))
    assert len(numbers) == len(set(numbers)) == 2
    assert all(len(number) == 12 and number.isdigit() for number in numbers)


def test_the_same_name_is_two_clusters_and_neither_sees_the_other(world: World) -> None:
    first, second = person("first"), person("second")
    first.post("/", {"name": "shop"})
    first.post("/clusters/shop/launch/", {"instance_type": "t3.small", "zone": "a"})
    instance = ContainerInstance.objects.get().instance_id

    for address in ("/clusters/shop/", f"/clusters/shop/instances/{instance}/", "/clusters/shop/picture/"):
        assert first.get(address).status_code == 200
        assert second.get(address).status_code == 404
    assert second.post("/", {"name": "shop"})["Location"] == "/clusters/shop/"
    assert "t3.small" not in second.get("/clusters/shop/").content.decode()
    assert Cluster.objects.filter(name="shop").count() == 2


def test_an_action_on_another_s_cluster_changes_nothing(world: World) -> None:
    first, second = person("first"), person("second")
    first.post("/", {"name": "shop"})

    answer = second.post("/clusters/shop/delete/", follow=True)

    assert "ClusterNotFoundException" in answer.content.decode()
    assert Cluster.objects.get(name="shop").status == "ACTIVE"


def test_what_became_of_another_s_cluster_is_not_told(world: World) -> None:
    first, second = person("first"), person("second")
    first.post("/", {"name": "secret-plans"})
    first.post("/clusters/secret-plans/delete/")
    assert Event.objects.filter(detail__icontains="secret-plans").exists()

    assert "DeleteCluster" in first.get("/clusters/secret-plans/").content.decode()
    assert "DeleteCluster" not in second.get("/clusters/secret-plans/").content.decode()
