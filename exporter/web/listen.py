"""Serving HTTP on an address that a person typed."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext

from aiohttp import web

from exporter.errors import ListenError, UsageError

OPTION = "--web.listen-address"
LAST_PORT = 65535
GRACE = 2.0
"""Seconds that running requests get when the server stops."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a server listens, or will.

    Attributes:
        address: `host:port`, the host in brackets where it is an IPv6 address.
        host: Empty for every address of the machine.
        port: The port, also where port 0 let the system choose.
        sockets: Bound, and closed by whoever bound them.
    """

    address: str
    host: str
    port: int
    sockets: tuple[socket.socket, ...] = field(repr=False)

    def reached_at(self) -> str:
        """`host:port` at which this machine itself reaches the server."""
        return f"127.0.0.1:{self.port}" if self.host in {"", "::", "0.0.0.0"} else self.address  # noqa: S104 -- compared


@asynccontextmanager
async def listen(listen_address: str) -> AsyncIterator[Bound]:
    """Take an address, before anything is there that could answer on it.

    Args:
        listen_address: `:9895` for every address of the machine, `host:9895` or `[::1]:9895`;
            port 0 takes a free one.

    Raises:
        UsageError: It is not an address.
        ListenError: It is taken, forbidden or does not exist.
    """
    host, port = parse_address(listen_address)
    sockets = await _bind(host, port, listen_address)
    try:
        port = sockets[0].getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        yield Bound(f"{shown}:{port}", host, port, tuple(sockets))
    finally:
        for each in sockets:
            each.close()


@asynccontextmanager
async def serve_on(app: web.Application, bound: Bound, tls: SSLContext | None = None) -> AsyncIterator[None]:
    """Serve an application until the block ends, by HTTPS with `tls`; running requests get a moment to end."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)
    try:
        await runner.setup()
        for each in bound.sockets:
            await web.SockSite(runner, each, ssl_context=tls).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def serve(
    app: web.Application, listen_address: str, tls: SSLContext | None = None
) -> AsyncIterator[Bound]:
    """Take an address and serve an application on it; arguments and errors as of `listen` and `serve_on`."""
    async with listen(listen_address) as bound, serve_on(app, bound, tls):
        yield bound


def parse_address(text: str) -> tuple[str, int]:
    """Split an address into host, empty for all, and port.

    Raises:
        UsageError: It is not an address.
    """
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    digits = port.isascii() and port.isdigit()
    if not colon or not digits or int(port) > LAST_PORT or (":" in host and not bracketed):
        msg = f"{OPTION}: `{text}` is not an address; write :9895, 127.0.0.1:9895 or [::1]:9895"
        raise UsageError(msg)
    return host[1:-1] if bracketed else host, int(port)


async def _bind(host: str, port: int, text: str) -> list[socket.socket]:
    try:
        if host in {"", "::"}:
            return [_bind_all(port)]
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return _bind_each([(family, str(address[0])) for family, _, _, _, address in found], port)
    except socket.gaierror as error:
        msg = f"{OPTION}: the host of `{text}` is not known: {error.strerror}"
        raise ListenError(msg) from error
    except OSError as error:
        raise ListenError(_cure(error, text)) from error


def _bind_all(port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        try:
            return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        except OSError as error:
            if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                raise
    return socket.create_server(("", port))


def _bind_each(places: list[tuple[int, str]], port: int) -> list[socket.socket]:
    """Listen on every address of a name, on one port; those that this machine lacks are left out."""
    bound: list[socket.socket] = []
    missing = OSError(errno.EADDRNOTAVAIL, "")
    for family, address in dict.fromkeys(places):
        try:
            bound.append(socket.create_server((address, port), family=family))
        except OSError as error:
            if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                for other in bound:
                    other.close()
                raise
            missing = error
        else:
            port = bound[0].getsockname()[1]
    if not bound:
        raise missing
    return bound


def _cure(error: OSError, text: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{OPTION}: `{text}` is in use by another program; stop it, or choose another port"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"{OPTION}: `{text}` is not allowed for this user; choose a port from 1024 on"
    if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return f"{OPTION}: `{text}` is no address of this machine; write :9895 to listen on all it has"
    return f"{OPTION}: cannot listen on `{text}`: {error.strerror}"
