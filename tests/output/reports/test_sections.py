"""What the parts of a report say of rarer things."""

from typing import Any

import pytest

from exporter.output.reports.blocks import Block, Table, Text
from exporter.output.reports.report import report_of
from exporter.sla.agreement import Agreement
from exporter.sla.credit import CreditTerms
from exporter.sla.terms import Measure, Rounding, Unknown
from exporter.units import DAY, HOUR, MINUTE, SECOND
from tests.support import reported
from tests.support.agreed import START, claim, lane


def blocks(document: dict[str, Any], ident: str) -> tuple[Block, ...]:
    (section,) = (each for each in report_of(document).sections if each.ident == ident)
    return section.blocks


def table(document: dict[str, Any], ident: str) -> list[list[str]]:
    first = next(each for each in blocks(document, ident) if isinstance(each, Table))
    return [[cell.text for cell in row] for row in first.rows]


def test_a_share_of_events_has_no_bridge_and_no_outages() -> None:
    document = reported.of_events()
    assert blocks(document, "bridge") == (
        Text("orders: a share of events has no downtime, and so no bridge."),
    )
    assert blocks(document, "outages") == (Text("orders: is about events, and has no outages."),)
    made = blocks(document, "verdicts")[3]
    assert isinstance(made, Table)
    assert [cell.text for cell in made.rows[0][1:4]] == [
        "894,000 events",
        "none; it is of events",
        "not known",
    ]
    assert report_of(document).front.happened[0] == "All targets are about events: no outages are told apart."


def test_each_outage_says_why_it_counts_as_it_does() -> None:
    measure = Measure(smallest_outage=MINUTE, rounding=Rounding.DOWN)
    first = reported.OCTOBER[0] - START
    down = [
        (first - HOUR, first + HOUR),
        (DAY, DAY + 30 * SECOND),
        (2 * DAY, 2 * DAY + HOUR),
        (3 * DAY, 3 * DAY + HOUR),
        (4 * DAY, 4 * DAY + 90 * SECOND),
        (30 * DAY + 22 * HOUR, 30 * DAY + 24 * HOUR - 1),
    ]
    moved = claim(2 * DAY, 2 * DAY + 2 * HOUR, entered_at=START - 9 * DAY)
    document = reported.document(
        reported.agreement(measure=measure), {"shop": reported.seen(lane(down), claims=[moved])}
    )
    assert [(row[4], row[5]) for row in table(document, "outages")] == [
        ("1h", "counts in part; began before the period"),
        ("0s", "does not count: outages that are too short"),
        ("0s", "excluded, or outside of the agreed hours"),
        ("1h", ""),
        ("1m", "counts in part"),
        ("1h", "counts in part; goes on beyond the period"),
    ]


def test_a_bridge_tells_what_a_rule_adds_from_what_it_takes() -> None:
    measure = Measure(unknown=Unknown.DOWN, smallest_outage=MINUTE)
    lost = lane([(DAY, DAY + HOUR), (2 * DAY, 2 * DAY + SECOND)], [(3 * DAY, 3 * DAY + HOUR)])
    document = reported.document(reported.agreement(measure=measure), {"shop": reported.seen(lost)})
    (bridge,) = blocks(document, "bridge")
    assert isinstance(bridge, Table)
    assert [
        (row[1].text, row[2].text, row[3].bar.kind) for row in (*bridge.rows, *bridge.foot) if row[3].bar
    ] == [
        ("1h 1s", "1h 1s", "total"),
        ("0s", "1h 1s", "less"),
        ("+1h", "2h 1s", "more"),
        ("-1s", "2h", "less"),
        ("", "2h", "total"),
    ]


def test_without_a_fee_a_credit_is_a_share() -> None:
    signed = reported.agreement()
    free = Agreement(
        signed.name,
        "1",
        0,
        "",
        signed.kind,
        signed.period,
        prorate=True,
        terms=signed.terms,
        credits=CreditTerms(None, reported.RULES),
    )
    document = reported.document(free, {"shop": reported.seen(lane([(DAY, DAY + HOUR)]))})
    assert table(document, "credit")[0][3:] == ["10 %", "10 %", "no fee agreed"]
    report = report_of(document)
    assert report.front.title == "acme-hosting"
    assert report.front.owed == ("10 % of the fee is owed.", "No deadline for the claim is agreed.")


def test_credits_of_earlier_periods_are_named() -> None:
    document = reported.missed_month()
    document["credit"]["before_percent"] = "24.000000"
    assert Text("Credits of earlier periods of the year came to 24 % of the fee of one period.") in blocks(
        document, "credit"
    )


@pytest.mark.parametrize(
    ("combine", "said"),
    [
        ("sum", "What several misses cost is added up."),
        ("max", "Of what several misses cost only the most is owed."),
        ("choose", "Of what several misses cost the customer chooses one; shown is the most."),
    ],
)
def test_how_several_misses_come_together_is_said(combine: str, said: str) -> None:
    document = reported.missed_month()
    document["terms"]["credit_rules"]["combine"] = combine
    assert blocks(document, "credit")[1] == Text(said)


def test_a_word_of_a_later_version_is_shown_as_it_is() -> None:
    document = reported.missed_month()
    document["verdict"] = document["targets"][0]["verdict"] = "disputed"
    document["targets"][0]["bridge_ms"]["later_rule"] = 0
    front = report_of(document).front
    assert (front.verdict.text, front.verdict.verdict) == ("Disputed", "undetermined")
    assert front.sentence == "1 of 3 targets missed, 1 met, 1 disputed."
    assert table(document, "bridge")[-1][:3] == ["later_rule", "0s", "1h 27m 30s"]


def test_only_the_latest_twelve_periods_are_shown() -> None:
    document = reported.missed_month()
    document["trend"] = [{**document["trend"][0], "label": "2025-10"}, *document["trend"]]
    assert [row[0] for row in table(document, "trend")] == [each[0] for each in reported.EARLIER]


def test_a_target_of_which_the_trend_says_nothing_is_not_known() -> None:
    assert blocks(reported.missed_month(), "trend")[-1] == Text("checkout: not known in these periods.")


def test_what_versions_changed_is_told_where_there_are_several() -> None:
    document = reported.missed_month()
    first = {"version": "1", "start": "2026-01-01T00:00:00Z", "terms_sha256": "00", "changes": []}
    second = {
        **first,
        "version": "2",
        "changes": ["targets.shop.availability: 99.9, it was 99.5", "fee: new"],
    }
    document["versions"] = [first]
    before = len(blocks(document, "changes"))
    document["versions"] = [first, second]
    assert len(blocks(document, "changes")) == before + 1
    log = blocks(document, "changes")[-1]
    assert isinstance(log, Table)
    assert [cell.text for cell in log.rows[0]][::2] == ["2", "targets.shop.availability: 99.9, it was 99.5"]
    assert log.rows[0][2].more == ("fee: new",)


def test_the_right_to_leave_stands_first_and_with_the_credit() -> None:
    document = reported.missed_month()
    document["termination"] = ["2 periods in a row were missed"]
    said = "The agreement may be terminated: 2 periods in a row were missed."
    assert said in report_of(document).front.owed
    assert Text(said) in blocks(document, "credit")
