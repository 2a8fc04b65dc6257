"""`sli --prometheus`: an answer for each series, with no configuration and no store."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from tests.support.prometheus_like import PrometheusLike, Sample

Run = Callable[..., "subprocess.CompletedProcess[str]"]
NOW = 1_760_000_000_000
AT = "1760000000"
HOUR = 3_600_000


def series(name: str, samples: Sequence[Sample]) -> tuple[dict[str, str], Sequence[Sample]]:
    return {"__name__": "probe_success", "instance": name}, samples


def steady(start: int, end: int, text: str = "1", step: int = 15_000) -> list[Sample]:
    return [(at, text) for at in range(start, end, step)]


GOOD = series("good", steady(NOW - 2 * HOUR, NOW))
BAD = series("bad", steady(NOW - HOUR, NOW - 60_000) + steady(NOW - 60_000, NOW, "0"))


@pytest.fixture
def server() -> Iterator[PrometheusLike]:
    with closing(PrometheusLike([BAD, GOOD])) as started:
        yield started


@pytest.fixture
def ask(run: Run, server: PrometheusLike) -> Run:
    """Ask about the hour before NOW: `ask("--fail")`; later options win."""

    def asked(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return run(
            *("sli", "--prometheus", server.url, "--query", "probe_success", "--objective", "99.9"),
            *("--window", "1h", "--at", AT, *arguments),
        )

    return asked


def objects(text: str) -> list[dict[str, Any]]:
    """Several JSON objects, one after another."""
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        one, end = decoder.raw_decode(text)
        found.append(one)
        text = text[end:]
    return found


def test_each_series_is_answered_by_itself_named_by_its_labels(ask: Run) -> None:
    done = ask()
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.split("\n\n")
    assert first.startswith('probe_success{instance="bad"}/availability: 99.9 % over 1h\n')
    assert "  SLI        98.33 %\n" in first
    assert "  objective  missed\n" in first
    assert "  samples    240, 15s apart; each speaks for at most 35s" in first
    assert second.startswith('probe_success{instance="good"}/availability: 99.9 % over 1h\n')
    assert "  settled    until 2025-10-09T08:53:05Z\n" in second


def test_json_is_one_object_a_series_in_the_shape_of_every_answer(ask: Run, server: PrometheusLike) -> None:
    bad, good = objects(ask("--format", "json").stdout)
    assert bad["seconds"] == {"up": 3540, "down": 60, "excluded": 0, "unknown": 0}
    assert bad["events"] == {"good": 236, "bad": 4, "excluded": 0}
    assert (bad["met"], good["met"]) == (False, True)
    assert bad["source"] == {
        "url": server.url,
        "query": "probe_success",
        "labels": {"__name__": "probe_success", "instance": "bad"},
        "samples": 240,
        "interval_seconds": 15,
        "staleness_seconds": 35,
    }


def test_the_sample_before_the_window_says_how_it_begins(ask: Run, server: PrometheusLike) -> None:
    server.series = [
        series("a", [(NOW - HOUR - 30_000, "0"), (NOW - HOUR + 1_000, "1"), (NOW - HOUR + 16_000, "1")])
    ]
    (answer,) = objects(ask("--format", "json").stdout)
    assert answer["seconds"] == {"up": 50, "down": 1, "excluded": 0, "unknown": 3549}
    assert answer["events"] == {"good": 2, "bad": 0, "excluded": 0}

    (answer,) = objects(ask("--format", "json", "--interval", "10s").stdout)
    assert answer["seconds"] == {"up": 40, "down": 0, "excluded": 0, "unknown": 3560}

    (answer,) = objects(ask("--format", "json", "--staleness", "1m", "--unknown", "down").stdout)
    assert answer["seconds"]["up"] == 75
    assert answer["sli"] == 75 / 3600


def test_a_single_sample_speaks_as_a_beat_of_15_seconds(ask: Run, server: PrometheusLike) -> None:
    server.series = [series("a", [(NOW - HOUR, "1")])]
    (answer,) = objects(ask("--format", "json").stdout)
    assert answer["seconds"]["up"] == 35


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["--fail"], 1), ([], 0), (["--fail", "--objective", "90"], 0), (["--query", "min(probe_success)"], 0)],
)
def test_the_exit_status_is_the_worst_of_all_series(ask: Run, arguments: list[str], status: int) -> None:
    assert ask(*arguments).returncode == status


def test_an_expression_is_evaluated_and_that_is_said(ask: Run) -> None:
    done = ask("--query", "min(probe_success)")
    assert done.stderr == (
        "note: `min(probe_success)` is no plain selector, so it was evaluated each 15s; --step sets another distance\n"
    )
    assert ask("--step", "30s").stderr == ""


def test_no_samples_is_no_value(ask: Run, server: PrometheusLike) -> None:
    server.series = []
    done = ask()
    assert done.returncode == 3
    assert done.stderr == (
        f"{server.url} has no samples of `probe_success` from 2025-10-09T07:53:20Z to 2025-10-09T08:53:20Z; "
        "see that it is spelt right, and how long its server keeps samples\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sli"], "say which SLO: SERVICE or SERVICE/SLO, or --prometheus URL with --query and --objective"),
        (["sli", "--query", "up"], "go with --prometheus"),
        (["sli", "shop", "--objective", "99"], "go with --prometheus"),
        (
            ["sli", "shop", "--prometheus", "http://h"],
            "`shop` is of the store; with --prometheus say what to ask",
        ),
        (
            ["sli", "--prometheus", "http://h", "--query", "up"],
            "--prometheus needs --query, such as probe_success, and",
        ),
        (["sli", "--prometheus", "http://h", "--objective", "99"], "--prometheus needs --query"),
        (["sli", "--prometheus", "http://h", "--query", "up", "--objective", "0.99"], "did you mean 99?"),
        (
            ["sli", "--prometheus", "h", "--query", "up", "--objective", "99"],
            "--prometheus: `h` is not a URL",
        ),
        (
            [
                "sli",
                "--prometheus",
                "http://h",
                "--query",
                "up",
                "--objective",
                "99",
                "--interval",
                "1m",
                "--staleness",
                "30s",
            ],
            "--staleness is shorter than --interval",
        ),
        (
            ["sli", "--prometheus", "http://h", "--query", "up", "--objective", "99", "--window", "9000y"],
            "the window begins before the year 1",
        ),
        (
            ["backfill"],
            "say where the results come from: either --csv FILE, or --prometheus URL with --query",
        ),
        (["backfill", "--csv", "f", "--prometheus", "http://h"], "say where the results come from"),
        (["backfill", "--csv", "f", "--from", "0"], "go with --prometheus, not with --csv"),
    ],
)
def test_options_that_do_not_fit_together_are_one_line(run: Run, arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert words in done.stderr
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--query", " "], "--prometheus needs --query"),
        (["--query", "up", "--to", "2100-01-01T00:00:00Z"], "--to: 2100-01-01T00:00:00Z is in the future"),
        (["--query", "up", "--from", "9", "--to", "9"], "--from has to be before --to"),
        (
            ["--query", "up", "--endpoint", "shop/wep"],
            "there is no endpoint `shop/wep` in the configuration; did you mean",
        ),
        (
            ["--query", "up", "--endpoint", "zzz"],
            "there is no endpoint `zzz` in the configuration; there is shop/web",
        ),
    ],
)
def test_a_backfill_that_cannot_be_is_one_line(
    run: Run, tmp_path: Any, arguments: list[str], words: str
) -> None:
    (tmp_path / "uptime.yml").write_text(
        "services: [{name: shop, endpoints: [{name: web, url: 'http://127.0.0.1/'}]}]"
    )
    done = run("backfill", "--prometheus", "http://127.0.0.1:1", *arguments)
    assert words in done.stderr
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_a_person_who_watches_sees_a_bar_and_it_leaves_the_answer_alone(server: PrometheusLike) -> None:
    watched, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stderr:
        done = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "exporter",
                    "sli",
                    "--prometheus",
                    server.url,
                    "--query",
                    "probe_success",
                ),
                *("--objective", "99", "--at", AT, "--format", "json"),
            ],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "TERM": "xterm"},
        )
    shown = os.read(watched, 1 << 16).decode()
    os.close(watched)
    assert f"Reading {server.url}" in shown
    assert len(objects(done.stdout)) == 2
