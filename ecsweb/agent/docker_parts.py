"""Images and networks of the Docker engine: the parts of `docker_engine.DockerEngine` that are not about containers.

They are given the client by `DockerEngine`, so that the Docker SDK is imported in that one file only.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any

import requests
import urllib3

from ecsweb.agent import labels as label
from ecsweb.agent.docker_values import free_subnets, network_body, subnets_of
from ecsweb.agent.engine import EngineError, EngineUnavailable, NameTaken, NoSuchImage

# Seconds: to look, to change something, to pull.
LOOK, CHANGE, PULL = 10.0, 60.0, 120.0


class DockerPart(ABC):
    """What every part needs: whose it is, and the client with errors translated and a time-out on each call."""

    install_id: str

    @abstractmethod
    def looking(self, seconds: float = LOOK) -> AbstractContextManager[Any]:
        """Give the client for calls that change nothing."""

    @abstractmethod
    def changing(self, seconds: float = CHANGE) -> AbstractContextManager[Any]:
        """Give the client for a call that changes something, in one of the slots."""


class DockerImages(DockerPart):
    """Images: looked for on the engine first, pulled only when absent, made from our own archives."""

    def __init__(self) -> None:
        # Pulls have slots of their own, so that a slow registry keeps nobody from stopping a container.
        self._pull_slots = threading.BoundedSemaphore(2)
        self._digests: dict[str, str] = {}

    def prepare_image(self, image: str) -> str:
        """Return the id of `image`, pulling it only when the engine has none; raises NoSuchImage with Docker's text."""
        found = self._image(image)
        if found is None:
            self.pull_image(image)
            found = self._image(image)
        if found is None:
            raise NoSuchImage(f"No such image: {image}")
        self._digests[image] = _digest_of(found)
        return str(found["Id"])

    def pull_image(self, image: str, *, seconds: float = PULL) -> None:
        """Pull `image` within `seconds`; raises NoSuchImage with Docker's text."""
        if not self._pull_slots.acquire(timeout=seconds):
            raise EngineUnavailable(f"Too many pulls at once; {image} waits.")
        try:
            self._pull(image, seconds)
        except EngineUnavailable as error:
            if not isinstance(error.__cause__, (requests.Timeout, urllib3.exceptions.TimeoutError)):
                raise
            raise NoSuchImage(f"pull of {image}: the registry did not answer within {seconds:.0f} s") from error
        except EngineError as error:
            raise NoSuchImage(str(error)) from error
        finally:
            self._pull_slots.release()

    def _pull(self, image: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self.looking(seconds) as api:
            for line in api.pull(image, stream=True, decode=True):
                if "error" in line:
                    raise NoSuchImage(str(line["error"]))
                if time.monotonic() > deadline:
                    raise NoSuchImage(f"pull of {image} took longer than {seconds:.0f} s")

    def _image(self, image: str) -> Mapping[str, Any] | None:
        try:
            with self.looking() as api:
                document: Mapping[str, Any] = api.inspect_image(image)
                return document
        except NoSuchImage:
            return None

    def image_digest(self, image: str) -> str:
        """Return the registry's digest of an image that the engine has; an image made here has none."""
        # What was looked at to make sure of the image is not asked for again.
        if image not in self._digests:
            self._digests[image] = _digest_of(self._image(image) or {})
        return self._digests[image]

    def image_labels(self, image: str) -> Mapping[str, str] | None:
        """Return the labels of an image that the engine has, or None when it has none of that name."""
        found = self._image(image)
        return None if found is None else (found.get("Config") or {}).get("Labels") or {}

    def import_image(self, image: str, archive: bytes, changes: Sequence[str]) -> str:
        """Make `image` of a tar archive of its root directory; `changes` are Dockerfile lines. Return its id."""
        repository, _, tag = image.rpartition(":")
        with self.changing() as api:
            api.import_image_from_data(archive, repository=repository, tag=tag, changes=list(changes))
        found = self._image(image)
        if found is None:
            raise NoSuchImage(f"No such image after its import: {image}")
        return str(found["Id"])

    def export_image(self, image: str) -> bytes:
        """Return a tar archive of the image's root directory, by way of a container that is never started."""
        config = {"Image": image, "Cmd": ["/"], "Labels": {label.INSTALL: self.install_id}}
        with self.changing() as api:
            made = str(api.create_container_from_config(config)["Id"])
            try:
                return b"".join(api.export(made))
            finally:
                api.remove_container(made, v=True, force=True)


def _digest_of(document: Mapping[str, Any]) -> str:
    digests = document.get("RepoDigests") or ()
    return str(digests[0]).rpartition("@")[2] if digests else ""


class DockerVolumes(DockerPart):
    """Volumes of the local driver, without options; what does not carry our label is never touched."""

    def list_volumes(self) -> Mapping[str, Mapping[str, str]]:
        """Return name and labels of our volumes."""
        with self.looking() as api:
            found = api.volumes(filters={"label": f"{label.INSTALL}={self.install_id}"})
        return {str(one["Name"]): one.get("Labels") or {} for one in found.get("Volumes") or ()}

    def ensure_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Make sure that the volume exists; raises NameTaken for somebody else's."""
        if labels.get(label.INSTALL) != self.install_id:
            raise EngineError(f"Volume {name} does not carry the label of this installation.")
        # Docker answers an existing volume of that name as it is, with the labels that it has.
        with self.changing() as api:
            found = api.create_volume(name=name, driver="local", labels=dict(labels))
        if (found.get("Labels") or {}).get(label.INSTALL) != self.install_id:
            raise NameTaken(f"Volume {name} is not of this installation.")

    def remove_volume(self, name: str) -> None:
        """Remove a volume of ours; raises NameTaken for somebody else's, a temporary EngineError while in use."""
        with self.looking() as api:
            found = (api.volumes(filters={"name": name}).get("Volumes")) or ()
        of_that_name = [one for one in found if one["Name"] == name]
        if not of_that_name:
            return
        if (of_that_name[0].get("Labels") or {}).get(label.INSTALL) != self.install_id:
            raise NameTaken(f"Volume {name} is not of this installation.")
        try:
            with self.changing() as api:
                api.remove_volume(name)
        except EngineError as error:
            if name in self.list_volumes():
                raise EngineError(str(error), temporary=True) from error


class DockerNetworks(DockerPart):
    """Networks: each has an explicit /24 out of the pool, since Docker's default pools end at about 30 networks."""

    network_pool: str

    def __init__(self) -> None:
        self._network_lock = threading.Lock()

    def list_networks(self) -> Mapping[str, Mapping[str, str]]:
        """Return name and labels of our networks."""
        with self.looking() as api:
            found = api.networks(filters={"label": f"{label.INSTALL}={self.install_id}"})
        return {str(one["Name"]): one.get("Labels") or {} for one in found}

    def ensure_network(self, name: str, labels: Mapping[str, str]) -> None:
        """Make sure that the network exists; raises NameTaken for somebody else's, EngineError for an empty pool."""
        if labels.get(label.INSTALL) != self.install_id:
            raise EngineError(f"Network {name} does not carry the label of this installation.")
        with self._network_lock:
            # Another process may take the subnet, or make the network as well: then look again.
            for _attempt in range(5):
                if self._single(name):
                    return
                self._make_network(name, labels)
            if not self._single(name):
                raise EngineError(f"Network {name} could not be made.", temporary=True)

    def _networks_named(self, name: str) -> list[str]:
        """Return the ids of our networks of that name, oldest first; raises NameTaken when all are somebody else's."""
        with self.looking() as api:
            found = [one for one in api.networks(names=[name]) if one["Name"] == name]
        ours = [one for one in found if (one.get("Labels") or {}).get(label.INSTALL) == self.install_id]
        if found and not ours:
            raise NameTaken(f"Network {name} is not of this installation.")
        return [str(one["Id"]) for one in sorted(ours, key=lambda one: (str(one["Created"]), str(one["Id"])))]

    def _single(self, name: str) -> bool:
        """Say whether the network is there. Engines check a name before they make it, not while: of twins one stays."""
        first, *twins = self._networks_named(name) or [""]
        for network_id in twins:
            with suppress(EngineError), self.changing() as api:
                api.remove_network(network_id)
        return bool(first)

    def _make_network(self, name: str, labels: Mapping[str, str]) -> None:
        with self.looking() as api:
            taken = subnets_of(api.networks())
        for subnet in free_subnets(self.network_pool, taken):
            try:
                with self.changing() as api:
                    api.create_network(**network_body(name, subnet, labels))
                return
            except EngineError as error:
                if "already exists" in str(error):
                    return
                # What overlaps without being a Docker network of this list (a swarm's, another driver's): the next one.
                if "overlap" not in str(error):
                    raise
        raise EngineError(f"No free /24 is left in the network pool {self.network_pool}.")

    def remove_network(self, name: str) -> None:
        """Remove a network of ours; raises NameTaken for somebody else's, a temporary EngineError while in use."""
        for network_id in self._networks_named(name):
            try:
                with self.changing() as api:
                    api.remove_network(network_id)
            except EngineError as error:
                if network_id in self._networks_named(name):
                    raise EngineError(str(error), temporary=True) from error
