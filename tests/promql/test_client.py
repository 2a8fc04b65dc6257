"""Asking a server over HTTP that does what it should not."""

import asyncio
import gzip
import json
import ssl
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from exporter.config.model import Prometheus, Promql
from exporter.promql import client
from exporter.promql.answers import AskError
from exporter.promql.client import MOST_POINTS, Client, furthest
from exporter.timeline.samples import MICRO, Step
from tests.support.answering import Handler, answering

MINUTE = 60_000
START = 1_760_000_040_000
QUERIES = Promql("good_events", "all_events", MINUTE, 30_000)
SECRET = "Bearer s3cret-of-mine"


def matrix(points: Sequence[tuple[int, str]] = ()) -> web.Response:
    result = [{"metric": {}, "values": points}] if points else []
    return web.json_response({"status": "success", "data": {"resultType": "matrix", "result": result}})


def refused(status: int, error: str = "", kind: str = "execution") -> web.Response:
    return web.json_response({"status": "error", "errorType": kind, "error": error}, status=status)


def server(
    port: int, *, limit: int = 10_000, headers: Sequence[tuple[str, str]] = (("Authorization", SECRET),)
) -> Prometheus:
    return Prometheus(f"http://127.0.0.1:{port}/prom/", tuple(headers), timeout=limit)


async def ask(prometheus: Prometheus, end: int = START + 2 * MINUTE) -> Sequence[Step]:
    async with Client(prometheus) as asking:
        return await asking.ask(QUERIES, START, end)


async def trouble(handler: Handler, **more: Any) -> str:
    """What is said of a server that answers so; never its secret."""
    async with answering(handler) as port:
        with pytest.raises(AskError) as caught:
            await ask(server(port, **more))
        said = str(caught.value)
        assert said.startswith(f"http://127.0.0.1:{port}/prom/ ")
    assert "s3cret" not in said
    return said.partition("/prom/ ")[2]


def always(answer: web.Response) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    return handler


class Asked(list[tuple[str, str, Mapping[str, str], Mapping[str, str]]]):
    """Every request: method, path, headers and form or query; each gets what was counted."""

    def __init__(self, *methods: str) -> None:
        self.methods = methods or ("POST", "GET")

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        form = await request.post() if request.method == "POST" else request.query
        asked = {name: str(value) for name, value in form.items()}
        self.append((request.method, request.path, request.headers, asked))
        if request.method not in self.methods:
            return web.Response(status=405)
        start, value = int(START / 1000), "7" if asked["query"] == "good_events" else "9.5"
        return matrix([(start + 60, value), (start + 120, value)])


TWO_STEPS = [
    Step(START, MINUTE, 7 * MICRO, 2_500_000, known=True),
    Step(START + MINUTE, MINUTE, 7 * MICRO, 2_500_000, known=True),
]


async def test_both_queries_are_posted_for_the_ends_of_the_steps() -> None:
    asked = Asked()
    async with answering(asked) as port:
        assert await ask(server(port)) == TWO_STEPS
    times = {"start": "1760000100.000", "end": "1760000160.000", "step": "60"}
    assert sorted(form["query"] for _, _, _, form in asked) == ["all_events", "good_events"]
    for method, path, headers, form in asked:
        assert (method, path) == ("POST", "/prom/api/v1/query_range")
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert headers["Authorization"] == SECRET
        assert headers["User-Agent"].startswith("uptime-slo-exporter/")
        assert {**form, "query": ""} == {**times, "query": ""}


async def test_both_queries_are_asked_at_once() -> None:
    both = asyncio.Barrier(2)

    async def handler(_request: web.Request) -> web.StreamResponse:
        await both.wait()
        return matrix()

    async with answering(handler) as port:
        assert [step.known for step in await ask(server(port))] == [False, False]


async def test_only_so_many_questions_are_asked_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "AT_ONCE", 2)
    now, most = 0, 0

    async def handler(_request: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(now, most)
        await asyncio.sleep(0)
        now -= 1
        return matrix()

    async with answering(handler) as port, Client(server(port)) as asking:
        await asyncio.gather(*(asking.ask(QUERIES, START, START + MINUTE) for _ in range(8)))
    assert most <= 2


async def test_get_is_tried_where_post_is_not_allowed() -> None:
    asked = Asked("GET")
    async with answering(asked) as port:
        assert await ask(server(port)) == TWO_STEPS
    assert sorted(method for method, *_ in asked) == ["GET", "GET", "POST", "POST"]
    assert asked[0][3] in [form for method, _, _, form in asked if method == "GET"]


async def test_get_is_tried_once() -> None:
    asked = Asked("PUT")
    said = await trouble(asked)
    assert "allows neither POST nor GET" in said
    assert len([method for method, *_ in asked if method == "GET"]) <= 2


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "correct the query"),
        (401, "give it credentials by `prometheus.token` or `prometheus.basic_auth`"),
        (403, "may not query"),
        (404, "is `prometheus.url` the root of its API, without /api/v1?"),
        (413, "lighter"),
        (418, "is `prometheus.url` the root of its API?"),
        (422, "cannot carry the query out"),
        (429, "asked too much"),
        (500, "overloaded or in trouble"),
        (503, "overloaded or in trouble"),
    ],
)
async def test_a_status_says_what_to_do(status: int, said: str) -> None:
    page = await trouble(always(web.Response(status=status, text="<html>", content_type="text/html")))
    assert page.startswith(f"answers {status} to `") and said in page  # noqa: PT018 -- one sentence
    words = await trouble(always(refused(status, "what the server says")))
    assert "`: execution: what the server says; " in words and said in words  # noqa: PT018 -- likewise


async def test_which_query_is_wrong_is_said() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        wrong = (await request.post())["query"] == "good_events"
        return refused(400, "1:6: parse error", "bad_data") if wrong else matrix()

    assert await trouble(handler) == "answers 400 to `good`: bad_data: 1:6: parse error; correct the query"


async def test_which_query_cannot_be_counted_is_said() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        wrong = (await request.post())["query"] == "all_events"
        return matrix([(int(START / 1000) + 60, "-3")]) if wrong else matrix()

    assert (await trouble(handler)).startswith("was asked for `total`: the query gives -3 at ")


async def test_values_at_other_instants_are_no_answer() -> None:
    said = await trouble(always(matrix([(int(START / 1000) + 61, "3")])))
    assert said == (
        "was asked for `good` and `total`: the answer has a value at 2025-10-09T08:55:01Z, which was not asked for"
    )


async def test_an_answer_that_is_a_web_page_is_none() -> None:
    assert "not JSON" in await trouble(always(web.Response(text="<html>")))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_shows_no_secret(status: int) -> None:
    target = "https://mara:s3cret@login.example.com/in?token=s3cret#s3cret"
    said = await trouble(always(web.Response(status=status, headers={"Location": target})))
    assert said.startswith("points to https://login.example.com/in and is not followed")


@pytest.mark.parametrize(
    ("location", "said"), [("/login?next=s3cret", "/login and"), ("http://[", "what is no URL")]
)
async def test_a_redirect_may_point_anywhere(location: str, said: str) -> None:
    assert said in await trouble(always(web.Response(status=302, headers={"Location": location})))


async def test_a_redirect_to_nowhere_is_a_status() -> None:
    assert "answers 302" in await trouble(always(web.Response(status=302)))


@pytest.mark.parametrize(
    "value",
    [SECRET, "Basic " + b64encode(b"mara:s3cret-password").decode(), "Basic s3cret-s3cret-ä", "s3cret-key"],
)
async def test_a_server_that_repeats_what_it_was_sent_tells_nobody(value: str) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return refused(400, f"who is {request.headers.get('X-Key')}, that is mara:s3cret-password?")

    headers = [("X-Key", value)]
    async with answering(handler) as port:
        with pytest.raises(AskError) as caught:
            await ask(server(port, headers=[("Authorization", "Bearer s3cret-password"), *headers]))
    assert "s3cret" not in str(caught.value)
    assert value.rsplit(maxsplit=1)[-1] not in str(caught.value)


async def test_a_short_tenant_does_not_mask_the_servers_words() -> None:
    said = await trouble(always(refused(400, "1:6: parse error")), headers=[("X-Scope-OrgID", "1")])
    assert "1:6: parse error" in said


@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr(client, "LARGEST", 1 << 20)
    sent = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Encoding": encoding} if encoding else {})
        await response.prepare(request)
        spaces = gzip.compress(b" " * (4 << 20)) if encoding else b" " * 65_536
        while True:
            await response.write(spaces)
            sent += len(spaces)

    assert "the answer is longer than 1 MiB" in await trouble(handler)
    assert sent < 64 << 20


async def test_an_error_page_without_end_is_cut_off_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST", 1 << 20)
    assert "longer than 1 MiB" in await trouble(always(web.Response(status=502, body=b" " * (2 << 20))))


async def test_a_compressed_answer_is_read() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = await Asked()(request)
        assert isinstance(response, web.Response)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async with answering(handler) as port:
        assert await ask(server(port)) == TWO_STEPS


async def test_a_server_that_is_silent_is_given_up() -> None:
    forever = asyncio.Event()

    async def handler(_request: web.Request) -> web.StreamResponse:
        await forever.wait()
        return matrix()

    assert "no answer within 200ms" in await trouble(handler, limit=200)
    forever.set()


async def test_a_server_that_answers_drop_by_drop_is_given_up() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0)

    assert "no answer within 300ms" in await trouble(handler, limit=300)


async def test_a_server_that_is_not_there_is_told() -> None:
    async with answering(Asked()) as port:
        pass
    with pytest.raises(
        AskError, match=r"/prom/ cannot be asked for `\w+`: ClientConnectorError: Connect call failed"
    ):
        await ask(server(port))


async def test_a_server_that_hangs_up_is_told() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return matrix()

    assert "it ended the connection before it answered" in await trouble(handler)


async def test_https_is_verified_by_the_ca_file(tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(tls)

    async with answering(Asked(), tls) as port:
        url = f"https://127.0.0.1:{port}/prom"
        assert await ask(Prometheus(url, ca_file=str(tmp_path / "ca.pem"))) == TWO_STEPS
        with pytest.raises(AskError, match="CERTIFICATE_VERIFY_FAILED"):
            await ask(Prometheus(url))


async def test_a_ca_file_that_comes_later_is_read_then(tmp_path: Path) -> None:
    """A daemon goes on without it, and asks again."""
    async with answering(Asked()) as port:
        prometheus = Prometheus(f"http://127.0.0.1:{port}", ca_file=str(tmp_path / "ca.pem"))
        async with Client(prometheus) as asking:
            with pytest.raises(AskError, match="No such file"):
                await asking.ask(QUERIES, START, START + MINUTE)
            trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
            assert len(await asking.ask(QUERIES, START, START + 2 * MINUTE)) == 2


async def test_a_client_can_be_asked_again_and_by_several() -> None:
    async with answering(Asked()) as port, Client(server(port)) as asking:
        several = [asking.ask(QUERIES, START, START + 2 * MINUTE) for _ in range(20)]
        assert await asyncio.gather(*several) == [TWO_STEPS] * 20
        assert await asking.ask(QUERIES, START, START + 2 * MINUTE) == TWO_STEPS


async def test_who_gives_up_asking_leaves_nothing_behind() -> None:
    begun, gone = asyncio.Event(), asyncio.Event()

    async def handler(_request: web.Request) -> web.StreamResponse:
        begun.set()
        await gone.wait()
        return matrix()

    async with answering(handler) as port, Client(server(port)) as asking:
        task = asyncio.ensure_future(asking.ask(QUERIES, START, START + MINUTE))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gone.set()
        assert [each for each in asyncio.all_tasks() if "_values" in repr(each)] == []


async def test_who_gives_up_while_one_query_has_failed_already_is_heard() -> None:
    """A reload must not wait for the other one, nor be taken for its failure."""
    failed, held = asyncio.Event(), asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        if (await request.post())["query"] == QUERIES.good:
            failed.set()
            return web.Response(status=503)
        held.set()
        await asyncio.sleep(60)
        return matrix()

    async with answering(handler) as port, Client(server(port)) as asking:
        task = asyncio.create_task(asking.ask(QUERIES, START, START + 2 * MINUTE))
        await failed.wait()
        await held.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_span_without_a_step_is_not_asked_about() -> None:
    asked = Asked()
    async with answering(asked) as port:
        assert await ask(server(port), START + MINUTE - 1) == ()
    assert asked == []


@pytest.mark.parametrize(
    ("start", "end"), [(START + 1, START + MINUTE), (START, START + (MOST_POINTS + 1) * MINUTE)]
)
async def test_what_cannot_be_asked_at_once_is_not_asked(start: int, end: int) -> None:
    async with Client(server(1)) as asking:
        with pytest.raises(ValueError, match="cannot be asked"):
            await asking.ask(QUERIES, start, end)


def test_one_question_goes_as_far_as_a_server_answers() -> None:
    assert furthest(START, START + 5 * MINUTE, MINUTE) == START + 5 * MINUTE
    assert furthest(START, START + 10**12, MINUTE) == START + MOST_POINTS * MINUTE


async def test_a_whole_question_has_as_many_points_as_a_server_allows() -> None:
    asked = Asked()

    async def handler(request: web.Request) -> web.StreamResponse:
        await asked(request)
        form = asked[-1][3]
        first, last = (int(float(form[name])) for name in ("start", "end"))
        return web.Response(
            body=json.dumps(
                {
                    "status": "success",
                    "data": {
                        "resultType": "matrix",
                        "result": [
                            {"metric": {}, "values": [[at, "1"] for at in range(first, last + 1, 60)]}
                        ],
                    },
                }
            )
        )

    async with answering(handler) as port:
        made = await ask(server(port), furthest(START, START + 10**12, MINUTE))
    assert len(made) == MOST_POINTS
    assert {(step.good, step.bad, step.known) for step in made} == {(MICRO, 0, True)}
