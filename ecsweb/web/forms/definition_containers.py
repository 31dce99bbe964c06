"""The form of one container of a task definition, and the set of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.web.forms.definition_fields import (
    CommandField,
    CpuField,
    DependenciesField,
    EnvironmentField,
    HardLimitField,
    HealthCommandField,
    LinesField,
    MountsField,
    NumberField,
    NumbersField,
    OptionField,
    OptionsField,
    PortsField,
    SwitchField,
    TextField,
    put,
)
from ecsweb.web.forms.members import MembersForm

# As many forms as are shown at most; how many containers a definition may have, the operation says.
MOST_FORMS = 20
PREFIX = "containers"


class ContainerForm(MembersForm):
    members: ClassVar = {
        "name": "name",
        "image": "image",
        "essential": "essential",
        "cpu": "cpu",
        "memory": "memory",
        "memory_reservation": "memoryReservation",
        "port_mappings": "portMappings",
        "environment": "environment",
        "command": "command",
        "health_command": "healthCheck.command",
        "health_interval": "healthCheck.interval",
        "health_timeout": "healthCheck.timeout",
        "health_retries": "healthCheck.retries",
        "health_start_period": "healthCheck.startPeriod",
        "depends_on": "dependsOn",
        "links": "links",
        "mount_points": "mountPoints",
        "stop_timeout": "stopTimeout",
        "restart": "restartPolicy.enabled",
        "restart_period": "restartPolicy.restartAttemptPeriod",
        "restart_ignored": "restartPolicy.ignoredExitCodes",
        "log_driver": "logConfiguration.logDriver",
        "log_options": "logConfiguration.options",
    }
    folds: ClassVar = (
        (
            _("Health check"),
            ("health_command", "health_interval", "health_timeout", "health_retries", "health_start_period"),
        ),
        (_("Order of start, and links"), ("depends_on", "links")),
        (_("Mount points"), ("mount_points",)),
        (_("Stop and restart"), ("stop_timeout", "restart", "restart_period", "restart_ignored")),
        (_("Logs"), ("log_driver", "log_options")),
    )

    name = TextField(label=_("Container name"), strip=False, help_text=_("Containers of one task know it by this."))
    image = TextField(
        label=_("Image"),
        strip=False,
        help_text=_(
            "Here without a download: ecsweb/web:1, ecsweb/worker:1, ecsweb/once:1, ecsweb/crash:1, ecsweb/eater:1."
        ),
    )
    essential = SwitchField(
        label=_("Essential"),
        required=False,
        initial=True,
        help_text=_("When an essential container stops, ECS stops the whole task."),
    )
    cpu = CpuField()
    memory = HardLimitField()
    memory_reservation = NumberField(
        label=_("Memory reservation in MiB"),
        required=False,
        help_text=_("What placement sets aside for it (soft limit); it may use more. Empty: the hard limit."),
    )
    port_mappings = PortsField(
        label=_("Port mappings"),
        example="8080:80",
        help_text=_(
            "containerPort or hostPort:containerPort, one on each line. Without a host port a free one is taken."
        ),
    )
    environment = EnvironmentField(
        label=_("Environment"), example="COLOR=blue", rows=3, help_text=_("NAME=value, one on each line.")
    )
    command = CommandField(label=_("Command"), help_text=_("Empty: what the image says."))
    health_command = HealthCommandField(
        label=_("Health check command"),
        help_text=_("A shell line that ends with 0 when all is well; after CMD, a program without a shell."),
    )
    health_interval = NumberField(
        label=_("Health check interval"), required=False, help_text=_("Seconds from check to check. Empty: 30.")
    )
    health_timeout = NumberField(
        label=_("Health check timeout"), required=False, help_text=_("Seconds until a check has failed. Empty: 5.")
    )
    health_retries = NumberField(
        label=_("Health check retries"),
        required=False,
        help_text=_("Failures in a row that make it UNHEALTHY. Empty: 3."),
    )
    health_start_period = NumberField(
        label=_("Health check start period"),
        required=False,
        help_text=_("Seconds after the start in which failures do not count. Empty: none."),
    )
    depends_on = DependenciesField(
        label=_("Depends on"),
        example="db:HEALTHY",
        help_text=_("Starts after these: container:START, COMPLETE, SUCCESS or HEALTHY, one on each line."),
    )
    links = LinesField(
        label=_("Links"),
        example="db:database",
        help_text=_("Containers that it finds by name, or by name:alias; only with the network mode bridge."),
    )
    mount_points = MountsField(
        label=_("Mount points"),
        example="data:/var/data",
        help_text=_("volume:/path, with :ro behind it read-only, one on each line. The volumes stand at the task."),
    )
    stop_timeout = NumberField(
        label=_("Stop timeout"),
        required=False,
        help_text=_("Seconds between SIGTERM and SIGKILL, at most 120. Empty: 30."),
    )
    restart = SwitchField(
        label=_("Restart policy"),
        required=False,
        help_text=_("When it ends it is started again in its place, and the task goes on."),
    )
    restart_period = NumberField(
        label=_("Restart attempt period"),
        required=False,
        help_text=_("Seconds it must have run to be started again, from 60 to 1800. Empty: 300."),
    )
    restart_ignored = NumbersField(
        label=_("Ignored exit codes"), help_text=_("With these it is not started again, such as 0, 143.")
    )
    log_driver = OptionField(
        label=_("Log driver"),
        required=False,
        choices=[("", _("not said")), ("json-file", "json-file"), ("awslogs", "awslogs")],
        help_text=_(
            "Where its output goes. awslogs takes the option awslogs-group; on FARGATE it is the only one here."
        ),
    )
    log_options = OptionsField(
        label=_("Log options"), example="awslogs-group=/ecs/web", help_text=_("name=value, one on each line.")
    )

    # Which container of the document that the form began with this one is; empty for a new one.
    origin = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, base: Sequence[Mapping[str, Any]] = (), **kwargs: Any) -> None:
        """`base` are the containers that the form began with."""
        super().__init__(*args, **kwargs)
        origin = str(self["origin"].value() or "")
        if origin.isdecimal() and len(origin) < 4 and int(origin) < len(base):
            self.remember(base[int(origin)])

    @classmethod
    def typed(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is typed for a container; ECS takes no word about `essential` for yes."""
        return {"essential": True, **super().typed(document)}

    def document(self) -> dict[str, Any]:
        """Return the container definition; of a new one `essential` is always said."""
        made = super().document()
        if not self.said:
            made["essential"] = bool(getattr(self, "cleaned_data", {}).get("essential"))
        if "restartPolicy" in made:
            made["restartPolicy"].setdefault("enabled", False)
        return made

    def _write(self, made: dict[str, Any], path: str, value: Any) -> None:
        if path == "essential":
            put(made, path, bool(value))
        else:
            super()._write(made, path, value)


ContainerFormSet = forms.formset_factory(ContainerForm, extra=0, max_num=MOST_FORMS, absolute_max=MOST_FORMS)


def containers_sent(data: Any, base: Sequence[Mapping[str, Any]]) -> forms.BaseFormSet[ContainerForm]:
    """Return the forms of all containers as they were sent; none may be left empty."""
    return ContainerFormSet(data, prefix=PREFIX, form_kwargs={"empty_permitted": False, "base": base})


def containers_shown(
    typed: list[dict[str, Any]], base: Sequence[Mapping[str, Any]]
) -> forms.BaseFormSet[ContainerForm]:
    """Return a form for each of the containers, filled in with what is typed."""
    return ContainerFormSet(initial=typed, prefix=PREFIX, form_kwargs={"base": base})
