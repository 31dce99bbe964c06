"""The style sheets as one, and the names of all modules: what a page needs is asked for at once, not link by link.

The sources stay as they are, in layers; nobody has to build anything, as a process reads them when first asked.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

FOLDER = Path(settings.BASE_DIR) / "static"
# The address carries the version of all static files, so that what a browser has kept is never an old one.
FOREVER = "max-age=315360000, public, immutable"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORTED_SHEET = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
_ADDRESS = re.compile(r'url\("(?!data:|/)([^"]+)"\)')
_IMPORTED_MODULE = re.compile(r'\bfrom "\./([\w-]+\.js)"')


@require_safe
def icon(_request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for it on pages that name none, such as the admin's."""
    return HttpResponseRedirect(static("img/icon.svg"))


@require_safe
@gzip_page
def style_sheet(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(joined_sheet(), content_type="text/css; charset=utf-8", headers={"Cache-Control": FOREVER})


@cache
def joined_sheet() -> str:
    """Return `app.css` with each sheet that it imports in its place and layer, without comments."""
    entry = _read("css/app.css")
    return _COMMENT.sub("", _IMPORTED_SHEET.sub(lambda found: _layer(found[1], found[2]), entry))


@cache
def modules() -> tuple[str, ...]:
    """Return the static names of all modules that `app.js` leads to, the entry first."""
    names, waiting = [], ["app.js"]
    while waiting:
        name = waiting.pop(0)
        if name not in names:
            names.append(name)
            waiting += _IMPORTED_MODULE.findall(_read(f"js/{name}"))
    return tuple(f"js/{name}" for name in names)


def _layer(name: str, layer: str) -> str:
    """Return a sheet as a block of its layer, its addresses as they are from `css/`."""
    folder = posixpath.dirname(name)

    def from_here(found: re.Match[str]) -> str:
        return f'url("{posixpath.normpath(posixpath.join(folder, found[1]))}")'

    return f"@layer {layer} {{\n{_ADDRESS.sub(from_here, _read(f'css/{name}'))}}}"


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
