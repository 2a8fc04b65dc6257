"""Documents that reports are made of, as `result_json` gives them and the record adds to them."""

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from exporter.sla.agreement import Agreement, Kind
from exporter.sla.credit import Caps, CreditTerms, Fee, NamedRule
from exporter.sla.credit_rules import PerTime
from exporter.sla.credit_tiers import Step, Tiers
from exporter.sla.evidence import Approval, Claim, Evidence, Period, Slice
from exporter.sla.lane import Lane
from exporter.sla.period import judge_period
from exporter.sla.terms import Judged, Measure, Recognition, SliceTerms, Target, Terms, Unknown
from exporter.sla.wire import canonical, digest, result_json
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Category
from exporter.timeline.spans import Span
from exporter.units import DAY, HOUR, MINUTE, SECOND
from tests.support.agreed import START, claim, lane, percent, target

Json = dict[str, Any]

OCTOBER = (START - 2 * HOUR, START + 30 * DAY + 23 * HOUR)
"""Of Berlin, whose clocks go back on the 25th."""

HOSTILE = '<script>alert("x")</script> a|b\n# c `d` *e* =1+1'
"""A name that HTML, Markdown or a spreadsheet could take for something else."""

PEOPLE = {"provider": frozenset(["mara", "tom"]), "customer": frozenset(["jo"])}
TIERS = Tiers(
    (
        Step(percent("99.9"), percent("10")),
        Step(percent("99"), percent("25")),
        Step(percent("95"), percent("50")),
    )
)
RULES = {
    "tiers": NamedRule("tiers", of_service=True, rule=TIERS),
    "half-hours": NamedRule(
        "half-hours", of_service=False, rule=PerTime(30 * MINUTE, begun=True, credit=percent("5"))
    ),
}
RECOGNISED = {
    Category.MAINTENANCE: Recognition(notice=72 * HOUR, allowance=4 * HOUR),
    Category.CUSTOMER: Recognition(agreed_by="customer"),
    Category.FORCE_MAJEURE: Recognition(agreed_by="customer"),
}
TEXT: Json = {
    "name": "acme-hosting",
    "version": "2",
    "from": "2026-07-01",
    "title": "Managed hosting for ACME",
    "kind": "customer",
    "purpose": "Web shop and mail of ACME, run by Example Hosting",
    "parties": {
        "provider": {"name": "Example Hosting AG", "contact": "slm@example.net", "people": ["mara", "tom"]},
        "customer": {"name": "ACME GmbH", "contact": "it@acme.example", "people": ["jo"]},
    },
    "approved": {
        "provider": {"by": "mara", "on": "2026-06-10"},
        "customer": {"by": "jo", "on": "2026-06-12"},
    },
    "period": {"calendar": "month", "timezone": "Europe/Berlin", "partial": "prorate"},
    "scope": {"in": ["shop", "mail"], "out": {"staging": "no production use"}},
    "measure": {
        "combine": "all",
        "smallest_outage": "60s",
        "denominator": "agreed_time",
        "unknown": "up",
        "minimum_coverage": "99%",
    },
    "exclusions": {
        "maintenance": {"notice": "72h", "allowance": "4h"},
        "customer": {"agreed_by": "customer"},
        "force_majeure": {"agreed_by": "customer"},
    },
    "targets": [
        {"name": "shop", "service": "shop", "availability": "99.9", "credit": "tiers"},
        {"name": "mail", "service": "mail", "availability": "99.5", "credit": "half-hours"},
        {"name": "checkout", "service": "shop", "errors": {"slices": "5m"}, "at_least": "99"},
    ],
    "fee": {"amount": "2400.00", "currency": "EUR", "shares": {"shop": "80%", "mail": "20%"}},
    "credits": {
        "tiers": {
            "of": "service",
            "steps": [
                {"below": "99.9", "credit": "10%"},
                {"below": "99", "credit": "25%"},
                {"below": "95", "credit": "50%"},
            ],
        },
        "half-hours": {"of": "fee", "per": "30m", "begun": True, "credit": "5%"},
    },
    "credit_rules": {
        "combine": "sum",
        "cap": {"period": "50%"},
        "claim": {"within": "30d", "from": "period_end"},
    },
}
"""The terms of the month below, as they are written."""

SHOP = target("99.9", credit="tiers", endpoints=("web", "app"))


def agreement(
    *targets: Target,
    text: Mapping[str, object] | None = None,
    measure: Measure | None = None,
    fee: Fee | None = None,
    **more: object,
) -> Agreement:
    """A customer's, of months of Berlin; by default with one target."""
    shares = {"shop": percent("80"), "mail": percent("20")}
    owed = CreditTerms(
        fee or Fee(Fraction(2400), "EUR", shares), RULES, caps=Caps(percent("50")), claim_within=30 * DAY
    )
    given: Json = {
        "name": "acme-hosting",
        "version": "2",
        "title": "Managed hosting for ACME",
        "document": text or {},
        "sha256": digest(text or {}) if text else "",
    }
    return Agreement(
        start=START - 90 * DAY,
        kind=Kind.CUSTOMER,
        period=Calendar("month", "Europe/Berlin"),
        prorate=True,
        terms=Terms(measure or Measure(), targets or (SHOP,), RECOGNISED, PEOPLE),
        credits=owed,
        **(given | more),
    )


def seen(
    *lanes: Lane, claims: Iterable[Claim] = (), slices: tuple[Slice, ...] = (), interval: int = 15 * SECOND
) -> Evidence:
    """What was measured of `web`, `app`, ...; from before the month to after it."""
    named = dict(zip(("web", "app", "relay"), lanes or (lane(),), strict=False))
    return Evidence((START - DAY, START + 31 * DAY), named, tuple(claims), interval=interval, slices=slices)


def document(
    signed: Agreement | None = None,
    evidence: Mapping[str, Evidence] | None = None,
    span: Span = OCTOBER,
    until: int | None = None,
    **added: object,
) -> Json:
    """A document of October; by default of an agreement whose one target was met, and without what the record adds."""
    signed = signed or agreement()
    part = Fraction(span[1] - span[0], OCTOBER[1] - OCTOBER[0])
    found = judge_period(
        signed, evidence or {"shop": seen()}, Period(span, span[1] if until is None else until, OCTOBER, part)
    )
    return hashed({**result_json(found), **added})


def hashed(told: Json) -> Json:
    """A document as the record keeps it: its hash beside it, and keys in no order but that of the alphabet."""
    return dict(json.loads(canonical({**told, "sha256": digest(told)})))


def missed_month() -> Json:
    """One as it happens: two targets missed, exclusions of all kinds, a second issue, and a trend."""
    measure = Measure(smallest_outage=MINUTE, minimum_coverage=percent("99"))
    mail = target("99.5", name="mail", service="mail", endpoints=("relay",), credit="half-hours")
    errors = target("99", name="checkout", endpoints=("web",), slices=SliceTerms(5 * MINUTE, Judged.MEAN))
    return document(
        agreement(SHOP, mail, errors, text=TEXT, measure=measure),
        {
            "shop": seen(_web(), lane(), claims=_claims()),
            "mail": seen(
                lane([(12 * DAY, 12 * DAY + 3 * HOUR + 52 * MINUTE + 7 * SECOND)]), interval=30 * SECOND
            ),
            "checkout": seen(lane(), slices=_slices()),
        },
        issue=ISSUE,
        monitor=MONITOR,
        trend=[_period(*each) for each in EARLIER],
        software={"name": "uptime-slo-exporter", "version": "1.0.0"},
    )


def _web() -> Lane:
    down = [
        (DAY + HOUR, DAY + 2 * HOUR + 30 * MINUTE),
        (5 * DAY + 13 * HOUR, 5 * DAY + 13 * HOUR + 22 * MINUTE + 30 * SECOND),
        (9 * DAY + 3 * HOUR, 9 * DAY + 3 * HOUR + 40 * SECOND),
        (17 * DAY + 8 * HOUR, 17 * DAY + 9 * HOUR + 6 * MINUTE),
        (24 * DAY + 30 * MINUTE, 24 * DAY + HOUR + 15 * MINUTE),
    ]
    return lane(down, [(20 * DAY, 20 * DAY + 25 * MINUTE)])


def _claims() -> list[Claim]:
    return [
        Claim(
            "m-118",
            "Database move",
            Category.MAINTENANCE,
            (START + DAY + 30 * MINUTE, START + DAY + 3 * HOUR),
            START - 4 * DAY,
            "mara",
            "New storage for the shop's database",
        ),
        Claim(
            "m-121",
            "Kernel update",
            Category.MAINTENANCE,
            (START + 5 * DAY + 13 * HOUR, START + 5 * DAY + 14 * HOUR),
            START + 5 * DAY + 12 * HOUR,
            "tom",
        ),
        Claim(
            "c-7",
            "Firewall of ACME",
            Category.CUSTOMER,
            (START + 17 * DAY + 8 * HOUR + 20 * MINUTE, START + 17 * DAY + 9 * HOUR + 6 * MINUTE),
            START + 32 * DAY,
            "mara",
            "ACME's own rules shut the office out",
            endpoints=frozenset(["web"]),
            approvals=(Approval("jo", START + 33 * DAY),),
        ),
        Claim(
            "f-2",
            "Fibre cut",
            Category.FORCE_MAJEURE,
            (START + 24 * DAY + 30 * MINUTE, START + 24 * DAY + HOUR + 15 * MINUTE),
            START + 25 * DAY,
            "tom",
            "Road works",
        ),
    ]


def _slices() -> tuple[Slice, ...]:
    length = 5 * MINUTE
    first = OCTOBER[0]
    return (
        Slice(first, 3000, 420, 1),
        Slice(first + 3000 * length, 40, 300, 60),
        Slice(first + 3040 * length, 5880, 410, 0),
    )


ISSUE: Json = {
    "replaces": 1,
    "number": 2,
    "at": "2026-11-03T09:12:44Z",
    "known_until": "2026-11-03T09:12:30Z",
    "previous_sha256": "5d41402abc4b2a76b9719d911017c592ae5f6b1c0d7e8f90a1b2c3d4e5f60718",
    "changes": [
        "shop: the exclusion `Firewall of ACME` was approved by jo and now excuses 46m",
        "shop: agreed 99.700583 % became 99.803591 %",
    ],
}
MONITOR: Json = {
    "site": "berlin-1",
    "version": "1.0.0",
    "interval_ms": {"shop/web": 15_000, "shop/app": 15_000, "mail/relay": 30_000},
    "blind": [["2026-10-21T00:00:00Z", "2026-10-21T00:25:00Z"]],
    "stopped": [["2026-10-14T02:00:00Z", "2026-10-14T02:00:09.250Z"]],
    "restarts": 1,
    "corrections": [
        {
            "at": "2026-10-22T07:40:00Z",
            "author": "mara",
            "what": "shop/app: 2026-10-21T23:10:00Z to 23:12:00Z is unknown, not down: its probe had a wrong password",
        }
    ],
    "config_changes": [{"at": "2026-10-14T02:00:09Z", "what": "shop/app: timeout 2s became 3s"}],
}
EARLIER: tuple[tuple[str, str, str | None, str], ...] = (
    ("2025-11", "99.982000", "99.990000", "0.00"),
    ("2025-12", "99.951200", "100.000000", "0.00"),
    ("2026-01", "100.000000", "99.870000", "0.00"),
    ("2026-02", "99.871003", "99.940000", "192.00"),
    ("2026-03", "99.934000", None, "0.00"),
    ("2026-04", "99.990000", "99.990000", "0.00"),
    ("2026-05", "99.905000", "99.710000", "0.00"),
    ("2026-06", "99.962000", "99.980000", "0.00"),
    ("2026-07", "99.640000", "99.960000", "192.00"),
    ("2026-08", "99.999999", "99.620000", "0.00"),
    ("2026-09", "99.970000", "100.000000", "0.00"),
    ("2026-10", "99.803591", "99.480723", "1152.00"),
)
"""Periods of a trend: what was reached of shop and mail, and the credit. The last is that of the missed month."""


def _period(label: str, shop: str, mail: str | None, amount: str) -> Json:
    verdicts = {
        "shop": "met" if float(shop) >= 99.9 else "missed",
        "mail": "undetermined" if mail is None else "met" if float(mail) >= 99.5 else "missed",
    }
    worst = next((each for each in ("missed", "undetermined") if each in verdicts.values()), "met")
    figures = {"shop": shop, "mail": mail}
    promised = {"shop": "99.900000", "mail": "99.500000"}
    targets = {
        name: {"promised": promised[name], "agreed": figures[name], "verdict": verdict}
        for name, verdict in verdicts.items()
    }
    return {"label": label, "verdict": worst, "targets": targets, "credit_amount": amount}


def hostile() -> Json:
    """One whose names all try to be something else."""
    named = target("99.9", name=HOSTILE, service=HOSTILE, credit="tiers", endpoints=(HOSTILE,))
    text = {
        **TEXT,
        "parties": {"provider": {"name": HOSTILE}, "customer": {"name": HOSTILE}},
        HOSTILE: HOSTILE,
    }
    moved = claim(
        2 * DAY,
        2 * DAY + HOUR,
        entered_at=START - 9 * DAY,
        author=HOSTILE,
        reason=HOSTILE,
        endpoints=frozenset([HOSTILE]),
        approvals=(Approval(HOSTILE, START),),
    )
    return document(
        agreement(named, text=text, title=HOSTILE, name=HOSTILE, version=HOSTILE),
        {HOSTILE: seen(lane([(DAY, DAY + 3 * HOUR)]), claims=[moved])},
        issue={**ISSUE, "changes": [HOSTILE]},
        monitor={
            "site": HOSTILE,
            "interval_ms": {HOSTILE: 1000},
            "corrections": [{"at": START, "author": HOSTILE, "what": HOSTILE}],
            "config_changes": [{"at": START, "what": HOSTILE}],
        },
        trend=[
            {
                "label": HOSTILE,
                "verdict": HOSTILE,
                "targets": {HOSTILE: {"promised": "99.000000", "agreed": None, "verdict": HOSTILE}},
                "credit_amount": None,
            }
        ],
        software={"name": HOSTILE, "version": HOSTILE},
    )


def many_outages(count: int = 200) -> Json:
    """A month of so many outages, of 61 s each."""
    down = [(each * 3 * HOUR, each * 3 * HOUR + 61 * SECOND) for each in range(count)]
    return document(agreement(text=TEXT), {"shop": seen(lane(down))})


def undetermined() -> Json:
    """Half an hour down and two hours unknown: the bounds lie on both sides of what was promised."""
    lost = lane([(DAY, DAY + 30 * MINUTE)], [(2 * DAY, 2 * DAY + 2 * HOUR)])
    return document(agreement(text=TEXT), {"shop": seen(lost)})


def nothing_known() -> Json:
    """A month of which nothing was measured."""
    of_all = (-DAY, 31 * DAY)
    return document(
        agreement(measure=Measure(unknown=Unknown.IGNORE)), {"shop": seen(lane((), [of_all]), interval=0)}
    )


def running() -> Json:
    """Twelve days of a month that runs, most of its allowance gone."""
    lost = lane([(DAY, DAY + 38 * MINUTE)])
    return document(agreement(text=TEXT), {"shop": seen(lost)}, until=START + 12 * DAY)


def of_events() -> Json:
    """A share of events, of which there are no outages and no bridge."""
    orders = target("99", name="orders", slices=SliceTerms(5 * MINUTE, Judged.SHARE))
    return document(agreement(orders), {"orders": seen(slices=(Slice(OCTOBER[0], 8940, 99, 1),))})


def revised() -> Json:
    """The part of a month in which a later version is in force; an outage began before it."""
    middle = START + 14 * DAY + 22 * HOUR
    lost = lane([(14 * DAY + 21 * HOUR, 14 * DAY + 22 * HOUR + 20 * MINUTE)])
    return document(agreement(text=TEXT), {"shop": seen(lost)}, (middle, OCTOBER[1]))
