"""A Unix socket in front of the Docker Engine that a test can close, so that a lost engine needs no second."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from pathlib import Path

ENGINE = "/var/run/docker.sock"


class EngineProxy:
    """Passes bytes on while it is open; closed, nobody answers and open connections end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._listener: socket.socket | None = None
        self._pairs: set[socket.socket] = set()

    def open(self) -> None:
        """Listen and pass on."""
        listener = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        listener.bind(str(self.path))
        listener.listen(64)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def close(self) -> None:
        """Stop listening and cut what is open."""
        if self._listener is not None:
            self.path.unlink()
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for end in list(self._pairs):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine, contextlib.suppress(OSError):
            engine.connect(ENGINE)
            self._pairs |= {client, engine}
            other = {client: engine, engine: client}
            reading = {client, engine}
            while reading:
                for source in select.select(reading, [], [])[0]:
                    if data := source.recv(65536):
                        other[source].sendall(data)
                    else:
                        reading.discard(source)
                        other[source].shutdown(socket.SHUT_WR)
        self._pairs -= {client, engine}
