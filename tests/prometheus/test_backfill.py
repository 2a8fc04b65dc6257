"""A month of a real Prometheus' samples becomes a month of timeline, exactly."""

import json
import random
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from exporter.record.histories import load
from exporter.store.reader import SqliteReader
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.tally import tally
from exporter.units import format_instant
from tests.support.called import called
from tests.support.daemon import Daemon
from tests.support.prometheus import Prometheus, remembering

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
START = 1_756_684_800_000  # 2025-09-01T00:00:00Z
END = START + 30 * DAY
STALENESS = 35 * SECOND
WEB, MAIL, SLOW = "https://web.example.com/", "mail.example.com:25", "https://slow.example.com/"

CONFIG = f"""
services:
  - name: shop
    endpoints: [{{name: web, url: "{WEB}"}}, {{name: mail, url: "tcp://{MAIL}"}}]
    slos: [{{name: web, objective: 99.9, endpoints: [web]}}, {{name: mail, objective: 99, endpoints: [mail]}}]
  - name: slow
    endpoints: [{{url: "{SLOW}"}}]
    slos: [{{objective: 99}}]
"""

Samples = Sequence[tuple[int, int]]


def month(seed: int, interval: int, jitter: int) -> Samples:
    """A month of samples: instants that are a little off, outages, and scrapes that are missing for up to hours."""
    chance, samples, at = random.Random(seed), list[tuple[int, int]](), START
    value, left = 1, 0
    while at < END:
        if left == 0:
            value, left = (
                (1, chance.randint(1, 8_000)) if value == 0 else (0, chance.choice([1, 1, 2, 40, 400]))
            )
        if chance.random() < 0.0005:
            at += chance.choice([interval, 2 * interval, 3 * MINUTE, HOUR, 5 * HOUR])
        if at < END:
            samples.append((at + chance.randint(0, jitter), value))
        at, left = at + interval, left - 1
    return samples


def exposed(labels: str, samples: Sequence[tuple[int, str]]) -> str:
    return "".join(f"{labels} {text} {at // 1000}.{at % 1000:03}\n" for at, text in samples)


class Count(NamedTuple):
    """What a recount finds in a window: milliseconds, and beats."""

    up: int
    down: int
    unknown: int
    good: int
    bad: int


def recount(samples: Samples, start: int, end: int, staleness: int = STALENESS) -> Count:
    """The contract's words, sample by sample: each speaks until the next, and no longer than the staleness."""
    spoken, beats = [0, 0], [0, 0]
    for index, (at, value) in enumerate(samples):
        until = at + staleness
        if index + 1 < len(samples):
            until = min(until, samples[index + 1][0])
        spoken[value] += max(0, min(until, end) - max(at, start))
        beats[value] += start <= at < end
    return Count(spoken[1], spoken[0], end - start - sum(spoken), beats[1], beats[0])


def count_of(answer: dict[str, Any]) -> Count:
    """The same as a command answered it."""
    up, down, unknown = (round(answer["seconds"][state] * 1000) for state in ("up", "down", "unknown"))
    return Count(up, down, unknown, answer["events"]["good"], answer["events"]["bad"])


WEB_SAMPLES, MAIL_SAMPLES = month(1, 15 * SECOND, 40), month(2, 15 * SECOND, 0)
SLOW_SAMPLES = month(3, 2 * MINUTE, 2_000)

WINDOWS = [
    (START, END),
    (START + 12_345_678, START + 12_345_678 + 7 * DAY),
    (END - DAY - 1, END - 1),
    (END - 10 * MINUTE, END + 10 * MINUTE),
    *((START + day * DAY + 7 * HOUR, START + day * DAY + 8 * HOUR) for day in range(0, 29, 12)),
]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    text = ["# TYPE probe_success gauge\n"]
    for instance, samples in ((WEB, WEB_SAMPLES), (MAIL, MAIL_SAMPLES), (SLOW, SLOW_SAMPLES)):
        labels = f'probe_success{{instance="{instance}",job="blackbox"}}'
        text.append(exposed(labels, [(at, str(value)) for at, value in samples]))
    text.append("# TYPE pair gauge\n")
    for replica, values in (("a", "110"), ("b", "011")):
        labels = f'pair{{instance="{WEB}",replica="{replica}"}}'
        text.append(exposed(labels, [(START + at * 15_000, value) for at, value in enumerate(values)]))
    text += [
        "# TYPE odd gauge\n",
        exposed(
            f'odd{{instance="{WEB}"}}', [(START, "1"), (START + 15_000, "NaN"), (START + 30_000, "0.25")]
        ),
        "# TYPE gaps gauge\n",
        exposed(f'gaps{{instance="{WEB}"}}', [(START, "1"), (START + 15_000, "NaN"), (START + 30_000, "0")]),
        "# EOF\n",
    ]
    with remembering("".join(text), tmp_path_factory.mktemp("prometheus")) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    return tmp_path


def backfill(
    prometheus: Prometheus, folder: Path, query: str, *more: str, start: int = START, end: int = END
) -> subprocess.CompletedProcess[str]:
    span = ("--from", format_instant(start), "--to", format_instant(end))
    return called("backfill", "--prometheus", prometheus.url, "--query", query, *span, *more, cwd=folder)


def sli(folder: Path, slo: str, start: int, end: int) -> dict[str, Any]:
    window = ("--at", format_instant(end), "--window", f"{end - start}ms")
    done = called("sli", slo, *window, "--format=json", cwd=folder)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def history_of(folder: Path, endpoint: str) -> EndpointHistory:
    """What the store has of an endpoint of the shop."""
    with closing(SqliteReader.open(folder / "uptime.db")) as store:
        return next(known.history for known in load(store)["shop"] if known.stored.id == endpoint)


def told(history: EndpointHistory, start: int, end: int) -> Count:
    """What a history says of a window."""
    time, before, after = tally(history, start, end), history.events(start), history.events(end)
    return Count(time.up, time.down, time.unknown, after.good - before.good, after.bad - before.bad)


@pytest.mark.unmeasured
def test_figures_of_a_month_equal_an_independent_recount(prometheus: Prometheus, folder: Path) -> None:
    done = backfill(prometheus, folder, 'probe_success{job="blackbox",instance!~".*slow.*"}')

    inside = [sum(START <= at < END for at, _ in samples) for samples in (WEB_SAMPLES, MAIL_SAMPLES)]
    assert (done.returncode, done.stderr) == (0, "")
    assert f": {sum(inside)} results imported, 0 skipped" in done.stdout
    web = [each for each in WEB_SAMPLES if each[0] < END]
    assert count_of(sli(folder, "shop/web", START, END)) == recount(web, START, END)
    for name, samples in (("web", web), ("mail", MAIL_SAMPLES)):
        history = history_of(folder, name)
        for start, end in WINDOWS:
            assert told(history, start, end) == recount(samples, start, end)

    again = backfill(prometheus, folder, "probe_success{instance=~'.*web.*'}")
    assert again.stdout.endswith(f" 0 results imported, {len(web)} skipped as something is stored there\n")


def test_two_halves_that_meet_are_the_same_as_the_whole(prometheus: Prometheus, folder: Path) -> None:
    """The span is half-open, so that no sample is lost or doubled at the seam, wherever it lies."""
    seam = WEB_SAMPLES[1_000][0]
    query = f'probe_success{{instance="{WEB}"}}'
    for start, end in ((START, seam), (seam, seam + DAY)):
        assert backfill(prometheus, folder, query, start=start, end=end).returncode == 0

    within = [each for each in WEB_SAMPLES if each[0] < seam + DAY]
    assert count_of(sli(folder, "shop/web", START, seam + DAY)) == recount(within, START, seam + DAY)


def test_a_source_with_a_longer_interval_is_told_which_staleness_it_needs(
    prometheus: Prometheus, folder: Path
) -> None:
    query = "probe_success{instance=~'.*slow.*'}"
    done = backfill(prometheus, folder, query)
    assert done.returncode == 0
    interval = sorted(later[0] - at[0] for at, later in pairwise(SLOW_SAMPLES))
    assert "slow/slow.example.com: samples are " in done.stderr
    advice = done.stderr.strip().rpartition("give --staleness ")[2]
    slow = [each for each in SLOW_SAMPLES if each[0] < END]
    assert count_of(sli(folder, "slow", START, END)) == recount(slow, START, END)

    whole = f"{format_instant(START)}..{format_instant(END)}"
    done = backfill(prometheus, folder, query, "--staleness", advice, "--replace", whole)
    assert (done.returncode, done.stderr) == (0, "")
    staleness = 2 * interval[(len(interval) - 1) // 2] + 5 * SECOND
    assert count_of(sli(folder, "slow", START, END)) == recount(slow, START, END, staleness)


def test_the_batch_names_server_and_query_without_credentials(prometheus: Prometheus, folder: Path) -> None:
    url = prometheus.url.replace("http://", "http://mara:secret@")
    query = f'gaps{{instance="{WEB}"}}'
    done = called(
        "backfill", "--prometheus", url, "--query", query, "--from", format_instant(START), cwd=folder
    )
    assert done.stdout.startswith(f"{prometheus.url} {query}: 2 results imported")
    assert b"secret" not in (folder / "uptime.db").read_bytes()
    assert count_of(sli(folder, "shop/web", START, START + MINUTE)) == Count(30_000, 30_000, 0, 1, 1)


def test_an_expression_is_evaluated_at_its_step_and_that_is_said(
    prometheus: Prometheus, folder: Path
) -> None:
    query = f'min by (instance) (probe_success{{instance="{MAIL}"}})'
    done = backfill(prometheus, folder, query, "--endpoint", "shop/mail", end=START + DAY)
    assert done.returncode == 0
    assert "is no plain selector, so it was evaluated each 15s; --step sets another distance" in done.stderr

    steps = prometheus.api(
        "query_range", query=query, start=START / 1000, end=(START + DAY - 1) / 1000, step=15
    )
    values = [(int(at * 1000), int(value)) for at, value in steps["result"][0]["values"]]
    assert count_of(sli(folder, "shop/mail", START, START + DAY)) == recount(values, START, START + DAY)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("probe_succes(", 2, "cannot read the query: "),
        ("probe_success[5m]", 2, "cannot read the query: "),
        (
            "no_such_metric",
            3,
            "has no samples of `no_such_metric` from 2025-09-01T00:00:00Z to 2025-10-01T00:00:00Z",
        ),
        ("pair", 2, 'replica="b"} is 0'),
        ("odd", 2, "is 0.25 at 2025-09-01T00:00:30Z: a result is 1 (success) or 0 (failure)"),
        ("label_replace(probe_success, 'instance', 'x', '', '')", 3, "cannot answer the query: "),
        ("label_replace(gaps, 'instance', 'x', '', '')", 2, 'gaps{instance="x"} is about no endpoint'),
    ],
)
def test_what_cannot_be_brought_in_is_one_line_and_leaves_no_store(
    prometheus: Prometheus, folder: Path, query: str, status: int, words: str
) -> None:
    done = backfill(prometheus, folder, query)
    assert (words in done.stderr, done.stdout) == (True, ""), done.stderr
    assert done.returncode == status
    assert not (folder / "uptime.db").exists()


def test_series_that_match_no_endpoint_are_listed(prometheus: Prometheus, folder: Path) -> None:
    (folder / "uptime.yml").write_text(CONFIG.replace(f"tcp://{MAIL}", "tcp://other.example.com:25"))
    done = backfill(prometheus, folder, "probe_success", end=START + HOUR)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first == (
        f'{prometheus.url}: probe_success{{instance="{MAIL}",job="blackbox"}} is about no endpoint of the configuration'
    )
    assert (
        "configured are shop/web (https://web.example.com/), shop/mail (tcp://other.example.com:25)" in second
    )


def test_samples_go_through_a_running_daemon(prometheus: Prometheus, folder: Path) -> None:
    (folder / "uptime.yml").write_text(
        CONFIG.replace("https://", "http://127.0.0.1:1/?").replace(MAIL, "127.0.0.1:1")
    )
    with closing(Daemon(folder / "uptime.yml", folder / "uptime.db")):
        done = backfill(
            prometheus,
            folder,
            f'probe_success{{instance="{WEB}"}}',
            "--endpoint",
            "shop/web",
            end=START + DAY,
        )
        assert (done.returncode, done.stderr) == (0, "")
        within = [each for each in WEB_SAMPLES if each[0] < START + DAY]
        assert count_of(sli(folder, "shop/web", START, START + DAY)) == recount(within, START, START + DAY)


def test_sli_needs_neither_configuration_nor_store(prometheus: Prometheus, tmp_path: Path) -> None:
    """And knows the state at the window's start from the sample before it."""
    for start, end in WINDOWS[1:4]:
        answer = ask(prometheus, tmp_path, f'probe_success{{instance="{WEB}"}}', start, end)
        assert count_of(answer) == recount([each for each in WEB_SAMPLES if each[0] < end], start, end)
    assert list(tmp_path.iterdir()) == []


def test_its_events_are_what_avg_over_time_averages(prometheus: Prometheus, tmp_path: Path) -> None:
    """Where samples are evenly spread time says nearly the same; where they are missing it does not."""
    start, end = START + 12_345_678, START + 12_345_678 + 7 * DAY
    answer = ask(prometheus, tmp_path, f'probe_success{{instance="{WEB}"}}', start, end)
    (average,) = prometheus.query(
        f'avg_over_time(probe_success{{instance="{WEB}"}}[{end - start - 1}ms])', (end - 1) / 1000
    )
    events = answer["events"]
    assert events["good"] / (events["good"] + events["bad"]) == pytest.approx(average.number, abs=1e-12)
    assert answer["sli"] == pytest.approx(average.number, abs=1e-3)
    assert answer["sli"] != average.number


def ask(prometheus: Prometheus, folder: Path, query: str, start: int, end: int) -> dict[str, Any]:
    window = ("--at", format_instant(end), "--window", f"{end - start}ms")
    asked = (
        "--prometheus",
        prometheus.url,
        "--query",
        query,
        "--objective=99.9",
        "--format=json",
        "--interval=15s",
    )
    done = called("sli", *asked, *window, cwd=folder)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.unmeasured
def test_an_export_can_be_given_to_prometheus_and_comes_back(
    prometheus: Prometheus, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`export --format openmetrics`, promtool, a real Prometheus, and backfill by our own names."""
    assert backfill(prometheus, folder, f'probe_success{{instance="{WEB}"}}').returncode == 0
    done = called("export", "--format", "openmetrics", "--out", "past.om", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    past = (folder / "past.om").read_text()
    (folder / "uptime.db").unlink()

    with remembering(past, tmp_path_factory.mktemp("second")) as second:
        assert backfill(second, folder, "uptime_probe_success").returncode == 0

    web = [each for each in WEB_SAMPLES if each[0] < END]
    assert count_of(sli(folder, "shop/web", START, END)) == recount(web, START, END)
