import json
import ssl
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from exporter.probes.net.context import Context
from exporter.probes.registry import by_kind
from exporter.probes.result import Outcome, Reason, Result
from tests.support.raw import Probing, ok, until

SHORT = 150
"""Milliseconds, where the end of the deadline is what the test waits for."""

EVIL = "(a+)+$"
SLOW = b"a" * 5000 + b"!"
"""On this `EVIL` takes longer than anybody lives."""

LONG = b"a" * 100_000
"""More than is judged at once."""


def begin(context: Context, url: str, timeout: int, results: list[Result], **settings: Any) -> Any:
    chosen = by_kind["http"].model_validate(settings)
    endpoint = SimpleNamespace(check=chosen.check(url, timeout), attempt=None)
    chosen.prober(context, lambda _endpoint, result: results.append(result)).begin(endpoint)
    return endpoint


@pytest.fixture(autouse=True)
async def no_thread_of_another_test() -> None:
    """Wait for one that is on its way out, or this test would take it for its own."""
    await until(lambda: not is_judging())


def is_judging() -> bool:
    return any(thread.name == "judge" for thread in threading.enumerate())


@pytest.mark.parametrize("rules", ["body_matches", "body_not_matches"])
async def test_a_rule_without_end_ends_with_its_own_probe_and_delays_no_other(
    probing: Probing, rules: str
) -> None:
    slow = await probing.serve(ok(SLOW))
    well = await probing.serve(ok())
    context = await probing.context()
    results: list[Result] = []
    begin(context, f"http://127.0.0.1:{slow.port}/", 1000, results, expect={rules: EVIL})
    await until(is_judging)
    assert (await probing.probe(f"http://127.0.0.1:{well.port}/", context=context)).outcome is Outcome.SUCCESS
    assert results == []
    await until(lambda: results)
    result = results[0]
    assert (result.reason, result.status) == (Reason.TIMEOUT, 200)
    assert result.detail == "timed out after 1s judging the answer: the rule '(a+)+$' takes too long"
    assert sum(phase or 0 for phase in result.phases) == result.duration


JSON_EVIL = "$[?match(@.a, '(a|aa)+')]"
JSON_LOOP = "$[0][?@ == 2]"


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (json.dumps({"a": "a" * 100 + "!"}), JSON_EVIL),
        (json.dumps({"a": "a" * 100 + "!"}), "$[?search(@.a, '(a|aa)+$')]"),
        (json.dumps([1] * 300_000), JSON_LOOP),
    ],
    ids=["match", "search", "loop"],
)
async def test_a_query_without_end_ends_with_its_own_probe_and_frees_its_thread(
    probing: Probing, body: str, query: str
) -> None:
    slow = await probing.serve(ok(body.encode()))
    well = await probing.serve(ok(b'{"a": 1}'))
    context = await probing.context(max_judges=1)
    results: list[Result] = []
    begin(context, f"http://127.0.0.1:{slow.port}/", SHORT, results, expect={"json": query})
    await until(lambda: results)
    assert (results[0].reason, query in results[0].detail) == (Reason.TIMEOUT, True)
    result = await probing.probe(
        f"http://127.0.0.1:{well.port}/", context=context, expect={"json": "$[?@.a]"}
    )
    assert (result.outcome, result.detail) == (Outcome.SUCCESS, "")


async def test_a_rule_without_end_on_a_header_ends_too(probing: Probing) -> None:
    server = await probing.serve(ok(b"", b"200 OK", b"X-Slow: " + SLOW))
    result = await probing.probe(
        f"http://127.0.0.1:{server.port}/", SHORT, expect={"header_matches": {"X-Slow": EVIL}}
    )
    assert (result.reason, EVIL in result.detail) == (Reason.TIMEOUT, True)


async def test_a_rule_without_end_over_tls_leaves_its_thread_to_the_others(
    probing: Probing, server_tls: Callable[..., ssl.SSLContext], ca_file: str
) -> None:
    slow = await probing.serve(ok(SLOW), tls=server_tls("127.0.0.1"))
    well = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    context = await probing.context(max_tls_threads=1)
    results: list[Result] = []
    tls = {"ca_file": ca_file}
    url = f"https://127.0.0.1:{slow.port}/"
    begin(context, url, 1000, results, tls=tls, expect={"body_matches": EVIL})
    await until(is_judging)
    result = await probing.probe(f"https://127.0.0.1:{well.port}/", context=context, tls=tls)
    assert (result.outcome, results) == (Outcome.SUCCESS, [])
    await until(lambda: results)
    assert results[0].reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    ("expect", "reason"),
    [
        ({"body_matches": "^a+$"}, None),
        ({"body_matches": "b"}, Reason.BODY),
        ({"body_not_matches": "a$"}, Reason.BODY),
        ({"header_matches": {"X-Long": "^a+$"}}, None),
        ({"header_matches": {"X-Long": "b"}, "body_matches": "a"}, Reason.HEADER),
        ({"header_not_matches": {"X-Long": "a"}}, Reason.HEADER),
    ],
)
async def test_a_long_answer_is_judged_like_a_short_one(
    probing: Probing, expect: dict[str, Any], reason: Reason | None
) -> None:
    server = await probing.serve(ok(LONG, b"200 OK", b"X-Long: " + LONG))
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect=expect)
    assert (result.reason, result.status) == (reason, 200)
    assert sum(phase or 0 for phase in result.phases) == result.duration


async def test_an_answer_that_no_thread_was_free_to_judge_says_nothing(probing: Probing) -> None:
    slow = await probing.serve(ok(SLOW))
    context = await probing.context(max_judges=1)
    results: list[Result] = []
    url = f"http://127.0.0.1:{slow.port}/"
    first = begin(context, url, 2000, results, expect={"body_matches": EVIL})
    await until(is_judging)
    result = await probing.probe(url, SHORT, context=context, expect={"body_matches": EVIL})
    assert (result.outcome, result.detail) == (
        Outcome.INCONCLUSIVE,
        "no thread was free to judge the answer",
    )
    first.attempt.cancel()
    assert results == []


async def test_without_any_thread_a_long_answer_is_inconclusive(
    probing: Probing, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await probing.serve(ok(LONG))

    def refuse(_thread: threading.Thread) -> None:
        msg = "can't start new thread"
        raise RuntimeError(msg)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", expect={"body_matches": "a"})
    assert (result.outcome, result.detail) == (
        Outcome.INCONCLUSIVE,
        "no thread can be started to judge the answer",
    )


async def test_closing_drops_what_is_being_judged(probing: Probing) -> None:
    server = await probing.serve(ok(SLOW))
    results: list[Result] = []
    async with Context() as context:
        url = f"http://127.0.0.1:{server.port}/"
        begin(context, url, 500, results, expect={"body_matches": EVIL})
        await until(is_judging)
    await until(lambda: not is_judging())
    assert results == []
