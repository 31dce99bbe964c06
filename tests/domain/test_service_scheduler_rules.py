"""What the service scheduler counts, throttles and says (`ecs-facts.md` 6.1, 6.5-6.8)."""

from __future__ import annotations

import pytest

from ecsweb.domain.capacity.fargate import LIMIT
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.service_scheduler import messages
from ecsweb.domain.service_scheduler.deployments import LONGEST_RETRY, is_impaired, retry_delay
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.services import check_grace_period
from ecsweb.domain.statuses import DeploymentStatus, RolloutState, TaskStatus
from tests.domain.made import NOW, PACE, cluster, deployment, instance, service, task

TAIL = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(
            messages.started("web", ["a", "b"]),
            "(service web) has started 2 tasks: (task a) (task b).",
            id="started",
        ),
        pytest.param(
            messages.started("web", ["a"], replaced=1),
            "(service web) has started 1 tasks: (task a). Amazon ECS replaced 1 tasks due to an unhealthy status.",
            id="replaced",
        ),
        pytest.param(
            messages.stopped("web", ["a"]), "(service web) has stopped 1 running tasks: (task a).", id="stopped"
        ),
        pytest.param(messages.stopped_pending("web", 2), "(service web) stopped 2 pending tasks.", id="pending"),
        pytest.param(
            messages.deployment_completed("web", "ecs-svc/7"),
            "(service web) (deployment ecs-svc/7) deployment completed.",
            id="completed",
        ),
        pytest.param(messages.steady("web"), "(service web) has reached a steady state.", id="steady"),
        pytest.param(
            messages.failed_health_checks("web", "a"),
            "(service web) (task a) failed container health checks.",
            id="unhealthy",
        ),
        pytest.param(
            messages.placement_failure("web", LIMIT, None),
            "(service web) was unable to place a task. Reason: "
            "You've reached the limit on the number of tasks you can run concurrently.",
            id="limit",
        ),
        pytest.param(
            messages.impaired("web"),
            f"(service web) is unable to consistently start tasks successfully.{TAIL}",
            id="impaired",
        ),
        pytest.param(
            messages.blocked("web"),
            "(service web) was unable to stop or start tasks during a deployment because of the service deployment "
            "configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
            id="blocked",
        ),
        pytest.param(
            messages.deployment_failed("web", "ecs-svc/7"),
            "(service web) (deployment ecs-svc/7) deployment failed: tasks failed to start.",
            id="failed",
        ),
        pytest.param(
            messages.rolling_back("web", "ecs-svc/7"),
            "(service web) rolling back to deployment ecs-svc/7.",
            id="rolling back",
        ),
        pytest.param(
            messages.protected("web", "ecs-svc/7", 2),
            "(service web) was unable to reach steady state because (taskSet ecs-svc/7) was unable to scale in due to "
            "(reason 2 tasks under protection)",
            id="protected",
        ),
        pytest.param(
            messages.not_balanced("web", [("us-east-1a", 3), ("us-east-1b", 1)]),
            "(service web) is not AZ balanced with 3 tasks in us-east-1a, 1 tasks in us-east-1b. AZ Rebalancing in "
            "progress.",
            id="not balanced",
        ),
        pytest.param(
            messages.started_to_rebalance("web", "us-east-1b", "a"),
            "(service web) has started 1 tasks in us-east-1b to AZ Rebalance: (task a).",
            id="started to rebalance",
        ),
        pytest.param(
            messages.stopped_to_rebalance("web", "us-east-1a", "a"),
            "(service web) has stopped 1 running tasks in us-east-1a due to AZ rebalancing: (task a).",
            id="stopped to rebalance",
        ),
        pytest.param(
            messages.balanced("web", [("us-east-1a", 2), ("us-east-1b", 2)]),
            "(service web) is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b.",
            id="balanced",
        ),
    ],
)
def test_the_words_of_a_service_event(said: str, words: str) -> None:
    assert said == words


@pytest.mark.parametrize("pending", [0, 1, 2])
def test_the_maximum_counts_running_and_pending_tasks(pending: int) -> None:
    new, old = deployment(2, rollout_state=RolloutState.IN_PROGRESS), deployment(1, status=DeploymentStatus.ACTIVE)
    tasks = [*(task(1, 1) for _ in range(2)), *(task(1, 2, status=TaskStatus.PENDING) for _ in range(pending))]
    found = service(*tasks, deployments=(new, old), desired=2, maximum_percent=200)

    made = plan(cluster(found, instances=(instance(1),)), now=NOW, pace=PACE).services

    assert sum(len(one.starts) for one in made) == 4 - 2 - pending


def test_in_a_roll_out_the_old_deployments_tasks_go_first_on_scale_in() -> None:
    new, old = deployment(2, rollout_state=RolloutState.IN_PROGRESS), deployment(1, status=DeploymentStatus.ACTIVE)
    tasks = [task(1, 1), task(1, 1), task(1, 2), task(1, 2)]
    found = service(*tasks, deployments=(new, old), desired=2)

    (made,) = plan(cluster(found, instances=(instance(1),)), now=NOW, pace=PACE).services

    assert {stop.task_pk for stop in made.stops} == {tasks[0].pk, tasks[1].pk}


def test_the_wait_between_tries_grows_and_never_exceeds_27_minutes() -> None:
    waits = [retry_delay(failed, 1) for failed in range(1, 30)]

    assert waits == sorted(waits)
    assert waits[0] < waits[5]
    assert max(waits) == LONGEST_RETRY
    assert LONGEST_RETRY.total_seconds() == 27 * 60


def test_one_task_that_fails_to_start_is_not_yet_impaired_and_repeatedly_is() -> None:
    assert [is_impaired(failed) for failed in (0, 1, 3, 100)] == [False, False, True, True]


@pytest.mark.parametrize("seconds", [None, 0, 2_147_483_647])
def test_the_grace_period_goes_up_to_aws_s_most(seconds: int | None) -> None:
    check_grace_period(seconds)


@pytest.mark.parametrize("seconds", [-1, 2_147_483_648])
def test_the_grace_period_goes_no_further(seconds: int) -> None:
    with pytest.raises(InvalidParameterException):
        check_grace_period(seconds)
