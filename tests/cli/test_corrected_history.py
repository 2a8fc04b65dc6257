"""History that is corrected after a report was issued: two outages become one, one falls apart, and all of it is put back."""

import json
import os
import pwd
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from exporter.units import DAY, HOUR, MINUTE, format_instant
from tests.support.called import called
from tests.support.months import NOVEMBER, OCTOBER
from tests.support.past import Past, Told, steady

ME = pwd.getpwuid(os.getuid()).pw_name
STEP = 30 * MINUTE
SHORT, LONG, BROKEN = OCTOBER + DAY, OCTOBER + DAY + 2 * HOUR, OCTOBER + 9 * DAY
OUTAGES = ((SHORT, SHORT + HOUR), (LONG, LONG + 3 * HOUR), (BROKEN, BROKEN + 5 * HOUR))
CONFIG = """
services:
  - name: shop
    endpoints: [{name: web, url: "http://127.0.0.1/", interval: 30m}]
agreements: [acme.yml]
"""
AGREEMENT = f"""\
name: acme
version: "1"
from: 2026-01-01
kind: customer
period: {{calendar: month, timezone: UTC}}
parties:
  provider: {{name: Example Hosting, people: [{ME}, tom]}}
  customer: {{name: ACME, people: [jo]}}
approved: {{provider: {{by: tom, on: 2025-12-01}}, customer: {{by: jo, on: 2025-12-02}}}}
severities: {{sev1: any endpoint down}}
targets:
  - {{name: shop, service: shop, availability: 99}}
  - {{name: answers, severity: sev1, respond: 45m, credit: late}}
fee: {{amount: "1000.00", currency: EUR}}
credits: {{late: {{of: fee, each_miss: 2%}}}}
"""

Run = Callable[..., str]


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Past:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.yml").write_text(AGREEMENT)
    made, told, at = Past.of(tmp_path, CONFIG), list[Told](), OCTOBER - DAY
    for start, end in OUTAGES:
        told += [*steady("S", at, start, STEP), *steady("F", start, end, STEP)]
        at = end
    made.bring([*told, *steady("S", at, NOVEMBER + DAY, STEP)])
    return made


@pytest.fixture
def run(past: Past) -> Run:
    def run(*arguments: str) -> str:
        done = called(*arguments, cwd=past.folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def corrected(run: Run, past: Past, letter: str, start: int, end: int) -> None:
    """As somebody does who knows better what was seen in a span."""
    past.write(steady(letter, start, end, STEP))
    run("backfill", "--csv=past.csv", f"--replace={format_instant(start)}..{format_instant(end)}")


def issued(run: Run, number: int) -> Mapping[str, Any]:
    """Incidents by id, as an issue has them, and how long each was until it was answered."""
    said = run("report", "acme", "--period=2026-10", "--issue", f"--out=issue-{number}.json")
    assert f"issued as number {number}" in said
    told = json.loads(Path(f"issue-{number}.json").read_text())
    found = {each["id"]: each for each in told["evidence"]["answers"]["incidents"]}
    target = next(each for each in told["targets"] if each["name"] == "answers")
    clocks = {each["id"]: each["clocks"][0]["elapsed_ms"] for each in target["incidents"]}
    return {ident: (each, clocks[ident]) for ident, each in found.items()}


def notes(incident: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(each["act"], each["text"]) for each in incident["entries"]]


def test_ids_notes_and_answers_stay_and_every_issue_is_true(run: Run, past: Past) -> None:
    for ident, start in (("i1", SHORT), ("i2", LONG), ("i3", BROKEN)):
        at = f"--at={format_instant(start + 30 * MINUTE)}"
        run("incident", "acknowledge", ident, at, f"--text=on {ident}")
    first = issued(run, 1)
    assert {ident: took for ident, (_, took) in first.items()} == dict.fromkeys(first, 30 * MINUTE)
    assert list(first) == ["i1", "i2", "i3"]

    corrected(run, past, "F", SHORT + HOUR, LONG)
    corrected(run, past, "S", BROKEN + HOUR, BROKEN + 2 * HOUR)
    second = issued(run, 2)
    (one, took), (rest, took_rest), (part, took_part) = (second[ident] for ident in ("i2", "i3", "i4"))
    assert ([one["start"], one["end"]], one["merged"]) == ([SHORT, LONG + 3 * HOUR], ["i1"])
    assert (notes(one), took) == ([("acknowledge", "on i1"), ("acknowledge", "on i2")], 30 * MINUTE)
    assert [rest["start"], rest["end"]] == [BROKEN + 2 * HOUR, BROKEN + 5 * HOUR]
    assert [part["start"], part["end"], part["split_from"]] == [BROKEN, BROKEN + HOUR, "i3"]
    assert (notes(rest), notes(part)) == ([("acknowledge", "on i3")], [])
    assert (took_rest, took_part) == (0, HOUR), (
        "the answer stays with its id, and nobody has given one to the new part"
    )
    assert "on i1" in run("incident", "show", "i1"), "the old id leads to what it turned out to be"

    corrected(run, past, "S", SHORT + HOUR, LONG)
    corrected(run, past, "F", BROKEN + HOUR, BROKEN + 2 * HOUR)
    third = issued(run, 3)
    assert third.keys() == first.keys(), "and all of it comes back"
    for ident, (before, _) in first.items():
        again, took = third[ident]
        assert [again["start"], again["end"]] == [before["start"], before["end"]]
        assert (notes(again), took) == (notes(before), 30 * MINUTE)
    said = run("verify", *(f"issue-{number}.json" for number in (1, 2, 3)))
    assert said.count("True: acme") == 3
