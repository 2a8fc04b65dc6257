import asyncio
import ssl
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from exporter.probes.registry import by_kind
from exporter.probes.result import Outcome, Reason, Result
from tests.support.raw import Probing, ok

SECRET = {"Authorization": "Bearer hush", "Cookie": "a=hush", "X-Api-Key": "hush", "X-Plain": "seen"}


def redirect(location: str, status: bytes = b"302 Found") -> bytes:
    return ok(b"gone", status, b"Location: " + location.encode())


async def test_a_redirect_is_followed_and_the_last_answer_counts(probing: Probing) -> None:
    end = await probing.serve(ok())
    start = await probing.serve(redirect(f"http://127.0.0.1:{end.port}/a?b=c%20d"))
    result = await probing.probe(f"http://127.0.0.1:{start.port}/")
    assert (result.outcome, result.status) == (Outcome.SUCCESS, 200)
    assert end.requests[0].startswith(b"GET /a?b=c%20d HTTP/1.1\r\n")
    assert sum(phase or 0 for phase in result.phases) == result.duration


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ("/root?x", b"GET /root?x "),
        ("next", b"GET /deep/next "),
        ("../up", b"GET /up "),
        ("?only", b"GET /deep/start?only "),
        ("/with space/ü", b"GET /with%20space/%C3%BC "),
    ],
)
async def test_relative_redirects_stay_on_the_server(probing: Probing, location: str, line: bytes) -> None:
    seen = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ok() if len(seen) == 2 else redirect(location))

    server = await probing.serve(handler=handler)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/deep/start")
    assert result.outcome is Outcome.SUCCESS
    assert seen[1].startswith(line)


async def test_ten_redirects_are_followed_and_no_more(probing: Probing) -> None:
    server = await probing.serve(redirect("/again"))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/")
    assert (result.reason, result.status) == (Reason.REDIRECT, 302)
    assert len(server.requests) == 11


async def test_a_redirect_that_is_not_followed_is_judged_by_its_status(probing: Probing) -> None:
    server = await probing.serve(redirect("/again"))
    url = f"http://127.0.0.1:{server.port}/"
    assert (await probing.probe(url, follow_redirects="false")).reason is Reason.STATUS
    result = await probing.probe(url, follow_redirects=False, expect={"status": "302"})
    assert result.outcome is Outcome.SUCCESS


async def test_a_redirect_without_a_location_is_an_answer(probing: Probing) -> None:
    server = await probing.serve(ok(b"", b"304 Not Modified"))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"status": "3xx"})
    assert (result.outcome, result.status) == (Outcome.SUCCESS, 304)


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/", "http://", "http://a b/", "http://x:99999/", "//"])
async def test_a_redirect_to_nowhere_is_a_failure_of_its_own(probing: Probing, location: str) -> None:
    server = await probing.serve(redirect(location))
    assert (await probing.probe(f"http://127.0.0.1:{server.port}/")).reason is Reason.REDIRECT


async def test_credentials_stay_on_the_same_host(probing: Probing) -> None:
    end = await probing.serve(ok())
    start = await probing.serve(redirect(f"http://127.0.0.1:{end.port}/"))
    await probing.probe(f"http://127.0.0.1:{start.port}/", headers=SECRET)
    assert b"hush" in end.requests[0]


async def test_credentials_are_left_behind_for_good_at_another_host(probing: Probing) -> None:
    back = await probing.serve(ok())
    away = await probing.serve(redirect(f"http://127.0.0.1:{back.port}/"))
    start = await probing.serve(redirect(f"http://localhost:{away.port}/"))
    url = f"http://user:hush@127.0.0.1:{start.port}/"
    headers = {key: value for key, value in SECRET.items() if key != "Authorization"}
    result = await probing.probe(url, headers={**headers, "Host": "internal"}, ip_family="4")
    assert result.outcome is Outcome.SUCCESS
    assert b"Authorization: Basic" in start.requests[0]
    for request in (away.requests[0], back.requests[0]):
        assert b"hush" not in request
        assert b"Authorization" not in request
        assert b"internal" not in request
        assert b"X-Plain: seen" in request


@pytest.mark.parametrize(
    ("status", "first", "second"),
    [
        (b"301 Moved", "POST", b"GET"),
        (b"302 Found", "POST", b"GET"),
        (b"303 See Other", "PUT", b"GET"),
        (b"303 See Other", "HEAD", b"HEAD"),
        (b"302 Found", "PUT", b"PUT"),
        (b"307 Temporary", "POST", b"POST"),
        (b"308 Permanent", "POST", b"POST"),
    ],
)
async def test_the_method_changes_as_the_standard_says(
    probing: Probing, status: bytes, first: str, second: bytes
) -> None:
    end = await probing.serve(ok())
    start = await probing.serve(redirect(f"http://127.0.0.1:{end.port}/", status))
    body = None if first == "HEAD" else "data"
    await probing.probe(
        f"http://127.0.0.1:{start.port}/", method=first, body=body, headers={"Content-Type": "text/plain"}
    )
    assert end.requests[0].startswith(second + b" /")
    is_changed = first.encode() != second
    assert (b"Content-Type" in end.requests[0]) is not is_changed
    assert (b"Content-Length: 4" in end.requests[0]) is (not is_changed and body is not None)


async def test_a_redirect_may_lead_to_tls_and_back(
    probing: Probing, server_tls: Callable[..., ssl.SSLContext], ca_file: str
) -> None:
    end = await probing.serve(ok())
    secure = await probing.serve(redirect(f"http://127.0.0.1:{end.port}/"), tls=server_tls("127.0.0.1"))
    start = await probing.serve(redirect(f"https://127.0.0.1:{secure.port}/"))
    result = await probing.probe(f"http://127.0.0.1:{start.port}/", tls={"ca_file": ca_file}, headers=SECRET)
    assert (result.outcome, result.status) == (Outcome.SUCCESS, 200)
    assert result.tls is not None
    assert result.tls.verified
    assert result.phases.tls is not None
    assert b"hush" in secure.requests[0]
    assert b"hush" not in end.requests[0]


async def test_one_deadline_spans_all_redirects(probing: Probing) -> None:
    seen = []
    third = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        if len(seen) == 3:
            third.set()
            await reader.read()
        writer.write(redirect("/again"))

    server = await probing.serve(handler=handler)
    context = await probing.context()
    settings = by_kind["http"]()
    results: list[Result] = []
    prober = settings.prober(context, lambda _endpoint, result: results.append(result))
    endpoint = SimpleNamespace(check=settings.check(f"http://127.0.0.1:{server.port}/", 60_000), attempt=None)
    prober.begin(endpoint)
    deadline = endpoint.attempt.deadline
    await third.wait()
    assert endpoint.attempt.deadline == deadline
    context.poller.expire(deadline - 1)
    assert results == []
    context.poller.expire(deadline)
    assert [(result.reason, result.status) for result in results] == [(Reason.TIMEOUT, 302)]
