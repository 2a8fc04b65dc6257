import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.result import Outcome, ProbeFailed, ProbeInconclusive, Reason, Result
from tests.support.raw import Probing, ok


async def ask(check: Any) -> Result | None:
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
    return None


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


async def test_a_result_of_its_own_is_kept(probing: Probing) -> None:
    async def attempt(_check: Any) -> Result:
        return Result(Outcome.SUCCESS, status=7)

    assert (await run(probing, 1, attempt)).status == 7


async def test_it_ends_at_its_deadline(probing: Probing) -> None:
    server = await probing.serve(keep_open=True)
    result = await run(probing, server.port, timeout=100_000_000)
    assert (result.outcome, result.reason) == (Outcome.FAILURE, Reason.TIMEOUT)


async def test_an_error_of_the_system_has_its_reason(probing: Probing) -> None:
    assert (await run(probing, 1)).reason is Reason.REFUSED


async def test_a_mistake_of_the_prober_tells_nothing_about_the_endpoint(probing: Probing) -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, facts: reported.append(facts))

    async def attempt(_check: Any) -> None:
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
