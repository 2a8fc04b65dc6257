"""What a figure costs: by the length of its past and its exclusions, and beside Prometheus' own 30-day window."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from functools import partial
from pathlib import Path
from sys import getsizeof
from typing import Any

from exporter.slo.explain import explain
from exporter.slo.figures import figures
from exporter.slo.objective import Objective
from exporter.slo.question import Question, question
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope
from exporter.timeline.past import Member, Past
from exporter.timeline.policy import Policy
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State, tally
from tests.benchmarks.cpu import cpu_seconds, median_of
from tests.benchmarks.table import show
from tests.support.prometheus import Prometheus

NOW = 1_800_000_000_000
INTERVAL = 15_000
HOUR = 3_600_000
DAY = 24 * HOUR
POLICY = Policy(interval=INTERVAL, timeout=5_000, staleness=2 * INTERVAL + 5_000)
ROUNDS = 5
CALLS = 1_000
WINDOWS = (300_000, 1_800_000, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY)
PASTS = ((1, 11, 1), (30, 333, 30), (90, 1_000, 90), (365, 4_055, 365))
"""Days, transitions and exclusions: as many a day in each."""

QUERIES = 200
"""Evaluations that Prometheus is asked for in a round."""


def figure_costs(directory: Path) -> dict[str, Any]:
    """Run and print all of it; microseconds unless it says otherwise."""
    found = {**by_past(), **by_method(), **explaining(), **memory()}
    show("figures, CPU", ["", "us"], [[name, f"{value:.3g}"] for name, value in found.items()])
    beside = beside_prometheus(directory)
    show(
        "a 30-day window, CPU of one evaluation",
        ["", "us"],
        [[name, f"{value:.3g}"] for name, value in beside.items()],
    )
    return {**found, **beside}


def by_past() -> dict[str, float]:
    """Ten windows, and all figures of an SLO, by the length of the past."""
    found = {}
    for days, transitions, exclusions in PASTS:
        what = f"{days} d, {transitions} transitions, {exclusions} exclusions"
        asked = ask(past_of(days, transitions, exclusions), "time", min(days, 30))
        found[f"ten windows, {what}"] = _each(partial(_ten_windows, asked))
        found[f"all figures of an SLO, {what}"] = _each(partial(_figures, asked))
    return found


def by_method() -> dict[str, float]:
    """All figures of an SLO, by what it counts."""
    past = past_of(90, 1_000, 90)
    return {
        f"all figures of an SLO of {method}, 90 d, 1000 transitions, 90 exclusions": _each(
            partial(_figures, ask(past, method, 30))
        )
        for method in ("events", "timeslices")
    }


def explaining() -> dict[str, float]:
    """Every interval behind a figure, and whether they add up to it."""
    days, transitions, exclusions = PASTS[2]
    past = past_of(days, transitions, exclusions)
    asked = ask(past, "time", days)
    covering = [
        (Exclusion(str(start), "", Category.OTHER, Scope(), Once(start, end)), Spans([(start, end)]))
        for start, end in past.excluded
    ]

    def explained() -> None:
        assert explain(asked, covering, NOW).adds_up

    explained()
    what = f"explaining {days} d, {transitions} transitions, {exclusions} exclusions"
    return {what: 1e6 * median_of(ROUNDS, explained)}


def memory() -> dict[str, float]:
    """Bytes in memory of each transition, states and beats together, and of an endpoint without any."""
    calm, busy = (history(90 * DAY // INTERVAL, transitions) for transitions in (0, 10_000))
    return {
        "bytes a transition": (_size(busy) - _size(calm)) / 10_000,
        "bytes of a healthy endpoint": _size(calm),
    }


def beside_prometheus(directory: Path) -> dict[str, float]:
    """CPU of `avg_over_time(x[30d])` in the real Prometheus beside a 30-day window here, in one run, interleaved."""
    samples = 30 * DAY // INTERVAL
    blocks = directory / "prometheus" / "data"
    blocks.mkdir(parents=True)
    text = directory / "samples.om"
    with text.open("w", encoding="utf-8") as file:
        file.write("# TYPE probe_success gauge\n")
        file.writelines(
            f"probe_success {int(number % 997 != 0)} {(NOW - 30 * DAY + number * INTERVAL) // 1000}\n"
            for number in range(samples)
        )
        file.write("# EOF\n")
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", text, blocks],
        check=True,
        capture_output=True,
    )
    asked = ask(past_of(30, 2 * (samples // 997), 30), "time", 30)
    theirs, ours = list[float](), list[float]()
    with closing(Prometheus(directory / "prometheus", [], retention="10y")) as server:
        for _ in range(ROUNDS):
            before = cpu_seconds(server.process.pid)
            for _ in range(QUERIES):
                assert server.query("avg_over_time(probe_success[30d])", NOW / 1000)
            theirs.append(1e6 * (cpu_seconds(server.process.pid) - before) / QUERIES)
            ours.append(_each(partial(_one_window, asked)))
    ratios = sorted(other / mine for other, mine in zip(theirs, ours, strict=True))
    return {
        "avg_over_time(probe_success[30d]) in Prometheus": sorted(theirs)[ROUNDS // 2],
        "the same window here, its four sums": sorted(ours)[ROUNDS // 2],
        "ratio, times as much": ratios[ROUNDS // 2],
    }


def past_of(days: int, transitions: int, exclusions: int) -> Past:
    """A past with that much in it, an exclusion of two hours a night."""
    each = history(days * DAY // INTERVAL, transitions)
    nights = (NOW - (night + 1) * DAY + 2 * HOUR for night in range(exclusions))
    return Past(each, [Member(each, each)], Spans((night, night + 2 * HOUR) for night in nights))


def ask(past: Past, method: str, days: int) -> Question:
    """An SLO over that many days, put to a past."""
    length = 60_000 if method == "timeslices" else 0
    objective = Objective(
        Fraction(999, 1000),
        days * DAY,
        "ignore",
        length or INTERVAL,
        3,
        method=method,
        slice=length,
        slice_objective=Fraction(1, 2),
    )
    return question(objective, past)


def history(results: int, transitions: int) -> EndpointHistory:
    """A past of that many beats up to now, down for one beat at each second transition."""
    past = EndpointHistory()
    start, gap = NOW - results * INTERVAL, max(2, 2 * results // max(1, transitions))
    for number in range(results):
        vote = State.DOWN if transitions and number % gap == gap - 1 else State.UP
        past.add(
            start + number * INTERVAL,
            vote,
            POLICY,
            event=True,
            reason="timeout" if vote == State.DOWN else "",
        )
    return past


def _each(ask_at: Any) -> float:
    """Microseconds of one of `CALLS` questions at instants one after the other; the median of some rounds."""

    def often() -> None:
        for turn in range(CALLS):
            ask_at(NOW + turn)

    often()
    return 1e6 * median_of(ROUNDS, often) / CALLS


def _figures(asked: Question, at: int) -> None:
    figures(asked, at)


def _ten_windows(asked: Question, at: int) -> None:
    sums = asked.past.history.sums
    now = sums(at)
    for window in WINDOWS:
        then = sums(at - window)
        up, down = now.up - then.up, now.down - then.down
        _ = up / (up + down) if up + down else None


def _one_window(asked: Question, at: int) -> None:
    tally(asked.past.history, at - 30 * DAY, at)


def _size(past: EndpointHistory) -> int:
    """Bytes of everything that belongs to an endpoint's past."""
    return sum(getsizeof(each) for each in _parts(past, set()))


def _parts(owner: Any, seen: set[int]) -> Iterator[Any]:
    if id(owner) in seen or isinstance(owner, Policy | State | type(None)):
        return
    seen.add(id(owner))
    yield owner
    slots = [name for kind in type(owner).__mro__ for name in getattr(kind, "__slots__", ())]
    inner = [getattr(owner, name) for name in slots if hasattr(owner, name)]
    if isinstance(owner, list | tuple):
        inner = list(owner)
    elif isinstance(owner, dict):
        inner = [*owner.keys(), *owner.values()]
    for each in inner:
        yield from _parts(each, seen)
