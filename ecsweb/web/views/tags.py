"""The tag editor: the same small table for whatever has an ARN and tags."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecsweb.api import call
from ecsweb.domain.errors import EcsError
from ecsweb.web.acting import act, back_to
from ecsweb.web.forms.tags import TagForm
from ecsweb.web.requests import PageRequest


@require_http_methods(["GET", "POST"])
def edit(request: PageRequest) -> HttpResponse:
    """Show the tags of `resource` (an ARN); add one, or give one another value."""
    arn = request.POST.get("resource") or request.GET.get("resource", "")
    try:
        tags = call(request.principal, "ListTagsForResource", {"resourceArn": arn})["tags"]
    except EcsError as error:
        raise Http404(error.message) from error
    form = TagForm(request.POST or None, resource=arn, tags=tags)
    if request.method == "POST" and form.submit(request.principal) is not None:
        return back_to(request, _address(arn))
    context = {"form": form, "arn": arn, "tags": tags, "next": request.POST.get("next", "")}
    return render(request, "tags.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: PageRequest) -> HttpResponse:
    """Take a tag away."""
    arn = request.POST.get("resource", "")
    params = {"resourceArn": arn, "tagKeys": [request.POST.get("key", "")]}
    return act(request, "UntagResource", params, done=_("The tag is removed."), back=_address(arn))


def _address(arn: str) -> str:
    return f"{reverse('tags')}?{urlencode({'resource': arn})}"
