"""What `make run` shows: a service that is up and one that is down, with no network."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import StartDaemon
from tests.support.daemon import Daemon, command
from tests.support.processes import Process, wait_for
from tests.support.prometheus import check_metrics

ROOT = Path(__file__).parent.parent
QUICKSTART = ROOT / "config" / "quickstart.yml"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """On a port of its own, so that it must follow the changed listen address; for whoever does not end it."""
    with closing(Daemon(QUICKSTART, tmp_path_factory.mktemp("quickstart") / "uptime.db")) as daemon:
        wait_for(lambda: len(ups(daemon)) == 3, "each endpoint was probed")
        yield daemon


def ups(daemon: Daemon) -> dict[str, float]:
    """`uptime_endpoint_up` by service and endpoint."""
    return {
        f"{dict(labels)['uptime_service']}/{dict(labels)['uptime_endpoint']}": value
        for (name, labels), value in daemon.samples().items()
        if name == "uptime_endpoint_up"
    }


def test_what_is_up_is_up_and_what_is_down_on_purpose_is_down(daemon: Daemon) -> None:
    assert ups(daemon) == {"exporter/http": 1, "exporter/tcp": 1, "down-on-purpose/nobody-there": 0}


@pytest.mark.usefixtures("promtool")
def test_promtool_has_nothing_to_say(daemon: Daemon) -> None:
    assert check_metrics(daemon.get("/metrics", Accept="text/plain; version=0.0.4").text) == ""


def test_the_page_says_what_is_watched_and_how_it_is(daemon: Daemon) -> None:
    page = daemon.get("/").text

    assert "Down on purpose, to show what that looks like" in page
    assert "This exporter, watched by itself" in page


def test_sigterm_ends_it_cleanly(start_daemon: StartDaemon) -> None:
    daemon = start_daemon(QUICKSTART.read_text())
    wait_for(lambda: len(ups(daemon)) == 3, "each endpoint was probed")
    assert daemon.stop() == 0
    assert "Traceback" not in daemon.process.output


def test_a_port_that_is_taken_is_told_in_one_line(daemon: Daemon, tmp_path: Path) -> None:
    done = command(
        "run",
        f"--config.file={QUICKSTART}",
        f"--storage={tmp_path / 'second.db'}",
        f"--web.listen-address={daemon.address}",
    )

    assert done.returncode == 3
    errors = [line for line in done.stderr.splitlines() if "level=info" not in line]
    assert len(errors) == 1, done.stderr
    assert daemon.address.rpartition(":")[2] in errors[0]


def test_make_run_starts_it_and_says_where_to_look(tmp_path: Path) -> None:
    assert (Path(sys.executable).parent / "uptime-slo-exporter").exists(), "run scripts/environment dev"
    process = Process(
        [
            "make",
            "--old-file=.venv/.run",
            "run",
            f"BIN={Path(sys.executable).parent}",
            "LISTEN=127.0.0.1:0",
            f"STORAGE={tmp_path / 'quickstart.db'}",
        ],
        cwd=ROOT,
    )
    try:
        process.wait_for_line("listening")
        said = process.output
    finally:
        process.close()  # make passes SIGTERM on to what it started

    assert "/metrics" in said
    assert "uptime-slo-exporter init https://example.com/" in said


def test_the_first_agreement_has_a_report_while_it_runs(tmp_path: Path) -> None:
    first = ROOT / "config" / "first" / "uptime.yml"
    with closing(Daemon(first, tmp_path / "uptime.db")) as daemon:
        wait_for(lambda: len(ups(daemon)) == 2, "each endpoint was probed")
        store = f"--storage={tmp_path / 'uptime.db'}"
        report = tmp_path / "first.json"
        made = command(
            "report", "hosting", "--period=running", f"--config.file={first}", store, f"--out={report}"
        )
        assert made.returncode == 0, made.stderr
    assert command("verify", report).returncode == 0
    weak = command("agreement", "check", f"--config.file={first}").stdout
    assert weak.endswith("1 version of agreements; no problems, no findings\n"), weak
