"""PutAccountSetting, PutAccountSettingDefault, DeleteAccountSetting, and what holds for whom."""

from __future__ import annotations

import re

from ecsweb.domain.account_settings import RULES, check_account_setting, effective_value
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.models import Account, AccountSetting

PRINCIPAL = re.compile(r"arn:aws:iam::(\d{12}):(root|(user|role)/[\w+=,.@/-]{1,200})", re.ASCII)


def root_arn(account: Account) -> str:
    """Return the ARN of the account's root user, whose settings are the account's default."""
    return f"arn:aws:iam::{account.account_id}:root"


def checked_principal(account: Account, arn: str) -> str:
    """Return the ARN when it is the root user, a user or a role of the account. Raises InvalidParameterException."""
    found = PRINCIPAL.fullmatch(arn)
    if found is None or found[1] != account.account_id:
        raise InvalidParameterException(
            "The principalArn must be that of the root user, a user or a role of this account.", field="principalArn"
        )
    return arn


def put_account_setting(account: Account, region: str, *, principal_arn: str, name: str, value: str) -> AccountSetting:
    """Set the value for that principal. Raises InvalidParameterException, ClientException."""
    check_account_setting(name, value)
    row, _is_new = AccountSetting.objects.update_or_create(
        account=account, region=region, principal_arn=principal_arn, name=name, defaults={"value": value}
    )
    return row


def delete_account_setting(account: Account, region: str, *, principal_arn: str, name: str) -> str:
    """Take the principal's own value away; return the one that holds for it now."""
    AccountSetting.objects.filter(account=account, region=region, principal_arn=principal_arn, name=name).delete()
    return effective_settings(account, region, principal_arn=principal_arn)[name]


def own_settings(account: Account, region: str, *, principal_arn: str) -> dict[str, str]:
    """Return what was set for the principal itself."""
    rows = AccountSetting.objects.filter(account=account, region=region, principal_arn=principal_arn)
    return dict(rows.values_list("name", "value"))


def effective_settings(account: Account, region: str, *, principal_arn: str) -> dict[str, str]:
    """Return every setting's value for the principal: its own, else the root user's, else AWS's default."""
    own = own_settings(account, region, principal_arn=principal_arn)
    default = own_settings(account, region, principal_arn=root_arn(account))
    return {name: effective_value(name, own, default) for name in RULES}
