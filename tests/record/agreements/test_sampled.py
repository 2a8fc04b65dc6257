"""Targets over events that a Prometheus has counted."""

from fractions import Fraction
from pathlib import Path

import pytest

from exporter.config.load import load
from exporter.config.model import Config
from exporter.daemon.agreements import unsaid
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.results import results
from exporter.sla.agreement import Agreement
from exporter.sla.judge import Verdict
from exporter.store.base import SloKey
from exporter.timeline.samples import MICRO, SampleHistory, Step
from exporter.units import DAY, MINUTE
from tests.support.agreed import six
from tests.support.agreements import HEAD
from tests.support.months import NOVEMBER, NOW, OCTOBER

CONFIG = """\
prometheus: {url: "http://127.0.0.1:9090"}
services:
  - name: shop
    slos:
      - {name: runs, objective: 99, window: 1d, sli: {promql: {good: "ok[1m]", total: "all[1m]", step: 1m}}}
agreements: [acme.yml]
"""
SIGNED = "approved: {provider: {by: mara, on: 2026-06-10}, customer: {by: jo, on: 2026-06-12}}\n"
QUERIES = 'promql: {good: "ok[1m]", total: "all[1m]", step: 1m}'
FUNCTIONS = "slices: {length: 1m, judge: bad_slices, errors_above: 10%, at_least: 100}"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def configured(promise: str) -> tuple[Config, Agreement]:
    text = HEAD.replace("Europe/Berlin", "UTC") + SIGNED
    Path("acme.yml").write_text(text + f"targets: [{{name: runs, service: shop, {promise}, {QUERIES}}}]\n")
    Path("uptime.yml").write_text(CONFIG)
    config = load(["uptime.yml"], {})
    (made,) = config.agreements
    return config, made


def counted(config: Config, bad: dict[int, tuple[int, int]]) -> Sources:
    """October, minute by minute: two good events in each, but for the good and bad ones of some."""
    history = SampleHistory()
    minutes = (NOVEMBER + DAY - OCTOBER) // MINUTE
    told = ((number, bad.get(number, (2, 0))) for number in range(minutes))
    history.extend(
        Step(OCTOBER + number * MINUTE, MINUTE, good * MICRO, lost * MICRO, known=True)
        for number, (good, lost) in told
    )
    (service,) = config.services
    return Sources(config, {}, (), NOW, sampled={SloKey(service.id, service.slos[0].id): history})


def test_minutes_with_enough_executions_and_too_many_errors_are_down() -> None:
    config, made = configured(f"availability: 99.5, {FUNCTIONS}")
    minutes = {100: (89, 11), 101: (90, 10), 102: (0, 99), 103: (0, 100)}
    (found,) = results(counted(config, minutes), [made], (OCTOBER, NOVEMBER))
    (runs,) = found.targets
    assert (runs.counted, runs.coverage, runs.verdict) == (2 * MINUTE, Fraction(1), Verdict.MET)


def test_the_mean_of_error_rates_is_that_of_their_slices() -> None:
    config, made = configured("availability: 99.9, slices: {length: 5m, judge: mean_error_rate}")
    (found,) = results(counted(config, {100: (1, 1)}), [made], (OCTOBER, NOVEMBER))
    (runs,) = found.targets
    assert (runs.base, six(runs.figures.agreed)) == (31 * 24 * 12, "99.998879")


def test_a_share_is_of_whole_events() -> None:
    config, made = configured("share: 99.9")
    (found,) = results(counted(config, {100: (0, 2)}), [made], (OCTOBER, NOVEMBER))
    (runs,) = found.targets
    assert (runs.base, six(runs.figures.agreed)) == (2 * 31 * 24 * 60, "99.997759")


def test_what_nobody_probes_is_issued_too() -> None:
    config, made = configured("share: 99.9")
    assert unsaid(counted(config, {}), [made], (), NOW) == [(OCTOBER, NOVEMBER)]
