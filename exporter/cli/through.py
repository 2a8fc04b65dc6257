"""Writing to a store from a command: through the daemon that holds it, or by itself while there is none."""

import http.client
import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from exporter.errors import StoreError, UptimeError, UsageError
from exporter.store.beside import reachable, socket_path

TIMEOUT = 600
"""Seconds that the daemon may take for an answer."""

_NOT_AS_ASKED = {http.HTTPStatus.BAD_REQUEST, http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE}


class Daemon:
    """The running daemon that writes to a store, reached through its socket."""

    def __init__(self, storage: Path, connection: http.client.HTTPConnection) -> None:
        self._storage = storage
        self._connection = connection

    @classmethod
    def find(cls, storage: Path) -> "Daemon | None":
        """Reach the daemon that writes to a store; None where none runs.

        Raises:
            UptimeError: One runs, but not for this user.
        """
        path = socket_path(storage)
        reached = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        reached.settimeout(TIMEOUT)
        try:
            with reachable(path) as address:
                reached.connect(address)
        except PermissionError as error:
            reached.close()
            msg = f"{path}: a daemon writes to {storage}, and may be asked only by the user that it runs as"
            raise UptimeError(msg) from error
        except OSError:  # nobody listens: it was left by a daemon that was killed, or never was
            reached.close()
            return None
        connection = http.client.HTTPConnection("localhost", timeout=TIMEOUT)
        connection.sock = reached
        return cls(storage, connection)

    def get(self, path: str) -> Any:  # noqa: ANN401 -- any JSON
        """Ask something."""
        return self._ask("GET", path)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- any JSON
        """Have something entered.

        Raises:
            UsageError: The daemon refuses it.
            StoreError: It could not be written.
        """
        return self._ask("POST", path, body)

    def delete(self, path: str, name: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- any JSON
        """Have something taken back; errors as of `post`."""
        return self._ask("DELETE", f"{path}/{quote(name, safe='')}", body)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        data = None if body is None else json.dumps(body).encode()
        try:
            self._connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
            answer = self._connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            msg = f"the daemon that writes to {self._storage} went away without an answer; look whether it was done"
            raise UptimeError(msg) from error
        if answer.status == http.HTTPStatus.FORBIDDEN:
            raise UptimeError(text.rstrip("\n"))
        if answer.status in _NOT_AS_ASKED:
            raise UsageError(text.rstrip("\n"))
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise StoreError(text.rstrip("\n") or answer.reason)
        with suppress(ValueError):
            return json.loads(text)
        msg = f"the daemon that writes to {self._storage} answers with something else than JSON: {text[:80]}"
        raise UptimeError(msg)
