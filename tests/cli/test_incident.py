"""`incident` and `measure` as people use them, without a daemon: a year is written down, reported and proved."""

import asyncio
import csv
import json
import os
import pwd
import re
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from exporter.cli.ledger import settle
from exporter.errors import UptimeError
from exporter.sla.wire import digest
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.units import DAY, HOUR, MINUTE, format_instant
from exporter.web.control import serve_control
from tests.support.called import called
from tests.support.months import OCTOBER, SHOP, made_past
from tests.support.past import Past

ME = pwd.getpwuid(os.getuid()).pw_name
OUTAGE = OCTOBER + DAY
"""Start of the first of two outages; the other one is over the end of the month."""

AGREEMENT = f"""\
name: acme
version: "1"
from: 2026-01-01
kind: customer
period: {{calendar: month, timezone: UTC}}
parties:
  provider: {{name: Example Hosting, people: [{ME}, tom], automation: [pager]}}
  customer: {{name: ACME, people: [jo]}}
approved: {{provider: {{by: tom, on: 2025-12-01}}, customer: {{by: jo, on: 2025-12-02}}}}
scope: {{in: [shop]}}
severities: {{sev1: all endpoints down, sev2: any endpoint down}}
channels: {{phone: 15m}}
targets:
  - {{name: answers, severity: sev2, respond: 15m, credit: late}}
  - {{name: repairs, severity: [sev1, sev2], repair: 4h}}
  - {{name: calls, channel: phone, share: 90}}
  - {{name: first-call, recorded: first_call_resolution, at_least: 70, suspended_above: {{recorded: tickets, more_than: 500}}}}
fee: {{amount: "1000.00", currency: EUR}}
credits: {{late: {{of: fee, each_miss: 2%}}}}
report: {{formats: [json], to: reports}}
"""

Run = Callable[..., str]


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Past:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.yml").write_text(AGREEMENT)
    made = made_past(tmp_path)
    made.reconfigure(f"{SHOP}agreements: [acme.yml]\n")
    return made


@pytest.fixture
def run(past: Past) -> Run:
    def run(*arguments: str, status: int = 0) -> str:
        done = called(*arguments, cwd=past.folder)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def reported(run: Run) -> Any:
    run("report", "acme", "--period=2026-10", "--out=october.json")
    assert run("verify", "october.json").startswith("True: acme")
    return json.loads(Path("october.json").read_text())


def target(told: Any, name: str) -> Any:
    return next(each for each in told["targets"] if each["name"] == name)


def clocks(told: Any, name: str) -> list[tuple[str, str, int, bool | None]]:
    found = target(told, name)["incidents"]
    return [
        (each["id"], clock["task"], clock["elapsed_ms"], clock["met"])
        for each in found
        for clock in each["clocks"]
    ]


def test_outages_are_incidents_by_themselves(run: Run) -> None:
    listed = run("incident", "list")
    assert "i1  shop     outage" in listed
    assert len(listed.splitlines()) == 3
    told = reported(run)
    assert clocks(told, "answers") == [("i1", "respond", HOUR, False), ("i2", "respond", 3 * HOUR, False)]
    assert clocks(told, "repairs") == [("i1", "repair", HOUR, True), ("i2", "repair", 3 * HOUR, True)]
    assert (target(told, "answers")["verdict"], told["credit"]["amount"]) == ("missed", "40.00")
    assert target(told, "calls")["verdict"] == "met"
    assert target(told, "first-call")["verdict"] == "undetermined"


def test_a_person_answers_and_the_customer_is_waited_for(run: Run) -> None:
    at = format_instant(OUTAGE + HOUR - MINUTE)
    said = run("incident", "ack", "i1", f"--at={at}", "--text=on it")
    assert said == "Written down of i1\n"
    pause = (f"--from={format_instant(OUTAGE + MINUTE)}", f"--to={format_instant(OUTAGE + 50 * MINUTE)}")
    run("incident", "pause", "i1", *pause, "--text=waits for a password")
    told = reported(run)
    assert clocks(told, "answers")[0] == ("i1", "respond", 10 * MINUTE, True)
    page = run("report", "acme", "--period=2026-10")
    assert "waits for a password" in page
    assert f"| {ME}" in page
    shown = run("incident", "show", "i1")
    assert "waits for a password" in shown
    assert "written down" in shown


def test_short_names_are_told_beside_the_long_ones() -> None:
    listed = called("incident", "--help").stdout
    names = [line.split()[0] for line in listed.partition("Commands:")[2].splitlines() if line.strip()]
    assert {"acknowledge", "resolve"} <= set(names)
    assert not {"ack", "close"} & set(names)
    assert "in short `ack`" in listed
    wrong = called("incident", "akc", "i1")
    assert (wrong.returncode, "No such command 'akc'" in wrong.stderr) == (2, True)


def test_an_automatic_answer_is_none(run: Run, past: Past) -> None:
    """The one who writes is a program to another agreement's terms."""
    text = AGREEMENT.replace(f"[{ME}, tom], automation: [pager]", f"[tom], automation: [{ME}]")
    (past.folder / "acme.yml").write_text(text)
    run("incident", "acknowledge", "i1", f"--at={format_instant(OUTAGE + 1000)}")
    assert clocks(reported(run), "answers")[0] == ("i1", "respond", HOUR, False)
    refused = run("incident", "resolve", "i1", status=3)
    assert f"`{ME}` is a program, and only people may do that" in refused


def test_who_may_not_is_told_so_and_it_is_kept(run: Run, past: Past) -> None:
    (past.folder / "acme.yml").write_text(AGREEMENT.replace(f"{ME}, tom", "tom"))
    said = run("incident", "acknowledge", "i1", status=3)
    assert f"`{ME}` may not write here" in said
    store = SqliteReader.open(past.store)
    entry = store.ledger()[-1]
    store.close()
    assert (entry.who, entry.action, entry.ident) == (ME, "refused", "i1")


def test_tickets_are_brought_in(run: Run) -> None:
    rows = [
        {
            "do": "open",
            "id": "T-1",
            "service": "shop",
            "title": "No mail",
            "kind": "request",
            "severity": "sev2",
            "channel": "phone",
        },
        {"do": "acknowledge", "id": "T-1", "text": "called back"},
        {"do": "resolve", "id": "T-1"},
        {"do": "record", "id": "first_call_resolution", "value": "71.5", "evidence": "desk.csv"},
        {"do": "record", "id": "tickets", "value": "612", "evidence": "desk.csv"},
    ]
    times = (0, 20 * MINUTE, 2 * HOUR, 0, 0)
    with Path("tickets.csv").open("w", newline="") as file:
        writer = csv.DictWriter(
            file,
            [
                "do",
                "id",
                "service",
                "title",
                "kind",
                "severity",
                "channel",
                "start",
                "at",
                "text",
                "value",
                "evidence",
            ],
        )
        writer.writeheader()
        for row, after in zip(rows, times, strict=True):
            key = "start" if row["do"] == "open" else "at"
            writer.writerow({**row, key: format_instant(OCTOBER + 9 * DAY + after)})
    assert run("incident", "import", "tickets.csv") == "Wrote down 5 rows\n"
    told = reported(run)
    assert clocks(told, "calls") == [("i3", "respond", 20 * MINUTE, False)]
    assert target(told, "calls")["verdict"] == "missed"
    first = target(told, "first-call")
    assert (first["groups"][0]["value"], first["groups"][0]["holds"]) == ("71.5", True)
    assert first["suspended"] == "tickets came to 612, and above 500 nothing is promised"
    assert "71.5" in run("measure", "list")
    rows[1]["text"] = ""
    Path("tickets.csv").write_text("do,id,text\nupdate,i3,\n")
    assert "line 2: text: is missing; say what is new" in run("incident", "import", "tickets.csv", status=2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "do,id,text,text\nupdate,i1,a,b\n",
            ["tickets.csv: line 1: has the column `text` 2 times; keep one"],
        ),
        (
            "do;id;text\nupdate;i1;a\n",
            [
                "tickets.csv: line 1: has no column `do`, which says what to do; it has `do;id;text`. Columns are separated by commas"
            ],
        ),
        (
            "\nDo,Id\nupdate,i1,a\n",
            [
                "tickets.csv: line 2: has no column `do`, which says what to do; it has `Do`, `Id`. Columns are separated by commas",
                "tickets.csv: line 3 has more cells than the first line names",
            ],
        ),
        (
            'do,id,text,at\nupdate,i1,"one\ntwo",\n\nupdate,i1\nupdate,i1,x,noon\n',
            ["line 5: text: is missing; say what is new", "line 6: at: "],
        ),
        ("do,id,text\n", ["tickets.csv has no rows; the first line names columns"]),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_lines(text: str, told: list[str], run: Run) -> None:
    Path("tickets.csv").write_text(text)
    said = run("incident", "import", "tickets.csv", status=2).splitlines()
    assert len(said) == len(told)
    assert [line.startswith(start) for line, start in zip(said, told, strict=True)] == [True] * len(told)


def test_what_is_named_comes_back_until_it_is_done(run: Run) -> None:
    run("incident", "action", "i2", "--value=disks", "--text=more disks", "--due=2026-10-20")
    assert "to be done by 2026-10-20 (overdue): disks: more disks" in run("incident", "show", "i2")
    assert "more disks" in run("report", "acme", "--period=2026-10")
    run("incident", "done", "i2", "--value=disks")
    assert "to be done" not in run("incident", "show", "i2")


def test_a_dispute_is_told_until_it_is_settled(run: Run) -> None:
    run("incident", "dispute", "i1", "--text=nobody was told")
    disputed = target(reported(run), "answers")["incidents"][0]
    assert (disputed["met"], disputed["disputed"]) == (False, True)
    run("incident", "settle", "i1", "--text=they were")
    assert target(reported(run), "answers")["incidents"][0]["disputed"] is False


def test_an_incident_that_is_left_out_is_seen(run: Run) -> None:
    told = reported(run)
    for seen in told["evidence"].values():
        seen["incidents"] = [each for each in seen["incidents"] if each["id"] != "i1"]
    Path("october.json").write_text(json.dumps(told))
    assert "the evidence of `answers` has not the outages that its lanes have" in run(
        "verify", "october.json", status=1
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [("end", OUTAGE + MINUTE), ("severity", "sev9"), ("title", "nothing"), ("start", OUTAGE + MINUTE)],
)
def test_an_incident_that_is_told_otherwise_is_seen(run: Run, key: str, value: object) -> None:
    told = reported(run)
    for seen in told["evidence"].values():
        for each in seen["incidents"]:
            if each["id"] == "i1":
                each[key] = value
    told["sha256"] = digest(told)
    Path("october.json").write_text(json.dumps(told))
    assert "the evidence of `answers` has" in run("verify", "october.json", status=1)


def test_what_is_to_be_done_is_told_in_the_next_period_too(run: Run) -> None:
    named = ("--value=disks", "--text=more disks", "--due=2026-10-20")
    run("incident", "action", "i2", *named)
    run("report", "acme", "--period=running", "--out=november.json")
    (action,) = json.loads(Path("november.json").read_text())["actions"]
    assert (action["incident"], action["name"], action["overdue"]) == ("i2", "disks", True)


def test_the_other_month_has_no_part_of_it(run: Run) -> None:
    run("report", "acme", "--period=running", "--out=november.json")
    assert target(json.loads(Path("november.json").read_text()), "repairs")["incidents"] == []


def outages(past: Past) -> list[str]:
    with closing(SqliteReader.open(past.store)) as store:
        return [each.ident for each in store.ledger() if each.action == "outage"]


@pytest.mark.parametrize(
    "told",
    [
        ("incident", "list"),
        ("report", "acme", "--period=2026-10", "--issue"),
        ("claim", "acme", "--period=2026-10", "--out=claim"),
    ],
    ids=["list", "report", "claim"],
)
def test_an_id_that_was_told_is_written_down_and_given_to_nothing_else(
    run: Run, past: Past, told: tuple[str, ...]
) -> None:
    assert "i1?" not in run(*told)
    assert outages(past) == ["i1", "i2"]
    earlier = OUTAGE - 2 * HOUR
    past.bring(
        [("F", earlier), *((("S", earlier + 10 * MINUTE * step)) for step in range(1, 6))],
        replaced=(earlier, earlier + HOUR),
    )
    assert [line.split()[0] for line in run("incident", "list").splitlines()] == ["ID", "i1", "i2", "i3"]
    assert f"i3  shop     outage  {format_instant(earlier)}" in run("incident", "list")


def test_an_id_that_cannot_be_written_down_yet_is_marked_and_neither_issued_nor_claimed(
    run: Run, past: Past
) -> None:
    with closing(SqliteWriter.open(past.store)):
        assert "i1?  shop     outage" in run("incident", "list")
        assert run("incident", "show", "i1?").startswith("i1?: outage of shop")
        assert "id i1?, shop, outage" in run("report", "acme", "--period=2026-10")
        for command in ("report", "--issue"), ("claim", "--out=claim"):
            refused = run(command[0], "acme", "--period=2026-10", command[1], status=3)
            assert "is writing to it" in refused
    assert outages(past) == []
    assert not Path("claim").exists()


async def test_a_daemon_that_tells_them_otherwise_is_of_another_version(past: Past) -> None:
    async def tell(_request: web.Request) -> web.Response:
        return web.json_response({"incidents": [{"id": "i1"}], "measures": {}})

    app = web.Application()
    app.router.add_get("/api/v1/incidents", tell)
    async with serve_control(app, past.store):
        with pytest.raises(UptimeError, match="restart it"):
            await asyncio.to_thread(settle, ["uptime.yml"], "uptime.db")


def test_what_one_customer_reports_is_nothing_to_the_agreement_with_another_one(run: Run, past: Past) -> None:
    """Neither of its report, nor of when its outages were reported, nor of what is still to be done."""
    measured = f"{AGREEMENT}measure: {{starts: reported}}\n"
    (past.folder / "acme.yml").write_text(measured)
    other = measured.replace("name: acme", "name: other").replace(f"{ME}, tom", "tom")
    (past.folder / "other.yml").write_text(other)
    past.reconfigure(f"{SHOP}agreements: [acme.yml, other.yml]\n")
    at = f"--start={format_instant(OUTAGE)}", f"--reported-at={format_instant(OUTAGE + 10 * MINUTE)}"
    run("incident", "open", "--service=shop", "--title=No orders come", "--severity=sev2", *at)
    run("incident", "action", "i3", "--text=more disks", "--due=2026-12-01")
    told = reported(run)
    assert clocks(told, "answers")[0] == ("i1", "respond", 50 * MINUTE, False)
    assert [each["id"] for each in target(told, "answers")["incidents"]] == ["i1", "i3", "i2"]
    assert [each["incident"] for each in told["actions"]] == ["i3"]

    run("report", "other", "--period=2026-10", "--out=other.json")
    assert run("verify", "other.json").startswith("True: other")
    text = Path("other.json").read_text()
    assert ("No orders come" in text, "more disks" in text) == (False, False)
    assert clocks(json.loads(text), "answers") == []
    assert [each["id"] for each in target(json.loads(text), "answers")["incidents"]] == ["i1", "i2"]


def test_an_incident_that_is_dated_back_is_seen_to_be(run: Run) -> None:
    before = round(time.time() * 1000)
    named = "--service=shop", "--title=No orders come", "--severity=sev2"
    run("incident", "open", *named, f"--start={format_instant(OUTAGE)}")
    (listed,) = (line for line in run("incident", "list").splitlines() if line.startswith("i3"))
    assert re.search(r"No orders come +written down \d+d later$", listed)
    assert re.search(rf"opened by {ME} at .*, written down \d+d later\n", run("incident", "show", "i3"))
    assert re.search(rf"opened by {ME}, written down \d+d later", run("report", "acme", "--period=2026-10"))
    told = {each["id"]: each["opened_at"] for each in reported(run)["evidence"]["answers"]["incidents"]}
    assert (told["i1"], before <= told["i3"] <= time.time() * 1000) == (0, True)
    run("incident", "open", *named)
    (listed,) = (line for line in run("incident", "list").splitlines() if line.startswith("i4"))
    assert listed.endswith("No orders come"), "it was written down at once"
