from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from ecsweb.models import Account, AccountSetting, BrokenImage, Parameter
from ecsweb.web.admin.door import ModelAdmin, RuntimeAdmin


@admin.register(Account)
class AccountAdmin(ModelAdmin[Account]):
    list_display = ("account_id", "user", "last_sequence", "reset_began_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("account_id", "user__username")
    readonly_fields = ("last_sequence", "reset_began_at", "created_at")
    autocomplete_fields = ("user",)

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        """An account's containers would be orphaned with its rows: it is emptied by a reset instead."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> tuple[str, ...]:
        fixed = ("account_id",) if obj else ()
        return (*self.readonly_fields, *fixed)


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
