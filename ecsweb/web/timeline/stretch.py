"""A stretch of a timeline that plays by itself: from just before somebody acted to what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from ecsweb.domain.timeline.fold import DEFINITION
from ecsweb.models import Account, Cluster, Event, LessonRun


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events after `since` up to `until`, and the page that somebody came from to look at them again."""

    since: int
    until: int
    back: str = ""

    @property
    def query(self) -> str:
        """Return what an address carries so that its steps stay in the stretch."""
        back = {"back": self.back} if self.back else {}
        return urlencode({"from": self.since, "until": self.until, "play": 1, **back})


def stretch_address(cluster: str, stretch: Stretch) -> str:
    """Return where a stretch of a cluster's past plays, from its start."""
    return f"{reverse('cluster', args=(cluster,))}?{stretch.query}&at={stretch.since}"


def stretch_of(request: HttpRequest) -> Stretch | None:
    """Return the stretch that an address asks for; None for none, or one that ends before it begins."""
    since, until = (number_in(request.GET.get(name, "")) for name in ("from", "until"))
    if since is None or until is None or until < since:
        return None
    back = request.GET.get("back", "")
    is_here = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return Stretch(since, until, back if is_here else "")


def number_in(text: str) -> int | None:
    """Return the sequence number that an address carries; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def own_events(cluster: Cluster) -> Q:
    """Return what tells the events of a cluster; of one whose row is gone they are known by its ARN only."""
    if cluster.pk:
        return Q(cluster=cluster)
    return Q(cluster=None, region=cluster.region, detail__icontains=f'{cluster.arn}"')


def events_in(stretch: Stretch, rows: QuerySet[Event], cluster: Cluster) -> QuerySet[Event]:
    """Return those of the rows that the stretch tells of: the cluster's own, and the revisions of its lesson."""
    owned = own_events(cluster)
    families = lesson_families(cluster)
    if families:
        owned |= Q(detail_type=DEFINITION, detail__family__in=families)
    return rows.filter(owned, sequence__gt=stretch.since, sequence__lte=stretch.until)


def busiest_of(account: Account, region: str, names: Sequence[str], stretch: Stretch) -> str:
    """Return which of the clusters the stretch is about: where most happened, the first where nothing did."""
    rows = Event.objects.filter(account=account, region=region, cluster__name__in=names)
    rows = rows.filter(sequence__gt=stretch.since, sequence__lte=stretch.until)
    counted = Counter(rows.values_list("cluster__name", flat=True))
    return max(names, key=lambda name: counted[name])


def lesson_families(cluster: Cluster) -> list[str]:
    """Return the families of the lesson whose cluster it is."""
    runs = LessonRun.objects.filter(account=cluster.account, region=cluster.region)
    kept: Iterable[dict[str, list[str]]] = runs.values_list("belongings", flat=True)
    return [family for one in kept if cluster.name in one.get("clusters", ()) for family in one.get("families", ())]
