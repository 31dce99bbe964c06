"""Rows, constraints and querysets: what is wanted and what was last seen. No decisions."""

from __future__ import annotations

from ecsweb.models.account import Account
from ecsweb.models.account_setting import AccountSetting
from ecsweb.models.broken_image import BrokenImage
from ecsweb.models.capacity_provider import AutoScalingGroup, CapacityProvider
from ecsweb.models.change_guess import ChangeGuess
from ecsweb.models.cluster import Cluster
from ecsweb.models.container_instance import ContainerInstance
from ecsweb.models.event import Event
from ecsweb.models.heartbeat import Heartbeat
from ecsweb.models.lease import Lease
from ecsweb.models.lesson_run import LessonRun, LessonStatus
from ecsweb.models.parameter import Parameter
from ecsweb.models.play import Play, PlayStatus
from ecsweb.models.quiz_answer import QuizAnswer
from ecsweb.models.recording import Recording
from ecsweb.models.scene import Scene
from ecsweb.models.service import Deployment, Service, ServiceEvent
from ecsweb.models.service_deployment import ServiceDeployment
from ecsweb.models.task import Container, ContainerLog, Task
from ecsweb.models.task_definition import TaskDefinition
from ecsweb.models.task_set import TaskSet

__all__ = [
    "Account",
    "AccountSetting",
    "AutoScalingGroup",
    "BrokenImage",
    "CapacityProvider",
    "ChangeGuess",
    "Cluster",
    "Container",
    "ContainerInstance",
    "ContainerLog",
    "Deployment",
    "Event",
    "Heartbeat",
    "Lease",
    "LessonRun",
    "LessonStatus",
    "Parameter",
    "Play",
    "PlayStatus",
    "QuizAnswer",
    "Recording",
    "Scene",
    "Service",
    "ServiceDeployment",
    "ServiceEvent",
    "Task",
    "TaskDefinition",
    "TaskSet",
]
