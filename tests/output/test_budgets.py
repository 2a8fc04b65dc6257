"""What `check` shows: budgets in time, and what it takes until alerts fire."""

from pathlib import Path

from exporter.config.load import load
from exporter.output.budgets import budgets, lines

TEXT = """\
services:
  - name: shop
    endpoints: [{url: https://example.com/}, {name: slow, url: https://example.com/, interval: 10m}]
    slos: [{objective: 99.99, endpoints: [example.com]}, {name: tight, objective: 99.999, window: 1d}]
"""


def test_each_slo_has_its_budget_and_a_line_for_each_tier(tmp_path: Path) -> None:
    file = tmp_path / "uptime.yml"
    file.write_text(TEXT)
    checked = budgets(load([str(file)], {}))
    assert [(slo["slo"], slo["endpoints"], slo["allowed_seconds"]) for slo in checked["slos"]] == [
        ("availability", ["example.com"], 259.2),
        ("tight", ["example.com", "slow"], 0.864),
    ]
    assert list(lines(checked)) == [
        "1 service, 2 endpoints, 2 SLOs; no problems",
        "",
        "shop/availability: 99.99 % over 30d allows 4m 19s 200ms of downtime",
        "  tier    severity  windows  burn rate  in a full outage",
        "  fast    page      1h/5m         14.4  fires after 30s, at 3 failures",
        "  medium  page      6h/30m           6  fires after 30s, at 3 failures",
        "  slow    ticket    1d/2h            3  fires after 30s, at 3 failures",
        "  long    ticket    3d/6h            1  fires after 30s, at 3 failures",
        "",
        "shop/tight: 99.999 % over 1d allows 864ms of downtime",
        "  tier    severity  windows  burn rate  in a full outage",
        "  fast    page      1h/5m         1.92  fires after 20m, at 3 failures",
        "  medium  page      6h/30m           1  fires after 20m, at 3 failures",
        "  slow    ticket    1d/2h            1  never fires: its long window is more than half of the SLO's window",
        "  long    ticket    3d/6h            1  never fires: its long window is more than half of the SLO's window",
    ]
