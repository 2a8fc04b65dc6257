"""The daemon's own socket beside its store: for commands of the user that it runs as, and nobody else."""

import os
import pwd
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from exporter.errors import ListenError
from exporter.store.beside import reachable, socket_path
from exporter.web import incidents, issues
from exporter.web.access import PERSON
from exporter.web.backfill import bring
from exporter.web.exclusions import add, approve, exclusions, remove
from exporter.web.source import SOURCE, Source
from exporter.web.writes import RULES, WriteRules

_CREDENTIALS = struct.Struct("3i")
LARGEST_BODY = 256 * 1024 * 1024


def make_control_app(source: Source) -> web.Application:
    """Put together what the socket serves; whoever may open it may change the record, and is named as its author."""
    app = web.Application(middlewares=[_name_peer], client_max_size=LARGEST_BODY)
    app[SOURCE] = source
    app[RULES] = WriteRules(allowed=True)
    app.router.add_get("/api/v1/exclusions", exclusions)
    app.router.add_post("/api/v1/exclusions", add)
    app.router.add_post("/api/v1/backfill", bring)
    app.router.add_post("/api/v1/issues", issues.add)
    incidents.routes(app.router)
    app.router.add_delete("/api/v1/exclusions/{ident}", remove)
    app.router.add_post("/api/v1/exclusions/{ident}/approvals", approve)
    return app


@asynccontextmanager
async def serve_control(app: web.Application, storage: Path) -> AsyncIterator[None]:
    """Serve on the socket beside the store until the block ends.

    Whoever holds the store's lock may take the place of a socket that a killed daemon left.

    Raises:
        ListenError: The socket cannot be made.
    """
    path = socket_path(storage)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    with _bound(path) as listening:
        try:
            await runner.setup()
            await web.SockSite(runner, listening).start()
            yield
        finally:
            await runner.cleanup()


@contextmanager
def _bound(path: Path) -> Iterator[socket.socket]:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        with suppress(FileNotFoundError):
            path.unlink()
        with reachable(path) as address:
            before = os.umask(0o177)  # open to its own user from the first moment
            try:
                listening.bind(address)
            finally:
                os.umask(before)
        listening.listen()
    except OSError as error:
        listening.close()
        msg = f"{path}: the socket for commands cannot be made: {error.strerror or error}"
        raise ListenError(msg) from error
    try:
        yield listening
    finally:
        listening.close()
        with suppress(OSError):
            path.unlink()


@web.middleware
async def _name_peer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the user at the other end, by number where the system knows no name."""
    transport = request.transport
    if transport is None:
        raise web.HTTPForbidden
    peer = transport.get_extra_info("socket")
    packed = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(packed)
    try:
        request[PERSON] = pwd.getpwuid(user).pw_name
    except KeyError:
        request[PERSON] = f"uid {user}"
    return await handler(request)
