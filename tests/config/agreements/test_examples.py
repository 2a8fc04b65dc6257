"""Published terms as documents: just above, at and just below each step they give what they say."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from exporter.config.agreements.again import agreement_from
from exporter.config.agreements.checked import checked
from exporter.config.agreements.load import load_agreements
from exporter.sla.agreement import Agreement
from exporter.sla.evidence import Evidence, Period, Slice
from exporter.sla.lane import Lane
from exporter.sla.period import PeriodResult, judge_period
from exporter.sla.wire import per_cent
from exporter.timeline.spans import Span
from exporter.timeline.tally import Standing
from exporter.units import DAY, HOUR, MINUTE, SECOND, parse_instant
from tests.support.agreed import END, START, percent

FOLDER = Path(__file__).parent.parent.parent.parent / "config" / "agreements"
NOW = parse_instant("2026-08-01T00:00:00Z")
MONTH = (START, END)
"""Thirty days."""


@cache
def agreement(name: str) -> Agreement:
    (found,) = load_agreements([str(FOLDER / f"{name}.yml")], {})
    return found


def judged(name: str, evidence: Evidence, span: Span = MONTH) -> PeriodResult:
    made = agreement(name)
    (target,) = made.terms.targets
    return judge_period(made, {target.name: evidence}, Period(span, span[1]))


def owed(result: PeriodResult) -> tuple[str | None, Decimal | None]:
    """The figure, and what is owed of 1,000.00."""
    (target,) = result.targets
    return per_cent(target.figures.agreed), result.credit.amount


def down_for(length: int, span: Span = MONTH, endpoints: int = 1) -> Evidence:
    """Down from the second day on, all of so many endpoints at once."""
    start, end = span
    at = start + DAY
    runs = [(start, Standing.UP)]
    runs += [(at, Standing.DOWN), (at + length, Standing.UP)] if length else []
    return Evidence(span, {f"m{number}": Lane.of(runs, start, end) for number in range(endpoints)})


def of_rates(hundredths: int) -> Evidence:
    """Error rates of the 8,640 slices of five minutes that add up to so many hundredths."""
    each, more = divmod(hundredths, 8_640)
    beyond = Slice(START + more * 5 * MINUTE, 8_640 - more, 100 - each, each)
    first = [Slice(START, more, 99 - each, each + 1)] if more else []
    return Evidence(MONTH, slices=(*first, beyond))


def of_minutes(bad: int, good: int = 89, errors: int = 11) -> Evidence:
    """So many minutes of a hundred executions with errors, and no executions in the others."""
    total = 30 * DAY // MINUTE
    return Evidence(
        MONTH, slices=(Slice(START, bad, good, errors), Slice(START + bad * MINUTE, total - bad, 0, 0))
    )


@pytest.mark.parametrize(
    ("hundredths", "figure", "amount"),
    [
        (863, "99.900115", "0.00"),
        (864, "99.900000", "0.00"),
        (865, "99.899884", "100.00"),
        (8_639, "99.000115", "100.00"),
        (8_640, "99.000000", "100.00"),
        (8_641, "98.999884", "250.00"),
        (43_199, "95.000115", "250.00"),
        (43_200, "95.000000", "250.00"),
        (43_201, "94.999884", "1000.00"),
    ],
)
def test_object_storage(hundredths: int, figure: str, amount: str) -> None:
    assert owed(judged("object-storage", of_rates(hundredths))) == (figure, Decimal(amount))


def edge(figure: str, span: Span = MONTH) -> int:
    """Milliseconds of downtime at which a figure is just reached, floored."""
    return int((1 - percent(figure)) * (span[1] - span[0]))


@pytest.mark.parametrize(
    ("figure", "amounts"),
    [
        ("99.99", ("0.00", "0.00", "100.00")),
        ("99", ("100.00", "100.00", "250.00")),
        ("95", ("250.00", "250.00", "1000.00")),
    ],
)
def test_machines_in_zones(figure: str, amounts: tuple[str, ...]) -> None:
    found = [
        judged("machines-in-zones", down_for(edge(figure) + beyond, endpoints=2)).credit.amount
        for beyond in (-1, 0, 1)
    ]
    assert found == list(map(Decimal, amounts))


def test_machines_in_zones_are_up_as_long_as_any_of_them_is() -> None:
    one = down_for(5 * DAY, endpoints=2)
    up = Lane.of([(START, Standing.UP)], START, END)
    found = judged("machines-in-zones", Evidence(MONTH, {**one.lanes, "m1": up}))
    assert owed(found) == ("100.000000", Decimal("0.00"))


@pytest.mark.parametrize(
    ("minutes", "figure", "amount"),
    [
        (215, "99.502314", "0.00"),
        (216, "99.500000", "0.00"),
        (217, "99.497685", "100.00"),
        (431, "99.002314", "100.00"),
        (432, "99.000000", "100.00"),
        (433, "98.997685", "250.00"),
        (2_159, "95.002314", "250.00"),
        (2_160, "95.000000", "250.00"),
        (2_161, "94.997685", "500.00"),
    ],
)
def test_functions(minutes: int, figure: str, amount: str) -> None:
    assert owed(judged("functions", of_minutes(minutes))) == (figure, Decimal(amount))


@pytest.mark.parametrize(("good", "errors"), [(90, 10), (0, 99)])
def test_functions_of_few_errors_or_executions_are_not_down(good: int, errors: int) -> None:
    found = judged("functions", of_minutes(5_000, good, errors))
    assert owed(found) == ("100.000000", Decimal("0.00"))


@pytest.mark.parametrize(
    ("figure", "amounts"),
    [("99.9", ("0.00", "100.00", "100.00")), ("99", ("100.00", "0.00", "250.00"))],
)
def test_code_hosting(figure: str, amounts: tuple[str, ...]) -> None:
    """Of a quarter; 80 ms less than what 99.9 allows is the next figure of six places."""
    quarter = agreement("code-hosting").period.period(START + DAY)
    assert quarter[1] - quarter[0] == 92 * DAY
    found = [
        judged("code-hosting", down_for(edge(figure, quarter) + beyond, quarter), quarter).credit.amount
        for beyond in (-80, 0, 1)
    ]
    assert found == list(map(Decimal, amounts))


def test_the_hole_of_code_hosting_is_named() -> None:
    (found,) = checked([str(FOLDER / "code-hosting.yml")], {}, NOW).weak
    assert (found.kind, found.message) == (
        "hole",
        "no step of `tiers` has 99 % exactly, with which `repositories` is missed: nothing is owed for it",
    )


@pytest.mark.parametrize(
    ("length", "amount", "capped"),
    [
        (0, "0.00", ""),
        (1, "50.00", ""),
        (1_799 * SECOND, "50.00", ""),
        (1_800 * SECOND, "50.00", ""),
        (1_801 * SECOND, "100.00", ""),
        (10 * HOUR, "1000.00", ""),
        (10 * HOUR + 1, "1000.00", "period"),
    ],
)
def test_network_by_half_hours(length: int, amount: str, capped: str) -> None:
    found = judged("network-by-half-hours", down_for(length)).credit
    assert (found.amount, found.capped) == (Decimal(amount), capped)


def test_all_examples_are_in_force_and_nothing_else_is_weak_in_them() -> None:
    found = checked([str(FOLDER / "*.yml")], {}, NOW)
    assert [each.name for each in found.agreements] == [
        "code-hosting",
        "functions",
        "machines-in-zones",
        "acme-hosting",
        "network-by-half-hours",
        "object-storage",
        "service-desk",
    ]
    assert not any(each.is_draft for each in found.agreements)
    assert [each.kind for each in found.weak] == ["hole"]


def test_every_example_can_be_made_again_of_its_text() -> None:
    found = load_agreements([str(FOLDER / "*.yml")], {})
    assert [agreement_from(each.document).sha256 for each in found] == [each.sha256 for each in found]
