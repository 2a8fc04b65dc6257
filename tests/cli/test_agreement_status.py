"""`agreement status`: how agreements stand now."""

import json
import time
from pathlib import Path

import pytest

from exporter.timeline.calendar import Calendar
from exporter.units import DAY, HOUR, MINUTE
from tests.support.called import called
from tests.support.contracted import AGREEMENT
from tests.support.past import Past, steady

SHOP = """
services:
  - name: shop
    endpoints: [{name: web, url: "tcp://127.0.0.1:9", interval: 10m}]
    slos: [{objective: 99, window: 1d}]
"""


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """A shop that is up since yesterday, or since the month began."""
    (tmp_path / "acme.yml").write_text(AGREEMENT)
    made = Past.of(tmp_path, SHOP + "agreements: [acme.yml]\n")
    now = round(time.time() * 1000)
    start = max(Calendar("month").period(now + 1)[0], now - DAY)
    made.bring(steady("S", min(start, now - HOUR), now, 10 * MINUTE))
    return made


def test_each_target_has_a_line(past: Past) -> None:
    shown = called("agreement", "status", cwd=past.folder)
    assert shown.returncode == 0, shown.stderr
    head, *lines = shown.stdout.splitlines()
    assert head.split()[:3] == ["AGREEMENT", "TARGET", "VERDICT"]
    assert [line.split()[2] for line in lines] == ["shop", "requests"]
    assert "100 %" in lines[0]


def test_the_figures_are_there_as_json(past: Past) -> None:
    shown = called("agreement", "status", "acme", "--format=json", cwd=past.folder)
    (told,) = json.loads(shown.stdout)
    assert (told["agreement"], told["period"]["state"]) == ("acme", "running")
    assert "evidence" not in told


def test_without_an_approved_agreement_there_is_nothing_to_show(past: Past) -> None:
    past.reconfigure(SHOP)
    shown = called("agreement", "status", cwd=past.folder)
    assert (shown.returncode, "has no approved agreement" in shown.stderr) == (2, True)
