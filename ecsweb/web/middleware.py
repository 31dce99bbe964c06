"""Who asks, and a strict policy for what a page may load."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

from ecsweb.api.principal import root_of
from ecsweb.controlplane.accounts import account_of, open_account
from ecsweb.domain.identifiers import REGION
from ecsweb.web.rehearsing import is_rehearsal
from ecsweb.web.requests import PageRequest

GetResponse = Callable[[HttpRequest], HttpResponseBase]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# Reached without an account of one's own: the login itself, health, the admin's own login, the AWS endpoint.
OPEN_PATHS = ("/login/", "/healthz/", "/admin/", "/_ecsweb/", "/static/", "/favicon.ico", "/i18n/")
REGION_COOKIE = "ecsweb_region"


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Send the policy: nothing inline, nothing from elsewhere."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return middleware


def whole_files(get_response: GetResponse) -> GetResponse:
    """Send a static file whole: they are small, and an asynchronous server has to read a stream whole anyway."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, FileResponse):
            return response
        with closing(response):
            return HttpResponse(response.getvalue(), status=response.status_code, headers=dict(response.items()))

    return middleware


def principal(get_response: GetResponse) -> GetResponse:
    """Put account and principal on the request: the solo account, or in class mode the person's own after login."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(OPEN_PATHS) or _is_wire(request):
            return get_response(request)
        page = cast(PageRequest, request)
        if settings.ECSWEB_MODE == "solo":
            page.account = open_account(settings.ECSWEB_ACCOUNT)
        elif page.user.is_authenticated:
            page.account = account_of(page.user)
        else:
            return cast(HttpResponse, redirect_to_login(request.get_full_path()))
        whose = root_of(page.account.account_id, region_of(page), origin="page")
        page.principal = replace(whose, rehearses=is_rehearsal(request))
        return get_response(request)

    return middleware


def _is_wire(request: HttpRequest) -> bool:
    return request.method == "POST" and request.path == "/" and "X-Amz-Target" in request.headers


def region_of(request: HttpRequest) -> str:
    """Return the region that the pages show: chosen by the switch, else the default."""
    chosen = request.COOKIES.get(REGION_COOKIE, "")
    return chosen if REGION.fullmatch(chosen) else str(settings.ECSWEB_REGION)
