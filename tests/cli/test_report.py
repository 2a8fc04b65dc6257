"""`report` and `verify`, as both parties use them."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exporter.sla.wire import digest
from exporter.store.reader import SqliteReader
from tests.support.called import called
from tests.support.contracted import AGREEMENT, contracted
from tests.support.past import Past

Run = Callable[..., str]


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return contracted(tmp_path)


@pytest.fixture
def run(past: Past) -> Run:
    def run(*arguments: str, status: int = 0) -> str:
        done = called(*arguments, cwd=past.folder)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


OCTOBER = ("report", "acme", "--period=2026-10")


def as_json(run: Run, *arguments: str) -> Any:
    run(*OCTOBER, "--out=october.json", *arguments)
    return json.loads(Path("october.json").read_text())


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_period_is_reported_in_every_format(run: Run) -> None:
    assert "99.731182" in run(*OCTOBER)
    told = as_json(run)
    assert (told["verdict"], told["credit"]["amount"]) == ("missed", "100.00")
    run(*OCTOBER, "--out=october.html")
    assert "99.731182" in Path("october.html").read_text()
    rows = list(csv.DictReader(io.StringIO(run(*OCTOBER, "--format=csv"))))
    assert [row["target"] for row in rows] == ["shop", "requests"]


def test_what_was_reported_is_true_wherever_it_is_computed_again(run: Run, tmp_path: Path) -> None:
    as_json(run)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "october.json").rename(elsewhere / "october.json")
    done = called("verify", "october.json", cwd=elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("True: acme version 1, 2026-10: missed")


def _changed(told: Any) -> None:
    told["targets"][0]["counted_ms"] -= 60_000


def _sealed(told: Any) -> None:
    _changed(told)
    told["sha256"] = digest(told)


def _evidence(told: Any) -> None:
    for name in ("shop", "requests"):
        told["evidence"][name]["lanes"]["web"] = [[told["computed"]["span"][0], "up"]]


def _of_one(told: Any) -> None:
    told["evidence"]["shop"]["lanes"]["web"] = [[told["computed"]["span"][0], "up"]]


def _shortened(told: Any) -> None:
    told["computed"]["span"][1] = told["computed"]["until"] = told["computed"]["span"][0] + 86_400_000
    told["computed"]["part"] = "1/31"
    told["sha256"] = digest(told)


def _lengthened(told: Any) -> None:
    told["computed"]["whole"][1] += 31 * 86_400_000
    told["sha256"] = digest(told)


def _uncovered(told: Any) -> None:
    told["evidence"]["shop"]["span"][0] += 5 * 86_400_000
    told["sha256"] = digest(told)


def _hours(told: Any) -> None:
    told["evidence"]["shop"]["hours"] = [[told["computed"]["span"][0], told["computed"]["span"][0] + 1000]]
    told["sha256"] = digest(told)


def _credited(told: Any) -> None:
    told["issue"] |= {"number": 1, "before": [{"number": 7, "sha256": "00", "share": "1/4"}]}
    told["sha256"] = digest(told)


def _early(told: Any) -> None:
    """As if it had been issued while its first days were all that was known."""
    told["issue"]["number"] = 1
    told["computed"]["until"] = told["computed"]["span"][0] + 86_400_000
    told["sha256"] = digest(told)


def _antedated(told: Any) -> None:
    told["issue"]["at_ms"] -= 365 * 86_400_000
    told["sha256"] = digest(told)


def _unknown_then(told: Any) -> None:
    told["issue"] |= {"number": 1, "known_until": "2026-10-07T00:00:00Z"}
    told["sha256"] = digest(told)


def _replaced(told: Any) -> None:
    """Cut off by a version that begins at some hour of a day."""
    end = told["computed"]["span"][0] + 90_000_000
    told["computed"]["span"][1] = told["computed"]["until"] = end
    told["computed"]["part"] = f"{90_000_000}/{31 * 86_400_000}"
    after = {"version": "9", "start": "2026-10-02T01:00:00Z", "terms_sha256": "0" * 64}
    told["issue"]["replaced_by"] = after
    told["sha256"] = digest(told)


def _nonsense(told: Any) -> None:
    told["computed"]["before"] = "1/0"


def _terms(told: Any) -> None:
    told["terms"]["targets"][0]["availability"] = "90"


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (_changed, "its SHA-256 is not that of its content"),
        (_sealed, "targets[0].counted_ms says 7140000, and comes to 7200000"),
        (_evidence, "targets[0].verdict says 'missed', and comes to 'met'"),
        (_of_one, "the evidence of `requests` tells `shop/web` otherwise than that of another target"),
        (_terms, "terms_sha256"),
        (_shortened, "the period ends before the terms say"),
        (_lengthened, "the period is none that the terms have"),
        (_uncovered, "the evidence of `shop` does not cover the period"),
        (_hours, "the evidence of `shop` has other hours than the terms"),
        (_nonsense, "it cannot be computed again"),
        (_early, "it is issued, and its period was not over"),
        (_antedated, "it does not say one time at which it was issued"),
        (_unknown_then, "it is issued, and the record did not go to the end of its period then"),
        (_replaced, "the later version that it names does not begin with a day, or has no SHA-256"),
        (_credited, "the earlier credits that it names come to 1/4 of the fee, not to 0/1"),
    ],
)
def test_what_was_changed_afterwards_is_seen(run: Run, forge: Callable[[Any], None], said: str) -> None:
    told = as_json(run)
    forge(told)
    Path("october.json").write_text(json.dumps(told))
    found = run("verify", "october.json", status=1)
    assert said in found
    assert found.endswith("Not true.\n")


def test_what_is_no_report_is_refused(run: Run) -> None:
    Path("x.json").write_text("{")
    assert "x.json is no JSON" in run("verify", "x.json", status=2)
    Path("x.json").write_text("{}")
    assert "this reads `uptime-sla-result/1`, not `None`" in run("verify", "x.json", status=1)
    assert "cannot be read" in run("verify", "y.json", status=3)


def test_an_issue_is_numbered_kept_and_followed_by_the_next_one(run: Run, past: Past) -> None:
    first = as_json(run, "--issue")
    Path("october.json").rename("first.json")
    assert "nothing has changed since the latest issue" in run(*OCTOBER, "--issue", status=2)
    run(
        *("exclude", "add", "--service=shop", "--category=maintenance", "--reason=a move"),
        *("--from=2026-10-02T00:00:00Z", "--to=2026-10-02T01:00:00Z"),
    )
    second = as_json(run, "--issue")
    assert (second["issue"]["number"], second["issue"]["previous_sha256"]) == (2, first["sha256"])
    assert "shop: counted downtime in ms 7200000 before, 3600000 now" in second["issue"]["changes"]
    run("verify", "october.json")
    assert run("verify", "first.json", "october.json").count("True: acme") == 2
    exchanged = json.loads(Path("first.json").read_text())
    exchanged["monitor"]["site"] = "elsewhere"
    exchanged["sha256"] = digest(exchanged)
    Path("other.json").write_text(json.dumps(exchanged))
    said = run("verify", "other.json", "october.json", status=1)
    assert "issue 2 of acme does not follow this issue 1: one of them was exchanged" in said
    assert "there are two issues 1 of acme" in run("verify", "other.json", "first.json", status=1)
    store = SqliteReader.open(past.store)
    assert [each.number for each in store.said("acme")] == [1, 2]
    store.close()
    assert as_json(run) == second  # what was issued is shown as it was, while it is still so


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "amce"), "there is no agreement `amce`; did you mean `acme`?"),
        (
            (*OCTOBER[:2], "--period=october"),
            "--period: `october` is no month; write 2026-10, last or running",
        ),
        ((*OCTOBER[:2], "--period=2026-13"), "--period: `2026-13` is no month"),
        ((*OCTOBER[:2], "--period=2025-10"), "no approved version of `acme` was in force"),
        ((*OCTOBER, "--version=7"), "--version: `7` was not in force in that period; 1 was"),
        ((*OCTOBER[:2], "--period=running", "--issue"), "the period runs; it can be issued once it is over"),
    ],
)
def test_what_cannot_be_reported_is_told(run: Run, arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*arguments, status=2)


def test_of_two_versions_one_is_reported(run: Run, tmp_path: Path) -> None:
    second = AGREEMENT.replace('version: "1"', 'version: "2"').replace("from: 2026-01-01", "from: 2026-10-11")
    (tmp_path / "acme-2.yml").write_text(second)
    (tmp_path / "uptime.yml").write_text(
        (tmp_path / "uptime.yml").read_text().replace("[acme.yml]", "[acme.yml, acme-2.yml]")
    )
    assert "versions 1 and 2 were in force" in run(*OCTOBER, status=2)
    told = as_json(run, "--version=2")
    assert (told["version"], told["period"]["name"]) == ("2", "2026-10 (2026-10-11 to 2026-10-31)")
    run("verify", "october.json")
