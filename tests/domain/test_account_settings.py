"""Names, values and defaults of account settings and of a cluster's setting (`ecs-facts.md` 1.1, 7)."""

from __future__ import annotations

import pytest

from ecsweb.domain.account_settings import (
    LONG_FORMATS,
    RULES,
    check_account_setting,
    check_cluster_settings,
    effective_value,
)
from ecsweb.domain.errors import EcsError


@pytest.mark.parametrize("name", RULES)
def test_a_setting_takes_its_values_and_no_other(name: str) -> None:
    rule = RULES[name]

    assert rule.default in rule.values
    for value in rule.values:
        if rule.is_aws_managed or (name in LONG_FORMATS and value == "disabled"):
            with pytest.raises(EcsError):
                check_account_setting(name, value)
        else:
            check_account_setting(name, value)
    with pytest.raises(EcsError):
        check_account_setting(name, "maybe")


def test_the_long_arn_formats_are_always_enabled() -> None:
    for name in LONG_FORMATS:
        assert effective_value(name, {}, {}) == "enabled"
        with pytest.raises(EcsError, match="can not be disabled"):
            check_account_setting(name, "disabled")


def test_a_principal_s_own_value_comes_before_the_account_s_and_that_before_aws_s() -> None:
    name = "containerInsights"

    assert effective_value(name, {name: "enhanced"}, {name: "enabled"}) == "enhanced"
    assert effective_value(name, {}, {name: "enabled"}) == "enabled"
    assert effective_value(name, {}, {}) == "disabled"


@pytest.mark.parametrize("value", ["enhanced", "enabled", "disabled"])
def test_container_insights_is_enhanced_enabled_or_disabled(value: str) -> None:
    check_cluster_settings([{"name": "containerInsights", "value": value}])
    for wrong in (
        {"name": "containerInsights", "value": value.upper()},
        {"name": "containerInsights"},
        {"value": value},
    ):
        with pytest.raises(EcsError):
            check_cluster_settings([wrong])
