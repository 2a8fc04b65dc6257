"""Agreements beside the running daemon: the running period as metrics, the closed one issued and reported by itself."""

import json
import time
from pathlib import Path

import pytest

from exporter.store.base import Issue, Said
from exporter.store.writer import SqliteWriter
from exporter.timeline.calendar import Calendar
from exporter.units import DAY, HOUR, MINUTE, format_instant, parse_instant
from tests.conftest import StartDaemon
from tests.support.called import called
from tests.support.contracted import AGREEMENT
from tests.support.past import Past, steady
from tests.support.processes import wait_for

STEP = 10 * MINUTE
SHOP = """
services:
  - name: shop
    endpoints: [{name: web, url: "tcp://127.0.0.1:9", interval: 10m}]
    slos: [{objective: 99, window: 1d}]
agreements: [acme.yml]
"""
LABELS = {"agreement": "acme", "target": "shop"}


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """The last closed month and what there is of this one, with an hour of downtime a day after the start of the closed one."""
    (tmp_path / "acme.yml").write_text(AGREEMENT + "reviews: {triggers: [scope change, {consecutive: 1}]}\n")
    made = Past.of(tmp_path, SHOP)
    now = round(time.time() * 1000)
    start, end = Calendar("month").period(Calendar("month").period(now + 1)[0])
    down = start + DAY
    made.bring(
        [
            *steady("S", start, down, STEP),
            *steady("F", down, down + HOUR, STEP),
            *steady("S", down + HOUR, max(end, now - 2 * STEP), STEP),
        ]
    )
    return made


def test_a_closed_period_is_issued_and_reported_by_itself(past: Past, start_daemon: StartDaemon) -> None:
    daemon = start_daemon(SHOP)
    target = wait_for(lambda: daemon.value("uptime_sla_target_ratio", **LABELS), "agreements are judged")
    assert target == 0.999
    assert daemon.value("uptime_sla_report_last_successful", agreement="acme") == 1
    (report,) = (past.folder / "reports").glob("acme-*-1.json")
    assert {each.suffix for each in report.parent.iterdir()} == {".html", ".md", ".csv", ".json"}
    told = json.loads(report.read_text())
    assert told["verdict"] == "missed"
    assert told["targets"][0]["counted_ms"] == HOUR
    end = parse_instant(told["period"]["end"]) / 1000
    assert daemon.value("uptime_sla_review_due_timestamp_seconds", agreement="acme") == end
    verified = called("verify", report)
    assert verified.returncode == 0, verified.stdout

    options = f"--config.file={past.folder}/uptime.yml", f"--storage={past.store}"
    again = called("report", "acme", "--period=last", "--issue", *options)
    assert "nothing has changed since the latest issue" in again.stderr


def test_a_report_that_could_not_be_written_is_after_a_restart(past: Past, start_daemon: StartDaemon) -> None:
    reports = past.folder / "reports"
    reports.write_text("a file where the folder is to be")
    daemon = start_daemon(SHOP)
    daemon.wait_for_value(0, "uptime_sla_report_last_successful", agreement="acme")
    daemon.process.wait_for_line("event=report_failed")
    assert daemon.stop() == 0

    reports.unlink()
    daemon = start_daemon(SHOP)
    daemon.wait_for_value(1, "uptime_sla_report_last_successful", agreement="acme")
    (report,) = reports.glob("acme-*-1.json")
    before = report.stat().st_mtime_ns
    assert daemon.stop() == 0
    daemon = start_daemon(SHOP)
    daemon.wait_for_value(1, "uptime_sla_report_last_successful", agreement="acme")
    assert report.stat().st_mtime_ns == before, "it was written once"


def test_the_last_credit_of_an_agreement_that_has_ended_is_still_to_be_claimed(
    past: Past, start_daemon: StartDaemon
) -> None:
    start, _ = Calendar("month").period(Calendar("month").period(round(time.time() * 1000) + 1)[0])
    last = format_instant(Calendar("month").period(start + 1)[1] - DAY)[:10]
    ended = f"term: {{from: 2026-01-01, to: {last}}}\n"
    (past.folder / "acme.yml").write_text(AGREEMENT.replace("within: 30d", "within: 90d") + ended)
    daemon = start_daemon(SHOP)
    claim_by = wait_for(
        lambda: daemon.value("uptime_sla_claim_deadline_timestamp_seconds", agreement="acme"), "it is told"
    )
    assert claim_by == (Calendar("month").period(start + 1)[1] + 90 * DAY) / 1000
    assert daemon.value("uptime_sla_report_last_successful", agreement="acme") == 1
    written = daemon.value("uptime_sla_report_last_success_timestamp_seconds", agreement="acme")
    assert written is not None
    assert time.time() - 60 < written <= time.time()
    assert daemon.value("uptime_sla_target_ratio", **LABELS) is None


def test_a_command_issues_through_the_daemon_that_holds_the_store(
    past: Past, start_daemon: StartDaemon
) -> None:
    daemon = start_daemon(SHOP)
    wait_for(lambda: daemon.value("uptime_sla_target_ratio", **LABELS), "agreements are judged")
    options = f"--config.file={past.folder}/uptime.yml", f"--storage={past.store}"
    start, _ = Calendar("month").period(Calendar("month").period(round(time.time() * 1000) + 1)[0])
    excused = called(
        *("exclude", "add", "--service=shop", "--category=maintenance", "--reason=a move"),
        *(f"--from={(start + DAY) // 1000}", f"--to={(start + DAY + HOUR) // 1000}", *options),
    )
    assert excused.returncode == 0, excused.stderr
    issued = called("report", "acme", "--period=last", "--issue", "--format=json", *options)
    assert issued.returncode == 0, issued.stderr
    assert issued.stderr.startswith("issued as number 2")
    assert json.loads(issued.stdout)["verdict"] == "met"


def test_an_agreement_that_cannot_be_judged_ends_nothing_else(past: Past, start_daemon: StartDaemon) -> None:
    store = SqliteWriter.open(past.store)
    store.add_issue(Issue(Said("acme", 1, (0, 1), 0, "00", "no share", None), "no JSON at all"))
    store.close()
    (past.folder / "other.yml").write_text(AGREEMENT.replace("name: acme", "name: other"))
    daemon = start_daemon(SHOP.replace("[acme.yml]", "[acme.yml, other.yml]"))
    other = {"agreement": "other", "target": "shop"}
    wait_for(lambda: daemon.value("uptime_sla_target_ratio", **other), "the other one is judged")
    assert daemon.value("uptime_sla_target_ratio", **LABELS) is None
    daemon.process.wait_for_line("event=agreement_failed")
    assert daemon.ready()
