import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.course import Course
from exporter.probes.net.stages import PROCESSING, RESOLVE
from exporter.probes.result import Outcome, ProbeFailed, ProbeInconclusive, Reason, Result
from tests.support.raw import Probing, ok


async def ask(_course: Course, check: Any) -> None:
    """A small prober as later types are written: greets, and expects a greeting."""
    reader, writer = await asyncio.open_connection("127.0.0.1", check.port)
    try:
        writer.write(b"hello\r\n\r\n")
        answer = await reader.read(100)
    finally:
        writer.close()
    if answer == b"maybe":
        msg = "no idea"
        raise ProbeInconclusive(msg)
    if answer != b"hello":
        raise ProbeFailed(Reason.ANSWER, f"said {answer!r}")


async def run(probing: Probing, port: int, attempt: Any = ask, timeout: int = 5_000_000_000) -> Result:  # noqa: ASYNC109 -- the probe's own
    context = await probing.context()
    done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
    prober = CoroutineProber(context, lambda _endpoint, result: done.set_result(result), attempt)
    endpoint = SimpleNamespace(check=SimpleNamespace(port=port, timeout=timeout), attempt=None)
    prober.begin(endpoint)
    assert endpoint.attempt is not None
    result = await done
    assert endpoint.attempt is None
    return result


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (b"hello", Outcome.SUCCESS, None),
        (b"bye", Outcome.FAILURE, Reason.ANSWER),
        (b"maybe", Outcome.INCONCLUSIVE, None),
    ],
)
async def test_what_a_coroutine_finds_is_the_result(
    probing: Probing, answer: bytes, outcome: Outcome, reason: Reason | None
) -> None:
    server = await probing.serve(answer)
    result = await run(probing, server.port)
    assert (result.outcome, result.reason) == (outcome, reason)
    assert result.duration > 0


@pytest.mark.parametrize(
    "error", [None, ProbeFailed(Reason.ANSWER, "no"), ProbeInconclusive("?"), OSError(5)]
)
async def test_what_it_saw_is_kept_however_it_ends(probing: Probing, error: Exception | None) -> None:
    async def attempt(course: Course, _check: Any) -> None:
        assert course.details is None, "nobody asked"
        course.enter(RESOLVE)
        course.enter(PROCESSING)
        course.status = 7
        if error is not None:
            raise error

    result = await run(probing, 1, attempt)
    resolve, connect, tls, processing, transfer = result.phases
    assert (result.status, connect, tls, transfer) == (7, None, None, None)
    assert resolve is not None
    assert processing is not None
    assert resolve + processing == result.duration


async def test_it_ends_at_its_deadline(probing: Probing) -> None:
    server = await probing.serve(keep_open=True)
    result = await run(probing, server.port, timeout=100_000_000)
    assert (result.outcome, result.reason) == (Outcome.FAILURE, Reason.TIMEOUT)
    assert result.detail == "timed out after 0.1s"


async def test_a_timeout_says_in_what(probing: Probing) -> None:
    async def attempt(course: Course, _check: Any) -> None:
        course.enter(PROCESSING)
        await asyncio.Event().wait()

    result = await run(probing, 1, attempt, timeout=1_000_000)
    assert result.detail == "timed out after 0.001s waiting for the answer"


async def test_an_error_of_the_system_has_its_reason(probing: Probing) -> None:
    assert (await run(probing, 1)).reason is Reason.REFUSED


async def test_a_mistake_of_the_prober_tells_nothing_about_the_endpoint(probing: Probing) -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, facts: reported.append(facts))

    async def attempt(_course: Course, _check: Any) -> None:
        raise ZeroDivisionError

    result = await run(probing, 1, attempt)
    assert (result.outcome, result.detail) == (Outcome.INCONCLUSIVE, "error in the prober: ZeroDivisionError")
    assert isinstance(reported[0]["exception"], ZeroDivisionError)


async def test_a_cancelled_attempt_has_no_result(probing: Probing) -> None:
    server = await probing.serve(ok(), keep_open=True)
    context = await probing.context()
    results: list[Result] = []
    prober = CoroutineProber(context, lambda _endpoint, result: results.append(result), ask)
    endpoint = SimpleNamespace(check=SimpleNamespace(port=server.port, timeout=10**9), attempt=None)
    prober.begin(endpoint)
    task = endpoint.attempt
    await asyncio.sleep(0)
    prober.cancel(endpoint)
    prober.cancel(endpoint)
    await asyncio.wait([task])
    assert (results, endpoint.attempt) == ([], None)
