"""A learner is removed by deleting the user: nobody comes in any more, the containers go first, then every row."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ecsweb.agent.inspection import containers_of
from ecsweb.api import call
from ecsweb.api.principal import root_of
from ecsweb.controlplane.accounts import finish_removal, finish_reset
from ecsweb.domain.errors import AccessDeniedException
from ecsweb.models import Account, Event, Task, TaskDefinition
from tests.world import ACCOUNT, REGION, World


@pytest.fixture
def learner(world: World) -> User:
    """Somebody in whose account services and tasks run, and one has stopped."""
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    task = world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"]
    world.converge()
    world.kill(task)
    world.converge()
    user = User.objects.create_user("minji")
    Account.objects.filter(account_id=ACCOUNT).update(user=user)
    return user


def emptied(world: World) -> None:
    """Do what the sweep does until the account is gone."""
    account = Account.objects.get(account_id=ACCOUNT)
    for _turn in range(10):
        world.step_all()
        finish_reset(account)
        if finish_removal(account):
            return
    raise AssertionError("the account does not go")


@pytest.mark.parametrize("way", ["one", "several"])
def test_a_superuser_deletes_a_learner_with_everything(
    admin_client: Client, world: World, learner: User, way: str
) -> None:
    if way == "one":
        address, sent = reverse("admin:auth_user_delete", args=[learner.pk]), {"post": "yes"}
    else:
        address = reverse("admin:auth_user_changelist")
        sent = {"action": "delete_selected", "_selected_action": str(learner.pk), "post": "yes"}
    asked = admin_client.post(address, {**sent, "post": ""}) if way == "several" else admin_client.get(address)
    assert ACCOUNT in asked.content.decode()

    answer = admin_client.post(address, sent, follow=True)

    assert "is being emptied" in answer.content.decode()
    learner.refresh_from_db()
    assert not learner.is_active
    assert not finish_removal(Account.objects.get(account_id=ACCOUNT))
    emptied(world)
    assert containers_of(world.engine, ACCOUNT) == []
    assert not User.objects.filter(username="minji").exists()
    assert [model.objects.count() for model in (Account, Event, Task, TaskDefinition)] == [0, 0, 0, 0]


def test_who_has_no_account_is_deleted_at_once(admin_client: Client, db: None) -> None:
    user = User.objects.create_user("guest")

    admin_client.post(reverse("admin:auth_user_delete", args=[user.pk]), {"post": "yes"})

    assert not User.objects.filter(username="guest").exists()


def test_nobody_removes_an_account_from_its_own_pages(world: World) -> None:
    with pytest.raises(AccessDeniedException):
        call(root_of(ACCOUNT, REGION, origin="page"), "RemoveAccount", {})

    assert not Account.objects.get(account_id=ACCOUNT).is_leaving


def test_the_form_of_an_account_asks_for_nothing_that_is_the_loop_s(admin_client: Client, db: None) -> None:
    page = admin_client.get(reverse("admin:ecsweb_account_add")).content.decode()

    assert "id_account_id" in page
    assert not [name for name in ("rate_tokens", "looks", "is_leaving", "is_learning") if f"id_{name}" in page]
