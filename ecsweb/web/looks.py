"""How somebody wants the pages to look: chosen in the menu, remembered in the browser and with the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from ecsweb.controlplane.accounts import keep_look
from ecsweb.models import Account

# The first of each is what one has who has chosen nothing.
LOOKS: Mapping[str, tuple[str, ...]] = {
    "theme": ("auto", "light", "dark", "contrast"),
    "motion": ("auto", "less"),
    "shortcuts": ("on", "off"),
    "projector": ("off", "on"),
}
# A projector belongs to the room, not to the person.
OF_THE_ROOM = frozenset({"projector"})
YEAR = 365 * 24 * 3600


def cookie_of(name: str) -> str:
    """Return the name of the cookie that keeps a choice."""
    return f"ecsweb_{name}"


def looks_of(request: HttpRequest) -> dict[str, str]:
    """Return what is chosen: in this browser, else with the account, else the usual. Nonsense counts as not chosen."""
    account: Account | None = getattr(request, "account", None)
    kept = account.looks if account else {}
    found = {}
    for name, values in LOOKS.items():
        asked = [_asked(request, name), request.COOKIES.get(cookie_of(name)), kept.get(name)]
        found[name] = next((one for one in asked if one in values), values[0])
    return found


def _asked(request: HttpRequest, name: str) -> str | None:
    """Return what the address asks for: `?projector=1` or `0` shows a page to a class without a menu."""
    if name not in OF_THE_ROOM:
        return None
    return {"1": "on", "0": "off"}.get(request.GET.get(name, ""))


def remember(request: HttpRequest, response: HttpResponseBase, name: str, value: str) -> None:
    """Remember a choice in the browser and, where it is the person's, with the account; nonsense changes nothing."""
    if value not in LOOKS.get(name, ()):
        return
    age = None if name in OF_THE_ROOM else YEAR
    response.set_cookie(cookie_of(name), value, max_age=age, samesite="Lax", httponly=True)
    account: Account | None = getattr(request, "account", None)
    if account is not None and name not in OF_THE_ROOM:
        keep_look(account, name, value)


def looks(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Keep what an address asked for while links are followed."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name in OF_THE_ROOM:
            if asked := _asked(request, name):
                remember(request, response, name, asked)
        return response

    return middleware
