"""What a vendor's outage cost, what its contract owes, and the letter that claims it."""

import csv
import io
import json
import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.units import DAY, HOUR
from tests.support.called import called
from tests.support.contracted import AGREEMENT
from tests.support.months import NOVEMBER, OCTOBER, STEP
from tests.support.past import Past, steady

CONFIG = """
services:
  - name: shop
    endpoints: [{name: web, url: "http://127.0.0.1/", interval: 10m}]
  - name: vms
    endpoints: [{name: ping, url: "tcp://127.0.0.1:9", interval: 10m}]
agreements: [acme.yml, cloud.yml]
"""
SHARED = HOUR
"""Of the shop's two hours, in which the machines were down, too."""

ACME = AGREEMENT.replace("- {name: requests", "# - {name: requests") + "rests_on: [cloud]\n"
CLOUD = """\
name: cloud
version: "1"
from: 2026-01-01
kind: vendor
period: {calendar: month, timezone: UTC}
parties:
  provider: {name: Cloud vendor, contact: claims@cloud.example, people: [support]}
  customer: {name: Example Hosting, contact: slm@example.net, people: [mara]}
approved: {provider: {by: support, on: 2025-12-01}, customer: {by: mara, on: 2025-12-02}}
targets: [{name: machines, service: vms, availability: 99.95, credit: tiers}]
fee: {amount: "300.00", currency: EUR}
credits: {tiers: {of: fee, steps: [{below: 99.95, credit: 10%}]}}
credit_rules: {claim: {within: 3650d}}
"""

Run = Callable[..., str]
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.yml").write_text(ACME)
    (tmp_path / "cloud.yml").write_text(CLOUD)
    past = Past.of(tmp_path, CONFIG)
    start, end = OCTOBER - DAY, NOVEMBER + DAY
    both, alone = OCTOBER + DAY, OCTOBER + 9 * DAY
    for endpoint, outages in (("shop,web", (both, alone)), ("vms,ping", (both,))):
        told, at = [], start
        for outage in outages:
            told += [*steady("S", at, outage, STEP), *steady("F", outage, outage + HOUR, STEP)]
            at = outage + HOUR
        past.bring([*told, *steady("S", at, end, STEP)], endpoint)

    def run(*arguments: str, status: int = 0) -> str:
        done = called(*arguments, cwd=tmp_path)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_a_report_says_what_it_rests_on_cost_and_what_that_owes(run: Run) -> None:
    run("report", "acme", "--period=2026-10", "--out=october.json")
    told = json.loads(Path("october.json").read_text())
    (cloud,) = told["rests_on"]
    assert (told["targets"][0]["counted_ms"], cloud["shared_ms"]) == (2 * HOUR, {"shop": SHARED})
    assert (told["credit"]["amount"], cloud["credit_amount_without"]) == ("100.00", "100.00")
    (owes,) = cloud["owes"]
    assert (owes["verdict"], owes["amount"], owes["claim_by"]) == ("missed", "30.00", "2036-10-29T00:00:00Z")
    page = run("report", "acme", "--period=2026-10")
    assert "What it rests on" in page
    assert (
        "Owed here: 100.00 EUR. Owed by cloud: 30.00 EUR, of which 30.00 EUR could be claimed when this was written."
        in page
    )
    assert run("verify", "october.json").startswith("True")


def test_the_claim_is_a_letter_with_its_evidence(run: Run) -> None:
    said = run("claim", "cloud", "--period=2026-10", "--out=claim")
    assert said == "Wrote claim: claim.md, outages.csv, probes.csv, report.json\n"
    letter = Path("claim/claim.md").read_text()
    assert "To: Cloud vendor (claims@cloud.example)" in letter
    assert "We claim **30.00 EUR**, 10 % of the fee of the period." in letter
    assert "The agreement allows the claim until 2036-10-29T00:00:00Z." in letter
    assert "| 2026-10-02T00:00:00Z | 2026-10-02T01:00:00Z | 1h | 1h |" in letter
    assert "6 failed probes" in letter
    probes = list(csv.DictReader(io.StringIO(Path("claim/probes.csv").read_text())))
    assert [each["endpoint"] for each in probes] == ["ping"] * 6
    assert probes[0]["at"] == "2026-10-02T00:00:00Z"
    assert run("verify", "claim/report.json").startswith("True: cloud")
    again = run("claim", "cloud", "--period=2026-10", "--out=claim", status=2)
    assert "claim is there already; name a new folder" in again


def test_where_nothing_is_owed_nothing_is_claimed(run: Run) -> None:
    assert run("claim", "cloud", "--period=2026-09", "--out=claim", status=1).startswith(
        "cloud owes nothing for 2026-09"
    )
    assert not Path("claim").exists()


def test_a_name_that_would_be_something_else_is_text(run: Run) -> None:
    hostile = "title: '[us](http://evil.example)\n\n\n  ## Evidence'\n"
    Path("cloud.yml").write_text(CLOUD + hostile)
    run("claim", "cloud", "--period=2026-10", "--out=claim")
    letter = Path("claim/claim.md").read_text()
    assert letter.count("\n## Evidence\n") == 1
    assert "[us](" not in letter


def test_missed_answers_are_claimed_one_by_one(run: Run) -> None:
    answers = "severities: {sev1: any endpoint down}\n"
    text = CLOUD.replace(
        "targets: [", "targets: [{name: answers, severity: sev1, respond: 15m, credit: late}, "
    )
    Path("cloud.yml").write_text(text.replace("credits: {", "credits: {late: {each_miss: 2%}, ") + answers)
    run("claim", "cloud", "--period=2026-10", "--out=claim")
    letter = Path("claim/claim.md").read_text()
    assert "## Incidents of answers" in letter
    assert "| i1 | sev1 | respond | 1h | 15m | 2026-10-02T00:15:00Z |" in letter
    assert "`outages.csv`: the outages above" in letter


def test_only_what_is_claimed_is_listed(run: Run) -> None:
    """Nothing is owed for downtime; of the group that was as promised nothing is said."""
    targets = "targets: [{name: backups, recorded: done, at_least: 100, groups: [a, b, c], share: 50, credit: late}, "
    text = CLOUD.replace("targets: [", targets).replace(", credit: tiers}", "}")
    text = text.replace("credits: {", "credits: {late: {each_miss: 2%}, ").replace("[mara]", f"[mara, {ME}]")
    Path("cloud.yml").write_text(text)
    for group, value in (("a", "99"), ("b", "100"), ("c", "98")):
        at = "--at=2026-10-05T00:00:00Z"
        run("measure", "record", "done", f"--value={value}", f"--group={group}", "--evidence=x", at)
    said = run("claim", "cloud", "--period=2026-10", "--out=claim")
    assert said == "Wrote claim: claim.md, probes.csv, report.json\n"
    letter = Path("claim/claim.md").read_text()
    assert "| a | 99 | 1 |\n| c | 98 | 1 |\n\n" in letter
    assert "outages" not in letter.lower()


def test_what_runs_is_not_claimed_yet(run: Run) -> None:
    assert "runs; what it owes can be claimed once it is over" in run(
        "claim", "cloud", "--period=running", "--out=claim", status=2
    )
