"""Names of SLOs as people type them, and questions that have no answer yet."""

from pathlib import Path

import pytest

from tests.support.called import called

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
    done = called("explain", "shop", cwd=tmp_path)
    assert done.returncode == 2
    assert "`shop` has several SLOs; say which: shop/availability, shop/monthly" in done.stderr


def test_a_young_slo_has_no_closed_period_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    (tmp_path / "past.csv").write_text(
        "timestamp,service,endpoint,result\n2026-11-02T00:00:00Z,shop,web,success\n"
    )
    assert called("backfill", "--csv=past.csv", cwd=tmp_path).returncode == 0
    done = called("periods", "shop/monthly", "--at=2026-11-20T00:00:00Z", cwd=tmp_path)
    assert done.returncode == 3
    assert "shop/monthly: no period of which anything is kept has closed yet" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            "exclude add --service shop --category other --reason x --for 9999999999d",
            "--for: `9999999999d` is longer than",
        ),
        (
            "exclude add --service shop --category other --reason x --for 3000000d",
            "--for: the end after `3000000d` is beyond",
        ),
        (
            "exclude add --service shop --category other --reason x --from -99999999999 --to 3",
            "from: `-99999999999` is before",
        ),
        ("exclude remove service_hours/shop --reason x", "`service_hours/shop` stands in the configuration"),
        ("latency shop --window 9999d --at 0001-01-02T00:00:00Z", "--window: its start is before the year 1"),
        (
            "backfill --csv past.csv --staleness 9999999999999d",
            "--staleness: `9999999999999d` is longer than",
        ),
        (
            "backfill --csv past.csv --replace 2026-01-01T00:00:00Z..9999-12-31T00:00:00Z",
            "ends in the future",
        ),
    ],
)
def test_what_lies_beyond_all_years_is_refused_and_nothing_is_lost(
    tmp_path: Path, arguments: str, said: str
) -> None:
    hours = "    service_hours: office\n"
    config = CONFIG.replace("    endpoints:", hours + "    endpoints:")
    (tmp_path / "uptime.yml").write_text(config + "service_hours: {office: {mon-fri: 08:00-20:00}}\n")
    (tmp_path / "past.csv").write_text(
        "timestamp,service,endpoint,result\n2026-11-02T00:00:00Z,shop,web,success\n"
    )
    assert called("backfill", "--csv=past.csv", cwd=tmp_path).returncode == 0
    done = called(*arguments.split(), cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr
    assert called("exclude", "list", "--trail", cwd=tmp_path).stdout == "Nothing was ever excluded.\n"
