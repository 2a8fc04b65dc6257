"""Whatever probes saw, people wrote down and somebody corrected: what is issued is true, by itself and with what was said before."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import UptimeError
from exporter.record.agreements.asking import sources_of
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.issuing import drafts
from exporter.record.agreements.verify.document import problems
from exporter.record.agreements.verify.together import breaks
from exporter.record.incidents.deriving import derived
from exporter.record.incidents.fields import Given
from exporter.record.incidents.ledger import fold_of
from exporter.record.incidents.seeing import seen
from exporter.record.incidents.writing import Desk
from exporter.sla.incidents.incident import Act, Incident
from exporter.sla.wire import Json
from exporter.store.base import Issue, LogEntry, Writer
from exporter.store.writer import SqliteWriter
from exporter.timeline.calendar import Calendar
from exporter.units import DAY, HOUR, MINUTE, format_instant, parse_instant
from tests.support.past import Past, Told

CONFIG = """
defaults: {interval: 30m, timeout: 10s}
services:
  - {name: shop, endpoints: [{name: web, url: "http://127.0.0.1/"}, {name: db, url: "tcp://127.0.0.1:5432"}]}
  - {name: mail, endpoints: [{name: web, url: "tcp://127.0.0.1:143"}]}
agreements: [1.yml, 2.yml]
"""
TERMS = """
name: acme
version: "{version}"
from: {since}
kind: customer
period: {{calendar: month, timezone: Europe/Berlin}}
parties:
  provider: {{name: Example Hosting, people: [mara, {second}], automation: [bot]}}
  customer: {{name: ACME, people: [jo]}}
approved: {{provider: {{by: mara, on: 2026-01-01}}, customer: {{by: jo, on: 2026-01-01}}}}
scope: {{in: [shop, mail]}}
hours: {{office: {{mon-fri: "08:00-18:00"}}}}
severities: {{sev1: all endpoints down, sev2: any endpoint down, sev3: as reported}}
channels: {{phone: 15m}}
escalation: [{{after: 2h, to: both managements}}]
measure: {measure}
reviews: {{triggers: [{{consecutive: 1}}]}}
targets:
  - {{name: shop, service: shop, availability: 99, credit: tiers}}
  - {{name: sev1, severity: sev1, respond: 1h, update_every: 2h, repair: 6h, share: 50, credit: late}}
  - {{name: any, respond: 2h, clock: office, share: 90, credit: late}}
  - {{name: phone, channel: phone}}
fee: {{amount: "1000.00", currency: EUR}}
credits: {{tiers: {{of: fee, steps: [{{below: 99, credit: 10%}}]}}, late: {{of: fee, each_miss: 2%}}}}
termination: [{{missed: 1, of: 2}}]
"""
MEASURES = ("{}", "{pauses: both}", "{written_within: 1h}", "{starts: reported}", "{smallest_outage: 2h}")
STEP = 30 * MINUTE
MARCH = Calendar("month", "Europe/Berlin").period(parse_instant("2026-03-15T00:00:00Z"))
"""Whose clocks go forward; from the second version on, which comes within it or after it."""
START, END = MARCH[0] - 3 * DAY, MARCH[1] + 3 * DAY
NOW = END + 5 * DAY
ENDPOINTS = ("shop,web", "shop,db", "mail,web")


def probed(random: Random) -> Iterator[Told]:
    """Up for long, down for shorter, and unknown in between, where nothing was written."""
    at, letter = START, "S"
    while at < END:
        for _ in range(random.choice((5, 50, 200) if letter == "S" else (1, 2, 10))):
            if letter != "-" and at < END:
                yield letter, at
            at += STEP
        letter = random.choice("SFFI-" if letter == "S" else "SSF-")


def lived(folder: Path, random: Random) -> Past:
    since = random.choice(("2026-03-15", "2026-03-29", "2026-04-01"))
    for version, begins, second in (("1", "2026-03-01", "tom"), ("2", since, "lena")):
        told = TERMS.format(version=version, since=begins, second=second, measure=random.choice(MEASURES))
        (folder / f"{version}.yml").write_text(told)
    past = Past.of(folder, CONFIG)
    for endpoint in ENDPOINTS:
        past.bring(probed(random), endpoint)
    return past


def settled(store: Writer, past: Past, now: int) -> Sources:
    """The record, with its outages written down."""
    found = sources_of(store, past.config, now)
    fold = fold_of(store.ledger())
    store.write_down(derived(fold, seen(past.config, found.known, found.until), found.until, now))
    return sources_of(store, past.config, now)


def said(random: Random, desk: Desk) -> LogEntry:
    """Anything that anybody may want to write of anything.

    Raises:
        UptimeError: They may not, or it is not right.
    """
    incidents = list(desk.fold.ledger().incidents.values())
    at = format_instant(random.randrange(START, END, 17 * MINUTE))
    if not incidents or random.random() < 0.2:
        kind, channel = random.choice(("fault", "request")), random.choice(("", "phone"))
        severity = random.choice(("sev1", "sev3"))
        wanted = {"service": random.choice(("shop", "mail")), "kind": kind, "start": at, "channel": channel}
        return desk.open({**wanted, "title": "Slow", "severity": severity})
    incident, act = random.choice(incidents), random.choice(list(Act))
    return desk.act(incident.ident, act, wanted_of(random, incident, act))


def wanted_of(random: Random, incident: Incident, act: Act) -> Given:
    after = random.choice((0, 1, MINUTE, HOUR, 3 * HOUR, DAY))
    at = random.choice((incident.start, incident.end or incident.start)) + after
    values = {
        Act.SEVERITY: random.choice(("sev1", "sev2", "sev3")),
        Act.FAULT: random.choice(("customer", "nobody", "provider")),
        Act.WITHDRAW: str(random.choice([each.number for each in incident.entries] or [1])),
        Act.DONE: next(iter(incident.actions()), ""),
    }
    wanted = {"text": "x", "at": format_instant(at), "value": values.get(act, ""), "due": "2026-04-01"}
    if act is Act.PAUSE:
        end = random.choice(("", format_instant(at + random.choice((1000, HOUR, 9 * HOUR)))))
        wanted |= {"from": format_instant(at), "to": end}
    keys = {"text", "at", *(["value"] if act in values or act is Act.ACTION else [])}
    keys |= {"from", "to"} if act is Act.PAUSE else {"due"} if act is Act.ACTION else set()
    return {key: value for key, value in wanted.items() if key in keys and value}


def write(random: Random, store: Writer, past: Past, now: int) -> None:
    for _ in range(random.randrange(25)):
        who = random.choice(("mara", "tom", "lena", "jo", "bot"))
        desk = Desk(past.config.agreements, ["shop", "mail"], fold_of(store.ledger()), who, now)
        with suppress(UptimeError):
            store.write_down([said(random, desk)])


def issue(sources: Sources, issued: list[Issue], now: int) -> Iterator[Json]:
    for each in drafts(sources, sources.config.agreements, MARCH, issued, now):
        told = json.loads(json.dumps(each.document))
        assert list(problems(told)) == []
        if each.news:
            issued.append(each.issue)
            yield told


@pytest.mark.unmeasured
@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_what_is_issued_is_true(seed: int) -> None:
    """Three times over, history being replaced or pruned in between."""
    random = Random(seed)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        past = lived(Path(folder), random)
        issued, told = list[Issue](), list[Json]()
        for now in (NOW, NOW + DAY, NOW + 2 * DAY):
            with closing(SqliteWriter.open(past.store)) as store:
                settled(store, past, now)
                write(random, store, past, now)
                told += issue(settled(store, past, now), issued, now)
                if random.random() < 0.3:
                    store.prune(random.randrange(START, END, HOUR))
            assert list(breaks(told)) == []
            first = random.randrange(START, END, STEP)
            span = first, min(END, first + random.choice((1, 3, 20, 200)) * STEP)
            results = [(random.choice("SF"), at) for at in range(*span, STEP)]
            past.bring(results, random.choice(ENDPOINTS), replaced=span)
