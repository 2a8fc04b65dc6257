"""Worked examples of the arithmetic of error budgets, with exact expected values.

Elsewhere are: 1, 2, 10 and 27 (`tests/slo/test_figures.py`), 4 to 7 and 11 (`tests/slo/test_tiers.py`), 22
(`test_calendar.py`) and 25 (`test_several.py`), as they were written first. Here they are those of other shapes, and
those of the former that are about results go through the record once more.

Of the numbered lists that this folder follows, these are no part of this version:

- Worked example 28: credits belong to agreements, as do smallest outages (the second half of ruling 33), and reports.
- The time to exhaustion itself (the last column of worked example 3) is shown nowhere: it follows from what is left and
  the burn rate, and that relation is tested here.
- Ruling 12 and G10, G11: heartbeats. Ruling 44: events counted by another Prometheus.
- G9, and rulings 9 and 10 where a file changes while the daemon runs: it does not read its file again. G12 is ruling 37.
- G13, K11: writes that fail half way are tests of the store (`tests/store`) and of the daemon (`tests/daemon/test_kill9.py`).
- K12: a store of an older version answers the same (`tests/store/test_migration.py`). K13 is no history.
"""

from collections.abc import Callable
from fractions import Fraction

import pytest

from exporter.slo.figures import figures
from exporter.slo.ratio import fraction
from exporter.slo.tiers import LENGTHS, PACES, NoTier, Tier, factor, tiers
from exporter.timeline.tally import State
from tests.support.history import ListedHistory, objective, put
from tests.support.past import Past, config_text, steady

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z
MONTH = 30 * DAY

MakePast = Callable[..., Past]


def month(past: Past, step: int, *down: tuple[int, int]) -> int:
    """Thirty days of results, failures in spans of milliseconds from January; the instant of its end."""
    past.bring(
        ("F" if any(start <= at - JANUARY < end for start, end in down) else "S", at)
        for _, at in steady("S", JANUARY, JANUARY + MONTH, step)
    )
    return JANUARY + MONTH


def test_examples_1_and_2_fifty_bad_probes_of_86400_through_the_record(make_past: MakePast) -> None:
    """99.9 %, 30 d, 30 s: the same as events and as time, 86.4 allowed and 36.4 left, 2592 s and 1092 s."""
    past = make_past(text=config_text("interval: 30s", "window: 30d"))
    end = month(past, 30 * SECOND, (10 * DAY, 10 * DAY + 1500 * SECOND))
    for method in ("time", "events"):
        past.reconfigure(config_text("interval: 30s", f"window: 30d, method: {method}"))
        found = past.figures(end)
        assert fraction(found.sli) == 1 - Fraction(50, 86_400)
        assert f"{float(Fraction(*found.sli)):.6f}" == "0.999421"  # type: ignore[misc]
        spent = 1 - fraction(found.remaining_ratio)  # type: ignore[operator]
        assert spent == Fraction(500, 864)
        assert (f"{float(spent):.6f}", f"{float(1 - spent):.6f}") == ("0.578704", "0.421296")
        assert found.allowed_ms == 2_592_000
        assert found.remaining_ms == 1_092_000
    events = past.figures(end)
    assert (events.good, events.bad) == (86_350, 50)
    assert Fraction(1, 1000) * 86_400 * fraction(events.remaining_ratio) == Fraction("36.4")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("burn", "shown"), [("1", "1092000.000000"), ("3", "364000.000000"), ("14.4", "75833.333333")]
)
def test_example_3_what_is_left_by_the_burn_rate_is_the_time_until_it_is_gone(burn: str, shown: str) -> None:
    """Of example 1, at a burn rate of 1, 3 or 14.4 from then on, in turns of 1000 s that are bad for that many seconds.

    Nothing leaves the window meanwhile.
    """
    states = [
        (JANUARY, State.UP),
        (JANUARY + 28 * DAY, State.DOWN),
        (JANUARY + 28 * DAY + 1500 * SECOND, State.UP),
    ]
    now, turn, bad = JANUARY + MONTH, 1000 * SECOND, int(Fraction(burn) * 1000)
    found = figures(put(objective("99.9", MONTH), ListedHistory(states)), now)
    assert found.remaining_ms == 1_092_000
    until = found.remaining_ms * MONTH / found.allowed_ms / Fraction(burn)
    assert f"{float(until / 1000):.6f}" == shown
    turns = range(now, now + int(until) + turn, turn)
    states += [told for at in turns for told in ((at, State.DOWN), (at + bad, State.UP))]
    asked = put(objective("99.9", MONTH), ListedHistory(states))
    whole = int(until // turn)  # turns that fit, and the one in which the last of it goes
    last, gone = (figures(asked, now + number * turn).remaining_ms for number in (whole, whole + 1))
    assert last == 1_092_000 - whole * bad >= 0
    assert gone == last - bad < 0


@pytest.mark.parametrize(
    ("days", "factors", "errors"),
    [
        (30, ["14.4", "6", "3", "1"], ["0.0144", "0.006", "0.003", "0.001"]),
        (28, ["13.44", "5.6", "2.8", "14/15"], ["0.01344", "0.0056", "0.0028", "7/7500"]),
    ],
)
def test_examples_4_and_5_factors_and_error_ratios_are_exact(
    days: int, factors: list[str], errors: list[str]
) -> None:
    found = [factor(pace.wide, days * DAY, LENGTHS[pace.long]) for pace in PACES]
    assert found == [Fraction(each) for each in factors]
    assert [each * Fraction(1, 1000) for each in found] == [Fraction(each) for each in errors]


@pytest.mark.parametrize(
    ("days", "factors"),
    [
        (7, ["3.36", "1.4", "0.7", "7/30"]),
        (14, ["6.72", "2.8", "1.4", "7/15"]),
        (90, ["43.2", "18", "9", "3"]),
        (365, ["175.2", "73", "36.5", "73/6"]),
    ],
)
def test_factors_of_other_windows_with_the_shares_of_the_workbook(days: int, factors: list[str]) -> None:
    """Tickets below the sustainable burn would be wrong: shorter windows take other shares, and no factor is below 1."""
    assert [factor(pace.wide, days * DAY, LENGTHS[pace.long]) for pace in PACES] == [
        Fraction(each) for each in factors
    ]
    for each in tiers(Fraction(999, 1000), days * DAY, 15_000, 3):
        assert each.factor >= 1


def test_an_objective_must_exceed_97_685185_for_the_fast_tier_of_90_days() -> None:
    """1 - 1 / 43.2."""
    least = 1 - 1 / Fraction("43.2")
    assert f"{float(100 * least):.6f}" == "97.685185"
    assert isinstance(tiers(least, 90 * DAY, 15_000, 3)[0], NoTier)
    assert isinstance(tiers(least + Fraction(1, 10**9), 90 * DAY, 15_000, 3)[0], Tier)


NEEDED = {
    10: ["52,130,260,260", "26,65,130,130", "6,13,26,26", "3,7,13,13", "1,2,3,3"],
    15: ["35,87,173,173", "18,44,87,87", "4,9,18,18", "2,5,9,9", "1,1,2,2"],
    30: ["18,44,87,87", "9,22,44,44", "2,5,9,9", "1,3,5,5", "1,1,1,1"],
    60: ["9,22,44,44", "5,11,22,22", "1,3,5,5", "1,2,3,3", "1,1,1,1"],
}
"""By interval in seconds and objective, the fewest failed probes that satisfy the long window of each tier."""


@pytest.mark.parametrize("interval", NEEDED)
@pytest.mark.parametrize("column", range(5))
def test_probes_are_low_traffic_so_few_failed_ones_would_fire_and_the_guard_wants_three(
    interval: int, column: int
) -> None:
    objective = Fraction(["99", "99.5", "99.9", "99.95", "99.99"][column]) / 100
    needed = [int(each) for each in NEEDED[interval][column].split(",")]
    for least in (1, 3):
        found = tiers(objective, MONTH, interval * SECOND, least)
        assert [each.failures for each in found if isinstance(each, Tier)] == [
            max(least, each) for each in needed
        ]


def test_at_60_s_and_99_9_per_cent_one_failed_probe_fires_nothing_and_three_do(make_past: MakePast) -> None:
    """Without the guard a single one would page for five minutes."""
    for failed, above in ((1, False), (2, False), (3, True)):
        past = make_past("interval: 1m", "window: 30d")
        end = JANUARY + DAY
        past.bring(
            [*steady("S", JANUARY, end - failed * MINUTE, MINUTE), *steady("F", end - failed * MINUTE, end, MINUTE)],
            replaced=(JANUARY, end),
        )  # fmt: skip
        found = past.figures(end)
        assert fraction(found.burn[2]) > Fraction("14.4")  # type: ignore[operator]
        assert (fraction(found.alerts[0]) > 1) is above  # type: ignore[operator]


@pytest.mark.parametrize(("tier", "seconds"), [(0, "51.84"), (1, "129.6"), (2, "259.2"), (3, "259.2")])
def test_example_7_a_tier_fires_strictly_after_its_time_in_an_outage(
    make_past: MakePast, tier: int, seconds: str
) -> None:
    """From clean, of everything: at that very millisecond it is at 1, and one later above."""
    past = make_past("interval: 1s, timeout: 500ms", "window: 30d")
    start = JANUARY + 4 * DAY
    past.bring([
        *steady("S", JANUARY, start, 10 * MINUTE),
        *steady("F", start, start + 300 * SECOND, SECOND),
    ], staleness=10 * MINUTE)  # fmt: skip
    at = start + int(Fraction(seconds) * 1000)
    assert fraction(past.figures(at).alerts[tier]) == 1
    assert fraction(past.figures(at + 1).alerts[tier]) > 1  # type: ignore[operator]


def test_example_10_fifteen_per_cent_for_ten_minutes_through_the_record(make_past: MakePast) -> None:
    """Nine seconds of each of ten minutes: 90 s, 0.034722 of the budget."""
    past = make_past("interval: 10s", "window: 30d")
    bad = [(index * MINUTE, index * MINUTE + 9 * SECOND) for index in range(10)]
    assert sum(end - start for start, end in bad) == 90 * SECOND
    results = steady("S", JANUARY, JANUARY + MONTH, MINUTE)
    for start, end in bad:
        results += [("F", JANUARY + DAY + start + SECOND), ("S", JANUARY + DAY + end + SECOND)]
    past.bring(sorted(results, key=lambda told: told[1]), staleness=2 * MINUTE)
    found = past.figures(JANUARY + MONTH)
    spent = 1 - fraction(found.remaining_ratio)  # type: ignore[operator]
    assert found.tally.down == 90 * SECOND
    assert spent == Fraction(15, 100) * 600 / (Fraction(1, 1000) * 2_592_000)
    assert f"{float(spent):.6f}" == "0.034722"


def test_example_12_one_failure_of_ten_requests_an_hour(make_past: MakePast) -> None:
    """99.9 %, 30 d, a beat each six minutes: error ratio 0.1, burn 100, 0.138889 of the budget, 7.2 allowed."""
    past = make_past("interval: 6m", "window: 30d, method: events")
    end = month(past, 6 * MINUTE, (MONTH - 30 * MINUTE, MONTH - 29 * MINUTE))
    found = past.figures(end)
    hour = past.figures(end, window=HOUR)
    assert fraction(hour.sli) == Fraction(9, 10)
    assert fraction(found.burn[2]) == 100
    spent = 1 - fraction(found.remaining_ratio)  # type: ignore[operator]
    assert spent == 1 / Fraction("7.2")
    assert f"{float(spent):.6f}" == "0.138889"
    assert found.burn[0] is None, "no beat was due in the last five minutes"
    assert fraction(found.alerts[1]) == 1, "one bad beat is fewer than three"


def test_example_13_a_budget_of_slices(make_past: MakePast) -> None:
    """Two weeks, 95 %, slices of a minute: 1008 of them, which are 16 h 48 min. The last that fits is met."""
    slo = "method: timeslices, slice: 1m, slice_objective: 99, window: 14d"
    text = config_text("interval: 1m", slo).replace("99.9", "95")
    past = make_past(text=text)
    end = JANUARY + 14 * DAY
    for slices, met in ((1008, True), (1009, False)):
        down = JANUARY + DAY + slices * MINUTE
        past.bring(
            ("F" if JANUARY + DAY <= at < down else "S", at) for _, at in steady("S", JANUARY, end, MINUTE)
        )
        if slices == 1009:
            past.bring([("F", down - MINUTE)], replaced=(down - MINUTE, down))
        found = past.figures(end)
        assert (found.good + found.bad, found.bad, found.met) == (20_160, slices, met)
        assert fraction(found.remaining_ratio) == 1 - Fraction(slices, 1008)
        assert found.allowed_ms == 16 * HOUR + 48 * MINUTE


def test_example_15_a_week_at_99_95_per_cent_allows_5_minutes_and_2_4_seconds(make_past: MakePast) -> None:
    text = config_text("interval: 1m", "window: 1w").replace("99.9", "99.95")
    past = make_past(text=text)
    past.bring(steady("S", JANUARY, JANUARY + 7 * DAY, MINUTE))
    found = past.figures(JANUARY + 7 * DAY)
    assert found.allowed_ms == 5 * MINUTE + 2_400
    assert found.remaining_ms == found.allowed_ms


def test_example_27_a_burn_rate_of_exactly_the_factor_does_not_fire_through_the_record(
    make_past: MakePast,
) -> None:
    """14.4 x (1 - 0.999) is exactly 0.0144: 51.84 s of an hour and 4.32 s of five minutes. In floats it is not."""
    assert 14.4 * (1 - 0.999) != 0.0144
    past = make_past("interval: 10s", "window: 30d")
    end = JANUARY + 4 * DAY
    for more, above in ((0, False), (1, True)):
        past.bring(
            [
                *steady("S", JANUARY, end - 10 * MINUTE, 10 * SECOND),
                *steady("F", end - 10 * MINUTE, end - 10 * MINUTE + 47_520, 10 * SECOND),
                ("S", end - 10 * MINUTE + 47_520),
                *steady("S", end - 9 * MINUTE, end - 1 * MINUTE, 10 * SECOND),
                ("F", end - MINUTE),
                ("S", end - MINUTE + 4_320 + more),
                *steady("S", end - 50 * SECOND, end, 10 * SECOND),
            ],
            replaced=(JANUARY, end),
        )
        found = past.figures(end)
        assert found.tally.down == 51_840 + more
        assert (fraction(found.alerts[0]) > 1) is above  # type: ignore[operator]
        assert above or fraction(found.burn[0]) == fraction(found.burn[2]) == Fraction("14.4")
