"""Incidents beside the running daemon: seen within a minute, answered over HTTP by people, and shown as metrics."""

import os
import pwd
import time
from pathlib import Path

import bcrypt
import pytest
import requests

from exporter.units import HOUR, MINUTE
from tests.conftest import StartDaemon
from tests.support.called import called
from tests.support.past import Past, steady
from tests.support.processes import wait_for

SHOP = """
services:
  - name: shop
    endpoints: [{name: web, url: "tcp://127.0.0.1:9", interval: 10m}]
    slos: [{objective: 99, window: 1d}]
agreements: [acme.yml]
"""
AGREEMENT = """\
name: acme
version: "1"
from: 2026-01-01
kind: customer
period: {calendar: year, timezone: UTC}
parties:
  provider: {name: Example Hosting, people: [mara], automation: [pager]}
  customer: {name: ACME, people: [jo]}
approved: {provider: {by: mara, on: 2025-12-01}, customer: {by: jo, on: 2025-12-02}}
severities: {sev1: any endpoint down}
targets:
  - {name: shop, service: shop, availability: 99}
  - {name: answers, severity: sev1, respond: 2h, repair: 8h}
"""
ME = pwd.getpwuid(os.getuid()).pw_name
OPEN = {"agreement": "acme", "severity": "sev1"}


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """Down for an hour by now."""
    (tmp_path / "acme.yml").write_text(AGREEMENT)
    users = "".join(f"  {name}: '{hashed(name)}'\n" for name in ("mara", "pager", "eve"))
    (tmp_path / "web.yml").write_text(f"basic_auth_users:\n{users}")
    made = Past.of(tmp_path, SHOP)
    now = round(time.time() * 1000)
    step = 10 * MINUTE
    down = (now - HOUR) // step * step
    made.bring([*steady("S", down - 5 * HOUR, down, step), *steady("F", down, now - step, step)])
    return made


@pytest.mark.usefixtures("past")
def test_people_answer_programs_do_not_and_others_are_refused(
    start_daemon: StartDaemon, tmp_path: Path
) -> None:
    daemon = start_daemon(
        SHOP, f"--web.config.file={tmp_path / 'web.yml'}", "--web.enable-admin-api", auth=("mara", "mara")
    )
    wait_for(lambda: daemon.value("uptime_sla_incidents_open", **OPEN) == 1, "it is seen")
    due = {
        task: daemon.value(
            "uptime_sla_incident_deadline_timestamp_seconds", **OPEN, incident="i1", clock=task
        )
        for task in ("respond", "repair")
    }
    assert due["repair"] is not None
    assert due["respond"] is not None
    assert due["repair"] - due["respond"] == 6 * 3600

    def post(who: str, path: str, **wanted: str) -> requests.Response:
        return requests.post(
            f"http://{daemon.address}/api/v1/incidents{path}", json=wanted, auth=(who, who), timeout=30
        )

    (incident,) = daemon.get("/api/v1/incidents").json()["incidents"]
    assert (incident["id"], incident["service"], incident["end"]) == ("i1", "shop", None)
    assert post("pager", "/i1/acknowledge", text="paged").status_code == 201
    refused = post("eve", "/i1/acknowledge")
    assert (refused.status_code, "`eve` may not" in refused.text) == (403, True)
    assert post("pager", "/i1/resolve").status_code == 403
    assert post("mara", "/i1/ack", text="on it").status_code == 201
    assert post("mara", "/i1/reopen", text="x").status_code == 400
    assert "probes still see it" in post("mara", "/i1/close").text
    assert post("mara", "/i1/shut").status_code == 404
    half = post("mara", "/i1/update", text="\ud83d", **{"\ud83d": "x"})
    assert (half.status_code, r"\ud83d: is not a key" in half.text) == (400, True)
    assert post("eve", "", service="\ud83d").status_code == 403
    large = requests.post(
        f"http://{daemon.address}/api/v1/ledger",
        json={"rows": [{"do": "update", "id": "i1", "text": "x" * 2**20}]},
        auth=("mara", "mara"),
        timeout=30,
    )
    assert (large.status_code, "split it" in large.text) == (413, True)
    for body, said in (
        ({"rows": [{"do": "ack"}]}, "row 1: "),
        ({"rows": [{"do": "ack"}], "lines": [7]}, "line 7: "),
        ({"rows": [{"do": "ack"}], "lines": [7, 8]}, "lines: must be a list of the line of each row"),
    ):
        wrong = requests.post(
            f"http://{daemon.address}/api/v1/ledger", json=body, auth=("mara", "mara"), timeout=30
        )
        assert (wrong.status_code, wrong.text.startswith(said)) == (400, True)
    opened = post("mara", "", service="shop", kind="fault", title="Slow", severity="sev1")
    assert opened.json() == {"id": "i2"}

    (entries, none) = [each["entries"] for each in daemon.get("/api/v1/incidents").json()["incidents"]]
    assert ([each["by"] for each in entries], none) == (["pager", "mara"], [])
    refusals = [each for each in daemon.get("/api/v1/ledger").json() if each["action"] == "refused"]
    assert [(each["who"], each["id"]) for each in refusals] == [
        ("eve", "i1"),
        ("pager", "i1"),
        ("eve", r"\ud83d"),
    ]


def test_a_command_writes_through_the_daemon(past: Past, start_daemon: StartDaemon) -> None:
    daemon = start_daemon(SHOP)
    wait_for(lambda: daemon.value("uptime_sla_incidents_open", **OPEN) == 1, "it is seen")
    options = f"--config.file={past.folder}/uptime.yml", f"--storage={past.store}"
    said = called("incident", "acknowledge", "i1", "--text=on it", *options)
    assert said.returncode == 3
    assert "may not write here; who may is named under `parties` of the agreement" in said.stderr
    rows = f"update,i1,{'x' * 100_000}\n" * 20
    (past.folder / "tickets.csv").write_text(f"do,id,text\n{rows}")
    many = called("incident", "import", past.folder / "tickets.csv", *options)
    assert (many.returncode, "may not write" in many.stderr) == (3, True), "its size is no matter here"
    assert "line 2: " in many.stderr, "as in the file"
    assert "i1  shop     outage" in called("incident", "list", "--open", *options).stdout


def test_what_the_record_has_since_is_an_incident_at_once_and_keeps_its_id(
    past: Past, start_daemon: StartDaemon
) -> None:
    """The daemon looks once a minute by itself; nobody who asks or answers waits for that."""
    (past.folder / "acme.yml").write_text(AGREEMENT.replace("[mara]", f"[mara, {ME}]"))
    daemon = start_daemon(SHOP)
    wait_for(lambda: daemon.value("uptime_sla_incidents_open", **OPEN) == 1, "it is seen")

    def run(*arguments: str) -> str:
        done = called(*arguments, f"--config.file={past.folder}/uptime.yml", f"--storage={past.store}")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bring(hours: int) -> None:
        at = (round(time.time() * 1000) - hours * HOUR) // (10 * MINUTE) * 10 * MINUTE
        results = [*steady("F", at, at + HOUR, 10 * MINUTE), ("S", at + HOUR)]
        run("backfill", f"--csv={past.write(results)}")

    bring(40)
    assert run("incident", "acknowledge", "i2", "--text=on it") == "Written down of i2\n"
    bring(30)
    assert "i3  shop     outage" in run("incident", "list")
    bring(20)
    assert run("incident", "show", "i4").startswith("i4: outage of shop, over")
    ids = [each["id"] for each in daemon.get("/api/v1/ledger").json() if each["action"] == "outage"]
    assert ids == ["i1", "i2", "i3", "i4"]
