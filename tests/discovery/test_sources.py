"""Real sources of targets: an HTTP server, a name server, and what each may do wrong."""

import asyncio
import json
import ssl
from pathlib import Path

import dns.asyncresolver
import pytest
import trustme
from aiohttp import web

from exporter.config.model import DnsSd, HttpSd, Target
from exporter.discovery import dns as srv
from exporter.discovery import http
from exporter.errors import UptimeError
from tests.support.answering import answering
from tests.support.nameserver import Nameserver, serving

NOTHING = Target("", "", "", ())


def source(port: int, scheme: str = "http", ca_file: str = "") -> HttpSd:
    url = f"{scheme}://127.0.0.1:{port}/targets?key=hush"
    return HttpSd(
        NOTHING, url, f"{scheme}://127.0.0.1:{port}/targets", 60_000, (("X-Key", "s3cret"),), ca_file
    )


async def test_http_sd_asks_as_prometheus_does() -> None:
    asked: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request)
        return web.json_response([{"targets": ["a"]}])

    async with answering(handler) as port:
        assert json.loads(await http.ask(source(port))) == [{"targets": ["a"]}]
    headers = asked[0].headers
    assert headers["X-Prometheus-Refresh-Interval-Seconds"] == "60"
    assert (headers["Accept"], headers["X-Key"]) == ("application/json", "s3cret")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (web.Response(status=503), "status 503"),
        (
            web.Response(text="<html>", content_type="text/html"),
            "the answer is text/html, not application/json",
        ),
        (web.Response(body=b"\xff", content_type="application/json"), "the answer is not UTF-8"),
    ],
)
async def test_what_http_sd_answers_else_is_refused_without_a_secret(answer: web.Response, said: str) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return answer

    async with answering(handler) as port:
        with pytest.raises(UptimeError, match=said) as caught:
            await http.ask(source(port))
    assert "hush" not in str(caught.value)


async def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST", 1 << 20)

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(b" " * 65_536)

    async with answering(handler) as port:
        with pytest.raises(UptimeError, match="longer than 1 MiB"):
            await http.ask(source(port))


async def test_a_source_that_is_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", 0.05)
    forever = asyncio.Event()

    async def handler(_request: web.Request) -> web.Response:
        await forever.wait()
        return web.Response()

    async with answering(handler) as port:
        with pytest.raises(UptimeError, match="no answer within 50ms"):
            await http.ask(source(port))
        forever.set()


async def test_a_source_that_is_not_there_is_told() -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response()

    async with answering(handler) as port:
        pass
    with pytest.raises(UptimeError, match="ClientConnectorError"):
        await http.ask(source(port))


async def test_https_is_verified_by_the_ca_file(tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(tls)

    async def handler(_request: web.Request) -> web.Response:
        return web.json_response([])

    async with answering(handler, tls) as port:
        assert await http.ask(source(port, "https", str(tmp_path / "ca.pem"))) == "[]"
        with pytest.raises(UptimeError, match="Certificate"):
            await http.ask(source(port, "https"))
    with pytest.raises(UptimeError, match="No such file"):
        await http.ask(source(port, "https", str(tmp_path / "none.pem")))


ZONE = """
_https._tcp.example.com. 60 IN SRV 10 1 8443 b.example.com.
_https._tcp.example.com. 60 IN SRV 10 1 443 a.example.com.
"""


def resolver(port: int) -> dns.asyncresolver.Resolver:
    asked = dns.asyncresolver.Resolver(configure=False)
    asked.nameservers, asked.port = ["127.0.0.1"], port
    return asked


async def test_srv_records_are_targets_in_an_order_of_their_own() -> None:
    with serving(Nameserver(ZONE)) as nameserver:
        text = await srv.ask(DnsSd(NOTHING, "_https._tcp.example.com", 60_000), resolver(nameserver.port))
    assert json.loads(text) == [{"targets": ["a.example.com:443", "b.example.com:8443"], "labels": {}}]


@pytest.mark.parametrize(
    ("rcode", "said"), [(0, "does not contain an answer"), (3, "does not exist"), (2, "SERVFAIL")]
)
async def test_no_srv_record_is_no_answer(rcode: int, said: str) -> None:
    with serving(Nameserver("", rcode)) as nameserver, pytest.raises(UptimeError, match=said):
        await srv.ask(DnsSd(NOTHING, "_none._tcp.example.com", 60_000), resolver(nameserver.port))
