"""How a running period stood when a week of it began."""

from dataclasses import replace
from fractions import Fraction

import pytest

from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.interim import due, interim
from exporter.record.incidents.ledger import NOTHING_WRITTEN
from exporter.sla.agreement import Agreement, Party, ReportTerms
from exporter.sla.evidence import Record
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.incident import Incident, Kind
from exporter.sla.rhythm import Rhythm
from exporter.sla.terms import RecordedTerms, Target
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import percent
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, NOW, made_past, sources

MONDAY = NOVEMBER + DAY
REPORTS = ReportTerms(("json",), "reports", Rhythm.WEEKLY)
WEEKLY = agreement(report=REPORTS)
DAILY = agreement(report=replace(REPORTS, also=Rhythm.DAILY))
SINCE_TUESDAY = replace(WEEKLY, version="2", start=MONDAY + DAY)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    return sources(made_past(tmp_path_factory.mktemp("past")))


@pytest.mark.parametrize(
    ("versions", "now", "at"),
    [
        ([WEEKLY], MONDAY + 5 * MINUTE, MONDAY),
        ([WEEKLY], MONDAY + 5 * MINUTE - 1, None),  # what was in flight has not come in
        ([WEEKLY], NOVEMBER + 10 * DAY, MONDAY + 7 * DAY),  # and not that of the week before
        ([DAILY], NOVEMBER + HOUR, None),  # of what ends there is a report already
        ([DAILY], NOW, NOW - DAY),
        ([WEEKLY, SINCE_TUESDAY], NOW, None),  # nothing has begun since the version has
        ([agreement()], NOW, None),
        ([replace(WEEKLY, approved={})], NOW, None),
    ],
)
def test_when_one_is_due(seen: Sources, versions: list[Agreement], now: int, at: int | None) -> None:
    assert due(seen, versions, now) == at


def test_none_is_due_of_what_nobody_knows(seen: Sources) -> None:
    assert due(replace(seen, known={}), [WEEKLY], NOW) is None


def test_it_tells_how_the_period_stood_and_has_no_number(seen: Sources) -> None:
    """The web was down until two o'clock on the first; all of that is known at one o'clock, too."""
    (told,) = interim(seen, [WEEKLY], NOVEMBER + HOUR, (), NOW)
    assert (told["issue"]["number"], told["period"]["state"]) == (None, "running")
    assert told["period"]["until"] == told["issue"]["known_until"] == "2026-11-01T01:00:00Z"
    assert told["targets"][0]["counted_ms"] == HOUR


def test_every_version_that_was_in_force_by_then_tells_of_its_part(seen: Sources) -> None:
    silent = agreement(version="0")
    first, second = (replace(WEEKLY, version=str(n), start=NOVEMBER + n * DAY) for n in (1, 3))
    versions = silent, first, second
    told = [each["version"] for each in interim(seen, versions, NOVEMBER + 4 * DAY, (), NOW)]
    assert told == ["1", "3"]
    assert [each["version"] for each in interim(seen, versions, NOVEMBER + 2 * DAY, (), NOW)] == ["1"]


def test_what_began_later_is_not_in_it(seen: Sources) -> None:
    calls = Target("calls", "", (), percent("100"), recorded=RecordedTerms("calls", Fraction(70)))
    repair = AnswerTerms(limits=((Task.REPAIR, HOUR),))
    made = agreement(
        calls,
        Target("repair", "shop", (), percent("100"), answers=repair),
        report=REPORTS,
        parties={"provider": Party("Hosting", "", ("mara",)), "customer": Party("ACME", "", ("jo",))},
    )
    before, after = MONDAY - HOUR, MONDAY + HOUR
    ledger = NOTHING_WRITTEN._replace(
        incidents={
            ident: Incident(ident, "shop", Kind.FAULT, at, reported_at=at)
            for ident, at in (("i1", before), ("i2", after))
        },
        records={
            "calls": [
                Record(before, "mara", "", Fraction(80)),
                Record(after, "mara", "", Fraction(10)),
            ]
        },
    )
    (told,) = interim(replace(seen, ledger=ledger), [made], MONDAY, (), NOW)
    first, second = told["targets"]
    assert (first["verdict"], [each["id"] for each in second["incidents"]]) == ("met", ["i1"])
