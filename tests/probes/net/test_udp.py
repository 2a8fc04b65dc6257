"""Datagrams to real sockets on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from exporter.probes.result import Outcome, Reason
from exporter.probes.udp import UdpSettings
from tests.support.raw import Probing

Answers = Callable[[bytes], list[bytes]]


class _Server(asyncio.DatagramProtocol):
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.received: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.received.append(data)
        for answer in self._answers(data):
            self._transport.sendto(answer, addr)


@asynccontextmanager
async def answering(answers: Answers) -> AsyncIterator[tuple[int, _Server]]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: _Server(answers), ("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1], server
    finally:
        transport.close()


async def test_an_answer_is_a_success(probing: Probing) -> None:
    async with answering(lambda data: [data.upper()]) as (port, server):
        result = await probing.probe(f"udp://127.0.0.1:{port}", send="ping", expect={"matches": "^PING$"})
    assert (result.outcome, result.detail) == (Outcome.SUCCESS, "")
    assert server.received == [b"ping"]
    assert result.phases.processing is not None


async def test_bytes_may_be_sent_and_expected(probing: Probing) -> None:
    async with answering(lambda data: [b"\x1c" + data]) as (port, server):
        url = f"udp://127.0.0.1:{port}"
        right = await probing.probe(url, send_hex="1b00ff", expect={"starts_with_hex": "1c1b"})
        wrong = await probing.probe(url, send_hex="1b00ff", expect={"starts_with_hex": "1d"})
    assert right.outcome is Outcome.SUCCESS
    assert (wrong.reason, wrong.detail) == (Reason.ANSWER, "the answer does not start with 1d")
    assert server.received == [b"\x1b\x00\xff"] * 2


@pytest.mark.parametrize("answer", [b"\xff\xfe\x00", b"x" * 60_000])
async def test_an_answer_that_does_not_match_fails(probing: Probing, answer: bytes) -> None:
    async with answering(lambda _: [answer] * 3) as (port, _):
        result = await probing.probe(f"udp://127.0.0.1:{port}", expect={"matches": "pong"})
    assert (result.reason, result.detail) == (Reason.ANSWER, "the answer does not match 'pong'")


async def test_silence_is_a_timeout_and_nobody_there_is_refused(probing: Probing) -> None:
    async with answering(lambda _: []) as (port, _):
        silent = await probing.probe(f"udp://127.0.0.1:{port}", 100)
    assert (silent.reason, silent.detail) == (Reason.TIMEOUT, "timed out after 0.1s waiting for the answer")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        free = taken.getsockname()[1]
    refused = await probing.probe(f"udp://127.0.0.1:{free}")
    assert (refused.reason, refused.detail) == (Reason.REFUSED, f"127.0.0.1:{free}: connection refused")


async def test_scenario_57_a_name_that_does_not_resolve_is_a_failure(probing: Probing) -> None:
    result = await probing.probe("udp://nobody.invalid:53")
    assert (result.outcome, result.reason) == (Outcome.FAILURE, Reason.DNS)


@pytest.mark.parametrize(
    ("settings", "url", "said"),
    [
        ({"send": "a", "send_hex": "00"}, "udp://a:1", "`send` and `send_hex` are both given"),
        ({"send_hex": "0x"}, "udp://a:1", "is not hexadecimal: '0x'"),
        ({}, "udp://a", "the URL of a udp probe is udp://host:port"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, object], url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        UdpSettings.model_validate(settings).check(url, 5_000)
