"""The account's settings: what holds now, and how it is set and taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecsweb.controlplane.account_settings import effective_settings, own_settings, root_arn
from ecsweb.domain.account_settings import RULES
from ecsweb.web.acting import act
from ecsweb.web.forms.account_settings import AccountSettingForm
from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences.account_settings import WORDS
from ecsweb.web.undoing import say_form_done


@require_http_methods(["GET", "POST"])
def index(request: PageRequest) -> HttpResponse:
    """List the settings; put one."""
    where = {"region": request.principal.region, "principal_arn": request.principal.arn}
    default = {**where, "principal_arn": root_arn(request.account)}
    form = AccountSettingForm(
        request.POST or None,
        own=effective_settings(request.account, **where),
        default=effective_settings(request.account, **default),
    )
    if request.method == "POST" and form.submit(request.principal) is not None:
        say_form_done(request, form)
        return redirect("account-settings")
    own = own_settings(request.account, **where)
    settings = [
        (name, value, RULES[name].values, WORDS[name], name in own)
        for name, value in effective_settings(request.account, **where).items()
    ]
    context = {"form": form, "settings": settings}
    return render(request, "account_settings.html", context, status=422 if form.errors else 200)


@require_POST
def empty(request: PageRequest) -> HttpResponse:
    """Empty the account, once somebody has said that they mean it."""
    here = reverse("account-settings")
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Nothing was emptied: tick first that you mean it."))
        return redirect(f"{here}#empty")
    done = _("The account is being emptied. Its containers go in a moment; the log and your progress stay.")
    return act(request, "ResetAccount", {}, done=done, back="home")


@require_POST
def delete(request: PageRequest) -> HttpResponse:
    """Take one back, so that the account's default holds again, or AWS's."""
    params = {"name": request.POST.get("name", "")}
    done = _("%(name)s is as it was before you set it.") % params
    return act(request, "DeleteAccountSetting", params, done=done, back=reverse("account-settings"))
