"""`export`: the record as a user gets it out, also beside a daemon, and back in."""

import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.called import called
from tests.support.daemon import Daemon
from tests.support.past import Past, config_text, steady
from tests.support.processes import wait_for
from tests.support.prometheus import make_blocks

Run = Callable[..., "subprocess.CompletedProcess[str]"]
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z
MINUTE = 60_000
TWO = """
services:
  - name: shop
    id: s1
    endpoints: [{name: web, id: e1, url: "http://127.0.0.1/"}, {name: api, url: "http://127.0.0.1/api"}]
    slos: [{objective: 99.9, window: 1d}]
"""


@pytest.fixture
def past(tmp_path: Path) -> Past:
    found = Past.of(tmp_path, TWO)
    found.bring([*steady("S", JANUARY, JANUARY + MINUTE, 15_000), ("F", JANUARY + MINUTE + 1)])
    found.bring([("I", JANUARY), ("S", JANUARY + 500)], "shop,api")
    return found


def test_every_result_is_a_line_in_order_of_endpoint_and_time(past: Past, run: Run) -> None:
    done = run("export")
    assert (done.returncode, done.stderr) == (0, "")
    assert past.folder.exists()
    assert done.stdout.splitlines() == [
        "timestamp,service,endpoint,result,reason,kind",
        "2025-01-01T00:00:00.000Z,shop,api,inconclusive,,beat",
        "2025-01-01T00:00:00.500Z,shop,api,success,,beat",
        "2025-01-01T00:00:00.000Z,shop,web,success,,beat",
        "2025-01-01T00:00:15.000Z,shop,web,success,,beat",
        "2025-01-01T00:00:30.000Z,shop,web,success,,beat",
        "2025-01-01T00:00:45.000Z,shop,web,success,,beat",
        "2025-01-01T00:01:00.001Z,shop,web,failure,,beat",
    ]


def test_the_file_comes_back_as_the_same_figures(past: Past, run: Run) -> None:
    before = past.ask(JANUARY + 5 * MINUTE)
    assert run("export", "--out", "out.csv").stdout == ""
    past.store.unlink()
    assert run("backfill", "--csv", "out.csv").stdout.startswith("out.csv: 7 results imported")
    assert past.ask(JANUARY + 5 * MINUTE) == before


@pytest.mark.usefixtures("past")
def test_a_part_can_be_chosen_by_name_and_by_time(run: Run) -> None:
    chosen = run(
        "export", "--endpoint", "shop/web", "--from", "2025-01-01T00:00:15Z", "--to", "2025-01-01T00:00:45Z"
    )
    assert [line[11:23] for line in chosen.stdout.splitlines()[1:]] == ["00:00:15.000", "00:00:30.000"]
    assert len(run("export", "--service", "shop").stdout.splitlines()) == 8
    assert len(run("export", "--service", "shop/api", "--endpoint", "shop/web").stdout.splitlines()) == 8


@pytest.mark.usefixtures("past")
@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (
            ["--endpoint", "shop/wep"],
            2,
            "the record has no service or endpoint `shop/wep`; did you mean shop/web?",
        ),
        (
            ["--service", "zzz"],
            2,
            "the record has no service or endpoint `zzz`; it has shop, shop/api, shop/web",
        ),
        (["--from", "5", "--to", "5"], 2, "--from has to be before --to"),
        (["--from", "soon"], 2, "--from: `soon` is not a time"),
        (
            ["--out", "no/such/folder.csv"],
            3,
            "no/such/folder.csv cannot be written: No such file or directory",
        ),
        (["--out", "/dev/full"], 3, "/dev/full cannot be written: No space left on device"),
        (["--storage", "none.db"], 3, "none.db: there is no such store"),
    ],
)
def test_what_is_wrong_is_one_line(run: Run, arguments: list[str], status: int, words: str) -> None:
    done = run("export", *arguments)
    assert words in done.stderr
    assert (done.returncode, len(done.stderr.splitlines())) == (status, 1)


def test_what_is_no_longer_configured_is_named_by_its_ids(past: Past, run: Run) -> None:
    past.reconfigure(config_text().replace("name: web", "name: other"))
    names = {line.split(",")[2] for line in run("export").stdout.splitlines()[1:]}
    assert names == {"e1", "api"}
    assert {line.split(",")[1] for line in run("export").stdout.splitlines()[1:]} == {"s1"}

    past.reconfigure(TWO.replace("name: web, id: e1", "name: e1, id: new").replace("name: api", "name: x"))
    names = {line.split(",")[2] for line in run("export").stdout.splitlines()[1:]}
    assert names == {"e1 (removed)", "api"}


@pytest.mark.usefixtures("promtool", "past")
def test_promtool_makes_blocks_of_the_openmetrics(run: Run, tmp_path: Path) -> None:
    done = run("export", "--format", "openmetrics")
    assert done.stdout.splitlines() == [
        "# HELP uptime_probe_success 1 for a probe that succeeded, 0 for one that failed.",
        "# TYPE uptime_probe_success gauge",
        'uptime_probe_success{uptime_service="shop",uptime_endpoint="api"} 1 1735689600.500',
        *(
            f'uptime_probe_success{{uptime_service="shop",uptime_endpoint="web"}} 1 17356896{second:02}.000'
            for second in (0, 15, 30, 45)
        ),
        'uptime_probe_success{uptime_service="shop",uptime_endpoint="web"} 0 1735689660.001',
        "# EOF",
    ]
    make_blocks(done.stdout, tmp_path / "prometheus")


def test_a_running_daemon_is_exported_up_to_its_last_commit(tmp_path: Path) -> None:
    (tmp_path / "uptime.yml").write_text(
        "services: [{name: shop, endpoints: [{name: web, url: 'tcp://127.0.0.1:1', interval: 100ms, timeout: 50ms}]}]"
    )
    with closing(Daemon(tmp_path / "uptime.yml", tmp_path / "uptime.db")) as daemon:
        lines = wait_for(lambda: called("export", cwd=tmp_path).stdout.splitlines()[1:] or None, "a commit")
    first, *others = [line.split(",") for line in lines]
    assert first[1:5] == ["shop", "web", "failure", "refused"]
    assert "absence" not in {line[-1] for line in others}

    daemon.stop()
    *_, last = called("export", cwd=tmp_path).stdout.splitlines()
    assert last.endswith((",absence", ",beat"))


def test_an_absence_is_inconclusive_and_kinds_are_checked(past: Past, run: Run) -> None:
    (past.folder / "bad.csv").write_text(
        "timestamp,service,endpoint,result,kind\n1,shop,web,success,absence\n2,shop,web,success,retry\n"
    )
    done = run("backfill", "--csv", "bad.csv")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "bad.csv:2: kind: the result of an absence is inconclusive",
        "bad.csv:3: kind: `retry` is none of beat, extra, absence",
    ]
