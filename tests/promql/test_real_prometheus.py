"""Steps of a real Prometheus' counters equal what is counted by hand."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import floor

import pytest

from exporter.config.model import Prometheus as Configured
from exporter.config.model import Promql
from exporter.promql.answers import AskError
from exporter.promql.client import Client, furthest
from exporter.timeline.samples import MICRO, Step
from tests.support.prometheus import Prometheus, remembering

MINUTE = 60_000
SCRAPE = 15_000
START = 1_756_684_800_000  # 2025-09-01T00:00:00Z
SCRAPES = 40 * 4
HOLE = range(12 * 4, 24 * 4)
"""Scrapes that are missing: of minutes 12 to 24, longer than Prometheus looks back."""

FAILING = range(30 * 4, 33 * 4)
"""Scrapes before which nothing succeeds any more."""


def scraped_at(scrape: int) -> int:
    """Five seconds after the beat, so that it does not matter which ends of a range belong to it."""
    return START + scrape * SCRAPE + 5_000


def counters() -> tuple[list[int], list[int]]:
    """What a service has counted at each scrape: successes, and failures."""
    good, bad = [1_000], [500]
    for scrape in range(1, SCRAPES):
        good.append(good[-1] + (0 if scrape in FAILING else scrape % 7))
        bad.append(bad[-1] + (3 if scrape in FAILING else scrape % 5 == 0))
    return good, bad


GOOD, BAD = counters()


def exposed() -> str:
    """Both counters, and a failure counter of another kind that is seen in the first ten minutes only."""
    lines = ["# TYPE hits counter"]
    for code, counted in (("200", GOOD), ("500", BAD)):
        lines += [
            f'hits_total{{code="{code}"}} {counted[scrape]} {scraped_at(scrape) / 1000:.3f}'
            for scrape in range(SCRAPES)
            if scrape not in HOLE
        ]
    lines += ["# TYPE brief gauge"]
    lines += [f"brief {scrape} {scraped_at(scrape) / 1000:.3f}" for scrape in range(40)]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with remembering(exposed(), tmp_path_factory.mktemp("prometheus")) as server:
        yield server


async def ask(
    prometheus: Prometheus, good: str, total: str, end: int, *, start: int = START, step: int = MINUTE
) -> Sequence[Step]:
    async with Client(Configured(prometheus.url)) as client:
        return await client.ask(Promql(good, total, step, 30_000), start, end)


def scrapes_of(minute: int) -> list[int]:
    """Those that happened in a minute."""
    return [scrape for scrape in range(4 * minute, 4 * minute + 4) if scrape < SCRAPES and scrape not in HOLE]


def increase(counted: Sequence[int], minute: int) -> float:
    """As Prometheus calculates: four scrapes span 45 s, and what was counted in them is stretched to 60 s."""
    scrapes = scrapes_of(minute)
    return (counted[scrapes[-1]] - counted[scrapes[0]]) * (60 / 45)


def micros(value: float) -> int:
    """Floored from the text that Prometheus writes."""
    return floor(Decimal(repr(value)) * MICRO)


async def test_an_increase_is_counted_minute_by_minute_with_a_hole(prometheus: Prometheus) -> None:
    made = await ask(
        prometheus,
        'sum(increase(hits_total{code="200"}[1m]))',
        'sum(increase(hits_total{code="200"}[1m])) + sum(increase(hits_total{code="500"}[1m]))',
        START + 45 * MINUTE,
    )

    assert [(step.at, step.length) for step in made] == [(START + n * MINUTE, MINUTE) for n in range(45)]
    for minute, step in enumerate(made):
        if not scrapes_of(minute):
            assert (step.known, step.good, step.bad) == (False, 0, 0)
            continue
        good, bad = increase(GOOD, minute), increase(BAD, minute)
        assert step == Step(step.at, MINUTE, micros(good), micros(good + bad) - micros(good), known=True)
    assert [n for n, step in enumerate(made) if not step.known] == [*range(12, 24), *range(40, 45)]
    assert [step.good for step in made[31:33]] == [0, 0]
    assert made[31].bad == 12 * MICRO


async def test_the_difference_of_a_counter_is_whole_events(prometheus: Prometheus) -> None:
    """A plain selector still finds the last sample for five minutes: there the counter stands still."""

    def grown(query: str) -> str:
        return f"sum({query}) - sum({query} offset 1m)"

    made = await ask(prometheus, grown('hits_total{code="200"}'), grown("hits_total"), START + 50 * MINUTE)

    def latest(at: int) -> int | None:
        found = [n for n in range(SCRAPES) if n not in HOLE and at - 5 * MINUTE < scraped_at(n) <= at]
        return found[-1] if found else None

    for step in made:
        before, after = latest(step.at), latest(step.at + MINUTE)
        if before is None or after is None:
            assert step == Step(step.at, MINUTE, 0, 0, known=False)
            continue
        good, bad = (each[after] - each[before] for each in (GOOD, BAD))
        assert step == Step(step.at, MINUTE, good * MICRO, bad * MICRO, known=True)
    unknown = [n for n, step in enumerate(made) if not step.known]
    assert unknown == [0, *range(16, 25), *range(44, 50)]


async def test_steps_are_what_an_instant_query_gives_at_their_ends(prometheus: Prometheus) -> None:
    good, total = 'sum(rate(hits_total{code="200"}[5m])) * 300', "sum(rate(hits_total[5m])) * 300"
    made = await ask(prometheus, good, total, START + 40 * MINUTE, step=5 * MINUTE)

    for step in made:
        at = (step.at + step.length) / 1000
        said = [prometheus.query(query, at) for query in (good, total)]
        assert step.known == bool(said[1])
        if step.known:
            fine, every = (floor(Decimal(each[0].value) * MICRO) for each in said)
            assert (step.good, step.good + step.bad) == (min(fine, every), every)
    assert [step.known for step in made].count(False) == 1


async def test_where_nothing_good_is_found_all_failed(prometheus: Prometheus) -> None:
    made = await ask(prometheus, 'sum(hits_total{code="204"})', "count(hits_total)", START + 2 * MINUTE)
    assert made == [Step(START + n * MINUTE, MINUTE, 0, 2 * MICRO, known=True) for n in range(2)]


async def test_a_division_by_zero_is_unknown(prometheus: Prometheus) -> None:
    for good, total in (("vector(0) / 0", "count(hits_total)"), ("count(hits_total)", "vector(1) / 0")):
        made = await ask(prometheus, good, total, START + 2 * MINUTE)
        assert [step.known for step in made] == [False, False]


async def test_a_scalar_is_a_series(prometheus: Prometheus) -> None:
    made = await ask(prometheus, "0.1 + 0.2", "scalar(count(hits_total))", START + MINUTE)
    assert made == [Step(START, MINUTE, 300_000, 1_700_000, known=True)]


@pytest.mark.parametrize("step", [1, 57, 999, 1_001, 1_003, 60_007, 90_500])
async def test_steps_of_milliseconds_are_asked_at_exactly_their_ends(
    prometheus: Prometheus, step: int
) -> None:
    """`time()` is the instant of which a query is evaluated; counted in seconds it fits an event count."""
    start = START // step * step
    end = start + 500 * step
    made = await ask(prometheus, "vector(0)", f"time() - {start // 1000}", end, start=start, step=step)
    assert [each.at for each in made] == list(range(start, end, step))
    ends = [each.at + step - start // 1000 * 1000 for each in made]
    assert [(each.bad + 500) // 1000 for each in made] == ends


async def test_a_whole_question_is_answered(prometheus: Prometheus) -> None:
    end = furthest(START, START + 10**12, 1000)
    made = await ask(prometheus, "vector(1)", "vector(1)", end, step=1000)
    assert len(made) == 10_000
    assert {(step.good, step.bad, step.known) for step in made} == {(MICRO, 0, True)}


@pytest.mark.parametrize(
    ("good", "said"),
    [
        ("hits_total", r"was asked for `good`: the query gives 2 series; wrap it in sum\(\.\.\.\)"),
        ("hits_total{", "answers 400 to `good`: bad_data: .*parse error.*; correct the query"),
        ("hits_total[1m]", 'answers 400 to `good`: bad_data: invalid expression type "range vector"'),
        ('"text"', 'answers 400 to `good`: bad_data: invalid expression type "string"'),
        (
            "-sum(hits_total)",
            "`good`: the query gives -1506 at 2025-09-01T00:01:00Z, and events are never negative",
        ),
        (
            "hits_total + on() group_left brief * on() group_left hits_total",
            "answers 422 to `good`: execution: .*many-to-many",
        ),
    ],
)
async def test_what_is_wrong_with_a_query_is_told(prometheus: Prometheus, good: str, said: str) -> None:
    with pytest.raises(AskError, match=said):
        await ask(prometheus, good, "count(hits_total)", START + 5 * MINUTE)


async def test_a_url_that_is_not_the_root_of_the_api_is_told(prometheus: Prometheus) -> None:
    queries = Promql("vector(1)", "vector(1)", MINUTE, 30_000)
    async with Client(Configured(f"{prometheus.url}/api/v1")) as client:
        with pytest.raises(AskError, match=r"answers 404 to .*without /api/v1\?"):
            await client.ask(queries, START, START + MINUTE)
