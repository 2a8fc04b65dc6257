"""Names of SLOs as people type them, and questions that have no answer yet."""

from pathlib import Path

from tests.support.daemon import command

CONFIG = """
services:
  - name: shop
    endpoints: [{name: web, url: "tcp://127.0.0.1:9", interval: 1h}]
    slos:
      - {objective: 99.9, window: 30d}
      - {name: monthly, objective: 99.9, window: {calendar: month}}
"""


def test_a_service_that_has_several_slos_is_asked_which(tmp_path: Path) -> None:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    done = command("explain", "shop", cwd=tmp_path)
    assert done.returncode == 2
    assert "`shop` has several SLOs; say which: shop/availability, shop/monthly" in done.stderr


def test_a_young_slo_has_no_closed_period_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    (tmp_path / "past.csv").write_text(
        "timestamp,service,endpoint,result\n2026-11-02T00:00:00Z,shop,web,success\n"
    )
    assert command("backfill", "--csv=past.csv", cwd=tmp_path).returncode == 0
    done = command("periods", "shop/monthly", "--at=2026-11-20T00:00:00Z", cwd=tmp_path)
    assert done.returncode == 3
    assert "shop/monthly: no period of which anything is kept has closed yet" in done.stderr
