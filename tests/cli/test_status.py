import asyncio
import json
import os
import pty
import socket
import subprocess
import sys
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner

from exporter.cli.status import command, parse, row
from exporter.errors import UptimeError, UsageError
from exporter.web.app import make_app
from exporter.web.listen import serve
from exporter.web.source import Source
from tests.support.live import NOW, everything


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)
    return result.output


async def against_a_daemon(call: Callable[[str], str]) -> str:
    """What a blocking call answers that is given the URL of a running daemon."""
    source = Source(everything(), lambda: NOW, ready=True)
    async with serve(make_app(source), "127.0.0.1:0") as bound:
        return await asyncio.to_thread(call, f"http://{bound.address}/")


async def test_the_table_has_a_line_for_each_slo_worst_first() -> None:
    table = await against_a_daemon(lambda url: run("--url", url))
    lines = table.splitlines()
    assert lines[0].split("  ")[0] == "SERVICE"
    assert [line.split()[:3] for line in lines[1:]] == [
        ["down", "beats", "bad"],
        ["down", "availability", "bad"],
        ["mail", "availability", "good"],
        ["shop", "availability", "good"],
        ["shop", "fast", "good"],
        ["new", "availability", "unknown"],
        ["new", "monthly", "unknown"],
    ]
    assert "99.99 %" in lines[3]
    assert "99.9 %" in lines[3]
    assert "92.28 % (39m 52s)" in lines[3]
    assert lines[6].split()[3] == "-"


async def test_json_is_what_the_daemon_says() -> None:
    shown = json.loads(await against_a_daemon(lambda url: run("--url", url, "--format", "json")))
    assert [slo["service"] for slo in shown] == ["shop", "shop", "mail", "new", "new", "down", "down"]


def test_nobody_there_is_one_line_with_the_cure_and_status_3() -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        url = f"http://127.0.0.1:{place.getsockname()[1]}"
    with pytest.raises(UptimeError, match=r"no daemon answers at .*: Connection refused; start it") as told:
        run("--url", url)
    assert "\n" not in str(told.value)
    assert told.value.exit_status == 3


@pytest.mark.parametrize(
    "url", ["localhost:9895", "http://[", "gopher://localhost", "http://a:b", "htp://mara:secret@localhost"]
)
def test_what_is_no_url_is_one_line(url: str) -> None:
    with pytest.raises(UsageError, match="is not a URL; write http://localhost:9895") as told:
        run("--url", url)
    assert "secret" not in str(told.value)


async def test_another_server_is_told_apart() -> None:
    with pytest.raises(UptimeError, match=r"answers 404 Not Found; is it an uptime-slo-exporter\?"):
        await against_a_daemon(lambda url: run("--url", f"{url}elsewhere"))


@pytest.mark.parametrize("text", ["<html>", "{}x", '[{"service": "a"}]', "[1]", '{"a": 1}'])
def test_another_answer_is_told_apart(text: str) -> None:
    with pytest.raises(UptimeError, match="does not answer with SLOs"):
        parse(text, "http://localhost")


def test_per_cents_are_floored_as_they_were_sent() -> None:
    slo = {
        "service": "a",
        "slo": "b",
        "state": "good",
        "sli": 0.99999,
        "objective": 0.29,
        "coverage": 0.29,
        "error_budget": {"remaining_ratio": 0.57, "remaining_seconds": 1.999},
        "burn_rate": {"5m": 1},
    }
    (read,) = parse(json.dumps([slo]), "http://localhost")
    assert row(read) == ("a", "b", "good", "99.99 %", "29 %", "29.00 %", "57.00 % (1s)", "-")


def test_help_has_examples() -> None:
    assert isinstance(command, click.Command)
    assert "Examples:" in run("--help")


async def test_a_person_at_a_terminal_sees_colours() -> None:
    def at_a_terminal(url: str) -> str:
        ours, theirs = pty.openpty()
        code = "from exporter.cli.status import command; command()"
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
        subprocess.run([sys.executable, "-c", code, "--url", url], stdout=theirs, env=environment, check=True)
        os.close(theirs)
        try:
            return os.read(ours, 1 << 16).decode()
        finally:
            os.close(ours)

    shown = await against_a_daemon(at_a_terminal)
    assert "\x1b[31mbad" in shown
    assert "92.28 % (39m 52s)" in shown


async def test_a_daemon_without_slos_is_said_so() -> None:
    shown = everything()
    shown.slos.clear()
    async with serve(make_app(Source(shown, lambda: NOW, ready=True)), "127.0.0.1:0") as bound:
        text = await asyncio.to_thread(run, "--url", f"http://{bound.address}")
    assert text == "The daemon watches no SLO.\n"
