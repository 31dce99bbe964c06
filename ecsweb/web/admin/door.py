"""What the admins of runtime rows share: nothing is added, changed or deleted by hand; actions are API calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ecsweb.api import call
from ecsweb.api.principal import ADMIN, root_of
from ecsweb.domain.errors import EcsError
from ecsweb.models import Cluster

Row = TypeVar("Row", bound=Model)


if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
else:

    class ModelAdmin(admin.ModelAdmin):
        """Django's own, which takes no type parameter when it runs, only when it is checked."""

        def __class_getitem__(cls, _model):
            return cls


class RuntimeAdmin(ModelAdmin[Row]):
    """Rows that only controlplane writes: they can be looked at, searched and acted on, but not edited."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Tell whether the actions are offered: to staff who may look at the rows."""
        return self.has_view_permission(request)


def through_the_door(
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    cluster_of: Callable[[Any], Cluster],
    operation: str,
    params: Callable[[Any], dict[str, Any]],
) -> None:
    """Call the operation for each row as its account's owner; refusals are shown in AWS's words."""
    done = 0
    for row in rows:
        cluster = cluster_of(row)
        principal = root_of(cluster.account.account_id, cluster.region, origin=ADMIN)
        try:
            call(principal, operation, {"cluster": cluster.name, **params(row)})
        except EcsError as error:
            messages.error(request, f"{row}: {error.code}: {error.message}")
        else:
            done += 1
    if done:
        messages.success(request, _("%(operation)s: done for %(count)s.") % {"operation": operation, "count": done})
