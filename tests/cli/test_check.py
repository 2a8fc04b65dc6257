"""`check` says what a configuration allows, or everything that is wrong with it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SMALL = """\
services:
  - name: website
    endpoints: [{url: https://example.com/}]
    slos: [{objective: 99.9}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "uptime.yml").write_text(SMALL)
    return tmp_path / "uptime.yml"


@pytest.mark.usefixtures("file")
def test_it_shows_the_budget_and_what_each_tier_needs(run: Run) -> None:
    shown = run("check")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert (
        shown.stdout
        == """\
1 service, 1 endpoint, 1 SLO; no problems

website/availability: 99.9 % over 30d allows 43m 12s of downtime
  tier    severity  windows  burn rate  failures  full outage  10 % outage     clears
  fast    page      1h/5m         14.4         4        2m 7s       12m 9s     5m 41s
  medium  page      6h/30m           6         9       3m 25s       25m 6s    30m 35s
  slow    ticket    1d/2h            3        18       5m 35s      46m 42s     2h 24s
  long    ticket    3d/6h            1        18       5m 35s      46m 42s     6h 24s

Times are at the latest: a page or ticket after an interval of the probes (ten, where one in ten fails), the burn,
scrape_interval 15s (assumed), evaluation_interval 15s (assumed), group_wait 30s (assumed); an alert clears without the last.
What is assumed can be said in `alerting`.
"""
    )


def test_it_names_what_makes_a_budget_less(run: Run, file: Path) -> None:
    """What is excluded is known of a window only; the budget that is shown is that of one without."""
    file.write_text(
        SMALL.replace("- name: website", "- name: website\n    service_hours: office")
        + "service_hours: {office: {mon-fri: '08:00-20:00'}}\n"
        + "exclusions: [{name: disks, category: maintenance, services: [website], "
        + "from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z'}]\n"
    )
    said = run("check", "uptime.yml").stdout.splitlines()
    assert said[2:4] == [
        "website/availability: 99.9 % over 30d allows 43m 12s of downtime",
        "  less, and alerts sooner, as far as these exclude time: service hours, disks",
    ]


def test_it_says_which_tiers_can_never_fire_and_why(run: Run, file: Path) -> None:
    file.write_text(SMALL.replace("{objective: 99.9}", "{objective: 90, window: 2d}"))
    assert run("check", "uptime.yml").stdout.splitlines()[2:8] == [
        "website/availability: 90 % over 2d allows 4h 48m of downtime",
        "  tier    severity  windows  burn rate  failures  full outage  10 % outage     clears",
        "  fast    page      1h/5m         3.84        93      24m 18s        never     3m 50s",
        "  medium  page      6h/30m           1       145      37m 15s        never    27m 45s",
        "  slow    ticket    1d/2h            1       577   2h 25m 15s        never  1h 48m 45s",
        "  long    ticket    3d/6h            1  never fires: its long window is more than half of the SLO's window",
    ]
    file.write_text(SMALL.replace("99.9", "50"))
    assert "never fires: even a full outage burns no faster than its threshold" in run("check").stdout


@pytest.mark.usefixtures("file")
def test_json_has_the_same_for_machines(run: Run) -> None:
    shown = json.loads(run("check", "--format", "json").stdout)
    (slo,) = shown.pop("slos")
    assert shown == {
        "services": 1,
        "endpoints": 1,
        "warnings": [],
        "delays": {
            "scrape_seconds": 15.0,
            "evaluation_seconds": 15.0,
            "group_wait_seconds": 30.0,
            "assumed": ["scrape_interval", "evaluation_interval", "group_wait"],
        },
    }
    assert slo["tiers"][0] == {
        "tier": "fast",
        "severity": "page",
        "long": "1h",
        "short": "5m",
        "burn_rate_threshold": 14.4,
        "failures": 4,
        "fires_after_seconds": 51.84,
        "told_after_seconds": 126.84,
        "told_after_seconds_at_a_tenth": 728.4,
        "clears_after_seconds": 340.68,
        "never": None,
        "doubts": [],
    }
    assert (slo["service"], slo["slo"], slo["objective"], slo["allowed_seconds"]) == (
        "website",
        "availability",
        "99.9",
        2592.0,
    )


def test_problems_go_to_standard_error_with_status_2(run: Run, file: Path) -> None:
    file.write_text(SMALL.replace("objective", "objectiv"))
    shown = run("check", "uptime.yml")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.splitlines() == [
        "uptime.yml:4: `objective` is missing; write per cent, such as `objective: 99.9`",
        "uptime.yml:4: unknown key `objectiv`; did you mean `objective`?",
    ]


def test_warnings_are_shown_and_change_nothing(run: Run, file: Path) -> None:
    file.write_text(SMALL + "probes: {api: {type: tcp}}\n")
    shown = run("check")
    assert (shown.returncode, shown.stderr) == (
        0,
        "warning: uptime.yml:5: no endpoint uses the probe `api`\n",
    )


def test_files_join_and_globs_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(SMALL)
    (tmp_path / "b.yml").write_text(SMALL.replace("website", "blog"))
    assert run("check", "a.yml", "b.yml").stdout.startswith("2 services, 2 endpoints, 2 SLOs;")
    assert run("check", "--config.file", "*.yml").stdout.startswith("2 services, 2 endpoints, 2 SLOs;")


def test_files_are_given_in_one_way(run: Run, file: Path) -> None:
    done = run("check", str(file), "--config.file", str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "give the files either as arguments or with --config.file, not both\n"


def test_a_missing_file_says_how_to_get_one(run: Run) -> None:
    shown = run("check")
    assert (shown.returncode, shown.stderr) == (
        2,
        "uptime.yml: does not exist; `uptime-slo-exporter init URL` writes one\n",
    )


def test_it_needs_no_environment_but_what_the_file_names(run: Run, file: Path) -> None:
    file.write_text(SMALL + 'probes: {api: {type: http, headers: {X-Key: "${KEY}"}}}\n    probe: api\n')
    file.write_text(
        'probes: {api: {type: http, headers: {X-Key: "${KEY}"}}}\n' + SMALL + "    probe: api\n",
    )
    assert run("check", KEY="hush").returncode == 0
    assert run("check").stderr == (
        "uptime.yml:1: `${KEY}` is not set in the environment; set it, or write `$${KEY}` for the text\n"
    )
