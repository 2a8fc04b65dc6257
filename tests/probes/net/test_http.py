import asyncio
import socket
import struct
from typing import Any

import pytest

from exporter.probes.result import Outcome, Reason
from tests.support.raw import Probing, ok

SHORT = 150
"""Milliseconds, where the end of the deadline is what the test waits for."""


async def test_a_2xx_answer_is_a_success_with_its_phases(probing: Probing) -> None:
    server = await probing.serve(ok())
    result = await probing.probe(f"http://127.0.0.1:{server.port}/path?a=%20b&c")
    assert (result.outcome, result.reason, result.detail, result.status) == (Outcome.SUCCESS, None, "", 200)
    phases = result.phases
    assert phases.connect is not None
    assert phases.processing is not None
    assert phases.transfer is not None
    assert (phases.resolve, phases.tls, result.tls) == (None, None, None)
    assert phases.connect + phases.processing + phases.transfer == result.duration


async def test_the_request_is_sent_as_configured(probing: Probing) -> None:
    server = await probing.serve(ok())
    await probing.probe(f"http://127.0.0.1:{server.port}/a//b/../c?x=%7e&y=1;z#part")
    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET /a//b/../c?x=%7e&y=1;z HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}" in lines
    assert "Connection: close" in lines
    assert any(line.startswith("User-Agent: uptime-slo-exporter/") for line in lines)


async def test_method_headers_and_body_reach_the_server(probing: Probing) -> None:
    seen = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        seen.append(await reader.readexactly(3))
        writer.write(ok())

    server = await probing.serve(handler=handler)
    result = await probing.probe(
        f"http://us%20er:pa:ss@127.0.0.1:{server.port}/",
        method="POST",
        headers={"Host": "other.example", "X-One": "1", "User-Agent": "me"},
        body="ü!",
    )
    assert result.outcome is Outcome.SUCCESS
    lines = seen[0].decode().split("\r\n")
    assert "Authorization: Basic dXMgZXI6cGE6c3M=" in lines
    assert {"Host: other.example", "X-One: 1", "User-Agent: me", "Content-Length: 3"} <= set(lines)
    assert sum(line.lower().startswith(("host:", "user-agent:")) for line in lines) == 2
    assert seen[1] == "ü!".encode()


async def test_a_large_body_is_sent_whole_to_a_slow_reader(probing: Probing) -> None:
    size = 4_000_000
    received = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        await reader.readuntil(b"\r\n\r\n")
        while received < size:
            received += len(await reader.read(10_000))
            await asyncio.sleep(0)
        writer.write(ok())

    server = await probing.serve(handler=handler)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", method="PUT", body="x" * size)
    assert (result.outcome, received) == (Outcome.SUCCESS, size)


async def test_an_answer_that_comes_before_the_request_was_read_counts(probing: Probing) -> None:
    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ok(b"", b"413 Too Large"))

    server = await probing.serve(handler=handler)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", method="PUT", body="x" * 50_000_000)
    assert result.reason in {Reason.STATUS, Reason.RESET}  # TCP may lose the answer with the connection


@pytest.mark.parametrize(
    ("status", "wanted", "outcome"),
    [
        (b"200 OK", "2xx", Outcome.SUCCESS),
        (b"299 Odd", ["2xx"], Outcome.SUCCESS),
        (b"404 Not Found", ["2xx"], Outcome.FAILURE),
        (b"401 No", ["2xx", "401"], Outcome.SUCCESS),
        (b"204 No Content", ["200-204"], Outcome.SUCCESS),
        (b"205 Reset", ["200-204"], Outcome.FAILURE),
        (b"500 Broken", ["500"], Outcome.SUCCESS),
        (b"101 Switching", ["2xx"], Outcome.FAILURE),
    ],
)
async def test_the_status_is_judged(probing: Probing, status: bytes, wanted: Any, outcome: Outcome) -> None:
    server = await probing.serve(ok(b"", status))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"status": wanted})
    assert (result.outcome, result.status) == (outcome, int(status[:3]))
    assert result.reason is (None if outcome is Outcome.SUCCESS else Reason.STATUS)


async def test_a_wrong_status_is_said_at_once_however_slow_its_body(probing: Probing) -> None:
    server = await probing.serve(b"HTTP/1.1 503 Busy\r\nContent-Length: 1000\r\n\r\nso", keep_open=True)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/")
    assert (result.reason, result.detail) == (Reason.STATUS, "status 503")


@pytest.mark.parametrize(
    ("expect", "reason"),
    [
        ({"body_matches": "sta.us.*up"}, None),
        ({"body_matches": [".*status", "grün"]}, None),
        ({"body_matches": ["status", "down"]}, Reason.BODY),
        ({"body_not_matches": ["down"]}, None),
        ({"body_not_matches": ["(?i)UP"]}, Reason.BODY),
        ({"header_matches": {"content-TYPE": "^application/json"}}, None),
        ({"header_matches": {"Content-Type": "^text/"}}, Reason.HEADER),
        ({"header_matches": {"X-Missing": ""}}, Reason.HEADER),
        ({"header_not_matches": {"X-Missing": ""}}, None),
        ({"header_not_matches": {"Content-Type": "json"}}, Reason.HEADER),
        ({"header_matches": {"X-Many": "^two$"}}, None),
        ({"header_not_matches": {"X-Many": "^two$"}}, Reason.HEADER),
    ],
)
async def test_headers_and_body_are_judged(
    probing: Probing, expect: dict[str, Any], reason: Reason | None
) -> None:
    headers = (b"Content-Type: application/json", b"X-Many: one", b"X-Many: two")
    server = await probing.serve(ok('"status": "up", grün'.encode(), b"200 OK", *headers))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect=expect)
    assert result.reason is reason


async def test_the_detail_of_a_header_rule_never_shows_the_header(probing: Probing) -> None:
    server = await probing.serve(ok(b"", b"200 OK", b"X-Token: hush"))
    result = await probing.probe(
        f"http://127.0.0.1:{server.port}/?key=hush", expect={"header_not_matches": {"X-Token": "h.sh"}}
    )
    assert result.reason is Reason.HEADER
    assert "hush" not in result.detail


@pytest.mark.parametrize("framing", [b"Content-Length: 2097152", b"Transfer-Encoding: chunked", b"X: y"])
async def test_reading_stops_at_1_mib_and_the_rules_are_judged_on_what_was_read(
    probing: Probing, framing: bytes
) -> None:
    megabyte = b"begin" + b"x" * ((1 << 20) - 5)
    size = b"200000\r\n" if b"chunked" in framing else b""
    server = await probing.serve(
        b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n" + size, megabyte, b"end" * 1000
    )
    url = f"http://127.0.0.1:{server.port}/"
    assert (await probing.probe(url, expect={"body_matches": "begin"})).outcome is Outcome.SUCCESS
    assert (await probing.probe(url, expect={"body_matches": "end"})).reason is Reason.BODY


@pytest.mark.parametrize(("size", "reason"), [(1024, None), (1025, Reason.TOO_LARGE)])
async def test_a_written_max_body_makes_a_longer_body_a_failure(
    probing: Probing, size: int, reason: Reason | None
) -> None:
    server = await probing.serve(ok(b"x" * size))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"max_body": "1KiB"})
    assert result.reason is reason


async def test_head_has_no_body_to_wait_for(probing: Probing) -> None:
    server = await probing.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", keep_open=True)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", method="HEAD")
    assert result.outcome is Outcome.SUCCESS


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([], Reason.RESET),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"], Reason.RESET),
        ([b"220 mail.example ESMTP\r\n"], Reason.PROTOCOL),
        ([b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"y" * 60_000 + b"\r\n"] * 6], Reason.PROTOCOL),
        ([b"HTTP/1.1 200 OK\r\n\r\nuntil the end"], None),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], None),
    ],
)
async def test_servers_that_misbehave_have_their_reason(
    probing: Probing, parts: list[bytes], reason: Reason | None
) -> None:
    server = await probing.serve(*parts)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/")
    assert result.reason is reason


async def test_a_reset_connection_is_a_reset(probing: Probing) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    server = await probing.serve(handler=handler)
    assert (await probing.probe(f"http://127.0.0.1:{server.port}/")).reason is Reason.RESET


@pytest.mark.parametrize(
    "parts", [[], [b"HTTP/1.1 200 OK\r\n"], [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]]
)
async def test_a_server_that_stops_answering_times_out(probing: Probing, parts: list[bytes]) -> None:
    server = await probing.serve(*parts, keep_open=True)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", SHORT)
    assert (result.outcome, result.reason) == (Outcome.FAILURE, Reason.TIMEOUT)
    assert result.duration >= SHORT * 1_000_000


async def test_a_byte_now_and_then_does_not_stretch_the_deadline(probing: Probing) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        while True:
            writer.write(b"H")
            await asyncio.sleep(0.01)

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b".")
            await asyncio.sleep(0.01)

    context = await probing.context()
    for server in (await probing.serve(handler=trickle), await probing.serve(handler=handler)):
        result = await probing.probe(f"http://127.0.0.1:{server.port}/", SHORT, context=context)
        assert result.reason in {Reason.TIMEOUT, Reason.PROTOCOL}


async def test_an_endless_body_ends_at_the_limit(probing: Probing) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()

    server = await probing.serve(handler=handler)
    url = f"http://127.0.0.1:{server.port}/"
    assert (await probing.probe(url)).outcome is Outcome.SUCCESS
    assert (await probing.probe(url, expect={"max_body": "64KiB"})).reason is Reason.TOO_LARGE


async def test_ipv6_addresses_are_probed_with_brackets_in_the_host(probing: Probing) -> None:
    server = await probing.serve(ok(), host="::1")
    assert (await probing.probe(f"http://[::1]:{server.port}/")).outcome is Outcome.SUCCESS
    assert f"Host: [::1]:{server.port}\r\n".encode() in server.requests[0]
