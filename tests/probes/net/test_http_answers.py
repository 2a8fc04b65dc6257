"""More of what an HTTP answer must be: codings, JSON, age, version, TLS; and cookies on the way."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

import brotli
import pytest

from exporter.probes.result import Outcome, Reason
from tests.probes.conftest import ServerTls
from tests.support.raw import Probing, ok

SUCCESS, FAILURE = Outcome.SUCCESS, Outcome.FAILURE
TEXT = b"To be, or not to be, that is the question. " * 10
RAW = zlib.compressobj(wbits=-15)
CODED = {
    "gzip": gzip.compress(TEXT, mtime=0),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "identity": TEXT,
}


def coded(body: bytes, coding: str) -> bytes:
    return ok(body, b"200 OK", f"Content-Encoding: {coding}".encode())


@pytest.mark.parametrize("coding", CODED)
async def test_scenario_6_a_coding_that_is_asked_for_is_decoded(probing: Probing, coding: str) -> None:
    server = await probing.serve(coded(CODED[coding], coding))
    result = await probing.probe(
        f"http://127.0.0.1:{server.port}/",
        compression=coding,
        expect={"body_matches": "^To be.*question. $", "max_body": str(len(TEXT))},
    )
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert b"\r\nAccept-Encoding: " + coding.encode() + b"\r\n" in server.requests[0]


async def test_deflate_without_its_header_is_understood_too(probing: Probing) -> None:
    stream = zlib.compressobj(wbits=-15)
    server = await probing.serve(coded(stream.compress(TEXT) + stream.flush(), "deflate"))
    expect = {"body_matches": "question"}
    url = f"http://127.0.0.1:{server.port}/"
    assert (await probing.probe(url, compression="deflate", expect=expect)).outcome is SUCCESS


async def test_gzip_of_several_members_is_one_body(probing: Probing) -> None:
    parts = b"".join(gzip.compress(part) for part in (b"To be, ", b"", b"or not ", b"to be"))
    server = await probing.serve(coded(parts, "gzip"))
    url = f"http://127.0.0.1:{server.port}/"
    expect = {"body_matches": "^To be, or not to be$"}
    result = await probing.probe(url, compression="gzip", expect=expect)
    assert (result.outcome, result.detail) == (SUCCESS, "")


async def test_who_asks_for_no_coding_gets_none(probing: Probing) -> None:
    server = await probing.serve(coded(CODED["gzip"], "gzip"))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", compression="identity")
    assert (result.reason, result.detail) == (Reason.HEADER, "the coding of the body is gzip, not identity")


@pytest.mark.parametrize("coding", ["gzip", "x-unknown"])
async def test_scenarios_8_and_13_a_coding_that_nobody_asked_for_passes_through(
    probing: Probing, coding: str
) -> None:
    server = await probing.serve(coded(CODED["gzip"], coding))
    url = f"http://127.0.0.1:{server.port}/"
    assert (await probing.probe(url, expect={"max_body": str(len(CODED["gzip"]))})).outcome is SUCCESS


@pytest.mark.parametrize(
    ("answer", "reason", "said"),
    [
        (ok(TEXT), Reason.HEADER, "the coding of the body is identity, not gzip"),
        (coded(TEXT, "br"), Reason.HEADER, "the coding of the body is br, not gzip"),
        (coded(TEXT, "gzip"), Reason.PROTOCOL, "the body is not gzip, as its header says"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + CODED["gzip"][:-9],
            Reason.PROTOCOL,
            "the body ends before its gzip does",
        ),
        (coded(CODED["gzip"][:-9], "gzip"), Reason.PROTOCOL, "the body ends before its gzip does"),
    ],
)
async def test_a_body_that_is_not_coded_as_asked_is_a_failure(
    probing: Probing, answer: bytes, reason: Reason, said: str
) -> None:
    server = await probing.serve(answer)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", compression="gzip")
    assert (result.outcome, result.reason, result.detail) == (FAILURE, reason, said)


async def test_what_has_no_body_needs_no_coding(probing: Probing) -> None:
    server = await probing.serve(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert (await probing.probe(f"http://127.0.0.1:{server.port}/", compression="gzip")).outcome is SUCCESS


@pytest.mark.parametrize("coding", ["gzip", "br"])
async def test_a_bomb_is_decoded_no_further_than_is_wanted(probing: Probing, coding: str) -> None:
    """A gigabyte of nothing in a megabyte: reading stops at the limit."""
    nothing = bytes(1 << 30)
    bomb = gzip.compress(nothing, 1) if coding == "gzip" else brotli.compress(nothing, quality=1)
    del nothing
    server = await probing.serve(coded(bomb, coding))
    url = f"http://127.0.0.1:{server.port}/"
    result = await probing.probe(url, 20_000, compression=coding, expect={"max_body": "1KiB"})
    assert (result.reason, result.detail) == (Reason.TOO_LARGE, "the body is longer than 1024 bytes")


DOCUMENT = {"status": "ok", "queue": {"depth": 7}, "nodes": [{"up": True}, {"up": False}]}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("$[?@.status == 'ok']", ""),
        (["$[?@.queue.depth < 100]", "$[0].nodes[?@.up == true]"], ""),
        ("$[?@.queue.depth < 5]", "the body has nothing for '$[?@.queue.depth < 5]'"),
        ("$[?@.nothing.at.all]", "the body has nothing for '$[?@.nothing.at.all]'"),
    ],
)
@pytest.mark.parametrize("padding", [0, 20_000])
async def test_rules_for_json_must_select_something(
    probing: Probing, rules: Any, said: str, padding: int
) -> None:
    body = json.dumps({**DOCUMENT, "padding": "x" * padding}).encode()
    server = await probing.serve(ok(body))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"json": rules})
    assert result.detail == said
    assert result.reason is (Reason.BODY if said else None)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000, b'{"a": 1'])
async def test_a_body_that_is_no_json_fails_rules_for_it(probing: Probing, body: bytes) -> None:
    server = await probing.serve(ok(body))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"json": "$[?@.a]"})
    assert (result.outcome, result.reason) == (FAILURE, Reason.BODY)
    assert result.detail.startswith("the body is no JSON")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"Last-Modified: NOW", ""),
        (b"Last-Modified: Tue, 01 Jan 2019 00:00:00 -0000", "ago, more than 1h"),
        (b"Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT", "ago, more than 1h"),
        (b"Last-Modified: yesterday", "the answer has no Last-Modified that is a date"),
        (b"X-Other: 1", "the answer has no Last-Modified that is a date"),
    ],
)
async def test_an_answer_may_have_to_be_fresh(probing: Probing, header: bytes, said: str) -> None:
    header = header.replace(b"NOW", formatdate(usegmt=True).encode())
    server = await probing.serve(ok(b"ok", b"200 OK", header))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"max_age": "1h"})
    assert result.reason is (Reason.HEADER if said else None)
    assert said in result.detail


@pytest.mark.parametrize(("sent", "wanted", "outcome"), [
    (b"1.1", "1.1", SUCCESS), (b"1.0", "1.1", FAILURE), (b"1.0", ["1.0", "1.1"], SUCCESS),
])  # fmt: skip
async def test_scenario_5_the_version_may_be_demanded(
    probing: Probing, sent: bytes, wanted: Any, outcome: Outcome
) -> None:
    server = await probing.serve(b"HTTP/" + sent + b" 200 OK\r\nContent-Length: 0\r\n\r\n")
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"http_version": wanted})
    assert result.outcome is outcome
    if outcome is FAILURE:
        assert (result.reason, result.detail) == (Reason.PROTOCOL, "the answer is HTTP/1.0")


async def test_scenario_24_tls_may_be_required_or_forbidden(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    plain = await probing.serve(ok())
    secure = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    http, https = f"http://127.0.0.1:{plain.port}/", f"https://127.0.0.1:{secure.port}/"
    tls = {"ca_file": ca_file}
    required = await probing.probe(http, expect={"tls": "required"})
    assert (required.reason, required.detail) == (Reason.TLS, "the final request was not over TLS")
    forbidden = await probing.probe(https, expect={"tls": "forbidden"}, tls=tls)
    assert (forbidden.reason, forbidden.detail) == (Reason.TLS, "the final request was over TLS")
    assert (await probing.probe(http, expect={"tls": "forbidden"})).outcome is SUCCESS
    assert (await probing.probe(https, expect={"tls": "required"}, tls=tls)).outcome is SUCCESS


async def test_scenario_24_a_connection_that_ends_at_once_is_no_matter_of_tls(probing: Probing) -> None:
    server = await probing.serve(handler=_hang_up)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"tls": "required"})
    assert result.reason is Reason.RESET


async def _hang_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Say nothing."""


@asynccontextmanager
async def chain(probing: Probing, length: int, *headers: bytes) -> AsyncIterator[Any]:
    """A server that redirects `/0` to `/1` and so on, `length` times."""
    server = await probing.serve(handler=_nothing)
    lines = b"".join(b"%s\r\n" % header for header in headers)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        server.requests.append(head)
        step = int(head.split()[1][1:])
        if step < length:
            writer.write(
                b"HTTP/1.1 307 T\r\nContent-Length: 0\r\nLocation: /%d\r\n%s\r\n" % (step + 1, lines)
            )
        else:
            writer.write(ok())
        await writer.drain()

    server.handler = handler
    yield server


async def _nothing(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Replaced."""


@pytest.mark.parametrize(("limit", "length", "outcome"), [(1, 1, SUCCESS), (1, 2, FAILURE), (2, 2, SUCCESS)])
async def test_scenario_66_fewer_redirects_may_be_allowed(
    probing: Probing, limit: int, length: int, outcome: Outcome
) -> None:
    async with chain(probing, length) as server:
        result = await probing.probe(f"http://127.0.0.1:{server.port}/0", max_redirects=limit)
    assert result.outcome is outcome
    assert len(server.requests) == 1 + min(limit, length)
    if outcome is FAILURE:
        assert (result.reason, result.detail) == (Reason.REDIRECT, f"more than {limit} redirects")


async def test_scenario_21_two_hundred_redirects_end_after_ten(probing: Probing) -> None:
    async with chain(probing, 200) as server:
        result = await probing.probe(f"http://127.0.0.1:{server.port}/0")
    assert (result.reason, result.status, len(server.requests)) == (Reason.REDIRECT, 307, 11)


async def test_cookies_are_kept_along_redirects_of_one_probe(probing: Probing) -> None:
    async with chain(probing, 2, b"Set-Cookie: sid=abc; Path=/") as server:
        url = f"http://127.0.0.1:{server.port}/0"
        assert (await probing.probe(url, headers={"Cookie": "own=1"})).outcome is SUCCESS
        assert (await probing.probe(url)).outcome is SUCCESS
    cookies = [
        line for head in server.requests for line in head.split(b"\r\n") if line.startswith(b"Cookie:")
    ]
    assert cookies == [
        b"Cookie: own=1", b"Cookie: own=1; sid=abc", b"Cookie: own=1; sid=abc", b"Cookie: sid=abc", b"Cookie: sid=abc",
    ]  # fmt: skip


async def test_scenario_14_a_body_from_a_file_is_sent(probing: Probing, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"\x00\xffx")
    received: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        received.append(await reader.readexactly(3))
        writer.write(ok())
        await writer.drain()

    server = await probing.serve(handler=handler)
    url = f"http://127.0.0.1:{server.port}/"
    assert (await probing.probe(url, method="POST", body_file=str(tmp_path / "body"))).outcome is SUCCESS
    assert received == [b"\x00\xffx"]
