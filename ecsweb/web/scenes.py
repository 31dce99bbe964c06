"""A scene as its page shows it: where it is, what is said, what was called last, and the live picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ecsweb.api.model import is_of_aws
from ecsweb.api.renderers import cli_command
from ecsweb.controlplane.plays import left_by_former, standing_of_another
from ecsweb.learn.lessons.schema import is_shown
from ecsweb.learn.player import SCENE
from ecsweb.learn.scenes import Scene
from ecsweb.learn.staging import play_of
from ecsweb.learn.texts import is_korean
from ecsweb.models import Cluster, Play, PlayStatus
from ecsweb.web.pictures import cluster_picture
from ecsweb.web.requests import PageRequest
from ecsweb.web.scene_stops import Stop, stop_of


@dataclass(frozen=True, slots=True)
class ScenePage:
    """What is on stage now."""

    scene: Scene
    play: Play | None
    # The clusters that another scene has left on the stage, as long as this one has not begun.
    others_left: str = ""

    @property
    def status(self) -> str:
        """Return where the play is; a scene that is not on stage stands at its start, too."""
        return self.play.status if self.play else PlayStatus.PAUSED

    @property
    def is_playing(self) -> bool:
        """Tell whether ▶ is pressed: it plays, or will as soon as the stage is empty."""
        return self.status == PlayStatus.PLAYING or (self.is_emptying and self.play is not None and self.play.plays_on)

    @property
    def is_emptying(self) -> bool:
        """Tell whether what was there is being removed."""
        return self.status == PlayStatus.EMPTYING

    @property
    def is_over(self) -> bool:
        """Tell whether it has been played to its end."""
        return self.status == PlayStatus.DONE

    @property
    def cleared(self) -> str:
        """Return the clusters of the scene before that are being cleared away, too."""
        return ", ".join(left_by_former(self.play)) if self.play else ""

    @property
    def is_waiting(self) -> bool:
        """Tell whether it waits until something is so."""
        return self.play is not None and self.play.waiting_since is not None and self.is_playing

    @property
    def position(self) -> int:
        """Return how many steps are behind it: actions of which something was seen."""
        return steps_of(self.play.actions[: self.play.position]) if self.play else 0

    @property
    def total(self) -> int:
        """Return how many steps it has."""
        return steps_of(self.play.actions) if self.play else self.scene.steps

    @property
    def caption(self) -> str:
        """Return what is said now; at the start, what the scene is about."""
        said = self.play.caption.get("ko" if is_korean() else "en", "") if self.play else ""
        return said or self.scene.intro.here()

    @property
    def stop(self) -> Stop | None:
        """Return why it stopped, if it did."""
        return stop_of(self.play)

    @property
    def left_out(self) -> list[tuple[str, str]]:
        """Return which calls of the stretch are missing from it, each with the reason."""
        return left_out_words(self.scene.left_out)

    @property
    def command(self) -> str:
        """Return the last call as the command that one would have typed; chaos has no command, only its name."""
        called = self.play.last_call if self.play else {}
        operation = str(called.get("operation", ""))
        if operation and is_of_aws(operation) and "parameters" in called:
            return cli_command(operation, called["parameters"]).replace(" \\\n ", "")
        return operation


def steps_of(actions: Iterable[Mapping[str, Any]]) -> int:
    """Return of how many actions something is seen."""
    return sum(map(is_shown, actions))


def left_out_words(left_out: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return calls that are missing from a scene, each with the reason in the reader's language."""
    reasons = {
        "secret": _("it holds a secret or the value of an environment variable"),
        "generated-id": _("it names something by an id that will be another next time"),
        "unknown-task": _("the log no longer knows its task"),
        "too-many": _("the stretch is too long"),
    }
    found = [(str(one.get("operation", "")), str(one.get("why", ""))) for one in left_out]
    return [(operation, reasons.get(why, why)) for operation, why in found]


def context_of(request: PageRequest, scene: Scene) -> dict[str, object]:
    """Return what the page of a scene and its live fragment need."""
    region = request.principal.region
    others = standing_of_another(request.account, region, SCENE, scene.id)
    page = ScenePage(scene, play_of(request.account, region, scene), ", ".join(others))
    context: dict[str, object] = {"page": page}
    rows = Cluster.objects.filter(account=request.account, region=region, status="ACTIVE")
    found = {row.name: row for row in rows.select_related("account").filter(name__in=scene.clusters)}
    cluster = next((found[name] for name in scene.clusters if name in found), None)
    if cluster is not None:
        context |= {
            "cluster": cluster,
            "picture": cluster_picture(cluster, open_instances=request.GET.getlist("open")),
            "picture_query": f"stage={scene.stage}",
            "stage": str(scene.stage),
            "view": "hierarchy",
            "panels_open": False,
        }
    return context
