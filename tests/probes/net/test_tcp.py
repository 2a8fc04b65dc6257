import asyncio
import errno
import socket

import pytest

from exporter.probes.net.faults import verdict
from exporter.probes.result import Outcome, ProbeFailed, ProbeInconclusive, Reason
from tests.support.raw import Probing, ok


async def test_a_connection_is_all_it_takes(probing: Probing) -> None:
    got: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def handler(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        got.set_result(await reader.read())

    server = await probing.serve(handler=handler)
    result = await probing.probe(f"tcp://127.0.0.1:{server.port}")
    assert (result.outcome, result.status, result.tls) == (Outcome.SUCCESS, None, None)
    assert result.phases.connect == result.duration
    assert await got == b""


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_closed_port_refuses(probing: Probing, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as place:
        port = place.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    result = await probing.probe(f"tcp://{shown}:{port}")
    assert (result.outcome, result.reason) == (Outcome.FAILURE, Reason.REFUSED)
    assert result.detail == f"{shown}:{port}: connection refused"


async def test_a_full_backlog_times_out(probing: Probing) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as place:
        port = place.getsockname()[1]
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)  # noqa: FBT003 -- the standard library's
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        result = await probing.probe(f"tcp://127.0.0.1:{port}", 150)
        for filler in fillers:
            filler.close()
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "timed out after 0.15s connecting")


async def test_ipv6_alone_reaches_ipv6(probing: Probing) -> None:
    server = await probing.serve(ok(), host="::1")
    result = await probing.probe(f"tcp://[::1]:{server.port}", ip_family="6")
    assert result.outcome is Outcome.SUCCESS


@pytest.mark.parametrize(
    "number",
    [
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOBUFS,
        errno.EADDRNOTAVAIL,
        errno.EPERM,
        errno.EACCES,
    ],
)
def test_our_own_want_tells_nothing_about_the_endpoint(number: int) -> None:
    assert isinstance(verdict(number, "there"), ProbeInconclusive)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ECONNREFUSED, Reason.REFUSED),
        (errno.ECONNRESET, Reason.RESET),
        (errno.ENETUNREACH, Reason.UNREACHABLE),
        (errno.EHOSTUNREACH, Reason.UNREACHABLE),
        (errno.EAFNOSUPPORT, Reason.UNREACHABLE),
        (errno.ETIMEDOUT, Reason.TIMEOUT),
        (errno.EPROTO, Reason.UNREACHABLE),
    ],
)
def test_all_else_is_the_endpoint_s(number: int, reason: Reason) -> None:
    found = verdict(number, "there:1")
    assert isinstance(found, ProbeFailed)
    assert found.reason is reason
    assert found.detail.startswith("there:1: ")
