"""Account settings and the deletion of revisions as forms."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.controlplane.accounts import finish_reset
from ecsweb.domain.account_settings import RULES
from ecsweb.models import Account, Cluster, Event, TaskDefinition
from ecsweb.web.sentences.account_settings import WORDS
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/account-settings/"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_setting_is_listed_with_what_it_does(world: World, client: Client, language: str) -> None:
    page = client.get(PAGE, headers={"Accept-Language": language}).content.decode()

    assert RULES.keys() == WORDS.keys()
    assert [name for name in RULES if f"<code>{name}</code>" not in page] == []


def test_a_setting_is_set_and_taken_back(world: World, client: Client) -> None:
    given = {"name": "awsvpcTrunking", "value": "enabled"}
    assert client.post(PAGE, given).status_code == 302
    assert world.call("ListAccountSettings", name="awsvpcTrunking")["settings"][0]["value"] == "enabled"
    assert 'value="awsvpcTrunking"' in client.get(PAGE).content.decode().partition("<form")[2]

    client.post(f"{PAGE}delete/", {"name": "awsvpcTrunking"})
    assert world.call("ListAccountSettings", name="awsvpcTrunking")["settings"] == []
    assert client.post(PAGE, {**given, "for_all": "on"}).status_code == 302
    assert world.call("ListAccountSettings", name="awsvpcTrunking")["settings"][0]["value"] == "enabled"


def test_a_value_that_does_not_fit_is_told_at_its_field(world: World, client: Client) -> None:
    refused = client.post(PAGE, {"name": "taskLongArnFormat", "value": "disabled"})

    assert refused.status_code == 422
    assert "can not be disabled" in refused.content.decode()


def test_an_inactive_revision_is_deleted_and_an_active_one_says_why_not(world: World, client: Client) -> None:
    world.register()
    kept = client.post("/task-definitions/web:1/delete/", follow=True).content.decode()
    assert "message--error" in kept

    world.call("DeregisterTaskDefinition", taskDefinition="web:1")
    assert "/task-definitions/web:1/delete/" in client.get("/task-definitions/web:1/").content.decode()
    client.post("/task-definitions/web:1/delete/")
    shown = world.call("DescribeTaskDefinition", taskDefinition="web:1")["taskDefinition"]
    assert shown["status"] == "DELETE_IN_PROGRESS"


def test_the_account_is_emptied_through_the_door_by_who_means_it(world: World, client: Client) -> None:
    world.launch()
    world.register()
    page = client.get(PAGE, headers={"Accept-Language": "en"}).content.decode()
    assert "What stays: the log with all pictures of the past, your progress" in page

    refused = client.post(f"{PAGE}empty/", follow=True, headers={"Accept-Language": "en"})
    assert "Nothing was emptied: tick first that you mean it." in refused.content.decode()
    assert Cluster.objects.get().status == "ACTIVE"

    done = client.post(f"{PAGE}empty/", {"sure": "yes"}, follow=True, headers={"Accept-Language": "en"})
    assert "The account is being emptied." in done.content.decode()
    world.step_all()
    assert finish_reset(Account.objects.get())
    assert not Cluster.objects.exists()
    assert not TaskDefinition.objects.exists()
    assert Event.objects.filter(detail_type="API Call", detail__operation="ResetAccount").exists()
