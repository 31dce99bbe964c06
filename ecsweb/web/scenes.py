"""A scene as its page shows it: where it is, what is said, what was called last, and the live picture."""

from __future__ import annotations

from dataclasses import dataclass

from ecsweb.api.model import is_of_aws
from ecsweb.api.renderers import cli_command
from ecsweb.learn.scenes import Scene
from ecsweb.learn.staging import play_of
from ecsweb.learn.texts import is_korean
from ecsweb.models import Cluster, Play, PlayStatus
from ecsweb.web.pictures import cluster_picture
from ecsweb.web.requests import PageRequest


@dataclass(frozen=True, slots=True)
class ScenePage:
    """What is on stage now."""

    scene: Scene
    play: Play | None

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
    def is_waiting(self) -> bool:
        """Tell whether it waits until something is so."""
        return self.play is not None and self.play.waiting_since is not None and self.is_playing

    @property
    def position(self) -> int:
        """Return how many actions are behind it."""
        return self.play.position if self.play else 0

    @property
    def total(self) -> int:
        """Return how many actions it has."""
        return len(self.play.actions) if self.play else len(self.scene.actions)

    @property
    def caption(self) -> str:
        """Return what is said now; at the start, what the scene is about."""
        said = self.play.caption.get("ko" if is_korean() else "en", "") if self.play else ""
        return said or self.scene.intro.here()

    @property
    def error(self) -> str:
        """Return why it stopped, if it did."""
        return self.play.error if self.play else ""

    @property
    def command(self) -> str:
        """Return the last call as the command that one would have typed; chaos has no command, only its name."""
        called = self.play.last_call if self.play else {}
        operation = str(called.get("operation", ""))
        if operation and is_of_aws(operation) and "parameters" in called:
            return cli_command(operation, called["parameters"]).replace(" \\\n ", "")
        return operation


def context_of(request: PageRequest, scene: Scene) -> dict[str, object]:
    """Return what the page of a scene and its live fragment need."""
    page = ScenePage(scene, play_of(request.account, request.principal.region, scene))
    context: dict[str, object] = {"page": page}
    rows = Cluster.objects.filter(account=request.account, region=request.principal.region, status="ACTIVE")
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
