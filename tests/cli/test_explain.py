"""`explain` as a user runs it: on a store with an outage, a failed beat, a restart, exclusions and an import."""

import csv
import json
import pty
import re
import subprocess
import sys
from os import close, read
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run
from tests.support.lived import END, leave

EXCLUDE = (
    *("exclude", "add", "--service", "shop", "--category", "customer", "--reason", "They pulled the plug"),
    *("--from", "2026-01-02T03:35:00Z", "--to", "2026-01-02T03:40:07Z"),
)


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    """A folder with a configuration, and a store with two daemons' lives, an import after them and a correction."""
    leave(tmp_path)
    for arguments in (("backfill", "--csv", "past.csv"), EXCLUDE):
        assert run(*arguments).returncode == 0
    return tmp_path


def masked(text: str) -> str:
    """The text without who entered something, and when."""
    return re.sub(r"\(c1 of .*?\)", "(c1 of NAME, TIME)", text)


TABLE = """\
shop/availability: 99 % over 6h
  window     2026-01-02T00:00:00Z to 2026-01-02T06:00:00Z

FROM            TO        LASTED      IS        COST  WHY
01-02 00:00:00  00:20:00  20m         up
01-02 00:20:00  00:20:15  15s         up              timeout, no outage
01-02 00:20:15  01:00:00  39m 45s     up
01-02 01:00:00  01:10:15  10m 15s     unknown         the exporter was not running until 2026-01-02T01:10:00Z
01-02 01:10:15  02:00:00  49m 45s     up
01-02 02:00:00  02:10:00  10m         excluded        maintenance patching: nightly patches (configuration)
01-02 02:10:00  02:12:00  2m          excluded        maintenance patching; down (dns)
01-02 02:12:00  02:30:00  18m         excluded        maintenance patching
01-02 02:30:00  03:00:00  30m         up
01-02 03:00:00  03:30:00  30m         unknown         the exporter has not run since
01-02 03:30:00  03:35:00  5m          up
01-02 03:35:00  03:40:00  5m          excluded        customer: They pulled the plug (c1 of NAME, TIME)
01-02 03:40:00  03:40:07  7s          excluded        customer; down (timeout)
01-02 03:40:07  03:40:30  23s         down      23s   timeout
01-02 03:40:30  06:00:00  2h 19m 30s  up

IS        INTERVALS  TIME        COST
down      1          23s         23s
excluded  5          35m 7s
unknown   2          40m 15s
up        7          4h 44m 15s
together  15         6h          23s

  SLI        99.86 %
  bounds     87.49 % to 99.88 %
  coverage   87.61 %
  time       4h 44m 15s up, 23s down, 35m 7s excluded, 40m 15s unknown
  events     1137 good, 2 bad, 141 excluded
  budget     2m 51s 930ms left of 3m 14s 930ms (88.20 %)
  objective  met
  settled    until 2026-01-02T03:00:00Z

The intervals follow each other without a gap, and their times, events and costs add up to this figure, to the last digit.
"""


@pytest.mark.usefixtures("folder")
def test_the_table_shows_every_interval_and_that_they_add_up(run: Run) -> None:
    done = run("explain", "shop/availability", "--at", END)
    assert (done.returncode, done.stderr) == (0, "")
    assert masked(done.stdout) == TABLE


SLICES = """\
01-02 02:30:00  03:00:00  30m     good
01-02 03:00:00  03:30:00  30m     uncounted         the exporter has not run since
01-02 03:30:00  03:35:00  5m      good
01-02 03:35:00  03:40:00  5m      excluded          customer: They pulled the plug (c1 of NAME, TIME)
01-02 03:40:00  06:00:00  2h 20m  good
01-02 03:40:00  03:40:07  7s      - excluded        customer: They pulled the plug (c1 of NAME, TIME); down (timeout)
01-02 03:40:07  03:40:30  23s     - down            timeout
"""


@pytest.mark.usefixtures("folder")
def test_what_was_not_up_in_slices_is_below_them(run: Run) -> None:
    done = run("explain", "shop/slices", "--at", END, "--window", "3h30m")
    assert SLICES in masked(done.stdout)


EVENTS = """\
FROM            TO        LASTED      IS        EVENTS       COST  WHY
01-02 00:00:00  00:20:00  20m         up        80 good
01-02 00:20:00  00:20:15  15s         up        1 bad        15s   timeout, no outage
"""


@pytest.mark.usefixtures("folder")
def test_an_slo_of_events_shows_its_beats(run: Run) -> None:
    done = run("explain", "shop/beats", "--at", END)
    assert EVENTS in masked(done.stdout)


@pytest.mark.usefixtures("folder")
def test_the_json_is_the_answer_of_sli_with_its_intervals(run: Run) -> None:
    told = json.loads(run("explain", "shop/beats", "--at", END, "--format", "json").stdout)
    assert told["answer"] == json.loads(run("sli", "shop/beats", "--at", END, "--format", "json").stdout)
    assert told["adds_up"] is True
    assert told["sums"]["cost_seconds"] == told["sums"]["spent_seconds"] == 30.0
    assert told["sums"]["states"]["up"] == {"intervals": 7, "seconds": 17055.0, "cost_seconds": 15.0}
    [failed] = [each for each in told["intervals"] if each["why"] == "timeout, no outage"]
    assert failed == {
        "from": "2026-01-02T00:20:00Z",
        "to": "2026-01-02T00:20:15Z",
        "seconds": 15.0,
        "state": "up",
        "why": "timeout, no outage",
        "exclusion": None,
        "amounts": {"up": 15.0, "down": 0.0, "excluded": 0.0, "unknown": 0.0},
        "events": {"good": 0, "bad": 1, "excluded": 0},
        "slices": None,
        "cost_seconds": 15.0,
        "parts": [],
    }
    exclusions = {each["exclusion"]["id"] for each in told["intervals"] if each["exclusion"]}
    assert exclusions == {"patching", "c1"}


@pytest.mark.usefixtures("folder")
def test_only_some_kinds_of_intervals_are_shown_and_the_sums_are_of_all(run: Run) -> None:
    lines = run("explain", "shop/beats", "--at", END, "--only", "bad,unknown").stdout.splitlines()
    assert [line[6:14] for line in lines[4:8]] == ["00:20:00", "01:00:00", "03:00:00", "03:40:07"]
    assert lines[8] == "11 of 15 intervals are not shown."
    assert "together  15         6h          30s" in lines
    nothing = run("explain", "shop/beats", "--at", END, "--only", "excluded", "--window", "1h").stdout
    assert "\n\n1 of 1 intervals are not shown.\n\n" in nothing


@pytest.mark.usefixtures("folder")
def test_the_csv_has_a_line_for_each_interval_that_is_wanted(run: Run) -> None:
    done = run("explain", "shop/availability", "--at", END, "--only", "excluded,bad", "--format", "csv")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [(each["from"], each["state"], each["cost_seconds"], each["exclusion"]) for each in rows] == [
        ("2026-01-02T02:00:00Z", "excluded", "0.0", "patching"),
        ("2026-01-02T02:10:00Z", "excluded", "0.0", "patching"),
        ("2026-01-02T02:12:00Z", "excluded", "0.0", "patching"),
        ("2026-01-02T03:35:00Z", "excluded", "0.0", "c1"),
        ("2026-01-02T03:40:00Z", "excluded", "0.0", "c1"),
        ("2026-01-02T03:40:07Z", "down", "23.0", ""),
    ]
    assert rows[3]["reason"] == "They pulled the plug"
    assert rows[3]["entered_at"]


BROKEN = """\
01-02 01:00:00  01:10:15  10m 15s     unknown         the exporter was not
                                                      running until
                                                      2026-01-02T01:10:00Z
"""
BELOW = """\
01-02 01:00:00  01:10:15  10m 15s     unknown
    the exporter was not running until 2026-01-02T01:10:00Z
"""


@pytest.mark.parametrize(("width", "broken"), [(80, BROKEN), (64, BELOW)])
def test_on_a_terminal_good_time_is_dim_and_lines_are_no_wider_than_it(
    folder: Path, width: int, broken: str
) -> None:
    ours, theirs = pty.openpty()
    environ = {"PYTHONPATH": str(ROOT), "COLUMNS": str(width), "TERM": "xterm"}
    command = [sys.executable, "-m", "exporter", "explain", "shop/availability", "--at", END]
    with subprocess.Popen(command, cwd=folder, env=environ, stdout=theirs, stdin=theirs) as process:
        close(theirs)
        shown = "".join(iter(lambda: _read(ours), ""))
        assert process.wait() == 0
    close(ours)
    lines = shown.splitlines()
    assert lines[0] == "shop/availability: 99 % over 6h"
    assert "\x1b[2m01-02 00:00:00  00:20:00  20m         up\x1b[0m" in lines
    assert any(line.startswith("\x1b[31m01-02 03:40:07") for line in lines)
    table = [re.sub(r"\x1b\[\d+m", "", line) for line in lines[3:-16]]
    assert max(map(len, table)) <= width
    assert broken in "\n".join(table)


def _read(terminal: int) -> str:
    """What was printed next; empty at its end."""
    try:
        return read(terminal, 65_536).decode()
    except OSError:  # as Linux says that nobody has the other end any more
        return ""


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        (["--only", "god"], 2, "--only: there is no `god`; did you mean `good`?\n"),
        (["--only", "x"], 2, "--only: there is no `x`; there are bad, unknown, excluded, good\n"),
        (["--window", "0s"], 2, "--window: `0s` has to be longer than that\n"),
        (["--at", "2026-01-02T02:30:00Z", "--window", "30m"], 3, ""),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_answered_says_so(run: Run, arguments: list[str], status: int, error: str) -> None:
    done = run("explain", "shop/availability", *arguments)
    assert (done.returncode, done.stderr) == (status, error)
    assert bool(done.stdout) == (status == 3)
