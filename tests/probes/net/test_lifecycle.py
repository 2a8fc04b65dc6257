import asyncio
import gc
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exporter.probes.net.context import Context
from exporter.probes.registry import by_kind, by_scheme
from exporter.probes.result import Outcome, Result
from tests.support.raw import Probing, ok, probe_all, until

ServerTls = Callable[..., ssl.SSLContext]


def descriptors() -> list[str]:
    return [entry.name for entry in Path("/proc/self/fd").iterdir()]


def begin(context: Context, url: str, results: list[Result], **settings: Any) -> tuple[Any, Any]:
    chosen = by_scheme[url.partition("://")[0]](**settings)
    endpoint = SimpleNamespace(check=chosen.check(url, 5000), attempt=None)
    prober = chosen.prober(context, lambda _endpoint, result: results.append(result))
    prober.begin(endpoint)
    return prober, endpoint


async def test_probes_of_all_kinds_leave_no_descriptor_and_no_thread_behind(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    plain = await probing.serve(ok())
    cut = await probing.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    secure = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    wrong = await probing.serve(ok(), tls=server_tls("other.example"))
    hung = await probing.serve(keep_open=True)
    before, threads = descriptors(), threading.active_count()
    async with Context() as context:
        for _ in range(2):
            ports = (plain.port, cut.port, hung.port)
            await probe_all(context, [f"http://127.0.0.1:{port}/" for port in ports], 100)
            urls = [f"https://127.0.0.1:{port}/" for port in (secure.port, wrong.port, cut.port, hung.port)]
            await probe_all(context, urls, 300, tls={"ca_file": ca_file})
            await probe_all(context, [f"tcp://127.0.0.1:{port}" for port in (plain.port, 1)])
    await until(lambda: len(descriptors()) <= len(before))
    assert threading.active_count() <= threads


async def test_a_probe_leaves_no_cycle_for_the_collector(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    plain = await probing.serve(ok())
    secure = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    context = await probing.context()
    urls = (f"http://127.0.0.1:{plain.port}/", f"https://127.0.0.1:{secure.port}/")
    settings = by_kind["http"].model_validate({"tls": {"ca_file": ca_file}})
    done: list[Result] = []
    prober = settings.prober(context, lambda _endpoint, result: done.append(result))
    endpoints = [SimpleNamespace(check=settings.check(url, 5000), attempt=None) for url in urls]

    async def round_trip() -> None:
        count = len(done) + len(endpoints)
        for endpoint in endpoints:
            prober.begin(endpoint)
        await until(lambda: len(done) == count)

    def alive() -> int:
        return sum(type(thing).__name__ in {"Answer", "Channel"} for thing in gc.get_objects())

    await round_trip()
    gc.collect()
    gc.disable()
    before = alive()  # other tests may have left some
    try:
        await round_trip()
        async with asyncio.timeout(30):  # the thread may still be on its way out of the probe
            await until(lambda: alive() <= before)
    finally:
        gc.enable()


@pytest.mark.parametrize("scheme", ["http", "https", "tcp"])
async def test_a_cancelled_probe_has_no_result_and_the_next_one_has(
    probing: Probing, server_tls: ServerTls, ca_file: str, scheme: str
) -> None:
    tls = server_tls("127.0.0.1") if scheme == "https" else None
    connected = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()

    hung = await probing.serve(handler=hang, tls=tls)
    well = await probing.serve(ok(), tls=tls)
    context = await probing.context()
    settings = {} if scheme == "tcp" else {"tls": {"ca_file": ca_file}}
    results: list[Result] = []
    prober, endpoint = begin(context, f"{scheme}://127.0.0.1:{hung.port}", results, **settings)
    if scheme != "tcp":
        await connected.wait()
    prober.cancel(endpoint)
    prober.cancel(endpoint)
    assert endpoint.attempt is None
    _, again = begin(context, f"{scheme}://127.0.0.1:{well.port}", results, **settings)
    await until(lambda: results)
    assert again.attempt is None
    assert [result.outcome for result in results] == [Outcome.SUCCESS]


async def test_a_probe_that_is_cancelled_in_its_lookup_has_no_result(probing: Probing) -> None:
    asked, go = threading.Event(), threading.Event()

    def look_up(_host: str, _family: int) -> list[tuple[int, str]]:
        asked.set()
        assert go.wait(10)
        return [(2, "127.0.0.1")]

    results: list[Result] = []
    context = await probing.context(look_up=look_up)
    prober, endpoint = begin(context, "tcp://a.example:1", results)
    await until(asked.is_set)
    prober.cancel(endpoint)
    go.set()
    await asyncio.sleep(0)
    context.close()
    assert results == []


async def test_closing_drops_what_is_in_flight(probing: Probing, server_tls: ServerTls, ca_file: str) -> None:
    hung = await probing.serve(keep_open=True)
    secure = await probing.serve(keep_open=True, tls=server_tls("127.0.0.1"))
    results: list[Result] = []
    before = len(descriptors())
    async with Context() as context:
        begin(context, f"http://127.0.0.1:{hung.port}", results)
        begin(context, f"https://127.0.0.1:{secure.port}", results, tls={"ca_file": ca_file})
        await until(lambda: hung.requests and secure.requests)
    await until(lambda: len(descriptors()) <= before)
    assert results == []


async def test_an_error_in_finished_is_reported_and_the_next_probe_works(probing: Probing) -> None:
    server = await probing.serve(ok())
    context = await probing.context()
    reported: list[dict[str, Any]] = []
    context.loop.set_exception_handler(lambda _loop, facts: reported.append(facts))
    settings = by_kind["http"]()
    endpoint = SimpleNamespace(check=settings.check(f"http://127.0.0.1:{server.port}/", 5000), attempt=None)

    def finished(_endpoint: object, _result: Result) -> None:
        raise ZeroDivisionError

    settings.prober(context, finished).begin(endpoint)
    await until(lambda: reported)
    assert isinstance(reported[0]["exception"], ZeroDivisionError)
    assert (
        await probing.probe(f"http://127.0.0.1:{server.port}/", context=context)
    ).outcome is Outcome.SUCCESS


_STARVED = """
import asyncio, json, os, resource, sys
from types import SimpleNamespace
from exporter.probes.net.context import Context
from exporter.probes.registry import by_scheme
import exporter.probes.net.http, exporter.probes.net.tcp, exporter.probes.net.tls

async def main():
    outcomes = []
    async with Context() as context:
        loop = asyncio.get_running_loop()
        urls = sys.argv[2:]
        warm = int(sys.argv[1])
        for starved in (False, True):
            if starved:
                held = []
                resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
                try:
                    while True:
                        held.append(os.dup(0))
                except OSError:
                    pass
            for url in urls if starved else urls[:warm]:
                done = loop.create_future()
                settings = by_scheme[url.partition("://")[0]]()
                prober = settings.prober(context, lambda endpoint, result: done.set_result(result))
                prober.begin(SimpleNamespace(check=settings.check(url, 500), attempt=None))
                result = await done
                outcomes.append([str(result.outcome), result.detail])
    print(json.dumps(outcomes))

asyncio.run(main())
"""


@pytest.mark.parametrize("warm", [4, 2])  # what needs a thread has it before, or has not
async def test_no_descriptor_left_is_our_own_fault(probing: Probing, warm: int) -> None:
    server = await probing.serve(ok())
    urls = [f"{scheme}://127.0.0.1:{server.port}" for scheme in ("http", "tcp", "https")]
    command = [sys.executable, "-c", _STARVED, str(warm), *urls, "tcp://name.invalid:1"]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True, text=True)
    outcomes = json.loads(ran.stdout)
    before, starved = outcomes[:warm], outcomes[warm:]
    assert [outcome for outcome, _ in before] == ["success", "success", "failure", "failure"][:warm]
    said = "no file descriptor left in this process: raise its limit (ulimit -n)"
    assert starved == [["inconclusive", said]] * 4
