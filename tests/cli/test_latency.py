"""`latency` from a record that was brought in with durations."""

import json
from pathlib import Path

from tests.support.called import called

CONFIG = """
services:
  - name: shop
    endpoints:
      - {name: web, url: "http://127.0.0.1:9/", interval: 1m}
      - {name: idle, url: "http://127.0.0.1:9/idle", interval: 1m}
    slos: [{objective: 99.9}]
"""
HALF_PAST_ONE = "2026-01-01T01:30:00Z"


def folder(tmp_path: Path) -> Path:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    rows = (
        f"2026-01-01T{minute // 60:02}:{minute % 60:02}:00Z,shop,web,success,{(minute + 1) / 1000}\n"
        for minute in range(100)
    )
    (tmp_path / "past.csv").write_text("timestamp,service,endpoint,result,duration_seconds\n" + "".join(rows))
    assert called("backfill", "--csv=past.csv", cwd=tmp_path).returncode == 0
    return tmp_path


def test_quantiles_are_of_all_hours_that_the_period_overlaps(tmp_path: Path) -> None:
    done = called(
        "latency", "shop", "--window=1h", f"--at={HALF_PAST_ONE}", "--format=json", cwd=folder(tmp_path)
    )
    web, idle = json.loads(done.stdout)
    assert (web["start"], web["end"]) == ("2026-01-01T00:00:00Z", "2026-01-01T02:00:00Z")
    for name, exact in (("p50_seconds", 0.050), ("p95_seconds", 0.095), ("p99_seconds", 0.099)):
        assert abs(web[name] - exact) <= 0.01 * exact + 0.001
    assert (idle["p50_seconds"], done.returncode) == (None, 0)


def test_people_read_milliseconds(tmp_path: Path) -> None:
    done = called("latency", "shop", "--window=1h", f"--at={HALF_PAST_ONE}", cwd=folder(tmp_path))
    assert done.stdout.splitlines()[0] == "shop: 2026-01-01T00:00:00Z to 2026-01-01T02:00:00Z"
    assert done.stdout.splitlines()[1].split() == ["ENDPOINT", "P50", "P95", "P99"]
    assert done.stdout.splitlines()[3].split() == ["idle", "no", "value", "no", "value", "no", "value"]


def test_nothing_known_is_status_3_and_an_unknown_service_2(tmp_path: Path) -> None:
    here = folder(tmp_path)
    done = called("latency", "shop", "--at=2025-01-01T00:00:00Z", cwd=here)
    assert (done.returncode, "the running hour counts once it is over" in done.stderr) == (3, True)
    wrong = called("latency", "shpo", cwd=here)
    assert (wrong.returncode, "did you mean shop?" in wrong.stderr) == (2, True)
