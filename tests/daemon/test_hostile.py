"""Servers that mean ill, all at once: verdicts come, memory stays bounded, and the neighbours keep their beat."""

import asyncio
import gzip
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.target import Target

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]
Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

BOMB = gzip.compress(bytes(1 << 28), 1)
HEAD = b"HTTP/1.1 200 OK\r\n"
MIB = 1 << 20


async def endless_headers(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b"X-More: " + b"a" * 1000 + b"\r\n")
        await writer.drain()


async def endless_chunks(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\nx\r\n" * 1000)
        await writer.drain()


async def a_byte_a_second(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in HEAD * 100:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(1)


async def bomb(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB)
    await writer.drain()


async def lying_length(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 1000000\r\n\r\nthat is all")
    await writer.drain()
    await asyncio.sleep(3600)


async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read(-1)


async def redirects(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def no_text(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 4\r\n\r\n\xff\xfe\xfd\xfc")
    await writer.drain()


HOSTILE: dict[str, tuple[Behave, str, str]] = {
    "headers": (endless_headers, "http://{}/", "protocol"),
    "chunks": (endless_chunks, "http://{}/", "too_large"),
    "drip": (a_byte_a_second, "http://{}/", "timeout"),
    "bomb": (bomb, "http://{}/", "too_large"),
    "liar": (lying_length, "http://{}/", "timeout"),
    "handshake": (silence, "https://{}/", "timeout"),
    "redirects": (redirects, "http://{}/", "redirect"),
    "no-text": (no_text, "http://{}/", "body"),
    "dialogue": (endless_headers, "tcp://{}", "too_large"),
    "websocket": (silence, "ws://{}/", "timeout"),
    "grpc": (silence, "grpc://{}", "timeout"),
}
PROBES = {
    "headers": "web",
    "chunks": "web",
    "liar": "web",
    "no-text": "web",
    "bomb": "zipped",
    "dialogue": "talk",
}


@contextmanager
def serving() -> Iterator[dict[str, str]]:
    """All of them, in a thread; where each listens."""
    loop, places, ended = asyncio.new_event_loop(), dict[str, str](), asyncio.Event()

    def guarded(behave: Behave) -> Behave:
        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError, asyncio.CancelledError):
                await behave(reader, writer)
            writer.close()

        return handler

    async def main() -> None:
        servers = []
        for name, (behave, _, _) in HOSTILE.items():
            servers.append(await asyncio.start_server(guarded(behave), "127.0.0.1", 0))
            host, port = servers[-1].sockets[0].getsockname()
            places[name] = f"{host}:{port}"
        await ended.wait()
        for server in servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    wait_for(lambda: len(places) == len(HOSTILE), "they listen")
    try:
        yield places
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def resident(daemon: Daemon) -> int:
    status = Path(f"/proc/{daemon.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def test_nobody_else_suffers_and_memory_stays_bounded(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    well = start_target()
    with serving() as places:
        endpoints = [
            f"      - {{name: {name}, url: '{url.format(places[name])}', interval: 2s, timeout: 1s"
            + (f", probe: {PROBES[name]}}}" if name in PROBES else "}")
            for name, (_, url, _) in HOSTILE.items()
        ]
        daemon = start_daemon(
            "probes:\n"
            "  web: {type: http, expect: {max_body: 64KiB, body_matches: [hello]}}\n"
            "  zipped: {type: http, compression: gzip, expect: {max_body: 64KiB}}\n"
            "  talk: {type: tcp, dialogue: [{expect: hello}]}\n"
            "services:\n  - name: shop\n    endpoints:\n"
            + "\n".join(endpoints)
            + f"\n      - {{name: well, url: '{well.url}', interval: 200ms, timeout: 10s}}\n"
        )
        for name, (_, _, reason) in HOSTILE.items():
            labels = {"uptime_service": "shop", "uptime_endpoint": name}
            daemon.wait_for_value(1, "uptime_endpoint_failure_info", reason=reason, **labels)
        before = well.requests
        wait_for(lambda: well.requests > before + 20, "the neighbour is probed")
        neighbour = {"uptime_service": "shop", "uptime_endpoint": "well"}
        assert daemon.value("uptime_endpoint_up", **neighbour) == 1
        assert daemon.value("uptime_probe_results_total", result="failure", **neighbour) == 0
        assert resident(daemon) < 300 * MIB
        assert daemon.stop() == 0
