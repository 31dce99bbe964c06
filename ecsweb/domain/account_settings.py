"""Account settings: names, values, what holds where nothing was set (`ecs-facts.md` 1.1, botocore's `SettingName`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecsweb.domain.errors import ClientException, InvalidParameterException

ON_OFF = ("on", "off")
SWITCH = ("enabled", "disabled")
CONTAINER_INSIGHTS = "containerInsights"
INSIGHTS_VALUES = ("enhanced", "enabled", "disabled")
LONG_FORMATS = ("serviceLongArnFormat", "taskLongArnFormat", "containerInstanceLongArnFormat")


@dataclass(frozen=True, slots=True)
class AccountSettingRule:
    """The values that a setting may have, the one that holds where none was set, and who may set it."""

    values: tuple[str, ...]
    default: str
    is_aws_managed: bool = False


RULES: Mapping[str, AccountSettingRule] = {
    **{name: AccountSettingRule(SWITCH, "enabled") for name in LONG_FORMATS},
    "awsvpcTrunking": AccountSettingRule(SWITCH, "disabled"),
    CONTAINER_INSIGHTS: AccountSettingRule(INSIGHTS_VALUES, "disabled"),
    "fargateFIPSMode": AccountSettingRule(SWITCH, "disabled"),
    "tagResourceAuthorization": AccountSettingRule(ON_OFF, "off"),
    "fargateTaskRetirementWaitPeriod": AccountSettingRule(("0", "7", "14"), "7"),
    "guardDutyActivate": AccountSettingRule(ON_OFF, "off", is_aws_managed=True),
    "defaultLogDriverMode": AccountSettingRule(("blocking", "non-blocking"), "non-blocking"),
    "fargateEventWindows": AccountSettingRule(SWITCH, "disabled"),
}


def check_account_setting(name: str, value: str) -> None:
    """Raise InvalidParameterException for a value that the setting has not, ClientException for what nobody may set.

    The long ARN formats became the only ones in 2021 and cannot be disabled any more (`ecs-facts.md` 1.1).
    """
    rule = RULES[name]
    if rule.is_aws_managed:
        raise ClientException(f"The account setting {name} is read-only: AWS manages it.", field="name")
    if value not in rule.values:
        raise InvalidParameterException(
            f"Invalid value for account setting {name}. Valid values: [{', '.join(rule.values)}]", field="value"
        )
    if name in LONG_FORMATS and value != "enabled":
        raise InvalidParameterException(
            f"{name} can not be disabled: the long ARN and resource ID format is the only one.", field="value"
        )


def effective_value(name: str, own: Mapping[str, str], account_default: Mapping[str, str]) -> str:
    """Return what holds for a principal: its own value, else the account's default, else AWS's."""
    return own.get(name) or account_default.get(name) or RULES[name].default


def check_cluster_settings(settings: list[dict[str, str]]) -> None:
    """Raise InvalidParameterException for a value of `containerInsights` that there is not (`ecs-facts.md` 7)."""
    for index, setting in enumerate(settings):
        if setting.get("name") != CONTAINER_INSIGHTS:
            raise InvalidParameterException("The name of a setting is missing.", field=f"settings.{index}.name")
        if setting.get("value") not in INSIGHTS_VALUES:
            raise InvalidParameterException(
                f"Invalid value for cluster setting {CONTAINER_INSIGHTS}. Valid values: [{', '.join(INSIGHTS_VALUES)}]",
                field=f"settings.{index}.value",
            )
