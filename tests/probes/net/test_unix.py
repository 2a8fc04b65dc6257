"""Probes of real sockets of this machine."""

import asyncio
import errno
import socket
from pathlib import Path

import pytest

from exporter.probes.result import Outcome, Reason
from tests.support.raw import Probing


def listening(path: Path, backlog: int = 5) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(str(path))
    sock.listen(backlog)
    return sock


async def test_scenario_42_a_socket_that_listens_is_a_success(probing: Probing, tmp_path: Path) -> None:
    with listening(tmp_path / "app.sock"):
        result = await probing.probe(f"unix://{tmp_path}/app.sock")
    assert (result.outcome, result.detail) == (Outcome.SUCCESS, "")
    assert result.phases.connect is not None
    assert 0 < result.phases.connect <= result.duration


@pytest.mark.parametrize(
    ("name", "reason", "said"),
    [
        ("nobody.sock", Reason.UNREACHABLE, "no such file or directory"),
        ("gone.sock", Reason.REFUSED, "connection refused"),
        ("file.txt", Reason.REFUSED, "connection refused"),
    ],
)
async def test_scenario_42_nobody_there_is_a_failure(
    probing: Probing, tmp_path: Path, name: str, reason: Reason, said: str
) -> None:
    listening(tmp_path / "gone.sock").close()
    (tmp_path / "file.txt").touch()
    result = await probing.probe(f"unix://{tmp_path}/{name}")
    assert (result.outcome, result.reason) == (Outcome.FAILURE, reason)
    assert result.detail == f"{tmp_path}/{name}: {said}"


async def test_a_full_queue_is_waited_for_and_no_connection(probing: Probing, tmp_path: Path) -> None:
    """The system says EAGAIN, which looks like a connection under way."""
    path = tmp_path / "app.sock"
    with listening(path, 0) as server:
        fillers = []
        while True:
            filler = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            fillers.append(filler)
            if filler.connect_ex(str(path)) == errno.EAGAIN:
                break
        full = await probing.probe(f"unix://{path}", 100)
        assert (full.outcome, full.reason) == (Outcome.FAILURE, Reason.TIMEOUT)
        waiting = asyncio.create_task(probing.probe(f"unix://{path}"))
        await asyncio.sleep(0)
        server.accept()[0].close()
        assert (await waiting).outcome is Outcome.SUCCESS
        for filler in fillers:
            filler.close()
