"""A year for the agreement in `config/agreements/service-desk.yml`: what probes saw, and what people and programs wrote down."""

import csv
import os
import pwd
import re
from collections.abc import Iterator
from pathlib import Path

from exporter.record.incidents.ledger import text_of
from exporter.sla.incidents.incident import Act
from exporter.store.base import LogEntry
from exporter.store.writer import SqliteWriter
from exporter.timeline.calendar import Calendar
from exporter.units import DAY, HOUR, MINUTE, format_instant, parse_instant
from tests.support.called import called
from tests.support.past import Past, steady

EXAMPLES = Path(__file__).parent.parent.parent / "config" / "agreements"
ME = pwd.getpwuid(os.getuid()).pw_name
BERLIN = Calendar("month", "Europe/Berlin")
MONTHS = [f"2025-{number:02}" for number in (11, 12)] + [f"2026-{number:02}" for number in range(1, 11)]
STEP = 30 * MINUTE

CONFIG = """
defaults: {interval: 30m, timeout: 10s}
services:
  - {name: shop, endpoints: [{name: web, url: "http://127.0.0.1/"}, {name: db, url: "tcp://127.0.0.1:5432"}]}
  - {name: mail, endpoints: [{name: imap, url: "tcp://127.0.0.1:143"}]}
  - {name: machines, endpoints: [{name: a, url: "tcp://127.0.0.1:22"}, {name: b, url: "tcp://127.0.0.2:22"}]}
agreements: [service-desk.yml, service-desk-2.yml, machines-in-zones.yml]
"""


def start_of(month: str) -> int:
    return BERLIN.period(parse_instant(f"{month}-15T00:00:00Z"))[0]


OUTAGES: dict[str, tuple[tuple[int, int], ...]] = {
    "shop/web": ((start_of("2026-01") + 9 * DAY, 2 * HOUR), (start_of("2026-03") + 4 * DAY, 6 * HOUR)),
    "shop/db": ((start_of("2026-01") + 9 * DAY, 2 * HOUR), (start_of("2026-04") + 4 * DAY, 3 * HOUR)),
    "mail/imap": (
        (start_of("2026-06") + 4 * DAY, HOUR),
        (start_of("2026-09") - HOUR, 3 * HOUR),
        (start_of("2026-10"), HOUR // 2),
    ),
    "machines/a": ((start_of("2026-01") + 9 * DAY, 2 * HOUR),),
    "machines/b": ((start_of("2026-01") + 9 * DAY, 2 * HOUR),),
}
"""Start and length. In January all is down because the machines are; over the end of August mail is, and from the first moment of October on."""


def tickets() -> Iterator[dict[str, str]]:
    """What people and programs wrote down of it; i1 to i6 are the outages in order of services and starts."""

    def say(do: str, ident: str, at: int, text: str = "", **more: str) -> dict[str, str]:
        return {"do": do, "id": ident, "at": format_instant(at), "text": text} | more

    january, march, april = (start_of(f"2026-0{number}") for number in (1, 3, 4))
    first, second, third = january + 9 * DAY, march + 4 * DAY, april + 4 * DAY
    yield say("acknowledge", "i1", first + 10 * MINUTE, "on it")
    yield from (say("update", "i1", first + number * 25 * MINUTE, "still at it") for number in range(1, 5))
    yield say("action", "i1", first + DAY, "machines in a second zone", value="zone", due="2026-02-15")
    yield say("done", "i1", first + 30 * DAY, value="zone")
    yield say("acknowledge", "i2", second + 2 * HOUR, "seen now")
    yield say("action", "i2", second + DAY, "a second line to the shop", value="line", due="2026-06-30")
    yield wait("i3", "waits for a password of the customer", third + 10 * MINUTE, third + 2 * HOUR)
    yield say("acknowledge", "i3", third + 2 * HOUR + 4 * MINUTE, "got it")
    yield say("update", "i3", third + 2 * HOUR + 32 * MINUTE, "the password does")
    at = start_of("2026-09") - HOUR  # at night, when nobody has promised to answer
    yield {
        "do": "open",
        "id": "mail-2026-08",
        "start": format_instant(at),
        "reported_at": format_instant(at + 30 * MINUTE),
        "service": "mail",
        "kind": "fault",
        "severity": "sev3",
        "title": "No mail comes in",
    }
    yield say("acknowledge", "i5", at + 75 * MINUTE, "a full disk")
    yield say("resolve", "mail-2026-08", at + 10 * HOUR, "as i5")
    opened = {
        "service": "shop",
        "kind": "request",
        "severity": "sev3",
        "channel": "phone",
        "title": "A new mailbox",
    }
    for month, answered in (("2026-05", 10 * MINUTE), ("2026-06", 20 * MINUTE)):
        at = start_of(month) + 3 * DAY + 10 * HOUR
        yield {"do": "open", "id": month, "start": format_instant(at), **opened}
        yield say("acknowledge", month, at + answered, "called back")
        if month == "2026-05":
            yield wait(month, "waits for the name of the box", at + HOUR, at + 3 * HOUR)
        yield say("resolve", month, at + 4 * HOUR, "done")
        if month == "2026-05":
            yield say("reopen", month, at + 5 * HOUR, "it does not take mail")
            yield say("resolve", month, at + 6 * HOUR, "now it does")
        yield say("dispute" if month == "2026-06" else "update", month, at + 4 * HOUR, "nobody called")
    for number, month in enumerate(MONTHS):
        at = BERLIN.period(start_of(month) + 1)[1] - HOUR
        calls = 60 if month == "2026-02" else 75 + number
        yield say("record", "first_call_resolution", at, value=str(calls), weight="200", evidence="desk.csv")
        yield say("record", "tickets", at, value="650" if month == "2026-07" else "300", evidence="desk.csv")
        for group in ("shop", "mail") if month != "2026-09" else ("shop",):
            done = "98.5" if (month, group) == ("2026-08", "mail") else "100"
            yield say("record", "backups_done", at, value=done, group=group, evidence="backup.log")
        yield say("record", "waiting_seconds", at, value="25", evidence="phone.csv")


def wait(ident: str, why: str, start: int, end: int) -> dict[str, str]:
    """A pause."""
    return {"do": "pause", "id": ident, "from": format_instant(start), "to": format_instant(end), "text": why}


def others(request: str) -> Iterator[LogEntry]:
    """What those wrote who are not the one that runs this: a program, and the customer.

    Args:
        request: Ident of that of May.
    """
    march, june, april, may = (start_of(month) for month in ("2026-03", "2026-06", "2026-04", "2026-05"))

    def say(who: str, act: Act, ident: str, at: int, **more: str) -> LogEntry:
        return LogEntry(at, who, act, ident, text_of({"at": at, "text": "", **more}))

    yield say("pagerbot", Act.ACKNOWLEDGE, "i2", march + 4 * DAY + 1000)
    asked = may + 3 * DAY + 11 * HOUR
    waited = {"at": asked, "span": [asked, asked + HOUR], "text": "we looked for the name"}
    yield LogEntry(asked, "jo", Act.PAUSE, request, text_of(waited))
    yield say("mara", Act.FAULT, "i2", march + 5 * DAY, value="customer")
    for who in ("mara", "jo"):
        yield say(who, Act.FAULT, "i4", june + 9 * DAY, value="customer")
        yield say(who, Act.SEVERITY, "i3", april + 9 * DAY, value="sev1")


def lived(folder: Path) -> Past:
    """The year, in a folder as a user has it: two versions of the agreement, that of the vendor, and a store."""
    desk = re.sub(r"\n  sha256: .*", "", (EXAMPLES / "service-desk.yml").read_text())
    desk = desk.replace("[mara, tom]", f"[mara, tom, {ME}]")
    desk = desk.replace("from: 2026-01-01\ntitle", "from: 2025-11-01\ntitle")
    (folder / "service-desk.yml").write_text(desk)
    vendor = re.sub(r"\n  sha256: .*", "", (EXAMPLES / "machines-in-zones.yml").read_text())
    (folder / "machines-in-zones.yml").write_text(vendor)
    later = desk.replace('version: "1"', 'version: "2"').replace("from: 2025-11-01", "from: 2026-07-01")
    later = later.replace("channel: phone, share: 90", "channel: phone, share: 80")
    (folder / "service-desk-2.yml").write_text(later)
    past = Past.of(folder, CONFIG)
    begin, end = start_of(MONTHS[0]), start_of("2026-11") + DAY
    for endpoint, outages in OUTAGES.items():
        told, at = [], begin
        for start, length in outages:
            told += [*steady("S", at, start, STEP), *steady("F", start, start + length, STEP)]
            at = start + length
        past.bring([*told, *steady("S", at, end, STEP)], endpoint.replace("/", ","))
    return past


def written_down(past: Past) -> None:
    """Write all of it down, as the people of the year would have."""
    rows = list(tickets())
    names = list(dict.fromkeys(key for row in rows for key in row))
    with (past.folder / "tickets.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    said = called("incident", "import", "tickets.csv", cwd=past.folder)
    assert said.stdout == f"Wrote down {len(rows)} rows\n", said.stderr
    store = SqliteWriter.open(past.store)
    try:
        request = next(each.ident for each in store.ledger() if "A new mailbox" in each.body)
        store.write_down(list(others(request)))
    finally:
        store.close()
