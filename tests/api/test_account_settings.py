"""Account settings through the one door: whose they are, what holds, and what cannot be set."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.controlplane.accounts import finish_reset, open_account
from ecsweb.domain.errors import EcsError
from ecsweb.models import AccountSetting
from tests.world import ACCOUNT, World

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ANNA = f"arn:aws:iam::{ACCOUNT}:user/anna"
TRUNKING = {"name": "awsvpcTrunking", "value": "enabled"}


def listed(world: World, **params: Any) -> dict[str, str]:
    found = world.call("ListAccountSettings", **params)
    return {setting["name"]: setting["value"] for setting in found["settings"]}


def test_only_what_was_set_is_listed_and_effective_settings_list_all(world: World) -> None:
    assert listed(world) == {}
    answer = world.call("PutAccountSetting", **TRUNKING)["setting"]
    assert answer == {**TRUNKING, "principalArn": ROOT, "type": "user"}

    assert listed(world) == {"awsvpcTrunking": "enabled"}
    first = world.call("ListAccountSettings", effectiveSettings=True)
    rest = world.call("ListAccountSettings", effectiveSettings=True, nextToken=first["nextToken"])
    assert (len(first["settings"]), len(rest["settings"])) == (10, 1)
    long_format = listed(world, effectiveSettings=True, name="taskLongArnFormat")
    assert long_format == {"taskLongArnFormat": "enabled"}


def test_the_account_s_default_holds_for_whoever_has_no_own_value(world: World) -> None:
    world.call("PutAccountSettingDefault", name="containerInsights", value="enabled")
    world.call("PutAccountSetting", name="containerInsights", value="enhanced", principalArn=ANNA)

    mine = listed(world, principalArn=ANNA, effectiveSettings=True, name="containerInsights")
    assert mine == {"containerInsights": "enhanced"}
    assert listed(world, effectiveSettings=True, name="containerInsights") == {"containerInsights": "enabled"}

    deleted = world.call("DeleteAccountSetting", name="containerInsights", principalArn=ANNA)["setting"]
    assert deleted["value"] == "enabled"
    assert listed(world, principalArn=ANNA) == {}


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        ("PutAccountSetting", {"name": "taskLongArnFormat", "value": "disabled"}, "InvalidParameterException"),
        ("PutAccountSetting", {"name": "guardDutyActivate", "value": "on"}, "ClientException"),
        ("PutAccountSetting", {**TRUNKING, "value": "yes"}, "InvalidParameterException"),
        ("PutAccountSetting", {**TRUNKING, "name": "dualStackIPv4"}, "InvalidParameterException"),
        ("PutAccountSetting", {"name": "awsvpcTrunking"}, "InvalidParameterException"),
        ("PutAccountSettingDefault", {"name": "fargateTaskRetirementWaitPeriod", "value": "8"}, "InvalidParameter"),
        ("PutAccountSetting", {**TRUNKING, "principalArn": "anna"}, "InvalidParameterException"),
        (
            "PutAccountSetting",
            {**TRUNKING, "principalArn": "arn:aws:iam::999999999999:root"},
            "InvalidParameterException",
        ),
        ("DeleteAccountSetting", {"name": "nope"}, "InvalidParameterException"),
        ("ListAccountSettings", {"value": "enabled"}, "InvalidParameterException"),
        ("ListAccountSettings", {"maxResults": 11}, "InvalidParameterException"),
    ],
)
def test_what_cannot_be_set_is_refused(world: World, operation: str, params: dict[str, Any], code: str) -> None:
    with pytest.raises(EcsError) as refused:
        world.call(operation, **params)

    assert refused.value.code.startswith(code)
    assert not AccountSetting.objects.exists()


def test_a_reset_forgets_the_settings(world: World) -> None:
    world.call("PutAccountSetting", **TRUNKING)
    world.call("ResetAccount")
    world.step_all()
    assert finish_reset(open_account(ACCOUNT))
    assert not AccountSetting.objects.exists()
