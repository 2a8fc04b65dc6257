"""Asks blackbox_exporter for probes at a steady rate, over connections that stay open, as Prometheus would."""

import asyncio
import time
from dataclasses import dataclass

import httptools

from tests.benchmarks.cpu import cpu_seconds

CLIENTS = 64


@dataclass(slots=True)
class Tally:
    """What came of the probes that were asked for."""

    answered: int = 0
    good: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Driven:
    """One stretch of probing at a steady rate.

    Attributes:
        cpu: Seconds that the prober took.
        probes: Answered within the stretch.
        good: Of those, how many found the target up.
        late: How many were asked for later than planned, as their client still waited.
    """

    cpu: float
    probes: int
    good: int
    late: int


@dataclass(frozen=True, slots=True)
class Prober:
    """A running blackbox_exporter, and what it is asked to probe.

    Attributes:
        pid: Its process.
        port: Where it listens.
        target: URL to which a number is appended, another for each probe.
        rate: Probes a second.
    """

    pid: int
    port: int
    target: str
    rate: float


class _Answer:
    """Collects one answer; httptools calls these."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.complete = False

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.complete = True


async def _client(prober: Prober, number: int, start: float, end: float, tally: Tally) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", prober.port)
    turn = number
    while (due := start + turn / prober.rate) < end:
        wait = due - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        elif wait < -0.05:
            tally.late += 1
        path = f"/probe?target={prober.target}/{turn}&module=local"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{prober.port}\r\n\r\n".encode("ascii"))
        answer = await _read(reader)
        tally.answered += 1
        tally.good += b"\nprobe_success 1\n" in answer
        turn += CLIENTS
    writer.close()
    await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> bytes:
    answer = _Answer()
    parser = httptools.HttpResponseParser(answer)
    while not answer.complete:
        data = await reader.read(65536)
        assert data, "blackbox_exporter closed a connection"
        parser.feed_data(data)
    return bytes(answer.body)


async def _drive(prober: Prober, warm: float, seconds: float) -> Driven:
    tally = Tally()
    start = time.monotonic() + 0.2
    async with asyncio.TaskGroup() as group:
        for number in range(CLIENTS):
            group.create_task(_client(prober, number, start, start + warm + seconds + 0.5, tally))
        await asyncio.sleep(start + warm - time.monotonic())
        answered, good, late, cpu = tally.answered, tally.good, tally.late, cpu_seconds(prober.pid)
        await asyncio.sleep(seconds)
        cpu = cpu_seconds(prober.pid) - cpu
        return Driven(cpu, tally.answered - answered, tally.good - good, tally.late - late)


def drive(prober: Prober, *, warm: float, seconds: float) -> Driven:
    """Ask for probes at a steady rate; measures `seconds` after `warm` seconds."""
    return asyncio.run(_drive(prober, warm, seconds))
