"""`agreement`: what is wrong with agreements, what is weak in them, and what holds when."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from exporter.config.agreements.load import load_agreements
from exporter.sla.incidents.answers import AnswerTerms, Task
from tests.support.agreements import HEAD, SMALL, TARGETS

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SIGNED = "approved: {provider: {by: mara, on: 2026-06-10}, customer: {by: jo, on: 2026-06-12}}\n"
TERM = "term: {from: 2026-07-01, to: 2027-12-31, notice: 90d, renewal: 365d}\n"
FIRST = SMALL + SIGNED + TERM
SECOND = (
    FIRST.replace("version: 1", "version: 2")
    .replace("from: 2026-07-01\n", "from: 2026-10-01\n")
    .replace("99.9", "99.5")
)
CONFIG = """\
services:
  - {name: shop, endpoints: [{name: web, url: "https://example.com/"}]}
agreements: [acme*.yml]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    (tmp_path / "acme1.yml").write_text(FIRST)
    (tmp_path / "acme2.yml").write_text(SECOND)
    return tmp_path


def freeze(folder: Path) -> None:
    """Write down what the texts hash to, as who approves of them does."""
    for file in folder.glob("acme*.yml"):
        (agreement,) = load_agreements([str(file)], {})
        file.write_text(file.read_text().replace("approved: {", f"approved: {{sha256: {agreement.sha256}, "))


def test_check_looks_at_those_of_the_configuration(run: Run, folder: Path) -> None:
    freeze(folder)
    done = run("agreement", "check")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "2 versions of agreements; no problems, no findings\n",
        "",
    )


def test_check_says_what_is_weak_and_that_is_no_failure(run: Run, folder: Path) -> None:
    (folder / "acme1.yml").write_text(FIRST.replace("99.9", "99.9999") + "purpose: TODO\n")
    freeze(folder)
    done = run("agreement", "check")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "acme1.yml:9: resolution: `shop` allows 2s 419ms of downtime in the shortest period, but probes every 15s are off by up to 30s for each outage, a beat at either edge; probe more often",
            "acme1.yml:12: placeholder: `TODO` is a placeholder; write what is meant",
            "2 versions of agreements; no problems, 2 findings",
        ],
    )


def test_check_tells_all_problems_with_status_2(run: Run, folder: Path) -> None:
    (folder / "acme1.yml").write_text(FIRST.replace("service: shop", "service: shpo"))
    (folder / "acme2.yml").write_text(SECOND.replace("99.5", "0.995"))
    done = run("agreement", "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "acme1.yml:9: there is no service `shpo`; did you mean `shop`?",
        "acme2.yml:9: `availability`: `0.995` looks like a ratio; objectives are per cent: did you mean 99.5?",
    ]


def test_check_of_files_needs_no_configuration_and_takes_one(run: Run, folder: Path) -> None:
    (folder / "acme1.yml").write_text(FIRST.replace("service: shop", "service: shpo"))
    assert run("agreement", "check", "acme1.yml").returncode == 0
    done = run("agreement", "check", "acme1.yml", "--config.file", "other.yml")
    assert (done.returncode, done.stderr) == (
        2,
        "other.yml: does not exist; `uptime-slo-exporter init URL` writes one\n",
    )
    (folder / "other.yml").write_text(CONFIG.replace("agreements: [acme*.yml]\n", ""))
    done = run("agreement", "check", "acme1.yml", "--config.file", "other.yml")
    assert (done.returncode, done.stderr) == (
        2,
        "acme1.yml:9: there is no service `shpo`; did you mean `shop`?\n",
    )


def test_check_as_json(run: Run, folder: Path) -> None:
    (folder / "acme2.yml").write_text(HEAD + TARGETS + TERM)
    told = json.loads(run("agreement", "check", "acme2.yml", "--format", "json").stdout)
    (agreement,) = told["agreements"]
    assert (agreement["name"], agreement["draft"], len(agreement["sha256"])) == ("acme", True, 64)
    assert told["findings"] == [
        {
            "file": "acme2.yml",
            "line": 1,
            "kind": "draft",
            "message": "a draft, which is not in force: the provider and the customer have not approved",
        }
    ]


def test_check_where_there_are_none(run: Run, folder: Path) -> None:
    (folder / "uptime.yml").write_text(CONFIG.replace("agreements: [acme*.yml]\n", ""))
    done = run("agreement", "check")
    assert (done.returncode, done.stderr) == (
        2,
        "the configuration names no `agreements`; give files, or write one with `agreement new`\n",
    )


def test_new_writes_a_document_and_never_over_one(run: Run, tmp_path: Path) -> None:
    done = run("agreement", "new", "acme-hosting")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Wrote acme-hosting.yml\n")
    (found,) = load_agreements([str(tmp_path / "acme-hosting.yml")], {})
    assert (found.name, found.is_draft) == ("acme-hosting", True)
    done = run("agreement", "new", "acme-hosting")
    assert (done.returncode, done.stderr) == (
        2,
        "acme-hosting.yml exists already and is left as it is; give another name with --out\n",
    )
    done = run("agreement", "new", "a", "--out", "nowhere/a.yml")
    assert (done.returncode, done.stderr) == (
        3,
        "nowhere/a.yml cannot be written: No such file or directory\n",
    )


def test_what_new_says_is_next_is_possible(run: Run) -> None:
    run("agreement", "new")
    done = run("agreement", "check", "agreement.yml")
    assert done.returncode == 0
    assert done.stdout.endswith("1 version of agreements; no problems, 13 findings\n")


def test_new_promises_answers_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    run("agreement", "new", "desk", "--answers")
    (found,) = load_agreements([str(tmp_path / "desk.yml")], {})
    assert [each.name for each in found.terms.severities] == ["sev1", "sev2"]
    assert [each.answers for each in found.terms.targets] == [
        None,
        AnswerTerms(("sev1", "sev2"), limits=((Task.RESPOND, 900_000), (Task.REPAIR, 14_400_000))),
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("at", "version", "state"),
    [
        ("2026-09-30T21:59:59Z", "1", "in_force"),
        ("2026-09-30T22:00:00Z", "2", "in_force"),
        ("2026-01-01T00:00:00Z", "2", "coming"),
    ],
)
def test_show_has_what_holds_at_a_time(run: Run, at: str, version: str, state: str) -> None:
    told = json.loads(run("agreement", "show", "acme", "--at", at, "--format", "json").stdout)
    assert (told["version"], told["state"]) == (version, state)
    assert told["terms"]["targets"] == {
        "origin": f"acme{version}.yml:9",
        "value": [{"name": "shop", "service": "shop", "availability": "99.9" if version == "1" else "99.5"}],
    }


@pytest.mark.usefixtures("folder")
def test_show_prints_yaml_that_says_where_each_key_stands(run: Run) -> None:
    shown = run("agreement", "show", "acme", "--at", "2026-08-01T00:00:00Z").stdout
    lines = shown.splitlines()
    assert lines[0] == "# acme version 1, in force since 2026-06-30T22:00:00Z"
    assert lines[3:5] == ["# acme1.yml:1", "name: acme"]
    assert yaml.load(shown, yaml.BaseLoader)["term"] == {
        "from": "2026-07-01",
        "to": "2027-12-31",
        "notice": "90d",
        "renewal": "365d",
    }


def test_an_unapproved_revision_leaves_the_old_one_in_force(run: Run, folder: Path) -> None:
    (folder / "acme2.yml").write_text(SECOND.replace(SIGNED, ""))
    told = json.loads(
        run("agreement", "show", "acme", "--at", "2027-01-01T00:00:00Z", "--format", "json").stdout
    )
    assert (told["version"], told["state"]) == ("1", "in_force")


def test_show_of_a_draft_says_that_it_is_one(run: Run, folder: Path) -> None:
    (folder / "acme1.yml").write_text(SMALL)
    told = run("agreement", "show", "acme", "--file", "acme1.yml").stdout
    assert told.startswith(
        "# acme version 1, a draft, which is in force at no time; from 2026-06-30T22:00:00Z\n"
    )


def test_show_says_that_a_term_that_nothing_renews_is_over(run: Run, folder: Path) -> None:
    (folder / "acme1.yml").write_text(FIRST.replace(", renewal: 365d", ""))
    shown = ("agreement", "show", "acme", "--file", "acme1.yml", "--at")
    last, over = run(*shown, "2027-12-31T22:59:59Z").stdout, run(*shown, "2027-12-31T23:00:00Z").stdout
    assert last.startswith("# acme version 1, in force since 2026-06-30T22:00:00Z\n")
    assert over.startswith(
        "# acme version 1, no longer in force, as its term is over; it was from 2026-06-30T22:00:00Z\n"
    )


@pytest.mark.usefixtures("folder")
def test_show_of_what_is_not_there(run: Run) -> None:
    done = run("agreement", "show", "amce")
    assert (done.returncode, done.stderr) == (2, "there is no agreement `amce`; did you mean `acme`?\n")
