"""Every mistake in an agreement, once, with the line that it prints."""

from pathlib import Path

import pytest

from exporter.config.agreements.again import agreement_from
from exporter.config.agreements.load import load_agreements
from exporter.errors import ConfigError
from tests.config.agreements.conftest import Problems
from tests.support.agreements import HEAD, SMALL, loaded, target


def line(number: int, message: str) -> list[str]:
    return [f"acme.yml:{number}: {message}"]


def more(text: str, message: str) -> tuple[str, list[str]]:
    """Put a key behind a document that is right, in line 10."""
    return SMALL + text + "\n", line(10, message)


def promised(keys: str, message: str) -> tuple[str, list[str]]:
    return target(keys), line(9, message)


def rule(keys: str, message: str) -> tuple[str, list[str]]:
    return more(f"credits: {{tiers: {{{keys}}}}}", message)


WRITTEN = "formats: [html], to: reports, also"
REPORTS = {
    "a report as often as its period": (
        SMALL.replace("calendar: month", "calendar: week") + f"report: {{{WRITTEN}: weekly}}\n",
        line(10, "`also: weekly` is not shorter than the period, a week; write daily, or leave it out"),
    ),
    "a report that is rarer than its period": more(
        f"report: {{{WRITTEN}: monthly}}",
        "`also: monthly` is not shorter than the period, a month; write daily or weekly, or leave it out",
    ),
    "a report at other times": more(
        f"report: {{{WRITTEN}: dayly}}",
        "`also` must be daily, weekly or monthly, not `dayly`; did you mean `daily`?",
    ),
    "a report that goes nowhere": more(
        "report: {formats: [html], also: weekly}",
        "`also` needs `formats` and `to`, else nothing is written; write {formats: [html], to: reports/, also: weekly}",
    ),
}

CASES = {
    "termination that is none": more(
        "termination: [a]", "`termination` is a list of maps such as {missed: 3, of: 6}, not of text"
    ),
    "a review that nothing calls for": more(
        "reviews: {triggers: [[a]]}",
        "`triggers` is a list of texts, and of maps such as {consecutive: 2}, not of a list",
    ),
    "a review of no target": more(
        "reviews: {triggers: [scope change, {consecutive: 2, target: shp}]}",
        "there is no target `shp`; did you mean `shop`?",
    ),
    "termination of two kinds": more(
        "termination: [{missed: 3, below: 95}]",
        "a rule has one of `missed` (with `of`), `consecutive` and `below`",
    ),
    "termination of fewer than it needs": more(
        "termination: [{missed: 3, of: 2}]",
        "`of` goes with `missed`, and is not less: so many of the last so many",
    ),
    "termination of more than is told": more(
        "termination: [{consecutive: 13}]", "a rule looks at 12 periods at most, as reports do"
    ),
    "termination by a target that is none": more(
        "termination: [{below: 95, target: shpo}]", "there is no target `shpo`; did you mean `shop`?"
    ),
    "escalation of a severity that is none": more(
        "escalation: [{after: 1h, to: the board, severity: sev1}]",
        "there is no severity `sev1`; define it under `severities`",
    ),
    "severities that are none": more(
        "severities: [a]",
        "`severities` must be a map such as {sev1: all endpoints down, sev2: any endpoint down}, not a list",
    ),
    "a severity that is none": more(
        "severities: {sev1: bad}",
        "`severities`: `sev1` must be `all endpoints down`, `any endpoint down`, `2 endpoints down` or `as reported`",
    ),
    "channels that are none": more(
        "channels: phone", "`channels` must be a map such as {phone: 15m, mail: 4h}, not text"
    ),
    "a channel without a time": more(
        "channels: {phone: soon}", "`channels`: `soon` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"
    ),
    "answers to a severity that is none": (
        target("severity: sev1, respond: 15m"),
        line(9, "there is no `sev1` under `severities`; define it under `severities`"),
    ),
    "answers by a channel that is none": (
        target("channel: phone"),
        line(9, "there is no `phone` under `channels`; define it under `channels`"),
    ),
    "answers in hours that are none": (
        target("respond: 15m, clock: office"),
        line(9, "there is no `office` under `hours`; define it under `hours`"),
    ),
    "answers that nobody has to give": (
        more("severities: {sev1: any endpoint down}", "")[0].replace("availability: 99.9", "severity: sev1"),
        line(9, "the target promises nothing; write `respond: 15m`, `update_every: 30m` or `repair: 4h`"),
    ),
    "answers and availability": (
        target("respond: 15m, availability: 99"),
        line(9, "`availability` does not go with answers, or with what is recorded; make two targets of it"),
    ),
    "a measure without a bound": (
        target("recorded: first_call"),
        line(9, "a recorded measure needs a bound; write `at_least: 70` or `at_most: 30`"),
    ),
    "a measure with a time": (
        target("recorded: first_call, at_least: 70, repair: 4h"),
        line(9, "`repair` goes with answers; make two targets of it"),
    ),
    "a group that is named twice": (
        target("recorded: backups, at_least: 100, groups: [shop, mail, shop]"),
        line(9, "`shop` is named twice; remove one"),
    ),
    "groups that are none": (
        target("recorded: backups, at_least: 100, groups: []"),
        line(9, "`groups` is empty; name at least one"),
    ),
    "a bound of answers": (
        target("respond: 15m, at_least: 70"),
        line(9, "`at_least` goes with `recorded`; make two targets of it"),
    ),
    "a way to make downtime of answers": (
        target("respond: 15m, measure: {round: {outage: whole_minutes_down}, pauses: both}"),
        line(
            9,
            "`round` is of downtime; answers have `starts`, `pauses`, `written_within`, `smallest_outage` and `minimum_coverage`",
        ),
    ),
    "a way to take answers that is none": (
        target("respond: 15m, measure: {pauses: nobody, written_within: soon}"),
        line(9, "`pauses` must be either or both, not `nobody`")
        + line(9, "`written_within`: `soon` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"),
    ),
    "a measure of what is recorded": (
        target("recorded: first_call, at_least: 70, measure: {starts: reported}"),
        line(9, "`measure` goes with answers; make two targets of it"),
    ),
    "a clock of availability": (
        target("availability: 99, clock: always"),
        line(9, "`clock` is of answers to incidents, or of what is recorded; make a target of its own of it"),
    ),
    "a rule for each miss of availability": (
        target("availability: 99, credit: late") + "credits: {late: {each_miss: 2%}}\n",
        line(
            9,
            "`credit`: `late` does not go with what this promises; of answers and recorded measures it is `each_miss` or `steps`, of all else anything but `each_miss`",
        ),
    ),
    "a rule for time of answers": (
        target("respond: 15m, credit: days") + "credits: {days: {days: 5}}\n",
        line(
            9,
            "`credit`: `days` does not go with what this promises; of answers and recorded measures it is `each_miss` or `steps`, of all else anything but `each_miss`",
        ),
    ),
    "a program that is a person of its party": (
        SMALL.replace("people: [mara, tom]", "people: [mara, tom], automation: [pager, tom]"),
        line(
            7,
            "`automation`: `tom` is one of the people of the provider, whose answers stop clocks; give the program a name of its own",
        ),
    ),
    "a program that is a person of the other party": (
        SMALL.replace("people: [jo]", "people: [jo], automation: [mara]"),
        line(
            8,
            "`automation`: `mara` is one of the people of the provider, whose answers stop clocks; give the program a name of its own",
        ),
    ),
    "answers that take longer than incidents are followed": (
        target("channel: phone, update_every: 31d, repair: 31d1s") + "channels: {mail: 31d, phone: 45d}\n",
        line(
            9,
            "`repair`: nobody could ever say whether 31d 1s were kept: incidents are followed for 31d after their period; promise that at most",
        )
        + line(
            10,
            "`phone`: nobody could ever say whether 45d were kept: incidents are followed for 31d after their period; promise that at most",
        ),
    ),
    "no service": (
        SMALL.replace("service: shop, ", ""),
        line(9, "`service` is missing; write which one it is about"),
    ),
}

TEXTS = {
    "an unknown key": more("measures: {}", "unknown key `measures`; did you mean `measure`?"),
    "a kind that is none": (
        SMALL.replace("kind: customer", "kind: client"),
        line(4, "`kind` must be customer, internal or vendor, not `client`"),
    ),
    "a day that is none": (
        SMALL.replace("2026-07-01", "1.7.2026"),
        line(3, "`from` must be a day such as 2026-01-31, not `1.7.2026`"),
    ),
    "a zone that is none": (
        SMALL.replace("Europe/Berlin", "Berlin"),
        line(5, "`timezone`: `Berlin` is not a time zone; did you mean `Europe/Berlin`?"),
    ),
    "a period of no calendar": (
        SMALL.replace("calendar: month, ", ""),
        line(5, "`calendar` is missing; write how long a period is, such as `calendar: month`"),
    ),
    "a list that has maps": more(
        "assumptions: [{a: b}]", "`assumptions` must be a list of texts, but has a map in it"
    ),
    "days that are text": more(
        "approved: {reviewed: 2026-07-01}", "`reviewed` must be a list of days (`- 2026-01-31`), not text"
    ),
    "reasons that are a list": more(
        "scope: {out: [staging]}",
        "`out` must be a map of names and why (`staging: no production use`), not a list",
    ),
    "a reason that is a list": more(
        "scope: {out: {staging: [a]}}", "`out` must say in a text why not `staging`, but has a list"
    ),
    "texts that are one": more("rests_on: cloud", "`rests_on` must be a list of texts (`- ...`), not text"),
    "somebody who is not of the party": more(
        "approved: {customer: {by: mara, on: 2026-06-12}}",
        "`by`: `mara` is nobody of the customer; it has jo: name people under `parties`",
    ),
    "a text that was changed": more(
        f"approved: {{sha256: '{'0' * 64}'}}",
        "the text was changed after it had been approved: it now hashes to "
        "%s; take the change back, and write a new version with it",
    ),
    "a hash that is none": more(
        "approved: {sha256: abc}", "`sha256` must be 64 hexadecimal digits, as `agreement show` prints them"
    ),
    "a last day before the first": more(
        "term: {from: 2026-07-01, to: 2026-06-30}",
        "`to` is before `from`; the last day cannot be before the first one",
    ),
    "notice of no end": more(
        "term: {from: 2026-07-01, notice: 90d}",
        "`notice` is about the end of the term, but there is none; write it, such as `to: 2027-12-31`",
    ),
    "a format that is none": more(
        "report: {formats: [html, pdf]}", "`formats` must be html, md, csv or json, not `pdf`"
    ),
}

HOURS = {
    "hours of which one is wrong": more(
        "hours: {a: {mon: 9}, b: {tue: 08:00-20:00}, c: rest}",
        "`mon`: `9` is no range of times; write 08:00-20:00",
    ),
    "the rest of nothing": more(
        "hours: {other: rest}", "`rest` is what other hours do not have, but there are none"
    ),
    "two rests": more(
        "hours: {a: {mon: 08:00-20:00}, b: rest, c: rest}",
        "`b` has the rest already; only one of the hours can",
    ),
    "hours of a name that is none": more(
        "hours: {prime time: {mon: 08:00-20:00}}",
        "hours may have only letters, digits, `_`, `.` and `-` in their name, but are `prime time`",
    ),
    "hours without days": more(
        "hours: {prime: {holidays: DE-BE}}",
        "`prime` has no hours; write days such as `mon-fri: 08:00-20:00`",
    ),
}

TARGETS_ = {
    "endpoints that are none": promised(
        "availability: 99, endpoints: [[web]]", "`endpoints` are names of the service's endpoints, not a list"
    ),
    "no severity": promised("severity: [], respond: 1h", "`severity` is empty; name at least one"),
    "no figure": promised(
        "endpoints: [web]",
        "the target promises nothing; write `availability: 99.9`, or `latency: {threshold: 800ms, share: 99}`",
    ),
    "two figures": promised(
        "availability: 99, latency: {threshold: 1s, share: 99}",
        "a target promises one thing, but has `availability` and `latency`; make two of it",
    ),
    "a ratio": promised(
        "availability: 0.999",
        "`availability`: `0.999` looks like a ratio; objectives are per cent: did you mean 99.9?",
    ),
    "hours that are not there": promised(
        "availability: 99, hours: prime",
        "`hours`: there are no hours `prime`; define it under `hours`",
    ),
    "a rule that is not there": (
        target("availability: 99, credit: teirs") + "credits: {tiers: {days: 1}}\n",
        line(9, "`credit`: there is no rule `teirs`; did you mean `tiers`?"),
    ),
    "two of one name": (
        HEAD + "targets:\n" + 2 * "  - {name: shop, service: shop, availability: 99}\n",
        line(11, "another target is called `shop` too, in acme.yml:10; give this one a `name` of its own"),
    ),
    "no target": (
        HEAD + "targets: []\n",
        line(
            9,
            "`targets` is empty; promise something, such as {name: shop, service: shop, availability: 99.9}",
        ),
    ),
    "an endpoint twice": promised("availability: 99, endpoints: [a, a]", "`a` is named twice; remove one"),
    "no endpoint": promised(
        "availability: 99, endpoints: []", "`endpoints` is empty; name those that count, or remove it for all"
    ),
    "slices that are never bad": promised(
        "availability: 99, slices: {length: 1m, judge: bad_slices}",
        "`slices` needs one of `errors_above: 10%` and `errors_from: 100%`, which say when one is bad",
    ),
    "slices whose mean has a smallest number": promised(
        "availability: 99, slices: {length: 1m, judge: mean_error_rate, at_least: 5}",
        "`at_least` goes with `judge: bad_slices`; a mean counts every error",
    ),
    "slices that do not divide a day": promised(
        "availability: 99, slices: {length: 7m, judge: mean_error_rate}",
        "`length` must be from 1s to 1d and divide a day, such as 1m or 5m",
    ),
    "slices over the edges of months": (
        target("availability: 99, slices: {length: 1h, judge: mean_error_rate}").replace(
            "Europe/Berlin", "Asia/Kolkata"
        ),
        line(
            9,
            "slices of 1h lie over the edges of the periods in Asia/Kolkata, and would belong to none; make them shorter, such as 15m or 5m",
        ),
    ),
    "slices that are no whole steps": promised(
        "availability: 99, slices: {length: 1m, judge: mean_error_rate}, promql: {good: 'a[40s]', total: 'b[40s]', step: 40s}",
        "`length` must be a multiple of the `step` of `promql`, 40s",
    ),
    "slices from a part of errors": promised(
        "availability: 99, slices: {length: 1m, judge: bad_slices, errors_from: 50%}",
        "`errors_from` may only be 100%, where every event is an error; below that write `errors_above`",
    ),
    "slices above all errors": promised(
        "availability: 99, slices: {length: 1m, judge: bad_slices, errors_above: 100%}",
        "`errors_above` 100% is never so; write `errors_from: 100%`",
    ),
    "slices of probes that are fast": promised(
        "latency: {threshold: 1s, share: 99}, slices: {length: 1m, judge: mean_error_rate}",
        "`slices` does not go with `latency`; make two targets of it",
    ),
    "a share of time": promised(
        "share: 99", "`share` is of the events of `promql`; of time write `availability`"
    ),
    "endpoints of queries": promised(
        "share: 99, endpoints: [a], promql: {good: 'a[1m]', total: 'b[1m]'}",
        "`endpoints` does not go with `promql`: its queries say what is counted",
    ),
    "a measure of a target that is wrong": promised(
        "availability: 99, measure: {unknown: maybe}", "`unknown` must be ignore, down or up, not `maybe`"
    ),
    "a target that is text": (
        HEAD + "targets: [shop]\n",
        line(9, "a target must be a map, such as {name: shop, service: shop, availability: 99.9}, not text"),
    ),
}

MEASURES = {
    "a quorum that is none": more(
        "measure: {combine: {quorum: x}}", "`quorum` must be a whole number from 1, not `x`"
    ),
    "weights": more(
        "measure: {combine: {weighted: {a: 1}}}",
        "`combine` of an agreement is all, any or {quorum: 2}: an outage of a weighted part has no edges",
    ),
    "a figure that is rounded": more(
        "measure: {round: {figure: down}}", "`figure` must be exact, not `down`"
    ),
    "a denominator that is none": more(
        "measure: {denominator: 31d}",
        "`denominator` must be agreed_time, calendar_time or 30d, not `31d`; did you mean `30d`?",
    ),
    "a category that does not exist": more(
        "exclusions: {maintenence: {}}",
        "a category of `exclusions` must be out_of_hours, force_majeure, customer, dependency, maintenance or other, "
        "not `maintenence`; did you mean `maintenance`?",
    ),
    "a category that is text": more(
        "exclusions: {other: yes}", "`other` must be a map such as {notice: 72h, allowance: 240m}, not text"
    ),
    "consent of nobody": more(
        "exclusions: {other: {agreed_by: jo}}", "`agreed_by` must be provider or customer, not `jo`"
    ),
}

CREDITS = {
    "a share that is a list": more(
        'fee: {amount: "1.00", currency: EUR, shares: {shop: [80%]}}',
        "the share of `shop`: must be per cent, such as 80%, not a list",
    ),
    "a rule by downtime of a target over events": (
        target("credit: hours, latency: {threshold: 1s, share: 99}")
        + "credits: {hours: {per: 1h, credit: 5%}}\n",
        line(
            9,
            "`credit`: `hours` goes by downtime, and a target over events has none; use `steps`, `per_shortfall`, `pro_rata` or `days`",
        ),
    ),
    "a claim for ever and a day": more(
        "credit_rules: {claim: {within: 4000d}}",
        "`within` may be 10 years at most; leave `claim` out where there is no end",
    ),
    "a currency that is none": more(
        "fee: {amount: '1', currency: EURO}", "`currency`: `EURO` is no currency; did you mean `EUR`?"
    ),
    "an amount that is none": more(
        "fee: {amount: '2,400.00', currency: EUR}",
        "`amount` must be a plain number such as 2400.00, not `2,400.00`",
    ),
    "a share that is none": more(
        "fee: {amount: '1', currency: EUR, shares: {shop: 180%}}",
        "the share of `shop`: `180%` is not between 0 and 100 per cent, 0 excluded",
    ),
    "a part of nothing": rule("pro_rata: 0", "`pro_rata` must be more than 0"),
    "no kind of rule": rule(
        "of: fee",
        "`tiers` is one kind of rule (steps, per, per_shortfall, pro_rata, per_day, per_hour, days, each_miss), but has none",
    ),
    "two kinds of rule": rule(
        "days: 1, pro_rata: 2",
        "`tiers` is one kind of rule (steps, per, per_shortfall, pro_rata, per_day, per_hour, days, each_miss), but has `pro_rata` and `days`",
    ),
    "no credit": rule(
        "per: 30m", "`credit` is missing; write what each costs, such as `per: 30m, credit: 5%`"
    ),
    "a credit of days": rule(
        "days: 1, credit: 5%", "`credit` does not go with `days`, which says itself what it costs"
    ),
    "days that have begun": rule("days: 1, begun: true", "`begun` goes with `per` and `per_shortfall`"),
    "no steps": rule("steps: []", "`steps` is empty; write at least one, such as {below: 99.9, credit: 10%}"),
    "steps out of order": rule(
        "steps: [{below: 99, credit: 10%}, {below: 99.9, credit: 25%}]",
        "the steps are out of order: 99.9 % comes after 99 %; write the highest figure first",
    ),
    "the same step twice": rule(
        "steps: [{below: 99, credit: 10%}, {below: 99, credit: 25%}]",
        "the steps are out of order: 99 % comes after 99 %; write the highest figure first",
    ),
    "a lower step that costs less": rule(
        "steps: [{below: 99, credit: 25%}, {below: 95, credit: 10%}]",
        "below 95 % less is owed (10 %) than above it (25 %); a lower figure cannot cost less",
    ),
    "a step with two upper edges": rule(
        "steps: [{below: 99, at_or_below: 98, credit: 25%}]",
        "a step has one of `below` and `at_or_below`, such as {below: 99.9, credit: 10%}",
    ),
    "a step with two lower edges": rule(
        "steps: [{below: 99, above: 98, at_or_above: 97, credit: 25%}]",
        "a step has at most one of `above` and `at_or_above`",
    ),
    "a step that has nothing": rule(
        "steps: [{below: 99, above: 99, credit: 25%}]",
        "the step has no figure at all: its lower edge is not below its upper one",
    ),
    "a step that is text": rule(
        "steps: [a]", "a step must be a map, such as {below: 99.9, credit: 10%}, not text"
    ),
    "a rule that is text": more(
        "credits: {tiers: much}",
        "`tiers` must be a map such as {per: 30m, begun: true, credit: 5%}, not text",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(*case, id=name)
        for table in (REPORTS, CASES, TEXTS, HOURS, TARGETS_, MEASURES, CREDITS)
        for name, case in table.items()
    ],
)
def test_a_mistake_prints_its_place_and_its_cure(problems: Problems, text: str, lines: list[str]) -> None:
    lines = [each.replace("%s", loaded(SMALL).sha256) for each in lines]
    assert problems(text) == lines


def test_all_mistakes_are_told_at_once(problems: Problems) -> None:
    text = (
        HEAD.replace("customer\n", "client\n", 1)
        + "targets: [{name: a b, availability: 99}]\nfee: {amount: 1}\n"
    )
    assert [each.partition(": ")[2] for each in problems(text)] == [
        "`kind` must be customer, internal or vendor, not `client`",
        "`name` may have only letters, digits, `_`, `.` and `-`, but is `a b`; write `a-b`",
        "`service` is missing; write which one it is about",
        "`currency` is missing",
    ]


def test_a_secret_has_no_place_in_what_both_parties_read() -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(SMALL + "parties_: ${WHO}\n", {"WHO": "hush-hush"})
    assert "hush-hush" not in str(caught.value)
    assert "an agreement is shown to everybody" in str(caught.value)


def test_versions_that_overlap_are_told(problems: Problems) -> None:
    again = SMALL.replace("version: 1", "version: 2")
    assert problems(a=SMALL, b=SMALL) == [
        "b.yml:2: `acme` has a version `1` already, in a.yml:2; give this one another number"
    ]
    assert problems(b=again, a=SMALL) == [
        "b.yml:3: `acme` has a version that begins on this day already, in a.yml:3; only one of them can hold"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.yml: is empty; `uptime-slo-exporter agreement new` writes a file that works"),
        ("[]", "a.yml:1: must be a map of sections such as `parties:`, and is something else"),
        (
            SMALL + "---\n" + SMALL,
            "a.yml:10: a second document (`---`) starts here; put it into a file of its own",
        ),
    ],
)
def test_a_file_that_is_no_document_is_told(problems: Problems, text: str, message: str) -> None:
    assert problems(a=text) == [message]


def test_files_that_are_not_there_are_told() -> None:
    with pytest.raises(ConfigError) as caught:
        load_agreements(["*.yml", "other.yml"], {})
    assert str(caught.value).splitlines() == [
        "*.yml: no file matches `*.yml`; check the pattern",
        "other.yml: does not exist; `uptime-slo-exporter agreement new` writes one",
    ]


def test_a_text_without_a_file_is_checked_as_well() -> None:
    document = dict(loaded(SMALL).document) | {"version": 7, "targets": [{"name": "shop", "service": "shop"}]}
    with pytest.raises(ConfigError) as caught:
        agreement_from(document)
    assert str(caught.value).splitlines() == [
        "terms: `version` must be a map, a list or text, as the document of an agreement has it",
        "terms: the target promises nothing; write `availability: 99.9`, or `latency: {threshold: 800ms, share: 99}`",
    ]


@pytest.mark.parametrize(
    ("period", "start", "right"),
    [
        ("{calendar: quarter, timezone: Europe/Berlin}", "2026-10-01", True),
        ("{calendar: quarter, timezone: Europe/Berlin}", "2026-11-01", False),
        ("{calendar: month, timezone: UTC}", "2026-11-01", False),
        ("{calendar: month, timezone: Europe/Berlin}", "2026-11-11", True),
    ],
)
def test_other_periods_begin_where_one_of_both_does(period: str, start: str, right: bool) -> None:
    """Else the first one of theirs would be judged twice, or an hour of it be a period of its own."""
    later = SMALL.replace("version: 1", "version: 2").replace("2026-07-01", start)
    later = later.replace("{calendar: month, timezone: Europe/Berlin}", period)
    Path("a.yml").write_text(SMALL)
    Path("b.yml").write_text(later)
    if right:
        assert len(load_agreements(["a.yml", "b.yml"], {})) == 2
        return
    with pytest.raises(ConfigError, match=r"b\.yml:5: the periods are others than those of version `1`"):
        load_agreements(["a.yml", "b.yml"], {})
