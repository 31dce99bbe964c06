from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ecsweb.api import call
from ecsweb.api.principal import ADMIN, root_of
from ecsweb.models import Account, AccountSetting, BrokenImage, Parameter
from ecsweb.web.admin.door import ModelAdmin, RuntimeAdmin


@admin.register(Account)
class AccountAdmin(ModelAdmin[Account]):
    list_display = ("account_id", "user", "last_sequence", "reset_began_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("account_id", "user__username")
    readonly_fields = ("last_sequence", "reset_began_at", "created_at")
    autocomplete_fields = ("user",)
    # The loop's own, and what a person chooses on the pages.
    exclude = ("rate_tokens", "rate_at", "rate_version", "looks", "is_learning", "is_leaving")

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        """An account's containers would be orphaned with its rows: to remove a learner, delete the user."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> tuple[str, ...]:
        fixed = ("account_id",) if obj else ()
        return (*self.readonly_fields, *fixed)


if TYPE_CHECKING:
    UsersAdmin = UserAdmin[User]
else:
    UsersAdmin = UserAdmin

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UsersAdmin):
    """People as Django has them; who has an account is deleted with it, as soon as its containers are gone."""

    def get_deleted_objects(
        self, objs: Iterable[User], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Ask for no permission on each row of the account: those go by emptying it, not by Django's cascade."""
        users = list(objs)
        told = [_("%(user)s, with everything in the account %(number)s") % _whose(user) for user in users]
        return told, {str(self.opts.verbose_name_plural): len(users)}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete who has no account; else empty it first, by the one door."""
        account = Account.objects.filter(user=obj).first()
        if account is None:
            obj.delete()
            return
        call(root_of(account.account_id, str(settings.ECSWEB_REGION), origin=ADMIN), "RemoveAccount", {})
        messages.info(request, _("The account of %(user)s is being emptied; then both are gone.") % {"user": obj})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete several in the same way."""
        for user in queryset:
            self.delete_model(request, user)


def _whose(user: User) -> dict[str, str]:
    account = Account.objects.filter(user=user).first()
    return {"user": user.get_username(), "number": account.account_id if account else "–"}


@admin.register(AccountSetting)
class AccountSettingAdmin(RuntimeAdmin[AccountSetting]):
    list_display = ("name", "value", "principal_arn", "account", "region")
    list_filter = ("name", "region")
    list_select_related = ("account",)
    search_fields = ("name", "principal_arn", "account__account_id")


@admin.register(BrokenImage)
class BrokenImageAdmin(RuntimeAdmin[BrokenImage]):
    list_display = ("image", "account", "broken_at")
    list_select_related = ("account",)
    search_fields = ("image", "account__account_id")


@admin.register(Parameter)
class ParameterAdmin(RuntimeAdmin[Parameter]):
    """Without the value: a secret that can be read in a list is none."""

    list_display = ("name", "type", "version", "last_modified_at", "account", "region")
    list_filter = ("type", "region")
    list_select_related = ("account",)
    search_fields = ("name", "account__account_id")
    exclude = ("value",)
