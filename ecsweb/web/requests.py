"""What our middleware adds to a request."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ecsweb.api.principal import Principal
from ecsweb.models import Account


class PageRequest(HttpRequest):
    """A request of a page: who asks, in which account, and whether htmx does."""

    htmx: HtmxDetails
    account: Account
    principal: Principal
