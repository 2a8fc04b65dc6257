"""Corrections while the real daemon runs and while it does not: every figure follows, and comes back to the last digit."""

import json
import stat
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from exporter.record.exclusions import Action
from exporter.store.reader import SqliteReader
from tests.conftest import StartDaemon
from tests.support.called import called
from tests.support.daemon import Daemon

CONFIG = """
services:
  - name: shop
    endpoints: [{name: web, url: "tcp://127.0.0.1:9", interval: 1h}]
    slos: [{objective: 99.9, window: 30d}]
  - name: other
    endpoints: [{name: web, url: "tcp://127.0.0.1:9", interval: 1h}]
    slos: [{objective: 99.9, window: 30d}]
"""
NOON = "2026-01-01T12:00:00Z"
PAST = (
    "timestamp,service,endpoint,result,reason\n"
    + "".join(f"2026-01-01T{hour:02}:00:00Z,shop,web,success,\n" for hour in range(12) if hour != 7)
    + "2026-01-01T07:00:00Z,shop,web,failure,timeout\n"
)
ADD = ("exclude", "add", "--service=shop", "--category=customer", "--reason=They pulled the plug")
SPAN = ("--from=2026-01-01T07:00:00Z", "--to=2026-01-01T08:00:00Z")


class Bench:
    """A folder with a configuration, a past, and perhaps a daemon."""

    def __init__(self, folder: Path, start_daemon: StartDaemon) -> None:
        self.folder = folder
        self.start_daemon = start_daemon
        (folder / "uptime.yml").write_text(CONFIG)
        (folder / "past.csv").write_text(PAST)
        assert "12 results imported" in self.run("backfill", "--csv=past.csv")

    def run(self, *arguments: str, status: int = 0) -> str:
        done = called(*arguments, cwd=self.folder)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def daemon(self, *arguments: str) -> Daemon:
        return self.start_daemon(CONFIG, *arguments)

    def figure(self) -> dict[str, Any]:
        found = json.loads(self.run("sli", "shop", "--window=12h", f"--at={NOON}", "--format=json"))
        del found["settled_until"]  # the present one, which moves
        return dict(found)

    def asked(self, daemon: Daemon) -> dict[str, Any]:
        answer = daemon.get(f"/api/v1/sli?service=shop&window=12h&at={NOON}")
        assert answer.ok, answer.text
        return {key: value for key, value in answer.json().items() if key != "settled_until"}

    def trail(self) -> list[tuple[str, str, str]]:
        store = SqliteReader.open(self.folder / "uptime.db")
        try:
            return [(entry.action, entry.who, entry.ident) for entry in store.exclusion_log()]
        finally:
            store.close()


@pytest.fixture
def bench(tmp_path: Path, start_daemon: StartDaemon) -> Bench:
    return Bench(tmp_path, start_daemon)


def test_beside_a_running_daemon_every_figure_follows_at_once_and_comes_back_to_the_last_digit(
    bench: Bench,
) -> None:
    daemon = bench.daemon()
    before = bench.figure()
    assert before["seconds"] == {"up": 39600.0, "down": 3600.0, "excluded": 0.0, "unknown": 0.0}

    told = bench.run(*ADD, *SPAN)
    assert told.startswith("c1 entered: customer for shop, 2026-01-01T07:00:00Z to 2026-01-01T08:00:00Z")
    corrected = bench.figure()
    assert corrected["seconds"] == {"up": 39600.0, "down": 0.0, "excluded": 3600.0, "unknown": 0.0}
    assert (corrected["sli"], corrected["met"], corrected["events"]["excluded"]) == (1.0, True, 1)
    assert bench.asked(daemon) == corrected

    bench.run("exclude", "remove", "c1", "--reason=They did not")
    assert bench.figure() == before == bench.asked(daemon)
    assert "They did not" in bench.run("exclude", "list", "--trail")


def test_the_state_of_an_slo_says_excluded_at_the_next_scrape(bench: Bench) -> None:
    """Ruling 21: the endpoint goes on showing what is measured."""
    daemon = bench.daemon()
    shop = {"uptime_service": "shop", "uptime_endpoint": "web"}
    daemon.wait_for_value(0, "uptime_endpoint_up", **shop)
    assert daemon.value("uptime_endpoint_excluded", **shop) == 0
    told = bench.run(
        "exclude", "add", "--endpoint=shop/web", "--category=maintenance", "--reason=Disks", "--for=1h"
    )
    assert told.startswith("c1 entered: maintenance for shop/web")
    assert daemon.value("uptime_endpoint_excluded", **shop) == 1
    assert daemon.value("uptime_endpoint_up", **shop) == 0
    assert daemon.value("uptime_endpoint_state", state="down", **shop) == 1
    assert daemon.value("uptime_slo_state", uptime_service="shop", slo="availability", state="excluded") == 1
    assert daemon.value("uptime_slo_state", uptime_service="other", slo="availability", state="excluded") == 0
    ends = {"name": "maintenance", "category": "maintenance", "recurring": "false"}
    assert daemon.value("uptime_exclusion_end_timestamp_seconds", **ends) is not None
    bench.run("exclude", "remove", "c1", "--reason=Done")
    assert daemon.value("uptime_endpoint_excluded", **shop) == 0
    assert daemon.value("uptime_exclusion_end_timestamp_seconds", **ends) is None


def test_a_correction_is_durable_before_anybody_is_told(bench: Bench) -> None:
    daemon = bench.daemon()
    bench.run(*ADD, *SPAN)
    daemon.kill()
    assert bench.figure()["seconds"]["excluded"] == 3600
    again = bench.daemon()
    assert bench.asked(again)["seconds"]["excluded"] == 3600
    assert [action for action, _, _ in bench.trail()] == [Action.ADD]


def test_without_a_daemon_a_command_writes_by_itself(bench: Bench) -> None:
    before = bench.figure()
    told = bench.run(*ADD, *SPAN)
    assert "It moves no figure of an SLO's present window." in told
    assert bench.figure()["seconds"]["excluded"] == 3600
    assert "c1" in bench.run("exclude", "list")
    bench.run("exclude", "remove", "c1", "--reason=They did not")
    assert bench.figure() == before
    assert bench.run("exclude", "list") == "Nothing is excluded.\n"


def test_a_correction_of_a_store_that_is_not_there_is_refused_and_makes_none(bench: Bench) -> None:
    said = bench.run(*ADD, *SPAN, "--storage=typo.db", status=3)
    assert "typo.db: there is no such store" in said
    assert not (bench.folder / "typo.db").exists()


def test_everything_that_is_wrong_is_told_at_once_with_and_without_a_daemon(bench: Bench) -> None:
    wrong = (
        "exclude", "add", "--service=shpo", "--category=customer", "--reason= ",
        "--from=2127-02-01T00:00:00Z", "--to=2127-01-01T00:00:00Z",
    )  # fmt: skip
    alone = bench.run(*wrong, status=2)
    assert "to: 2127-01-01T00:00:00Z is not after from: 2127-02-01T00:00:00Z" in alone
    assert "is in the future; say that it is planned (--planned" in alone
    assert "reason: is missing" in alone
    assert "there is no `shpo` in the configuration; did you mean `shop`?" in alone
    daemon = bench.daemon()
    assert bench.run(*wrong, status=2) == alone
    assert "there is no entered exclusion `c9`" in bench.run(
        "exclude", "remove", "c9", "--reason=x", status=2
    )
    daemon.stop()
    assert bench.trail() == []


@pytest.mark.parametrize("beside", [True, False])
def test_a_person_agrees_to_an_exclusion_once_with_and_without_a_daemon(bench: Bench, beside: bool) -> None:
    if beside:
        bench.daemon()
    bench.run(*ADD, *SPAN)
    before = bench.figure()

    assert "c1 agreed to: customer for shop" in bench.run("exclude", "approve", "c1", "--reason=by phone")
    assert bench.figure() == before
    assert [(action, ident) for action, _, ident in bench.trail()][-1] == (Action.APPROVE, "c1")
    assert "has agreed to `c1` already" in bench.run("exclude", "approve", "c1", status=2)
    assert "there is no exclusion `c 9/`" in bench.run("exclude", "approve", "c 9/", status=2)
    assert "approve" in bench.run("exclude", "list", "--trail")


def test_past_results_come_in_through_the_running_daemon(bench: Bench) -> None:
    daemon = bench.daemon()
    (bench.folder / "more.csv").write_text(
        "timestamp,service,endpoint,result,reason\n2026-01-01T12:00:00Z,shop,web,failure,timeout\n"
    )
    assert "1 results imported, 0 skipped" in bench.run("backfill", "--csv=more.csv")
    later = daemon.get("/api/v1/sli?service=shop&window=1h&at=2026-01-01T13:00:00Z").json()
    assert later["seconds"]["down"] == 3600
    assert "0 results imported, 1 skipped" in bench.run("backfill", "--csv=more.csv")
    redone = bench.run("backfill", "--csv=past.csv", "--replace=2026-01-01T07:00:00Z..2026-01-01T08:00:00Z")
    assert "1 results imported, 11 skipped" in redone
    daemon.stop()
    assert bench.figure()["seconds"]["down"] == 3600


def test_a_file_without_results_replaces_nothing_and_says_so(bench: Bench) -> None:
    (bench.folder / "empty.csv").write_text("timestamp,service,endpoint,result\n")
    before = bench.figure()
    said = bench.run(
        "backfill", "--csv=empty.csv", "--replace=2026-01-01T00:00:00Z..2026-01-02T00:00:00Z", status=2
    )
    assert "empty.csv has no results, and --replace sets aside only what endpoints have that it names" in said
    assert bench.figure() == before


def test_the_socket_is_open_to_its_own_user_and_goes_with_the_daemon(bench: Bench) -> None:
    daemon = bench.daemon()
    socket = bench.folder / "uptime.db.sock"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    daemon.stop()
    assert not socket.exists()


class Users:
    """A daemon that lets people in who say who they are."""

    def __init__(self, bench: Bench, *arguments: str) -> None:
        hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
        (bench.folder / "web.yml").write_text(f"basic_auth_users: {{mara: '{hashed}'}}\n")
        self.config = bench.folder / "web.yml"
        self.arguments = (f"--web.config.file={self.config}", *arguments)


def test_the_api_wants_the_flag_and_a_user_and_takes_the_author_from_nowhere_else(bench: Bench) -> None:
    body = {
        "services": ["shop"],
        "category": "customer",
        "reason": "They pulled the plug",
        "start": "2026-01-01T07:00:00Z",
        "end": "2026-01-01T08:00:00Z",
    }
    daemon = bench.daemon()
    refused = daemon.send("POST", "/api/v1/exclusions", body)
    assert refused.status_code == 403
    assert "--web.enable-admin-api" in refused.text
    assert bench.trail() == []
    daemon.stop()

    users = Users(bench, "--web.enable-admin-api")
    daemon = bench.start_daemon(CONFIG, *users.arguments, auth=("mara", "secret"))
    sneaky = daemon.send("POST", "/api/v1/exclusions", {**body, "author": "jo"})
    assert (sneaky.status_code, sneaky.text.startswith("author: is unknown")) == (400, True)
    entered = daemon.send("POST", "/api/v1/exclusions", body)
    assert entered.status_code == 201, entered.text
    assert entered.json()["exclusion"]["author"] == "mara"
    assert bench.asked(daemon)["seconds"]["excluded"] == 3600
    wrong = daemon.send("POST", "/api/v1/exclusions", {**body, "services": "shop", "start": 7})
    assert wrong.status_code == 400
    assert wrong.text.splitlines() == ["services: must be a list of names", "start: must be text"]
    listed = daemon.get("/api/v1/exclusions?trail=true").json()
    assert [each["id"] for each in listed["exclusions"]] == ["c1"]
    assert daemon.send("DELETE", "/api/v1/exclusions/c1", {}).status_code == 400
    assert daemon.send("DELETE", "/api/v1/exclusions/c1", {"reason": "They did not"}).ok
    assert [entry["action"] for entry in daemon.get("/api/v1/exclusions?trail=true").json()["trail"]] == [
        "add",
        "remove",
    ]
    assert bench.trail() == [("add", "mara", "c1"), ("remove", "mara", "c1")]
