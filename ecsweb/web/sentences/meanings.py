"""Beginnings of what AWS says when it refuses → what they come to, to be translated."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

_A_NAME = gettext_noop("A name is made of letters, digits, hyphens and underscores, 255 of them at most.")
_A_LIST = gettext_noop("A list was expected here, in square brackets: [ … ].")
_A_STRUCTURE = gettext_noop("An object was expected here, in braces: { … }.")
_A_NUMBER = gettext_noop("A whole number without quotes was expected here.")
_A_TEXT = gettext_noop("A text in double quotes was expected here.")
_TRUE_OR_FALSE = gettext_noop("true or false, without quotes, was expected here.")
_WANTED: Mapping[str, str] = {
    "a list": _A_LIST,
    "a structure": _A_STRUCTURE,
    "a map": _A_STRUCTURE,
    "an Integer": _A_NUMBER,
    "a Double": _A_NUMBER,
    "a String": _A_TEXT,
    "a Boolean": _TRUE_OR_FALSE,
}
_FOUND = ("STRING_VALUE", "BOOLEAN_VALUE", "NUMBER_VALUE", "START_ARRAY", "START_OBJECT")

MEANINGS: Mapping[str, str] = {
    **{f"{found} can not be converted to {wanted}": said for found in _FOUND for wanted, said in _WANTED.items()},
    "NUMBER_VALUE is out of range": gettext_noop("The number is larger than ECS can take."),
    "ClusterName must match": _A_NAME,
    "ServiceName must match": _A_NAME,
    "Container name contains invalid characters": _A_NAME,
    "Family contains invalid characters": gettext_noop(
        "A family's name is made of letters, digits, hyphens and underscores, 255 of them at most."
    ),
    "Container.image contains invalid characters": gettext_noop(
        "An image is written name:tag, such as ecsweb/web:1, without blanks."
    ),
    "Container names must be unique": gettext_noop("Two containers have the same name: give each a name of its own."),
    "At least one of 'memory' or 'memoryReservation'": gettext_noop(
        "Each container needs a memory limit or a memory reservation, unless the task as a whole has one."
    ),
    "Task definition doesn't have any essential container": gettext_noop(
        "At least one container must be essential: when it ends, the task ends."
    ),
    "ECS_RESERVED_MEMORY must be": gettext_noop(
        "So much memory cannot be kept for the system: something must be left for tasks."
    ),
    "PORTS must be": gettext_noop("Ports are numbers from 1 to 65535."),
    "Creation of service was not idempotent": gettext_noop(
        "A service of this name is here already, made with other settings: take another name, or update that one."
    ),
    "Unable to Start a service that is still Draining": gettext_noop(
        "The former service of this name is still ending its tasks. Try again when they have stopped."
    ),
    "The service cannot be stopped while it is scaled above 0": gettext_noop(
        "The service still wants tasks: set its desired count to 0 first, or delete it by force."
    ),
    "Both maximumPercent and minimumHealthyPercent cannot be 100": gettext_noop(
        "With both at 100 no task may be stopped and none may be started: a deployment could never begin."
    ),
    "Cluster not found": gettext_noop("There is no cluster of this name here."),
    "Service not found": gettext_noop("There is no service of this name in the cluster."),
    "TaskDefinition not found": gettext_noop("There is no task definition of this name here."),
    "Unable to describe task definition": gettext_noop("There is no task definition of this name here."),
    "TaskDefinition is inactive": gettext_noop("This revision was deregistered: nothing new starts from it."),
    "The referenced task was not found": gettext_noop("There is no such task in the cluster."),
    "Referenced container instance not found": gettext_noop("There is no such container instance in the cluster."),
    "No Container Instances were found": gettext_noop(
        "The cluster has no container instance that could take the task: launch one first."
    ),
    "Service was not ACTIVE": gettext_noop("The service is on its way out or gone; nothing of it changes any more."),
    "The referenced cluster was inactive": gettext_noop("The cluster was deleted."),
    "Rate exceeded": gettext_noop("Too many calls in too short a time: wait a moment."),
}

# What stands in the middle or at the end of such messages, after somebody's value.
MEANINGS_OF_PARTS: Mapping[str, str] = {
    "should not be null or empty": gettext_noop("Something that must be given is missing."),
    "of this account is reached": gettext_noop(
        "It is the quota of your account in this class that is full: delete one of them that you no longer need, or "
        "ask your teacher."
    ),
    "Unknown parameter: ": gettext_noop("AWS's operation has no such parameter; perhaps it is a slip of the pen."),
    "is not as it has to be": gettext_noop("Something of this entry is missing, too long or dated in the future."),
    ": there are at most": gettext_noop("There are more entries than can be taken in at once."),
    "Member must satisfy enum value set": gettext_noop("One of the values in brackets was expected."),
}
