"""`agreement simulate`, `compare` and `diff`: before anybody signs."""

import json
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
    slos: [{objective: 99, window: 1d}]
  - name: rival
    endpoints: [{name: web, url: "http://127.0.0.2/", interval: 10m}]
agreements: [acme.yml, stricter.yml]
"""
STRICTER = (
    AGREEMENT.replace('version: "1"', 'version: "2"')
    .replace("from: 2026-01-01", "from: 2027-01-01")
    .replace("availability: 99.9,", "availability: 99.99,")
    .replace("approved:", "# approved:")
)

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Two months of two services: one down for an hour in October, the other for a day."""
    (tmp_path / "acme.yml").write_text(AGREEMENT)
    (tmp_path / "stricter.yml").write_text(STRICTER)
    past = Past.of(tmp_path, CONFIG)
    start, down, end = OCTOBER - 30 * DAY, OCTOBER + DAY, NOVEMBER + DAY
    for service, length in (("shop", HOUR), ("rival", DAY)):
        past.bring(
            [
                *steady("S", start, down, STEP),
                *steady("F", down, down + length, STEP),
                *steady("S", down + length, end, STEP),
            ],
            f"{service},web",
        )

    def run(*arguments: str, status: int = 0) -> str:
        done = called(*arguments, cwd=tmp_path)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_terms_are_put_to_the_past_before_they_are_signed(run: Run) -> None:
    told = json.loads(
        run(
            "agreement",
            "simulate",
            "acme",
            "--version=2",
            "--history=2",
            "--at=2026-11-10T00:00:00Z",
            "--format=json",
        )
    )
    shop = next(each for each in told if each["name"] == "shop")
    assert shop["verdicts"]["missed"] == 1
    assert (shop["counted_ms"], shop["outages"], shop["lowest"]) == (HOUR, 1, "99.865591")
    assert shop["credit_percent"] == "10.000000"
    table = run("agreement", "simulate", "acme", "--history=2", "--at=2026-11-10T00:00:00Z")
    assert "2026-10" in table
    assert "missed" in table
    assert "no `3`" in run("agreement", "simulate", "acme", "--version=3", status=2)


def test_services_are_compared_by_one_measure(run: Run) -> None:
    told = json.loads(
        run(
            "agreement",
            "compare",
            "acme",
            "shop",
            "shop",
            "rival",
            "--history=2",
            "--at=2026-11-10T00:00:00Z",
            "--format=json",
        )
    )
    assert [(each["name"], each["counted_ms"]) for each in told] == [("shop", HOUR), ("rival", DAY)]
    # Of 61 days as one: months of different lengths have no mean of their own.
    assert [each["reached"] for each in told] == ["99.931693", "98.360655"]
    assert [each["credit_percent"] for each in told] == ["10.000000", "25.000000"]
    assert "SERVICE" in run("agreement", "compare", "acme", "shop", "rival", "--at=2026-11-10T00:00:00Z")
    assert "there is no service `rivals`; did you mean `rival`" in run(
        "agreement", "compare", "acme", "shop", "rivals", status=2
    )
    assert "has no target `shp`; did you mean `shop`" in run(
        "agreement", "compare", "acme", "shp", "rival", status=2
    )


def test_versions_are_told_apart(run: Run) -> None:
    assert run("agreement", "diff", "acme", "1", "2", status=1) == (
        "targets.shop.availability: 99.99, it was 99.9\ntargets.requests.availability: 99.99, it was 99.9\n"
    )
    assert run("agreement", "diff", "acme", "1", "1") == "They promise the same.\n"
    assert "`acme` has no version `3`; it has 1, 2" in run("agreement", "diff", "acme", "1", "3", status=2)
