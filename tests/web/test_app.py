import asyncio
import gzip
import json

import pytest
from aiohttp import ClientSession
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from exporter.engine.live import Live
from exporter.errors import UsageError
from exporter.output.style import OPENMETRICS, TEXT
from exporter.slo.figures import figures
from exporter.slo.ratio import number
from exporter.web.app import make_app
from exporter.web.listen import serve
from exporter.web.source import Source
from tests.support.live import NOW
from tests.support.server import Server


async def test_metrics_are_text_by_default(server: Server) -> None:
    async with server.client.get(f"{server.url}/metrics") as answer:
        assert answer.headers["Content-Type"] == TEXT.content_type
        text = gzip.decompress(await answer.read()).decode()
    assert "uptime_exporter_evaluated_timestamp_seconds 1800000000.0\n" in text
    assert list(parse_text(text))


async def test_metrics_are_openmetrics_where_that_is_liked(server: Server) -> None:
    headers = {"Accept": "application/openmetrics-text;version=1.0.0", "Accept-Encoding": "identity"}
    async with server.client.get(f"{server.url}/metrics", headers=headers) as answer:
        assert answer.headers["Content-Type"] == OPENMETRICS.content_type
        assert "Content-Encoding" not in answer.headers
        assert list(parse_openmetrics(await answer.text()))  # type: ignore[no-untyped-call]


async def test_metrics_of_a_group(server: Server) -> None:
    status, text = await server.get("/metrics?collect[]=slo&collect[]=sla", Accept_Encoding="identity")
    assert status == 200
    assert "uptime_slo_sli_ratio" in text
    assert "uptime_endpoint_up" not in text


async def test_an_unknown_group_is_a_bad_request_in_one_line(server: Server) -> None:
    status, text = await server.get("/metrics?collect[]=slo&collect[]=slos")
    assert (status, text) == (
        400, "collect[]: there is no 'slos'; there are service, endpoint, slo, sla, exporter\n",
    )  # fmt: skip


async def test_simultaneous_scrapers_are_all_served_whole(server: Server) -> None:
    paths = ["/metrics", "/metrics", "/metrics?collect[]=slo", "/metrics"]
    answers = await asyncio.gather(*(server.get(path, Accept_Encoding="identity") for path in paths))
    assert [status for status, _ in answers] == [200] * 4
    assert answers[0][1].count("uptime_slo_sli_ratio{") == answers[2][1].count("uptime_slo_sli_ratio{") > 0
    assert all(text.count("# TYPE uptime_slo_sli_ratio gauge\n") == 1 for _, text in answers)


@pytest.mark.parametrize("path", ["/", "/metrics", "/api/v1/slos", "/-/healthy", "/-/ready"])
async def test_head_is_answered_without_a_body(server: Server, path: str) -> None:
    async with server.client.head(server.url + path) as answer:
        assert answer.status == 200
        assert await answer.read() == b""


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/metrics", 405)])
async def test_what_is_not_served_is_told_in_plain_text(
    server: Server, method: str, path: str, status: int
) -> None:
    async with server.client.request(method, server.url + path) as answer:
        assert answer.status == status
        assert answer.content_type == "text/plain"


@pytest.mark.parametrize("path", ["/", "/metrics", "/nowhere"])
async def test_every_answer_has_the_headers_that_keep_browsers_safe(server: Server, path: str) -> None:
    async with server.client.get(server.url + path) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Server"] == "uptime-slo-exporter"


async def test_healthy_while_the_loop_runs(server: Server) -> None:
    server.source.ready = False
    assert await server.get("/-/healthy") == (200, "uptime-slo-exporter is healthy.\n")


async def test_ready_once_there_is_a_snapshot(server: Server) -> None:
    server.source.ready = False
    assert (await server.get("/-/ready"))[0] == 503
    server.source.ready = True
    assert await server.get("/-/ready") == (200, "uptime-slo-exporter is ready.\n")


@pytest.mark.parametrize("path", ["/", "/metrics", "/api/v1/slos"])
async def test_nothing_is_shown_before_the_record_was_read(server: Server, path: str) -> None:
    """An empty scrape would look like endpoints that have gone."""
    server.source.ready = False
    assert await server.get(path) == (503, "uptime-slo-exporter is starting.\n")


async def test_ready_but_degraded_says_what_is_wrong(server: Server) -> None:
    health = server.source.live.health
    health.store_error, health.pending_rows = "disk is full", 12
    health.behind_record, health.reload_successful = 90_000, False
    health.connected, health.blind_since = False, 1_767_225_600_000
    status, text = await server.get("/-/ready")
    assert status == 200
    assert text.splitlines()[1:] == [
        "degraded: the store cannot be written (disk is full); 12 rows wait in memory",
        "degraded: the clock is 1m 30s behind the end of the record; nothing is recorded",
        "degraded: too few connectivity anchors answer since 2026-01-01T00:00:00Z; every result is inconclusive",
        "degraded: the last reload failed; the configuration before it is in force",
    ]


async def test_the_api_lists_every_slo_at_one_instant_with_its_state(server: Server) -> None:
    status, text = await server.get("/api/v1/slos")
    shown = json.loads(text)
    assert status == 200
    assert [(each["service"], each["slo"], each["state"]) for each in shown] == [
        ("shop", "availability", "good"),
        ("shop", "fast", "good"),
        ("mail", "availability", "good"),
        ("new", "availability", "unknown"),
        ("new", "monthly", "unknown"),
        ("down", "availability", "bad"),
        ("down", "beats", "bad"),
    ]
    assert {(each["at"], each["settled_until"]) for each in shown} == {
        ("2027-01-15T08:00:00Z", "2027-01-15T07:59:59Z")
    }
    slo = server.source.live.slos[2]
    assert shown[2]["sli"] == number(figures(slo.question, NOW).sli)
    assert shown[2]["events"] == {"good": 1, "bad": 1, "excluded": 0}


async def test_the_api_of_nothing_is_an_empty_list(server: Server) -> None:
    server.source.live.slos.clear()
    assert json.loads((await server.get("/api/v1/slos"))[1]) == []


async def test_the_path_of_the_external_url_prefixes_every_route(shown: Live) -> None:
    app = make_app(Source(shown, lambda: NOW, ready=True), "https://example.com/up/time/")
    async with serve(app, "127.0.0.1:0") as bound, ClientSession() as client:
        async with client.get(f"http://{bound.address}/") as answer:
            assert (answer.status, answer.url.path) == (200, "/up/time/")
        async with client.get(f"http://{bound.address}/up/time/-/healthy") as answer:
            assert answer.status == 200
        async with client.get(f"http://{bound.address}/metrics") as answer:
            assert answer.status == 404


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com/", "http://", "http://example.com/?a=b"])
def test_a_wrong_external_url_is_told(shown: Live, url: str) -> None:
    with pytest.raises(UsageError, match=r"is not a URL"):
        make_app(Source(shown, lambda: NOW, ready=True), url)
