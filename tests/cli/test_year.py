"""A year of the agreement in `config/agreements/service-desk.yml`: history, incidents and tickets, each month issued and proved."""

import csv
import json
import os
import pwd
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

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
    "mail/imap": ((start_of("2026-06") + 4 * DAY, HOUR), (start_of("2026-09") - HOUR, 3 * HOUR)),
    "machines/a": ((start_of("2026-01") + 9 * DAY, 2 * HOUR),),
    "machines/b": ((start_of("2026-01") + 9 * DAY, 2 * HOUR),),
}
"""Start and length. In January all is down because the machines are; over the end of August mail is."""


def tickets() -> Iterator[dict[str, str]]:
    """What people and programs wrote down of it; i1 to i6 are the outages in order of services and starts."""

    def say(do: str, ident: str, at: int, text: str = "", **more: str) -> dict[str, str]:
        return {"do": do, "id": ident, "at": format_instant(at), "text": text} | more

    january, march, april = (start_of(month) for month in ("2026-01", "2026-03", "2026-04"))
    first, second, third = january + 9 * DAY, march + 4 * DAY, april + 4 * DAY
    yield say("acknowledge", "i1", first + 10 * MINUTE, "on it")
    yield from (say("update", "i1", first + number * 25 * MINUTE, "still at it") for number in range(1, 5))
    yield say("action", "i1", first + DAY, "machines in a second zone", value="zone", due="2026-02-15")
    yield say("done", "i1", first + 30 * DAY, value="zone")
    yield say("acknowledge", "i2", second + 2 * HOUR, "seen now")
    yield {
        **say("pause", "i3", third, "waits for a password of the customer"),
        "at": "",
        "from": format_instant(third + 10 * MINUTE),
        "to": format_instant(third + 2 * HOUR),
    }
    yield say("acknowledge", "i3", third + 2 * HOUR + 30 * MINUTE, "got it")
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
        yield say("resolve", month, at + 3 * HOUR, "done")
        if month == "2026-05":
            yield say("reopen", month, at + 5 * HOUR, "it does not take mail")
            yield say("resolve", month, at + 6 * HOUR, "now it does")
        yield say("dispute" if month == "2026-06" else "update", month, at + 4 * HOUR, "nobody called")
    for number, month in enumerate(MONTHS):
        at = BERLIN.period(start_of(month) + 1)[1] - HOUR
        calls = 60 if month == "2026-02" else 75 + number
        yield say("record", "first_call_resolution", at, value=str(calls), weight="200", evidence="desk.csv")
        yield say("record", "tickets", at, value="650" if month == "2026-07" else "300", evidence="desk.csv")
        yield say(
            "record",
            "backups_done",
            at,
            value="98.5" if month == "2026-08" else "100",
            group="mail",
            evidence="backup.log",
        )
        yield say("record", "waiting_seconds", at, value="25", evidence="phone.csv")


def others() -> Iterator[LogEntry]:
    """What those wrote who are not the one that runs this: a program, and the customer."""
    march, june, april = (start_of(month) for month in ("2026-03", "2026-06", "2026-04"))

    def say(who: str, act: Act, ident: str, at: int, **more: str) -> LogEntry:
        return LogEntry(at, who, act, ident, text_of({"at": at, "text": "", **more}))

    yield say("pagerbot", Act.ACKNOWLEDGE, "i2", march + 4 * DAY + 1000)
    for who in ("mara", "jo"):
        yield say(who, Act.FAULT, "i4", june + 9 * DAY, value="customer")
        yield say(who, Act.SEVERITY, "i3", april + 9 * DAY, value="sev1")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Issue each month in turn; gives each as JSON."""
    folder = tmp_path_factory.mktemp("year")
    desk = re.sub(r"\n  sha256: .*", "", (EXAMPLES / "service-desk.yml").read_text())
    desk = desk.replace("[mara, tom]", f"[mara, tom, {ME}]").replace(
        "from: 2026-01-01\ntitle", "from: 2025-11-01\ntitle"
    )
    (folder / "service-desk.yml").write_text(desk)
    vendor = re.sub(r"\n  sha256: .*", "", (EXAMPLES / "machines-in-zones.yml").read_text())
    (folder / "machines-in-zones.yml").write_text(vendor)
    later = desk.replace('version: "1"', 'version: "2"').replace("from: 2025-11-01", "from: 2026-07-01")
    (folder / "service-desk-2.yml").write_text(
        later.replace("channel: phone, share: 90", "channel: phone, share: 80")
    )
    past = Past.of(folder, CONFIG)
    begin, end = start_of(MONTHS[0]), start_of("2026-11") + DAY
    for endpoint, outages in OUTAGES.items():
        told, at = [], begin
        for start, length in outages:
            told += [*steady("S", at, start, STEP), *steady("F", start, start + length, STEP)]
            at = start + length
        past.bring([*told, *steady("S", at, end, STEP)], endpoint.replace("/", ","))

    def run(*arguments: str, status: int = 0) -> str:
        done = called(*arguments, cwd=folder)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    rows = list(tickets())
    names = list(dict.fromkeys(key for row in rows for key in row))
    with (folder / "tickets.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    assert run("incident", "import", "tickets.csv") == f"Wrote down {len(rows)} rows\n"
    store = SqliteWriter.open(past.store)
    store.write_down(list(others()))
    store.close()
    for month in MONTHS:
        run("report", "service-desk", f"--period={month}", "--issue", f"--out={folder}/{month}.json")
    run("report", "service-desk", "--period=2026-03", f"--out={folder}/march.html")
    said = run("verify", *(f"{folder}/{month}.json" for month in MONTHS))
    assert said.count("True: service-desk") == len(MONTHS)
    return lambda name: (
        json.loads((folder / f"{name}.json").read_text()) if "." not in name else (folder / name).read_text()
    )


def target(told: Any, name: str) -> Any:
    return next(each for each in told["targets"] if each["name"] == name)


def clocks(told: Any, name: str) -> dict[str, dict[str, bool | None]]:
    found = target(told, name)["incidents"]
    return {each["id"]: {clock["task"]: clock["met"] for clock in each["clocks"]} for each in found}


Year = Callable[[str], Any]


def test_january_was_answered_and_rests_on_the_machines(year: Year) -> None:
    told = year("2026-01")
    assert clocks(told, "sev1") == {"i1": {"respond": True, "update": True, "repair": True}}
    (machines,) = told["rests_on"]
    assert machines["shared_ms"]["shop"] == 2 * HOUR
    assert [each["verdict"] for each in machines["owes"] if each["verdict"] == "missed"] == ["missed"]
    assert (told["credit"]["percent"], machines["credit_percent_without"]) == ("5.000000", "0.000000")


def test_a_program_that_answers_at_once_answers_nothing(year: Year) -> None:
    told = year("2026-03")
    entries = told["evidence"]["sev2"]["incidents"][0]["entries"]
    assert [(each["by"], each["act"]) for each in entries] == [
        ("pagerbot", "acknowledge"),
        (ME, "acknowledge"),
    ]
    assert "a program, or nobody of the parties" in year("march.html")


def test_in_june_it_was_the_customers_fault(year: Year) -> None:
    (found,) = target(year("2026-06"), "sev1")["incidents"]
    assert (found["id"], found["ignored"]) == ("i4", "both parties say that it was the fault of the customer")


def test_what_a_version_changed_stands_in_the_reports_after_it(year: Year) -> None:
    assert [each["version"] for each in year("2026-06")["versions"]] == ["1"]
    first, second = year("2026-08")["versions"]
    assert (first["version"], second["version"]) == ("1", "2")
    assert second["changes"] == ["targets.phone.share: 80, it was 90"]


def test_in_march_nobody_answered_in_time(year: Year) -> None:
    told = year("2026-03")
    assert clocks(told, "sev2") == {"i2": {"respond": False, "repair": True}}
    assert target(told, "sev2")["credit"]["percent_of_fee"] == "2.000000"
    assert "seen now" in year("march.html")


def test_in_april_the_customer_was_waited_for(year: Year) -> None:
    """Both parties have made a sev1 of it, whose answer is due within a quarter of an hour."""
    told = year("2026-04")
    assert target(told, "sev2")["incidents"] == []
    (clock,) = (each for each in target(told, "sev1")["incidents"][0]["clocks"] if each["task"] == "respond")
    assert (clock["elapsed_ms"], clock["met"]) == (40 * MINUTE, False)


def test_requests_by_phone(year: Year) -> None:
    assert target(year("2026-05"), "phone")["verdict"] == "met"
    disputed = target(year("2026-06"), "phone")
    assert (disputed["verdict"], disputed["incidents"][0]["disputed"]) == ("missed", True)
    (reopened,) = target(year("2026-05"), "requests")["incidents"]
    assert [(each["elapsed_ms"], each["met"]) for each in reopened["clocks"]] == [(4 * HOUR, True)]


def test_what_was_recorded(year: Year) -> None:
    assert target(year("2026-02"), "first-call")["verdict"] == "missed"
    assert target(year("2026-03"), "first-call")["groups"] == [
        {"name": "", "value": "79", "holds": True, "count": 1}
    ]
    july = target(year("2026-07"), "first-call")
    assert (july["suspended"], july["verdict"]) == (
        "tickets came to 650, and above 500 nothing is promised",
        "undetermined",
    )
    assert target(year("2026-08"), "backups")["groups"][0]["holds"] is False


def test_an_incident_over_the_months_end_belongs_to_the_one_in_which_it_began(year: Year) -> None:
    assert [list(clocks(year(month), "sev1")) for month in ("2026-08", "2026-09")] == [["i5"], []]


def test_what_keeps_going_wrong_gives_the_right_to_leave(year: Year) -> None:
    verdicts = [year(month)["verdict"] for month in MONTHS]
    assert verdicts[2:6] == ["missed", "missed", "missed", "missed"]
    assert year("2026-01")["termination"] == []
    assert year("2026-03")["termination"] == ["3 of the last 5 periods were missed; 3 are enough"]
    assert "2 periods of shop in a row were missed" in year("2026-04")["termination"]
