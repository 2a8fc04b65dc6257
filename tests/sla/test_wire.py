"""A result as JSON says all that it was made of, and can be made of that again."""

from fractions import Fraction

from exporter.sla.agreement import Agreement, Kind
from exporter.sla.credit import CreditTerms, Fee, NamedRule
from exporter.sla.credit_tiers import Step, Tiers
from exporter.sla.evidence import Approval, Evidence, Slice
from exporter.sla.period import PeriodResult, judge_period
from exporter.sla.terms import Measure, Terms
from exporter.sla.wire import canonical, digest, evidence_json, evidence_of, per_cent, result_json
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Category
from exporter.timeline.spans import Spans
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import END, PERIOD, RECOGNISED, START, claim, lane, percent, target


def agreement() -> Agreement:
    tiers = Tiers((Step(percent("99.95"), credit=percent("10")),))
    owed = CreditTerms(Fee(Fraction(1000), "EUR"), {"tiers": NamedRule("tiers", of_service=True, rule=tiers)})
    terms = Terms(Measure(), (target("99.95", credit="tiers"),), RECOGNISED)
    return Agreement(
        "acme",
        "1",
        START,
        "ACME",
        Kind.CUSTOMER,
        Calendar("month"),
        prorate=True,
        terms=terms,
        credits=owed,
    )


def seen() -> Evidence:
    moved = claim(
        DAY + 30 * MINUTE,
        DAY + 2 * HOUR,
        entered_at=START,
        author="mara",
        endpoints=frozenset(["web"]),
        approvals=(Approval("jo", START),),
    )
    other = claim(2 * DAY, 2 * DAY + HOUR, Category.OTHER)
    return Evidence(
        (START - DAY, END + DAY),
        {"web": lane([(DAY, DAY + 2 * HOUR)], [(9 * DAY, 9 * DAY + MINUTE)])},
        (moved, other),
        Spans([(START, END)]),
        (START + DAY,),
        15_000,
        (Slice(START, 3, 2, 1),),
    )


def result() -> PeriodResult:
    return judge_period(agreement(), {"shop": seen()}, PERIOD)


def test_a_result_says_what_counts_and_what_it_costs() -> None:
    told = result_json(result())
    (found,) = told["targets"]
    assert told["verdict"] == found["verdict"] == "missed"
    assert found["figures"] == {
        "raw": "99.722215",
        "claimed": "99.930313",
        "agreed": "99.930410",
        "best": "99.930410",
        "worst": "99.928090",
    }
    assert (told["credit"]["amount"], found["credit"]["why"]) == (
        "100.00",
        "99.930410 % is below 99.950000 %",
    )
    assert found["bridge_ms"] == {
        "raw": 2 * HOUR,
        "outside_hours": 0,
        "maintenance": -90 * MINUTE,
        "unknown": 0,
    }


def test_each_exclusion_says_what_it_really_excused() -> None:
    (found,) = result_json(result())["targets"]
    moved, other = found["exclusions"]
    assert (moved["excused_ms"], moved["why"]) == (90 * MINUTE, "")
    assert (other["excused_ms"], other["why"]) == (0, "the agreement does not recognise `other`")


def test_evidence_comes_back_as_it_was() -> None:
    assert evidence_of(evidence_json(seen())) == seen()


def test_the_digest_is_of_all_but_itself() -> None:
    told = result_json(result())
    told["sha256"] = digest(told)
    assert digest(told) == told["sha256"]
    told["targets"][0]["counted_ms"] += 1
    assert digest(told) != told["sha256"]
    assert canonical({"b": 1, "a": "ü"}) == '{"a":"ü","b":1}'.encode()


def test_per_cent_is_cut_off_and_never_rounded_up() -> None:
    assert per_cent(Fraction(999999999, 1000000000)) == "99.999999"
    assert per_cent(Fraction(1)) == "100.000000"
    assert per_cent(None) is None
