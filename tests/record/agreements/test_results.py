"""An agreement put to the real store: evidence, results, and what is issued of them."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.record.agreements.documents import changes, document, issue_of
from exporter.record.agreements.evidence import gather
from exporter.record.agreements.results import closed_periods, credited, latest, results, whole_period
from exporter.record.exclusions import Action
from exporter.sla.agreement import ContractTerm
from exporter.sla.judge import Verdict
from exporter.sla.terms import Judged, Measure, SliceTerms, Target
from exporter.sla.wire import digest
from exporter.store.base import LogEntry, Said
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Once
from exporter.timeline.spans import Spans
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import percent, six
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, NOW, OCTOBER, STEP, entered, made_past, sources
from tests.support.past import Past


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return made_past(tmp_path)


def test_outages_over_the_edges_are_there_as_a_whole(past: Past) -> None:
    made = agreement()
    found = gather(sources(past), made, made.terms.targets[0], (OCTOBER, NOVEMBER))
    assert set(found.lanes) == {"web", "db"}  # what tells of itself is no part of it
    assert found.span[0] == OCTOBER
    assert found.span[1] > NOVEMBER + 2 * HOUR
    assert found.interval == STEP


def test_a_month_has_its_figures(past: Past) -> None:
    (found,) = results(sources(past), [agreement()], (OCTOBER, NOVEMBER))
    (shop,) = found.targets
    assert shop.counted == 2 * HOUR
    assert six(shop.figures.agreed) == six(1 - percent("100") * 2 / (31 * 24))
    assert [each.span[1] - each.span[0] for each in shop.outages] == [HOUR, 3 * HOUR]
    assert (found.verdict, str(found.credit.amount)) == (Verdict.MISSED, "100.00")


def test_named_endpoints_alone_are_looked_at(past: Past) -> None:
    only = agreement(Target("db", "shop", ("db",), percent("100")))
    (found,) = results(sources(past), [only], (OCTOBER, NOVEMBER))
    assert found.verdict is Verdict.MET


def test_a_revision_in_mid_period_makes_two_parts(past: Past) -> None:
    middle = OCTOBER + 10 * DAY
    versions = [
        agreement(),
        agreement(version="2", start=middle),
        agreement(version="3", start=NOW, approved={}),
    ]
    first, second = results(sources(past), versions, (OCTOBER, NOVEMBER))
    assert (first.agreement.version, first.period.span) == ("1", (OCTOBER, middle))
    assert (second.agreement.version, second.period.span) == ("2", (middle, NOVEMBER))
    assert [each.targets[0].counted for each in (first, second)] == [HOUR, HOUR]
    assert str(first.credit.amount) == "32.26"  # ten days of 31


def test_an_exclusion_counts_with_its_author_and_the_time_of_its_entry(past: Past) -> None:
    entry = entered(past, "maintenance", OCTOBER + DAY, OCTOBER + DAY + HOUR, NOVEMBER + DAY)
    (found,) = results(sources(past, (entry,)), [agreement()], (OCTOBER, NOVEMBER))
    (shop,) = found.targets
    (ruling,) = shop.ruled
    assert (ruling.claim.author, ruling.claim.entered_at, ruling.late) == ("mara", NOVEMBER + DAY, True)
    assert (shop.counted, shop.excused) == (HOUR, (HOUR,))


def test_consent_is_a_line_of_the_trail_and_goes_with_a_change(past: Past) -> None:
    entry = entered(past, "customer", OCTOBER + DAY, OCTOBER + DAY + HOUR, NOVEMBER)
    agreed = LogEntry(NOVEMBER + 1, "jo", Action.APPROVE, entry.ident, "{}")

    def counted(*log: LogEntry) -> int:
        (found,) = results(sources(past, log), [agreement()], (OCTOBER, NOVEMBER))
        return found.targets[0].counted

    assert counted(entry) == 2 * HOUR
    assert counted(entry, agreed._replace(who="mara")) == 2 * HOUR
    assert counted(entry, agreed) == HOUR


def test_slices_are_taken_down_as_runs(past: Past) -> None:
    made = agreement(Target("web", "shop", ("web",), percent("99"), slices=SliceTerms(HOUR, Judged.MEAN)))
    found = gather(sources(past), made, made.terms.targets[0], (OCTOBER, NOVEMBER))
    assert [(each.count, each.good, each.bad) for each in found.slices] == [
        (24, 6, 0),
        (1, 0, 6),
        (31 * 24 - 26, 6, 0),
        (3, 0, 6),
        (22, 6, 0),  # of the outage over the month's end all is there, and a day more
    ]
    (result,) = results(sources(past), [made], (OCTOBER, NOVEMBER))
    assert result.targets[0].figures.agreed == 1 - percent("100") * 2 / (31 * 24)


def test_between_two_probes_of_what_is_down_no_slice_is_a_good_one(past: Past) -> None:
    """Probes come every ten minutes: most slices of five have none, and two hours are down."""
    made = agreement(
        Target("web", "shop", ("web",), percent("99.9"), slices=SliceTerms(5 * MINUTE, Judged.MEAN))
    )
    (found,) = results(sources(past), [made], (OCTOBER, NOVEMBER))
    (web,) = found.targets
    lost, month = 12, 31 * 24 * 12
    assert web.figures.best == 1 - Fraction(lost, month)
    assert web.figures.worst == 1 - Fraction(2 * lost, month)
    assert web.unknown == HOUR


def test_bad_slices_over_the_edge_are_one_outage(past: Past) -> None:
    """Of the last hour and the two that follow, as one of three: no smaller one."""
    slices = SliceTerms(10 * MINUTE, Judged.BAD, above=Fraction(1, 2))
    measure = Measure(smallest_outage=2 * HOUR)
    made = agreement(Target("web", "shop", ("web",), percent("99"), slices=slices, measure=measure))
    (found,) = results(sources(past), [made], (OCTOBER, NOVEMBER))
    assert found.targets[0].counted == HOUR


def test_hours_are_the_promised_time(past: Past) -> None:
    outside = Once(OCTOBER - 9 * DAY, OCTOBER + 2 * DAY)
    made = agreement(Target("web", "shop", ("web",), percent("99"), hours="late"), hours={"late": outside})
    found = gather(sources(past), made, made.terms.targets[0], (OCTOBER, NOVEMBER))
    assert found.hours == Spans([(OCTOBER + 2 * DAY, found.span[1])])


def test_a_running_period_is_judged_so_far(past: Past) -> None:
    made = agreement()
    (found,) = results(sources(past), [made], whole_period([made], NOW))
    assert found.period.until == NOW
    assert not found.period.over
    assert found.targets[0].counted == 2 * HOUR


def test_closed_periods_begin_with_the_first_version() -> None:
    spans = list(closed_periods([agreement(start=OCTOBER + DAY)], NOW))
    assert spans == [(OCTOBER, NOVEMBER)]
    assert list(closed_periods([agreement(approved={})], NOW)) == []


def test_what_is_issued_names_what_was_said_before_and_what_changed(past: Past) -> None:
    made, seen = agreement(), sources(past)
    (found,) = results(seen, [made], (OCTOBER, NOVEMBER))
    first = document(found, seen, (), NOW)
    assert (first["issue"]["number"], first["issue"]["previous_sha256"]) == (1, "")
    assert first["sha256"] == digest(first)

    entry = entered(past, "maintenance", OCTOBER + DAY, OCTOBER + DAY + HOUR, NOVEMBER + DAY)
    later = sources(past, (entry,))
    issued = [issue_of(first)]
    said = [each.said for each in issued]
    (again,) = results(later, [made], (OCTOBER, NOVEMBER), said)
    second = document(again, later, issued, NOW + 1)
    assert (second["issue"]["number"], second["issue"]["previous_sha256"]) == (2, first["sha256"])
    assert second["issue"]["changes"] == [
        "shop: figure 99.731182 before, 99.865410 now",
        f"shop: counted downtime in ms {2 * HOUR} before, {HOUR} now",
        "shop: exclusion c1 is new",
    ]
    assert changes(first, None) == []
    assert [Fraction(each.share) for each in credited(made, said, (NOVEMBER, NOW))] == [percent("10")]


def test_the_trend_is_of_earlier_periods(past: Past) -> None:
    made, seen = agreement(), sources(past)
    (october,) = results(seen, [made], (OCTOBER, NOVEMBER))
    first = document(october, seen, (), NOW)
    (november,) = results(seen, [made], whole_period([made], NOW))
    told = document(november, seen, [issue_of(first)], NOW)
    assert [(each["label"], each["verdict"]) for each in told["trend"]] == [("2026-10", "missed")]


def test_a_draft_or_a_later_version_changes_no_period_of_the_one_in_force() -> None:
    quarters = Calendar("quarter")
    draft = agreement(version="2", period=quarters, approved={})
    later = agreement(version="3", start=NOW + 300 * DAY, period=quarters)
    versions = [agreement(), draft, later]
    assert whole_period(versions, NOW) == (NOVEMBER, NOVEMBER + 30 * DAY)
    assert next(iter(closed_periods(versions, NOW))) == (OCTOBER, NOVEMBER)


def test_an_agreement_that_has_ended_owes_nothing_any_more(past: Past) -> None:
    ended = agreement(contract=ContractTerm(date(2026, 1, 1), date(2026, 9, 30)))
    assert results(sources(past), [ended], (OCTOBER, NOVEMBER)) == []
    renewed = agreement(contract=ContractTerm(date(2026, 1, 1), date(2026, 9, 30), renewal=365 * DAY))
    assert len(results(sources(past), [renewed], (OCTOBER, NOVEMBER))) == 1


def test_what_a_later_issue_overlaps_counts_no_more() -> None:
    whole, part = (OCTOBER, NOVEMBER), (OCTOBER, OCTOBER + 10 * DAY)
    made = [Said("acme", number, span, NOW, "", "0/1", None) for number, span in ((1, whole), (2, part))]
    assert [each.number for each in latest(made)] == [2]
    assert [each.number for each in latest([*made, made[0]._replace(number=3)])] == [3]
