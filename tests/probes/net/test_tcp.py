import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from exporter.probes.net.faults import verdict
from exporter.probes.result import Outcome, ProbeFailed, ProbeInconclusive, Reason
from exporter.probes.tcp import TcpSettings
from tests.support.raw import Probing, ok


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port of 127.0.0.1 that takes no connection any more, and refuses none."""
    with ExitStack() as sockets:
        place = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port: int = place.getsockname()[1]
        for _ in range(4):
            filler = sockets.enter_context(socket.socket())
            filler.setblocking(False)  # noqa: FBT003 -- the standard library's
            filler.connect_ex(("127.0.0.1", port))
        yield port


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


async def test_scenario_67_what_is_to_be_refused_is_well_while_nobody_listens(probing: Probing) -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        url = f"tcp://127.0.0.1:{place.getsockname()[1]}"
        open_ = await probing.probe(url, refused=True)
    assert (open_.outcome, open_.reason) == (Outcome.FAILURE, Reason.ANSWER)
    assert open_.detail == "somebody listens, and `refused` says that nobody may"
    refused = await probing.probe(url, refused=True)
    assert (refused.outcome, refused.reason, refused.detail) == (Outcome.SUCCESS, None, "")
    assert refused.phases.connect == refused.duration


async def test_silence_is_no_refusal(probing: Probing) -> None:
    """Nobody can tell it from a network that is down."""
    with full_backlog() as port:
        result = await probing.probe(f"tcp://127.0.0.1:{port}", 150, refused=True)
    assert (result.outcome, result.reason) == (Outcome.FAILURE, Reason.TIMEOUT)
    missing = await probing.probe("tcp://nowhere.invalid:80", refused=True)
    assert (missing.outcome, missing.reason) == (Outcome.FAILURE, Reason.DNS)


async def test_a_full_backlog_times_out(probing: Probing) -> None:
    with full_backlog() as port:
        result = await probing.probe(f"tcp://127.0.0.1:{port}", 150)
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


def test_nobody_can_be_talked_to_who_is_to_refuse() -> None:
    with pytest.raises(ValueError, match="`refused` means that nobody is there to have a `dialogue` with"):
        TcpSettings(refused=True, dialogue=({"expect": "hello"},))
