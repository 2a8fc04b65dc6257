"""Rule E: the same instant through the metrics, the API, `explain` and `sli` is one figure, for every method."""

import json
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exporter.store.reader import SqliteReader
from exporter.units import format_instant
from tests.conftest import StartDaemon, StartTarget
from tests.support.called import called
from tests.support.daemon import Daemon
from tests.support.processes import wait_for

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]

CONFIG = """
defaults: {{interval: 500ms, timeout: 400ms, retry_interval: 200ms}}
services:
  - name: shop
    service_hours: always
    endpoints:
      - {{name: web, url: "{web}", down_after: 2}}
      - {{name: api, url: "{api}"}}
    slos:
      - {{name: time, objective: 99.9, window: 30d}}
      - {{name: down, objective: 99, window: 7d, unknown: down, combine: any}}
      - {{name: month, objective: 99.5, window: {{calendar: month, timezone: Europe/Berlin}}}}
      - {{name: beats, objective: 99.9, window: 7d, method: events}}
      - {{name: latency, objective: 95, window: 1d, sli: {{latency: {{threshold: 1ms}}}}}}
      - {{name: slices, objective: 99, window: 1d, method: timeslices, slice: 1s, slice_objective: 90}}
      - {{name: weighted, objective: 99, window: 1d, combine: {{weighted: {{web: 2, api: 1}}}}}}
  - name: often
    endpoints: [{{name: web, url: "{web}"}}]
    slos: [{{objective: 99}}]
  - name: journey
    slos: [{{name: whole, objective: 99, window: 1d, services: [shop/time, shop]}}]
exclusions:
  - {{name: nightly, category: maintenance, services: [shop], timezone: Europe/Berlin, duration: 1h,
     rrule: "FREQ=DAILY;BYHOUR={far};BYMINUTE=0;BYSECOND=0"}}
  - {{name: often, category: maintenance, services: [often], duration: 1m, rrule: "FREQ=HOURLY;BYMINUTE=0,15,30,45;BYSECOND=0"}}
  - {{name: api, category: dependency, endpoints: [shop/api], from: "{before}", to: "{after}"}}
service_hours: {{always: {{timezone: UTC, daily: "00:00-24:00"}}}}
"""
SLOS = (
    "shop/time",
    "shop/down",
    "shop/month",
    "shop/beats",
    "shop/latency",
    "shop/slices",
    "shop/weighted",
    "journey/whole",
)


@pytest.fixture
def daemon(start_daemon: StartDaemon, start_target: StartTarget) -> Daemon:
    """One that has seen an outage of one endpoint, and is settled beyond it."""
    web, api = start_target(), start_target()
    now = datetime.now(UTC)
    spans = {"before": now - timedelta(days=2), "after": now - timedelta(days=1)}
    far = (
        now.astimezone(ZoneInfo("Europe/Berlin")).hour + 12
    ) % 24  # else there is no value for an hour a day
    config = CONFIG.format(
        web=web.url, api=api.url, far=far, **{name: at.isoformat() for name, at in spans.items()}
    )
    daemon = start_daemon(config)
    shop = {"uptime_service": "shop"}
    daemon.wait_for_value(1, "uptime_endpoint_up", uptime_endpoint="web", **shop)
    web.fail()
    daemon.wait_for_value(0, "uptime_endpoint_up", uptime_endpoint="web", **shop)
    web.recover()
    daemon.wait_for_value(1, "uptime_endpoint_up", uptime_endpoint="web", **shop)
    return daemon


def asked(daemon: Daemon, what: str, slo: str, at: str) -> dict[str, Any]:
    """What a command answers of an instant."""
    options = (f"--config.file={daemon.config}", f"--storage={daemon.storage}", f"--at={at}", "--format=json")
    done = called(what, slo, *options, cwd=Path(daemon.config).parent)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def without_progress(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "settled_until"}


def test_the_same_instant_is_one_figure_however_it_is_asked(daemon: Daemon) -> None:
    compare(daemon)


def test_it_is_one_figure_also_after_a_correction(daemon: Daemon) -> None:
    """Of one of two endpoints, so that a composite follows as well."""
    options = (f"--config.file={daemon.config}", f"--storage={daemon.storage}")
    wanted = ("--endpoint=shop/api", "--category=customer", "--reason=They pulled the plug")
    start = format_instant(round(datetime.now(UTC).timestamp() * 1000) - 1_500)
    done = called("exclude", "add", *wanted, f"--from={start}", "--for=700ms", *options)
    assert done.returncode == 0, done.stderr
    compare(daemon)


def settled_scrape(daemon: Daemon) -> tuple[Samples, str] | None:
    """A scrape that is settled by now, and its instant; None where a probe was in flight then, whose result it had not (ruling 1)."""
    samples = daemon.samples()
    instant = round(1000 * samples["uptime_exporter_evaluated_timestamp_seconds", frozenset()])
    at = format_instant(instant)

    def settled() -> bool:
        answers = daemon.get("/api/v1/slos").json()
        return all(each["settled_until"] > at for each in answers)

    wait_for(settled, "everything has settled beyond the scrape")
    with closing(SqliteReader.open(daemon.storage)) as store:
        for each in store.endpoints():
            labels = frozenset({("uptime_service", each.service), ("uptime_endpoint", each.id)})
            seen = round(1000 * samples["uptime_probe_last_timestamp_seconds", labels])
            rows = store.rows(each.number)
            begun = [start for row in rows for start in range(row.at, row.last + 1, row.step or 1)]
            if max(start for start in begun if start <= instant) != seen:
                return None
    return samples, at


def compare(daemon: Daemon) -> None:
    """Ask about the instant of a scrape in every way, once it is settled."""
    samples, at = wait_for(lambda: settled_scrape(daemon), "a scrape finds no probe in flight")
    for name in SLOS:
        service, _, slo = name.partition("/")
        told = asked(daemon, "sli", name, at)
        explained = asked(daemon, "explain", name, at)
        query = f"service={service}&slo={slo}&at={at}"
        over_http = daemon.get(f"/api/v1/sli?{query}").json()
        explained_there = daemon.get(f"/api/v1/explain?{query}").json()
        assert without_progress(told) == without_progress(over_http)
        assert without_progress(told) == without_progress(explained["answer"])
        assert explained["intervals"] == explained_there["intervals"]
        assert explained["adds_up"] is explained_there["adds_up"] is True
        labels = {("uptime_service", service), ("slo", slo)}
        for metric, value in (
            ("uptime_slo_sli_ratio", told["sli"]),
            ("uptime_slo_coverage_ratio", told["coverage"]),
            ("uptime_slo_error_budget_remaining_ratio", told["error_budget"]["remaining_ratio"]),
            ("uptime_slo_error_budget_remaining_seconds", told["error_budget"]["remaining_seconds"]),
        ):
            assert samples.get((metric, frozenset(labels))) == value, f"{metric} of {name}"
        for window, rate in told["burn_rate"].items():
            key = ("uptime_slo_burn_rate", frozenset({*labels, ("window", window)}))
            assert samples.get(key) == rate, f"burn rate of {name} over {window}"


def test_what_cannot_be_asked_is_told_in_a_line(daemon: Daemon) -> None:
    for query, status, said in (
        ("service=shpo", 404, "service: there is no `shpo`"),
        ("service=shop", 404, "slo: `shop` has several; say which, of time, down"),
        ("service=shop&slo=time&at=yesterday", 400, "at: `yesterday` is not a time"),
        ("service=shop&slo=time&window=0s", 400, "window: must be longer than 0"),
        ("service=shop&slo=time&window=9000y", 400, "lies beyond the years 1 to 9999"),
        (
            "service=shop&slo=time&window=1000y",
            400,
            "window: at most 767d, as history is kept for 400d",
        ),
        ("slo=time", 404, "service: is missing; there is "),
        ("service=shop&slo=time&form=json", 400, "form: is unknown"),
    ):
        answer = daemon.get(f"/api/v1/sli?{query}")
        assert (answer.status_code, said in answer.text) == (status, True), answer.text


def test_an_explanation_of_too_many_intervals_is_refused_before_it_is_made(daemon: Daemon) -> None:
    answer = daemon.get("/api/v1/explain?service=often&window=365d")
    assert answer.status_code == 413
    assert answer.text.endswith(
        " intervals are behind this figure, and 20,000 are the most; ask for a shorter window\n"
    )
    assert daemon.get("/api/v1/explain?service=often&window=1d").json()["adds_up"] is True
