"""What is weak in agreements, each once, and nothing where nothing is."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.config.agreements.checked import Weakness, checked
from exporter.config.agreements.findings.finding import Kind
from exporter.config.agreements.findings.holes import gaps
from exporter.config.agreements.starter import starter
from exporter.config.load import load
from exporter.errors import ConfigError, UsageError
from exporter.sla.credit_tiers import Step
from exporter.units import parse_instant
from tests.support.agreed import percent
from tests.support.agreements import FILE, HEAD, target

NOW = parse_instant("2026-08-01T00:00:00Z")
SIGNED = "approved: {provider: {by: mara, on: 2026-06-10}, customer: {by: jo, on: 2026-06-12}}\n"
TERM = "term: {from: 2026-07-01, to: 2027-12-31, notice: 90d}\n"
SOUND = target("availability: 99.9") + SIGNED + TERM
TIERS = "credits: {tiers: {steps: [%s]}}\n"
SERVICES = """\
services:
  - name: shop
    interval: %s
    endpoints: [{name: web, url: "https://example.com/"}]
    slos: [{objective: 99, sli: {latency: {threshold: 1s}}}]
  - name: mail
    endpoints: [{name: sent, url: "heartbeat://sent?every=1h", token: hush-hush-hush-hush}]
"""


def weak(text: str, interval: str = "", **others: str) -> list[str]:
    """Findings of a text, but that nothing freezes it; with an interval, with services that are probed so often."""
    for name, each in {**others, "acme": text}.items():
        Path(f"{name}.yml").write_text(each)
    config = None
    if interval:
        Path("services.yaml").write_text(SERVICES % interval)
        config = load(["services.yaml"], {})
    found = checked(["*.yml"], {}, NOW, config).weak
    return [str(each) for each in found if each.file == FILE and each.kind is not Kind.FROZEN]


def test_nothing_is_found_where_nothing_is_weak() -> None:
    assert weak(SOUND, "15s") == []


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        ("purpose: TBD\n", "placeholder: `TBD` is a placeholder; write what is meant"),
        (
            "purpose: Mail within a reasonable time\n",
            "vague: `reasonable` cannot be measured; write how much, by when, or by whom",
        ),
        (
            "responsibilities: {provider: [patches as soon as possible]}\n",
            "vague: `as soon as possible` cannot be measured; write how much, by when, or by whom",
        ),
        (
            "scope: {out: {staging: best effort}}\n",
            "vague: `best effort` cannot be measured; write how much, by when, or by whom",
        ),
        (
            "assumptions: [support is there 24/7]\n",
            "vague: `24/7` without `hours` promises nothing; name hours, and the targets that have them",
        ),
        (
            "exclusions: {maintenance: {allowance: 1h}}\n",
            "allowance: 1h of maintenance may be excluded, but `shop` may be down for 40m 19s 200ms of the shortest period: exclusions can hide more than the target allows",
        ),
        (
            "fee: {amount: '10', currency: EUR, shares: {shop: 70%, mail: 20%}}\n",
            "fee: the shares of the fee add up to 90 %, not 100 %",
        ),
        (
            "rests_on: [cloud]\n",
            "chain: no agreement `cloud` is known here, so that nobody sees whether it carries this one",
        ),
        (
            "scope: {in: [shop, mail]}\n",
            "scope: `mail` is in the scope, but no target promises anything of it",
        ),
        (
            "hours: {prime: {mon-fri: '08:00-20:00'}}\n",
            "unused: no target is promised in the hours `prime`; name them in one, or remove them",
        ),
        (
            TIERS % "{below: 99.9, credit: 10%}",
            "unused: no target has the credit rule `tiers`, so that it costs nobody anything; name it in one, or remove it",
        ),
    ],
)
def test_what_is_weak_is_found_where_it_stands(more: str, finding: str) -> None:
    assert weak(SOUND + more) == [f"acme.yml:12: {finding}"]


def test_one_person_cannot_agree_with_themselves_unseen() -> None:
    both = (
        SOUND.replace("people: [jo]", "people: [jo, mara]")
        + "exclusions: {customer: {agreed_by: customer}}\n"
    )
    assert weak(both) == [
        "acme.yml:8: consent: `mara` may speak for both parties, and so agree to what they excuse themselves; name each for one"
    ]
    assert weak(both.replace("{agreed_by: customer}", "{}")) == []


def test_somebody_must_be_there_to_answer() -> None:
    answers = (
        target("severity: sev1, respond: 15m")
        + TERM
        + "severities: {sev1: any endpoint down, sev2: as reported}\n"
    )
    found = weak(answers.replace(", people: [mara, tom]", ""))
    assert (
        "acme.yml:7: consent: answers are promised, but the provider has no `people`: nobody can ever give one"
        in found
    )
    assert (
        "acme.yml:11: unused: no target promises anything of the severity `sev2`; name it in one, or remove it"
        in found
    )


@pytest.mark.parametrize(
    ("rules", "endpoints", "never"),
    [
        ("a: all endpoints down, b: 2 endpoints down, c: any endpoint down, d: as reported", 3, ""),
        ("a: any endpoint down, b: all endpoints down, c: as reported", 0, "b: `a`"),
        ("a: as reported, b: 2 endpoints down, c: 3 endpoints down", 0, "c: `b`"),
        ("a: all endpoints down, b: all endpoints down", 0, "b: `a`"),
        ("a: 2 endpoints down, b: all endpoints down", 0, ""),
        ("a: 2 endpoints down, b: all endpoints down", 1, "a: no service, 1"),
        ("a: 2 endpoints down, b: all endpoints down", 2, "b: `a`"),
        ("a: all endpoints down, b: 3 endpoints down", 0, ""),
        ("a: all endpoints down, b: 3 endpoints down", 3, "b: `a`"),
        ("a: all endpoints down, b: 9 endpoints down", 3, "b: no service, 3"),
    ],
)
def test_some_severities_no_outage_can_be(rules: str, endpoints: int, never: str) -> None:
    """With no endpoints the services are not known."""
    names = ", ".join(f'{{name: e{number}, url: "https://example.com/"}}' for number in range(endpoints))
    Path("services.yaml").write_text(f"services: [{{name: shop, endpoints: [{names}]}}]\n")
    Path(FILE).write_text(target("respond: 15m") + SIGNED + TERM + f"severities: {{{rules}}}\n")
    config = load(["services.yaml"], {}) if endpoints else None
    weak = checked([FILE], {}, NOW, config).weak
    found = [each.message for each in weak if each.kind is Kind.UNUSED]
    name, _, why = never.partition(": ")
    assert len(found) == bool(never)
    for message in found:
        assert message.startswith(f"no outage is ever `{name}`: ")
        if why == f"no service, {endpoints}":
            assert f"endpoints, but {endpoints} at most; write `all endpoints down`" in message
        else:
            assert f"{why} before it holds whenever it does" in message


def test_who_is_mailed_is_no_placeholder() -> None:
    assert weak(SOUND.replace("name: ACME", "name: ACME, contact: Jo <jo@acme.example>")) == []


def test_around_the_clock_is_said_by_hours() -> None:
    promised = SOUND.replace("availability: 99.9", "availability: 99.9, hours: all")
    assert weak(promised + "purpose: support around the clock\nhours: {all: {daily: 00:00-24:00}}\n") == []


def test_a_draft_is_one_and_says_who_has_not_approved() -> None:
    text = "acme.yml:10: draft: a draft, which is not in force: the customer has not approved"
    assert weak(SOUND.replace(", customer: {by: jo, on: 2026-06-12}", "")) == [text]


@pytest.mark.parametrize(
    ("term", "finding"),
    [
        ("", "1: term: no `term` says how long it lasts; write `term: {from: ..., to: ..., notice: 90d}`"),
        (
            "term: {from: 2026-07-01}\n",
            "11: term: the term has no end; write `to`, and `renewal` where it is to go on",
        ),
        (
            "term: {from: 2026-07-01, to: 2027-12-31}\n",
            "11: term: the term has no `notice`; write how long before its end it is to be given",
        ),
        (
            "term: {from: 2026-01-01, to: 2026-07-15, notice: 30d}\n",
            "11: term: the term ended on 2026-07-15, and nothing renews it",
        ),
    ],
)
def test_terms_without_an_end(term: str, finding: str) -> None:
    assert weak(SOUND.replace(TERM, term)) == [f"acme.yml:{finding}"]


def test_an_overdue_review_is_found_until_it_was_held() -> None:
    monthly = SOUND + "reviews: {every: month}\n"
    assert weak(monthly) == [
        "acme.yml:12: review: a review was due on 2026-07-12; hold it, and write its day under `approved`: `reviewed: [2026-08-01]`"
    ]
    assert weak(monthly.replace("}}\nterm", "}, reviewed: [2026-07-10]}\nterm")) == []


def tiers(steps: str, availability: str = "99.9") -> str:
    return target(f"availability: {availability}, credit: tiers") + SIGNED + TERM + TIERS % steps


@pytest.mark.parametrize(
    ("steps", "finding"),
    [
        ("{below: 99.9, credit: 10%}, {below: 99, credit: 25%}", ""),
        (
            "{below: 99.9, above: 99, credit: 10%}, {below: 99, credit: 25%}",
            "no step of `tiers` has 99 % exactly, with which `shop` is missed: nothing is owed for it",
        ),
        (
            "{below: 99.5, credit: 10%}",
            "no step of `tiers` has what is from 99.5 % and below 99.9 %, with which `shop` is missed: nothing is owed for it",
        ),
        (
            "{below: 99.9, at_or_above: 98, credit: 10%}",
            "no step of `tiers` has what is from 0 % and below 98 %, with which `shop` is missed: nothing is owed for it",
        ),
        (
            "{at_or_below: 99.9, credit: 10%}",
            "a step of `tiers` has 99.9 %, with which `shop` is met: nothing is owed for it",
        ),
    ],
)
def test_holes_in_tiers_are_named(steps: str, finding: str) -> None:
    assert weak(tiers(steps)) == ([f"acme.yml:12: hole: {finding}"] if finding else [])


def test_a_hole_in_which_no_figure_lies_is_none() -> None:
    """Figures have six places: none is above 99.9 and below 99.900001."""
    assert list(gaps([Step(percent("99.9"), Fraction(1), reaches=True)], percent("99.900001"))) == []
    assert list(gaps([Step(percent("99.9"), Fraction(1), reaches=True)], percent("99.900002"))) == [
        "what is above 99.9 % and below 99.900002 %"
    ]


def test_a_service_without_a_share_of_the_fee_is_found() -> None:
    text = tiers("{below: 99.9, credit: 10%}").replace("steps", "of: service, steps")
    assert weak(text + "fee: {amount: '10', currency: EUR, shares: {mail: 100%}}\n") == [
        "acme.yml:13: fee: `shop` has no share of the fee, so that credits of `shop` are of all of it"
    ]


def test_nobody_can_agree_where_nobody_is_named() -> None:
    text = SOUND.replace(", people: [jo]", "").replace(", customer: {by: jo, on: 2026-06-12}", "")
    found = weak(text + "exclusions: {customer: {agreed_by: customer}}\n")
    assert (
        "acme.yml:12: consent: customer counts only if the customer agrees, of which no people are named: it never counts"
        in found
    )


@pytest.mark.parametrize(
    ("keys", "interval", "finding"),
    [
        ("availability: 99.9", "15s", ""),
        (
            "availability: 99.999",
            "15s",
            "allows 24s 192ms of downtime in the shortest period, but probes every 15s are off by up to 30s",
        ),
        ("availability: 99.999", "12s", ""),
        ("availability: 100", "1h", ""),
        ("availability: 99.9, hours: prime", "15s", ""),
        (
            "availability: 99.99, hours: prime",
            "1m",
            "allows 1m 12s of downtime in the shortest period, but probes every 1m are off by up to 2m",
        ),
        (
            "availability: 99.99, measure: {denominator: 30d}",
            "3m",
            "allows 4m 19s 200ms of downtime in the shortest period, but probes every 3m are off by up to 6m",
        ),
        ("latency: {threshold: 1s, share: 99.999}", "15s", ""),
    ],
)
def test_an_objective_that_probes_are_too_rare_for(keys: str, interval: str, finding: str) -> None:
    hours = "hours: {prime: {mon-fri: 08:00-18:00}}\n" if "prime" in keys else ""
    text = target(keys) + SIGNED + TERM + hours
    told = (
        f"acme.yml:9: resolution: `shop` {finding} for each outage, a beat at either edge; probe more often"
    )
    assert weak(text, interval) == ([told] if finding else [])


def test_a_service_that_nothing_probes_is_found() -> None:
    mail = HEAD + "targets: [{name: mail, service: mail, availability: 99}]\n" + SIGNED + TERM
    assert weak(mail, "15s") == [
        "acme.yml:9: unprobed: nothing probes `mail`: of `mail` nothing will ever be known"
    ]
    assert weak(mail.replace("service: mail", "service: mail, endpoints: [sent]"), "15s") == []


def vendors(*figures: str) -> Iterator[tuple[str, str]]:
    for number, figure in enumerate(figures):
        text = SOUND.replace("name: acme", f"name: v{number}").replace("kind: customer", "kind: vendor")
        yield f"v{number}", text.replace("99.9", figure)


@pytest.mark.parametrize(
    ("figures", "findings"),
    [
        (["99.95", "99.96"], []),
        (["99.5"], ["`v0` promises 99.5 %, which cannot carry the 99.9 % that are promised here"]),
        (
            ["99.92", "99.93"],
            [
                "`v0`, `v1` together promise 99.850056 %, where one's outage is everybody's; 99.9 % are promised here"
            ],
        ),
    ],
)
def test_a_term_that_its_vendors_cannot_carry(figures: list[str], findings: list[str]) -> None:
    names = ", ".join(f"v{number}" for number, _ in enumerate(figures))
    found = weak(SOUND + f"rests_on: [{names}]\n", **dict(vendors(*figures)))
    assert found == [f"acme.yml:12: chain: {each}" for each in findings]


def test_what_a_vendor_promises_of_other_things_than_time_is_for_people_to_compare() -> None:
    slow = target("latency: {threshold: 1s, share: 50}").replace("name: acme", "name: v0") + SIGNED + TERM
    assert weak(SOUND + "rests_on: [v0]\n", v0=slow) == [
        "acme.yml:12: chain: `v0` promises nothing of time: whether it carries the 99.9 % here is for people to say"
    ]


def test_a_vendors_contract_must_last_as_long() -> None:
    (vendor,) = dict(vendors("99.99")).values()
    ends = {"v0": vendor.replace("to: 2027-12-31", "to: 2027-06-30")}
    assert weak(SOUND + "rests_on: [v0]\n", **ends) == [
        "acme.yml:12: chain: `v0` ends before this one does, and nothing renews it: what rests on it then rests on nothing"
    ]
    renewed = {"v0": ends["v0"].replace("notice: 90d", "notice: 90d, renewal: 365d")}
    assert weak(SOUND + "rests_on: [v0]\n", **renewed) == []


@pytest.mark.parametrize(
    ("on", "finding"),
    [
        ("2026-08-02", "it says that it was approved on 2026-08-02, which is still to come"),
        (
            "2026-07-02",
            "it was approved on 2026-07-02, after it began on 2026-07-01: what was said of that time before was said without it",
        ),
        ("2026-07-01", ""),
    ],
)
def test_an_approval_is_there_before_it_begins(on: str, finding: str) -> None:
    expected = [f"acme.yml:10: draft: {finding}"] if finding else []
    assert weak(SOUND.replace("2026-06-12", on)) == expected


def test_a_text_that_was_approved_is_to_be_frozen() -> None:
    Path(FILE).write_text(SOUND)
    checked_ = checked([FILE], {}, NOW)
    ((agreement,), (found,)) = checked_
    assert (
        str(found)
        == f'acme.yml:10: frozen: nothing keeps the text as it was approved; write `sha256: "{agreement.sha256}"` under `approved`'
    )
    Path(FILE).write_text(SOUND.replace("approved: {", f'approved: {{sha256: "{agreement.sha256}", '))
    assert checked([FILE], {}, NOW).weak == ()


SHORT = "`shop` is probed every %s"


@pytest.mark.parametrize(
    ("keys", "interval", "finding"),
    [
        (
            "availability: 99, slices: {length: 1m, judge: mean_error_rate}",
            "2m",
            "most slices of 1m have no probe; take longer ones, probe more often, or count with `promql`",
        ),
        ("availability: 99, slices: {length: 1m, judge: mean_error_rate}", "1m", ""),
        (
            "availability: 99, slices: {length: 1m, judge: bad_slices, errors_above: 10%, at_least: 5}",
            "15s",
            "no slice of 1m has 5 events, and so none is ever bad; count with `promql`",
        ),
        (
            "availability: 99, slices: {length: 1m, judge: bad_slices, errors_above: 10%, at_least: 4}",
            "15s",
            "",
        ),
        (
            "availability: 99, measure: {smallest_outage: 60s}",
            "2m",
            "which tells no outage of 1m, the smallest one, from a shorter one",
        ),
        ("availability: 99, measure: {smallest_outage: 60s}", "1m", ""),
        (
            "availability: 99, credit: halves",
            "15m",
            "and so off by up to 30m for each outage: credits for each 30m cannot be told",
        ),
        ("availability: 99, credit: halves", "14m", ""),
    ],
)
def test_lengths_that_probes_are_too_rare_for(keys: str, interval: str, finding: str) -> None:
    halves = "credits: {halves: {per: 30m, credit: 1%}}\ncredit_rules: {cap: {period: 100%}}\n"
    text = target(keys) + SIGNED + TERM + (halves if "halves" in keys else "")
    found = [each for each in weak(text, interval) if "is probed every" in each]
    separator = ": " if "slices" in keys else ", "
    assert found == ([f"acme.yml:9: resolution: {SHORT % interval}{separator}{finding}"] if finding else [])


def test_credits_for_downtime_need_a_cap() -> None:
    text = target("availability: 99, credit: halves") + SIGNED + TERM
    text += "credits: {halves: {per: 30m, credit: 5%}}\n"
    assert weak(text) == [
        "acme.yml:12: fee: a period that is down throughout owes 6720 % of the fee by `halves`; write `credit_rules: {cap: {period: 100%}}`"
    ]
    assert weak(text + "credit_rules: {cap: {period: 50%}}\n") == []


def test_problems_come_first() -> None:
    Path(FILE).write_text(SOUND.replace("service: shop", "service: shpo"))
    Path("services.yaml").write_text(SERVICES % "15s")
    with pytest.raises(ConfigError, match="there is no service `shpo`; did you mean `shop`"):
        checked([FILE], {}, NOW, load(["services.yaml"], {}))


@pytest.mark.parametrize("answers", [False, True])
def test_the_starter_is_free_of_problems_and_all_that_is_weak_in_it_is_to_be_filled_in(
    answers: bool,
) -> None:
    Path(FILE).write_text(starter("acme", FILE, 2026, answers=answers))
    found = checked([FILE], {}, NOW)
    assert [each.name for each in found.agreements] == ["acme"]
    assert {each.kind for each in found.weak} == {"placeholder", "draft"}
    first = Weakness(FILE, 7, Kind.PLACEHOLDER, "`<what it is called>` is a placeholder; write what is meant")
    assert first in found.weak


def test_a_starter_of_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="not `ACME hosting`; write ACME-hosting"):
        starter("ACME hosting", FILE, 2026)
