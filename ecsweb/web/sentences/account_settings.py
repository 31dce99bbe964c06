"""What each account setting does, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

LONG = gettext_lazy("ARNs name the cluster, too. It is the only form left, and cannot be turned off.")
WORDS: Mapping[str, str | Promise] = {
    "serviceLongArnFormat": LONG,
    "taskLongArnFormat": LONG,
    "containerInstanceLongArnFormat": LONG,
    "awsvpcTrunking": gettext_lazy("More awsvpc tasks fit on an instance: their network interfaces share one."),
    "containerInsights": gettext_lazy("New clusters collect figures in CloudWatch, unless their own setting differs."),
    "fargateFIPSMode": gettext_lazy("FARGATE tasks use only certified encryption (FIPS 140)."),
    "tagResourceAuthorization": gettext_lazy("Who makes something with tags needs the right ecs:TagResource as well."),
    "fargateTaskRetirementWaitPeriod": gettext_lazy("So many days pass before AWS replaces FARGATE tasks for a patch."),
    "guardDutyActivate": gettext_lazy("GuardDuty watches what runs. AWS turns it on and off, not you."),
    "defaultLogDriverMode": gettext_lazy("Whether a container waits when its log is full, or lines are dropped."),
    "fargateEventWindows": gettext_lazy("FARGATE tasks are replaced for patches only in hours that you choose."),
}
