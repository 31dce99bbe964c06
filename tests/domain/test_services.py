"""The literal texts of `ecs-facts.md` 6.1, whole and each at its own field."""

from __future__ import annotations

import pytest

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.services import deployment_configuration, desired_count
from ecsweb.domain.statuses import SchedulingStrategy

REPLICA, DAEMON = SchedulingStrategy.REPLICA, SchedulingStrategy.DAEMON


@pytest.mark.parametrize(
    ("strategy", "percents", "message", "field"),
    [
        (
            REPLICA,
            (100, 100),
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
            "maximumPercent",
        ),
        (REPLICA, (101, 200), "minimumHealthyPercent must be at most 100", "minimumHealthyPercent"),
        (REPLICA, (-1, 200), "minimumHealthyPercent must be at most 100", "minimumHealthyPercent"),
        (REPLICA, (50, 99), "maximumPercent must be at least 100", "maximumPercent"),
        (REPLICA, (50, 10_001), "maximumPercent must be at least 100", "maximumPercent"),
        (
            DAEMON,
            (0, 101),
            "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment "
            "configuration. Change the maximumPercent value to 100, and try again",
            "maximumPercent",
        ),
    ],
    ids=[
        "both 100",
        "minimum above 100",
        "minimum below 0",
        "maximum below 100",
        "maximum beyond all bounds",
        "maximum of a daemon",
    ],
)
def test_percentages_are_refused_in_aws_words(
    strategy: SchedulingStrategy, percents: tuple[int, int], message: str, field: str
) -> None:
    with pytest.raises(InvalidParameterException) as refused:
        deployment_configuration(strategy, minimum_healthy_percent=percents[0], maximum_percent=percents[1])

    assert (refused.value.message, refused.value.field) == (message, f"deploymentConfiguration.{field}")


@pytest.mark.parametrize("percents", [(0, 100), (100, 101), (100, 10_000), (0, 10_000), (99, 100)])
def test_percentages_at_their_bounds_are_taken(percents: tuple[int, int]) -> None:
    made = deployment_configuration(REPLICA, minimum_healthy_percent=percents[0], maximum_percent=percents[1])

    assert (made.minimum_healthy_percent, made.maximum_percent) == percents


@pytest.mark.parametrize(
    ("strategy", "asked", "has_strategy", "message"),
    [
        (
            DAEMON,
            0,
            False,
            "The daemon scheduling strategy does not support a desired count for services. Remove the desired count "
            "value and try again",
        ),
        (
            DAEMON,
            None,
            True,
            "The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and "
            "try again",
        ),
        (REPLICA, None, False, "Desired count can not be null."),
        (REPLICA, -1, False, "desiredCount must be from 0 to 5000."),
        (REPLICA, 5001, True, "desiredCount must be from 0 to 5000."),
    ],
    ids=["count of a daemon", "strategy of a daemon", "replica without a count", "below 0", "above 5000"],
)
def test_counts_are_refused_in_aws_words(
    strategy: SchedulingStrategy, asked: int | None, has_strategy: bool, message: str
) -> None:
    with pytest.raises(InvalidParameterException) as refused:
        desired_count(strategy, asked, has_placement_strategy=has_strategy)

    assert refused.value.message == message


@pytest.mark.parametrize("asked", [0, 5000])
def test_counts_at_their_bounds_are_taken(asked: int) -> None:
    assert desired_count(REPLICA, asked, has_placement_strategy=True) == asked
