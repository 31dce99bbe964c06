"""Take it to AWS: a cluster as a script and as a template, with how it is taken away and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ecsweb.learn.taking import Work, costs_of, deploy_commands, script_of, teardown_of, template_of, work_of
from ecsweb.learn.taking.script import words_of
from ecsweb.models import Cluster
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of

# Form → how its file is named, and what stands in it.
FORMS: Mapping[str, tuple[str, Callable[[Work], str]]] = {
    "script": ("ecsweb-{name}.sh", script_of),
    "teardown": ("ecsweb-{name}-teardown.sh", teardown_of),
    "template": ("ecsweb-{name}.yaml", template_of),
}


@require_GET
def page(request: PageRequest) -> HttpResponse:
    """The cluster that was chosen, or the first; without any there is nothing to take."""
    rows = Cluster.objects.filter(account=request.account, region=request.principal.region, status="ACTIVE")
    names = sorted(rows.values_list("name", flat=True))
    asked = request.GET.get("cluster", "")
    name = asked if asked in names else next(iter(names), "")
    context: dict[str, object] = {"names": names, "name": name}
    if name:
        work = work_of(request.principal, name)
        deploy, undeploy = deploy_commands(work)
        context |= {
            "work": work,
            "choices": [(one, words_of(one)) for one in work.choices],
            "costs": costs_of(work),
            "texts": {form: text(work) for form, (_file, text) in FORMS.items()},
            "files": {form: file.format(name=name) for form, (file, _text) in FORMS.items()},
            "deploy": deploy,
            "undeploy": undeploy,
        }
    return render(request, "learn/take_to_aws.html", context)


@require_GET
def download(request: PageRequest, name: str, form: str) -> HttpResponse:
    """One of the texts as a file."""
    cluster = cluster_of(request, name)
    if form not in FORMS or cluster.status != "ACTIVE":
        raise Http404
    file, text = FORMS[form]
    answer = HttpResponse(text(work_of(request.principal, cluster.name)), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file.format(name=cluster.name)}"'
    return answer
