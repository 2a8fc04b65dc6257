"""What `check` shows: budgets in time, and what it takes until alerts fire."""

from fractions import Fraction
from pathlib import Path

from exporter.config.load import load
from exporter.output.budgets import Checked, SloBudget, budgets, lines

TEXT = """\
services:
  - name: shop
    endpoints: [{url: https://example.com/}, {name: slow, url: https://example.com/, interval: 10m}]
    slos: [{objective: 99.99, endpoints: [example.com]}, {name: tight, objective: 99.999, window: 1d}]
"""

RECKONING = (
    "Times are at the latest: a page or ticket after an interval of the probes (ten, where one in ten fails), the burn,",
    "scrape_interval 15s (assumed), evaluation_interval 15s (assumed), group_wait 30s (assumed); an alert clears without the last.",
    "What is assumed can be said in `alerting`.",
)


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
        "  tier    severity  windows  burn rate  failures  full outage  10 % outage     clears",
        "  fast    page      1h/5m         14.4         3       1m 45s       8m 30s     5m 45s",
        "  medium  page      6h/30m           6         3       1m 45s       8m 30s    30m 44s",
        "  slow    ticket    1d/2h            3         3       1m 45s       8m 30s     2h 43s",
        "  long    ticket    3d/6h            1         3       1m 45s       8m 30s     6h 43s",
        "",
        "shop/tight: 99.999 % over 1d allows 864ms of downtime",
        "  tier    severity  windows  burn rate  failures  full outage  10 % outage     clears",
        "  fast    page      1h/5m         1.92         3          31m        never    15m 30s",
        "  medium  page      6h/30m           1         3          31m        5h 1m    40m 30s",
        "  slow    ticket    1d/2h            1  never fires: its long window is more than half of the SLO's window",
        "  long    ticket    3d/6h            1  never fires: its long window is more than half of the SLO's window",
        "  fast: its short window holds fewer than 4 intervals of 10m, so that a single one decides; intervals of 1m 15s at most would do, or `tiers` without it",
        "  medium: its short window holds fewer than 4 intervals of 10m, so that a single one decides; intervals of 7m 30s at most would do, or `tiers` without it",
        "  slow: a window of 2d at least would do",
        "  long: a window of 6d at least would do",
        "",
        *RECKONING,
    ]


def checked(tmp_path: Path, text: str) -> Checked:
    file = tmp_path / "uptime.yml"
    file.write_text(text)
    return budgets(load([str(file)], {}))


def one(
    tmp_path: Path, slo: str, service: str = "endpoints: [{url: tcp://a:1}]", head: str = ""
) -> SloBudget:
    text = f"{head}services:\n  - name: shop\n    {service}\n    slos: [{{{slo}}}]\n"
    return checked(tmp_path, text)["slos"][0]


def test_what_the_configuration_says_of_the_delays_is_reckoned_with(tmp_path: Path) -> None:
    given = "alerting: {scrape_interval: 1m, evaluation_interval: 30s, group_wait: 0s}\n"
    plain, slower = one(tmp_path, "objective: 99.9"), one(tmp_path, "objective: 99.9", head=given)
    assert (plain["tiers"][0]["told_after_seconds"], slower["tiers"][0]["told_after_seconds"]) == (
        15 + 51.84 + 15 + 15 + 30,
        15 + 51.84 + 60 + 30,
    )
    said = list(
        lines(
            checked(
                tmp_path,
                f"{given}services: [{{name: a, endpoints: [{{url: tcp://a:1}}], slos: [{{objective: 99}}]}}]\n",
            )
        )
    )
    assert (
        said[-1]
        == "scrape_interval 1m, evaluation_interval 30s, group_wait 0s; an alert clears without the last."
    )


def test_a_verdict_of_several_failures_is_waited_for_where_the_budget_burns_faster(tmp_path: Path) -> None:
    slow = "down_after: 10, retry_interval: 15s, up_after: 2"
    found = one(tmp_path, "objective: 99.99", f"endpoints: [{{url: tcp://a:1, {slow}}}]")
    assert found["tiers"][0]["told_after_seconds"] == 15 + 9 * 15 + 5 + 60
    assert found["tiers"][0]["clears_after_seconds"] == 2 * 15 + 300 - 14.4 * 0.0001 * 300 + 30
    events = one(tmp_path, "objective: 99.99, method: events", f"endpoints: [{{url: tcp://a:1, {slow}}}]")
    assert events["tiers"][0]["told_after_seconds"] == 15 + 2 * 15 + 60


def test_a_missed_heartbeat_is_seen_once_its_grace_is_over_and_one_that_comes_at_once(tmp_path: Path) -> None:
    beat = "endpoints: [{url: 'heartbeat://nightly?every=10m&grace=5m', token: hush-hush-hush}]"
    (*_, slow, _) = one(tmp_path, "objective: 99, endpoints: [nightly]", beat)["tiers"]
    assert slow["told_after_seconds"] == 900 + 0.03 * 86_400 + 60
    assert slow["clears_after_seconds"] == 7200 * 0.97 + 30


def test_an_slo_that_prometheus_counts_waits_for_a_step_and_its_delay(tmp_path: Path) -> None:
    asked = (
        "objective: 99.9, sli: {promql: {good: 'a[$interval]', total: 'b[$interval]', step: 1m, delay: 2m}}"
    )
    found = one(tmp_path, asked, "owner: a", "prometheus: {url: 'http://127.0.0.1:9090'}\n")
    assert found["tiers"][0]["told_after_seconds"] == 180 + 60
    assert doubts(found)["fast"][0].startswith("one bad step fires it; steps of 30m at most")
    late = one(
        tmp_path,
        asked.replace("delay: 2m", "delay: 10m"),
        "owner: a",
        "prometheus: {url: 'http://127.0.0.1:9090'}\n",
    )
    assert doubts(late)["fast"] == ["a `step`, twice, and its `delay` together of 4m at most would do"]


def doubts(slo: SloBudget) -> dict[str, list[str]]:
    return {tier["tier"]: tier["doubts"] for tier in slo["tiers"] if tier["doubts"]}


def test_tiers_that_one_failed_beat_fires_are_told_with_what_would_do(tmp_path: Path) -> None:
    single = one(
        tmp_path, "objective: 99.9, alerting: {min_bad: 1}", "endpoints: [{url: tcp://a:1, interval: 1m}]"
    )
    assert doubts(single) == {"fast": ["one failed beat fires it; `min_bad: 2` would need two"]}
    rare = one(
        tmp_path, "objective: 99.9, alerting: {tiers: [fast]}", "endpoints: [{url: tcp://a:1, interval: 40m}]"
    )
    assert doubts(rare)["fast"][0] == (
        "one failed beat fires it; intervals of 30m at most would need two, or `tiers` without it"
    )


def test_tiers_that_cannot_fire_are_told_with_what_would_do(tmp_path: Path) -> None:
    low = one(tmp_path, "objective: 90, alerting: {tiers: [fast]}")
    assert doubts(low) == {"fast": ["an objective of 93.0556 % at least would do"]}
    assert one(tmp_path, "objective: 93.0556, alerting: {tiers: [fast]}")["tiers"][0]["never"] is None
    exact = one(tmp_path, "objective: 50, window: 14d, alerting: {tiers: [slow]}")  # factor 1.4
    assert doubts(exact) == {}
    sparse = one(
        tmp_path,
        "objective: 99, method: timeslices, slice: 10m, slice_objective: 50, alerting: {tiers: [fast]}",
    )
    assert doubts(sparse) == {"fast": ["slices of 5m at most would do"]}


def test_an_slo_without_tiers_has_no_table(tmp_path: Path) -> None:
    text = "services: [{name: a, endpoints: [{url: tcp://a:1}], slos: [{objective: 99, alerting: {tiers: []}}]}]\n"
    assert list(lines(checked(tmp_path, text)))[-1] == "  no alert: `alerting` leaves it no tier"


def test_events_of_several_endpoints_add_up(tmp_path: Path) -> None:
    """One each 10 s and one each 5 min are 31 in 5 min: four bad ones are there in half a minute."""
    both = "endpoints: [{url: tcp://a:1, interval: 10s}, {url: tcp://b:1, interval: 5m}]"
    fast = one(tmp_path, "objective: 99.9, method: events", both)["tiers"][0]
    assert (fast["failures"], fast["fires_after_seconds"]) == (6, float(5 * Fraction(300, 31)))
    assert fast["told_after_seconds_at_a_tenth"] is not None


def test_a_heartbeat_is_told_what_is_doubtful_in_words_of_its_own(tmp_path: Path) -> None:
    beat = "endpoints: [{url: 'heartbeat://nightly?every=24h&grace=2h', token: hush-hush-hush}]"
    found = doubts(one(tmp_path, "objective: 90, window: 90d, endpoints: [nightly]", beat))
    assert found["slow"] == ["one missed heartbeat fires it; `tiers` without it would do"]
    assert "long" not in found


def test_an_slo_whose_pages_can_never_fire_is_warned_of(tmp_path: Path) -> None:
    text = "services: [{name: a, endpoints: [{url: tcp://a:1}], slos: [{objective: 80}, {name: b, objective: 80, alerting: {tiers: [long]}}]}]\n"
    assert checked(tmp_path, text)["warnings"] == ["a/availability: no tier that pages can ever fire"]
