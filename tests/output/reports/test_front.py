"""The first page says what a manager must know, and no more than is known."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from exporter.output.reports.report import report_of
from exporter.sla.credit import Fee
from exporter.timeline.spans import Spans
from exporter.units import MINUTE
from tests.support import reported
from tests.support.agreed import lane, target


@pytest.mark.parametrize(
    ("make", "verdict", "sentence"),
    [
        (reported.document, "Met", "1 of 1 target met."),
        (reported.missed_month, "Missed", "2 of 3 targets missed, 1 met."),
        (reported.undetermined, "Undetermined", "1 of 1 target undetermined."),
        (reported.nothing_known, "Undetermined", "1 of 1 target undetermined."),
        (reported.running, "At risk", "So far 1 of 1 target at risk."),
        (reported.revised, "Met", "1 of 1 target met."),
    ],
)
def test_the_verdict_is_said_in_words(make: Callable[[], Any], verdict: str, sentence: str) -> None:
    front = report_of(make()).front
    assert (front.verdict.text, front.sentence) == (verdict, sentence)


@pytest.mark.parametrize(
    ("make", "owed"),
    [
        (reported.document, ("Nothing is owed for this period.",)),
        (
            reported.running,
            (
                "So far nothing is owed.",
                "shop: with more than 6m 42s of further downtime 10 % is owed by its rule.",
            ),
        ),
        (reported.undetermined, ("Nothing is owed as long as nobody can say whether the targets were met.",)),
        (
            reported.missed_month,
            ("1,152.00 EUR, 48 % of the fee, is owed.", "It may be claimed until 2026-12-01 00:00:00 CET."),
        ),
    ],
)
def test_what_is_owed_is_said_with_the_day_until_which(
    make: Callable[[], Any], owed: tuple[str, ...]
) -> None:
    assert report_of(make()).front.owed == owed


def test_a_cap_is_named() -> None:
    mail = target("99.5", credit="half-hours")
    told = reported.document(reported.agreement(mail), {"shop": reported.seen(lane([(0, 400 * MINUTE)]))})
    assert report_of(told).front.owed == (
        "1,200.00 EUR, 50 % of the fee, is owed.",
        "It may be claimed until 2026-12-01 00:00:00 CET.",
        "The cap of the period limits what is owed.",
    )


def test_money_of_a_currency_without_cents_has_none() -> None:
    yen = reported.agreement(fee=Fee(Fraction(240_000), "JPY"))
    told = reported.document(yen, {"shop": reported.seen(lane([(0, 60 * MINUTE)]))})
    assert report_of(told).front.owed[0] == "24,000 JPY, 10 % of the fee, is owed."


def test_what_was_promised_and_reached_stands_side_by_side() -> None:
    shop = report_of(reported.undetermined()).front.targets.rows[0]
    assert [each.text for each in shop] == ["shop", "undetermined", "99.9 %", "99.932885 %", "99.731543 %"]
    assert shop[3].more == ("at best 99.932885 %", "at worst 99.664429 %")


def test_no_data_is_said_and_is_no_figure() -> None:
    front = report_of(reported.nothing_known()).front
    assert front.targets.rows[0][3].text == "no data"
    assert front.happened == (
        "No outage is known, but of 31d 1h nothing is.",
        "No exclusion was claimed.",
        "Of shop nothing is known.",
    )


def test_a_good_month_is_told_in_three_short_lines() -> None:
    assert report_of(reported.document()).front.happened == (
        "No outage.",
        "No exclusion was claimed.",
        "All of the agreed time is known.",
    )


def test_a_part_of_a_period_says_that_it_is_one() -> None:
    facts = dict(report_of(reported.revised()).front.facts.pairs)
    assert facts["Period"].text == (
        "2026-10-16 to 2026-10-31 (month, Europe/Berlin), "
        "the part of 2026-10-01 to 2026-10-31 in which this version is in force"
    )


def test_a_period_that_runs_says_until_when_it_is_judged() -> None:
    facts = dict(report_of(reported.running()).front.facts.pairs)
    assert facts["Period"].text.endswith("; still running, judged up to 2026-10-13 02:00:00 CEST")


def test_a_period_without_agreed_time_says_so() -> None:
    never = replace(reported.seen(), hours=Spans())
    front = report_of(reported.document(evidence={"shop": never})).front
    assert front.verdict.text == "Undetermined"
    assert [each.text for each in front.targets.rows[0][3:]] == ["no data", "no data"]
    assert front.happened[2] == "No time of this period was agreed."


def test_an_agreement_without_targets_says_so() -> None:
    front = report_of({**reported.document(), "targets": []}).front
    assert (front.sentence, front.targets.empty) == ("The agreement has no target.",) * 2
