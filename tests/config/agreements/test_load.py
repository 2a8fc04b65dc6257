"""Agreements come out of their files as they are meant, and out of their own text again."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.config.agreements.again import agreement_from
from exporter.config.agreements.load import load_agreements
from exporter.sla.agreement import Agreement, ContractTerm, ReportTerms, Reviews, Signature
from exporter.sla.credit import Caps, CreditTerms, Fee, NamedRule, Together
from exporter.sla.credit_rule import CreditRule
from exporter.sla.credit_rules import DaysOfFee, PerClock, PerShortfall, PerTime, ProRata
from exporter.sla.credit_tiers import Step, Tiers
from exporter.sla.terms import (
    Denominator,
    Judged,
    Measure,
    Queries,
    Recognition,
    Rounding,
    SliceTerms,
    Starts,
    Target,
    Unknown,
)
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Category
from exporter.timeline.rule import Kind, Rule
from exporter.timeline.spans import Spans
from exporter.units import DAY, HOUR, MINUTE, parse_instant
from tests.support.agreed import percent
from tests.support.agreements import HEAD, SMALL, TARGETS, loaded, target

EXAMPLES = Path(__file__).parent.parent.parent.parent / "config" / "agreements"


@pytest.fixture(scope="module")
def whole() -> Agreement:
    names = [str(EXAMPLES / f"{name}-hosting.yml") for name in ("standard", "managed")]
    (found,) = load_agreements(names, {})
    return found


def test_the_smallest_agreement_has_the_usual_for_all_that_it_does_not_say() -> None:
    found = loaded(SMALL)
    assert (found.name, found.version, found.title, found.prorate) == ("acme", "1", "acme", True)
    assert found.terms.measure == Measure()
    assert found.terms.targets == (Target("shop", "shop", (), percent("99.9")),)
    assert (found.credits, found.hours, found.contract, found.reviews) == (CreditTerms(), {}, None, Reviews())
    assert found.is_draft


def test_it_begins_at_midnight_of_the_time_zone_of_its_period() -> None:
    assert loaded(SMALL).start == parse_instant("2026-06-30T22:00:00Z")


def test_a_whole_one_has_what_it_says_and_what_it_extends(whole: Agreement) -> None:
    assert whole.terms.measure == Measure(
        Rule(Kind.ALL),
        Starts.DETECTED,
        MINUTE,
        Rounding.DOWN,
        Denominator.AGREED_TIME,
        Unknown.UP,
        percent("99"),
    )
    assert whole.terms.recognised[Category.MAINTENANCE] == Recognition(72 * HOUR, 15 * MINUTE)
    assert whole.terms.recognised[Category.CUSTOMER] == Recognition(agreed_by="customer")
    assert whole.terms.people == {"provider": {"mara", "tom"}, "customer": {"jo"}}
    assert whole.approved["customer"] == Signature("jo", date(2026, 6, 12))
    assert whole.contract == ContractTerm(date(2026, 1, 1), date(2027, 12, 31), 90 * DAY, 365 * DAY)
    assert whole.credits.fee == Fee(Fraction(2400), "EUR", {"shop": percent("80"), "mail": percent("20")})
    assert (whole.credits.caps, whole.credits.claim_within) == (Caps(percent("50"), Fraction(1)), 30 * DAY)
    assert (whole.period, whole.report) == (
        Calendar("month", "Europe/Berlin"),
        ReportTerms(("html", "json"), "reports/"),
    )
    assert not whole.is_draft


def test_a_target_may_say_how_it_is_measured_key_by_key(whole: Agreement) -> None:
    found = {each.name: each for each in whole.terms.targets}
    assert found["mail"].measure == replace(whole.terms.measure, smallest_outage=5 * MINUTE)
    assert found["network"].measure is None
    assert whole.terms.measure_of(found["network"]) == whole.terms.measure


def test_other_hours_have_what_prime_hours_have_not(whole: Agreement) -> None:
    start, end = (parse_instant(f"2026-{day}T00:00:00+01:00") for day in ("12-01", "12-31"))
    prime, other = (
        Spans([(start, end)]) - Spans(whole.hours[name].spans(start, end)) for name in ("prime", "other")
    )
    assert not prime & other
    assert prime | other == Spans([(start, end)])
    assert other.covers(parse_instant("2026-12-25T11:00:00+01:00"))  # a holiday, and a Friday


def test_each_key_says_where_it_stands(whole: Agreement) -> None:
    assert whole.origins["targets"] == f"{EXAMPLES}/managed-hosting.yml:26"
    assert whole.origins["measure"] == f"{EXAMPLES}/standard-hosting.yml:11"


def test_it_can_be_made_again_of_its_text(whole: Agreement) -> None:
    again = agreement_from(whole.document)
    assert replace(again, origins=whole.origins) == whole
    assert "extends" not in whole.document


@pytest.mark.parametrize(
    ("keys", "made"),
    [
        ("availability: 100", Target("shop", "shop", (), Fraction(1))),
        (
            "endpoints: [edge, web], availability: 99.9",
            Target("shop", "shop", ("edge", "web"), percent("99.9")),
        ),
        (
            "latency: {threshold: 2.5ms, share: 99}",
            Target(
                "shop",
                "shop",
                (),
                percent("99"),
                slices=SliceTerms(MINUTE, Judged.SHARE),
                threshold=2_500_000,
            ),
        ),
        (
            "availability: 99.9, slices: {length: 5m, judge: mean_error_rate, empty: ignore}",
            Target(
                "shop",
                "shop",
                (),
                percent("99.9"),
                slices=SliceTerms(5 * MINUTE, Judged.MEAN, empty_is_good=False),
            ),
        ),
        (
            "availability: 99.5, slices: {length: 1m, judge: bad_slices, errors_above: 10%, at_least: 100}",
            Target(
                "shop",
                "shop",
                (),
                percent("99.5"),
                slices=SliceTerms(MINUTE, Judged.BAD, percent("10"), 100),
            ),
        ),
        (
            "availability: 99.5, slices: {length: 1m, judge: bad_slices, errors_above: 0}",
            Target("shop", "shop", (), percent("99.5"), slices=SliceTerms(MINUTE, Judged.BAD)),
        ),
        (
            "availability: 99.5, slices: {length: 1m, judge: bad_slices, errors_from: 100%}",
            Target("shop", "shop", (), percent("99.5"), slices=SliceTerms(MINUTE, Judged.BAD, Fraction(1))),
        ),
        (
            "share: 99.9, promql: {good: 'sum(increase(ok[$interval]))', total: 'sum(increase(all[5m]))', step: 5m}",
            Target(
                "shop",
                "shop",
                (),
                percent("99.9"),
                slices=SliceTerms(5 * MINUTE, Judged.SHARE),
                queries=Queries("sum(increase(ok[5m]))", "sum(increase(all[5m]))", 30_000),
            ),
        ),
    ],
)
def test_what_may_be_promised(keys: str, made: Target) -> None:
    assert loaded(target(keys)).terms.targets == (made,)


@pytest.mark.parametrize(
    ("rule", "made"),
    [
        (
            "steps: [{below: 99.9, credit: 10%}, {below: 99, credit: 25%}]",
            Tiers((Step(percent("99.9"), percent("10")), Step(percent("99"), percent("25")))),
        ),
        (
            "steps: [{at_or_below: 99.9, above: 99, credit: 10%}, {at_or_below: 99, at_or_above: 99, credit: 10%}]",
            Tiers(
                (
                    Step(percent("99.9"), percent("10"), reaches=True, above=percent("99")),
                    Step(percent("99"), percent("10"), reaches=True, above=percent("99"), from_edge=True),
                )
            ),
        ),
        ("per: 30m, begun: true, credit: 5%", PerTime(30 * MINUTE, begun=True, credit=percent("5"))),
        ("per: 1h, credit: 5%", PerTime(HOUR, begun=False, credit=percent("5"))),
        (
            "per_shortfall: 0.1%, begun: true, credit: 3%",
            PerShortfall(percent("0.1"), begun=True, credit=percent("3")),
        ),
        ("pro_rata: 2.5", ProRata(Fraction(5, 2))),
        ("per_day: {longer_than: 4h}", PerClock(of_days=True, longer_than=4 * HOUR)),
        (
            "per_hour: {longer_than: 0s}, credit: 1%",
            PerClock(of_days=False, longer_than=0, credit=percent("1")),
        ),
        ("days: 5", DaysOfFee(5)),
    ],
)
def test_what_a_miss_may_cost(rule: str, made: CreditRule) -> None:
    found = loaded(SMALL + f"credits: {{a: {{of: service, {rule}}}, b: {{{rule}}}}}\n").credits.rules
    assert found == {
        "a": NamedRule("a", of_service=True, rule=made),
        "b": NamedRule("b", of_service=False, rule=made),
    }


def test_what_holds_for_all_credits() -> None:
    found = loaded(SMALL.replace("month", "quarter") + "credit_rules: {combine: max}\n").credits
    assert (found.together, found.caps, found.claim_within, found.periods_a_year) == (
        Together.MAX,
        Caps(),
        None,
        4,
    )


def test_a_quorum_of_endpoints_may_be_agreed() -> None:
    made = loaded(
        SMALL + "measure: {combine: {quorum: 2}, denominator: 30d, unknown: ignore}\n"
    ).terms.measure
    assert (made.combine, made.denominator, made.unknown) == (
        Rule(Kind.QUORUM, 2),
        Denominator.THIRTY_DAYS,
        Unknown.IGNORE,
    )


def test_reviews_that_were_held_stand_beside_the_text() -> None:
    before = loaded(SMALL)
    after = loaded(SMALL + "approved: {reviewed: [2026-10-01]}\n")
    assert after.reviews.held == (date(2026, 10, 1),)
    assert after.sha256 == before.sha256


def test_the_hash_is_of_what_is_said_and_not_of_how_it_is_written() -> None:
    turned = TARGETS + "# a comment\n" + HEAD.replace("version: 1", 'version: "1"')
    assert loaded(turned).sha256 == loaded(SMALL).sha256
    assert loaded(SMALL.replace("99.9", "99.95")).sha256 != loaded(SMALL).sha256


def test_a_text_that_is_as_it_was_approved_stays_frozen() -> None:
    signed = (
        "approved: {provider: {by: mara, on: 2026-06-10}, customer: {by: jo, on: 2026-06-12}, sha256: '%s'}\n"
    )
    found = loaded(SMALL + signed % loaded(SMALL).sha256)
    assert not found.is_draft
    assert agreement_from(found.document).sha256 == found.sha256
