"""SLOs over what a real Prometheus has counted: from its first figure over kill -9 to corrections."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from exporter.store.base import SloKey
from exporter.store.reader import SqliteReader
from exporter.timeline.samples import MICRO, Step
from exporter.units import format_instant
from tests.conftest import StartDaemon, StartPrometheus, StartTarget
from tests.support.called import called
from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.prometheus import Prometheus, remembering, scrape

MINUTE, SCRAPE = 60_000, 15_000
HOLE = range(12, 24)
"""Minutes of which nothing was scraped; longer than Prometheus looks back."""

OUTAGE = range(30, 33)
"""Minutes in which everything fails."""

UNTIL, OK = "uptime_promql_counted_until_timestamp_seconds", "uptime_promql_last_ask_successful"
ORDERS = {"uptime_service": "shop", "slo": "orders"}


def config(url: str, step: str, good: str, total: str, *, delay: str = "0s") -> str:
    return f"""
prometheus: {{url: "{url}", timeout: 5s}}
services:
  - name: shop
    slos:
      - name: orders
        objective: 99
        window: 2h
        sli: {{promql: {{good: '{good}', total: '{total}', delay: {delay}{step and f", step: {step}"}}}}}
"""


def counted(minute: int) -> tuple[int, int]:
    """What a minute's four scrapes see happen: successes and failures in 45 s."""
    return (0, 9) if minute in OUTAGE else (30 + minute, int(minute % 5 == 0))


def exposed(start: int) -> str:
    """Both counters of an hour, scraped five seconds after each beat."""
    lines, good, bad = ["# TYPE orders counter"], 1_000, 500
    rows: dict[str, list[str]] = {"ok": [], "failed": []}
    for minute in range(60):
        for scraped in range(4):
            if scraped:
                good += (
                    counted(minute)[0] // 3
                    if scraped < 3
                    else counted(minute)[0] - counted(minute)[0] // 3 * 2
                )
                bad += counted(minute)[1] if scraped == 1 else 0
            at = (start + minute * MINUTE + scraped * SCRAPE + 5_000) / 1000
            if minute not in HOLE:
                rows["ok"].append(f'orders_total{{result="ok"}} {good} {at:.3f}')
                rows["failed"].append(f'orders_total{{result="failed"}} {bad} {at:.3f}')
    return "\n".join([*lines, *rows["ok"], *rows["failed"], "# EOF", ""])


def steps_of(start: int) -> Sequence[Step]:
    """As Prometheus calculates: what is seen in 45 s is stretched to the minute, as a float."""
    found = []
    for minute in range(60):
        at, (good, bad) = start + minute * MINUTE, counted(minute)
        if minute in HOLE:
            found.append(Step(at, MINUTE, 0, 0, known=False))
            continue
        fine, broken = (each * (60 / 45) for each in (good, bad))
        micros = [floor(Decimal(repr(value)) * MICRO) for value in (fine, fine + broken)]
        found.append(Step(at, MINUTE, micros[0], micros[1] - micros[0], known=True))
    return found


@contextmanager
def opened(path: Path) -> Iterator[SqliteReader]:
    with closing(SqliteReader.open(path)) as reader:
        yield reader


def until(daemon: Daemon, at: int) -> None:
    """Wait until all steps up to an instant are counted."""
    wait_for(lambda: (daemon.value(UNTIL, **ORDERS) or 0) * 1000 >= at, f"counted until {format_instant(at)}")


def asked(daemon: Daemon, name: str, at: int) -> dict[str, Any]:
    """What a command answers from the store."""
    options = (f"--config.file={daemon.config}", f"--storage={daemon.storage}", "--format=json")
    done = called(name, "shop/orders", *options, f"--at={at / 1000:.3f}")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_an_hour_that_prometheus_has_counted_is_there_at_once_to_the_last_event(
    tmp_path: Path, start_daemon: StartDaemon
) -> None:
    now = time.time_ns() // 1_000_000
    start = now - now % MINUTE - 60 * MINUTE
    end, steps = start + 60 * MINUTE, steps_of(start)
    with remembering(exposed(start), tmp_path / "prometheus") as prometheus:
        text = config(
            prometheus.url,
            "",
            'sum(increase(orders_total{result="ok"}[1m]))',
            "sum(increase(orders_total[1m]))",
        )
        daemon = start_daemon(text)
        until(daemon, end)
        with opened(daemon.storage) as store:
            kept = [step for step in store.steps(SloKey("shop", "orders")) if step.at < end]
        assert kept == steps, "it begins with the source"

        answer = asked(daemon, "sli", end)
        good, bad = (sum(amounts) for amounts in zip(*((each.good, each.bad) for each in kept), strict=True))
        assert answer["events"] == {"good": good / MICRO, "bad": bad / MICRO, "excluded": 0}
        assert answer["sli"] == good / (good + bad)
        assert answer["error_budget"]["remaining_ratio"] == float(
            1 - Fraction(100 * bad * 48, (good + bad) * 120)
        )
        assert answer["coverage"] == 48 / 120
        through = daemon.get(f"/api/v1/sli?service=shop&slo=orders&at={end / 1000:.3f}").json()
        assert through == answer

        explained = asked(daemon, "explain", end)
        assert explained["adds_up"]
        down = [each for each in explained["intervals"] if each["state"] == "down"]
        assert [(each["why"], each["seconds"], each["events"]["bad"]) for each in down] == [
            ("all events bad", 180, 36)
        ]
        assert "the source has no value of it" in {each["why"] for each in explained["intervals"]}

        outage = [format_instant(start + minute * MINUTE) for minute in (30, 33)]
        entered = called(
            *("exclude", "add", "--service=shop", "--category=customer", "--reason=Their network"),
            *(f"--from={outage[0]}", f"--to={outage[1]}", f"--config.file={daemon.config}"),
            f"--storage={daemon.storage}",
        )
        assert entered.returncode == 0, entered.stderr
        without = asked(daemon, "sli", end)
        assert without["events"]["excluded"] == 36
        assert without["sli"] > answer["sli"]
        assert daemon.stop() == 0
    afterwards = asked(daemon, "sli", end)
    assert afterwards | {"settled_until": without["settled_until"]} == without


def test_over_kill_9_no_step_is_lost_and_none_is_counted_twice(
    start_daemon: StartDaemon, start_prometheus: StartPrometheus, start_target: StartTarget
) -> None:
    """What Prometheus scraped while nobody asked is asked about afterwards."""
    target = start_target()

    def tell(good: int, total: int) -> None:
        target.body = f"orders_ok {good}\norders_all {total}\n".encode()

    tell(7, 8)
    prometheus = start_prometheus(scrape(target.url.removeprefix("http://").rstrip("/"), "orders"))
    prometheus.wait_for("orders_ok")
    text = config(prometheus.url, "1s", "sum(orders_ok)", "sum(orders_all)", delay="2s")
    daemon = start_daemon(text)
    wait_for(lambda: daemon.value(UNTIL, **ORDERS), "the first step is counted")
    before = int((daemon.value(UNTIL, **ORDERS) or 0) * 1000)
    daemon.process.kill()
    tell(0, 8)
    prometheus.wait_for("orders_ok == 0")
    daemon = start_daemon(text)
    until(daemon, before + 5_000)
    assert daemon.stop() == 0
    with opened(daemon.storage) as store:
        steps = store.steps(SloKey("shop", "orders"))
    assert [step.at for step in steps] == list(range(steps[0].at, steps[-1].at + 1, 1_000)), "without a gap"
    assert steps == told(prometheus, steps[0].at, steps[-1].at + 1_000)
    assert {step.good for step in steps} >= {7 * MICRO, 0}


def told(prometheus: Prometheus, start: int, end: int) -> Sequence[Step]:
    """What Prometheus says of the same steps when all is over."""
    values = [
        {
            int(at * 1000): floor(Decimal(value) * MICRO)
            for each in prometheus.api(
                "query_range", query=query, start=(start + 1_000) / 1000, end=end / 1000, step=1
            )["result"]
            for at, value in each["values"]
        }
        for query in ("sum(orders_ok)", "sum(orders_all)")
    ]
    return [
        Step(at, 1_000, good, total - good, known=True)
        for at in range(start, end, 1_000)
        for good, total in [(values[0][at + 1_000], values[1][at + 1_000])]
    ]


def test_a_query_that_cannot_be_counted_is_said_until_a_reload_corrects_it(
    start_daemon: StartDaemon, start_prometheus: StartPrometheus, start_target: StartTarget
) -> None:
    """The steps of the time between are counted, too."""
    target = start_target()
    target.body = b'orders_ok 3\norders_all{shop="a"} 2\norders_all{shop="b"} 2\n'
    prometheus = start_prometheus(scrape(target.url.removeprefix("http://").rstrip("/"), "orders"))
    prometheus.wait_for("orders_all")
    right = config(prometheus.url, "1s", "sum(orders_ok)", "sum(orders_all)", delay="1s")
    daemon = start_daemon(right.replace("sum(orders_all)", "orders_all"), "--web.enable-lifecycle")
    daemon.wait_for_value(0, OK, **ORDERS)
    assert "the query gives 2 series; wrap it in sum(...)" in daemon.process.output
    assert daemon.value(UNTIL, **ORDERS) is None
    failed = time.time()
    daemon.config.write_text(right)
    answer = daemon.send("POST", "/-/reload", {})
    assert answer.status_code == 200, answer.text
    daemon.wait_for_value(1, OK, **ORDERS)
    until(daemon, int(failed * 1000))
    assert daemon.value("uptime_slo_sli_ratio", **ORDERS) == 0.75
    assert daemon.sli("shop/orders")["events"]["good"] >= 3
