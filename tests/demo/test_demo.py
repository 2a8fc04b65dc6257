"""`demo` as a newcomer runs it: what each story shows, what breaks while one looks on, and that nothing is left."""

import os
import re
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from exporter.cli.demo_told import Told
from exporter.demo.incidents import Round
from exporter.demo.play import Play
from tests.support.called import called
from tests.support.daemon import COMMAND
from tests.support.demo import Demo
from tests.support.processes import PATIENCE, wait_for

HOUR, MINUTE = 3600.0, 60.0


StartDemo = Callable[..., Demo]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """For whoever does not end it."""
    with closing(Demo(tmp_path_factory.mktemp("demo"))) as demo:
        yield demo


@pytest.fixture
def start_demo(tmp_path: Path) -> Iterator[StartDemo]:
    demos: list[Demo] = []

    def start(*arguments: str) -> Demo:
        demos.append(Demo(tmp_path, *arguments))
        return demos[-1]

    yield start
    for each in demos:
        each.close()


def test_each_story_shows_what_it_promises(demo: Demo) -> None:
    slos = demo.slos()

    healthy, bad_week, month = (
        slos[f"{name}"] for name in ("website/availability", "billing/availability", "billing/month")
    )
    assert healthy["met"]
    assert healthy["error_budget"]["remaining_ratio"] > 0.9
    assert not bad_week["met"]
    assert bad_week["error_budget"]["remaining_ratio"] < -3
    assert month["period"] is not None
    maintenance = slos["warehouse/availability"]
    assert maintenance["seconds"]["excluded"] == 2 * HOUR
    assert (maintenance["sli"], maintenance["error_budget"]["remaining_ratio"]) == (1, 1)
    leak = slos["mail/availability"]
    assert 0.2 < leak["error_budget"]["remaining_ratio"] < 0.5
    assert min(leak["burn_rate"][window] for window in ("6h", "3d")) > 1
    latency = slos["search/latency"]
    assert (latency["method"], latency["met"]) == ("events", True)
    assert latency["events"]["bad"] > 500
    heartbeat = slos["backup/availability"]
    assert heartbeat["seconds"]["down"] == 23 * HOUR
    assert slos["vpn/minutes"]["slices"]["bad"] > 50


def test_a_certificate_is_good_and_ends_soon(demo: Demo) -> None:
    def told(name: str) -> float | None:
        text = requests.get(f"{demo.url()}/metrics", timeout=30).text
        found = re.search(rf'^{name}{{uptime_service="website".*}} (\S+)$', text, re.MULTILINE)
        return float(found[1]) if found else None

    verified = wait_for(lambda: told("uptime_tls_verified"), "the website was probed")
    not_after = told("uptime_tls_certificate_not_after_timestamp_seconds")

    assert verified == 1
    assert not_after is not None
    assert 8.9 < (not_after - time.time()) / 86_400 < 9.1


def test_incidents_of_an_agreement_are_open_some_of_which_are_late(demo: Demo) -> None:
    def told(family: str) -> dict[str, float]:
        text = requests.get(f"{demo.url()}/metrics", timeout=30).text
        found = re.findall(rf'^{family}{{agreement="hosting",severity="(.+)}} (\S+)$', text, re.MULTILINE)
        return {
            re.sub(r'",[a-z]+="', " ", labels).strip('"'): float(value)
            for labels, value in found
            if "sev1" not in labels  # checkout may be down
        }

    opened = wait_for(lambda: told("uptime_sla_incidents_open"), "the agreement was judged")
    due = told("uptime_sla_incident_deadline_timestamp_seconds")

    assert opened == {"sev2": 2, "sev3": 1}
    levels = told("uptime_sla_escalation_level")
    assert sorted((name.split()[0], level) for name, level in levels.items()) == [
        ("sev2", 0),
        ("sev2", 0),
        ("sev3", 1),
    ]
    left = {
        (name.split()[0], name.split()[2], round((at - time.time()) / MINUTE / 5)) for name, at in due.items()
    }
    assert ("sev3", "repair", -24) in left  # two hours late
    assert {each[:2] for each in left} == {
        *(("sev2", task) for task in ("respond", "update", "repair")),
        ("sev3", "repair"),
    }


def test_the_blind_hour_is_unknown_for_all_that_are_probed(demo: Demo) -> None:
    unknown = {
        name: slo["seconds"]["unknown"]
        for name, slo in demo.slos().items()
        if slo["service"] != "backup" and slo["period"] is None  # it may lie before the running month
    }

    assert len(unknown) == 8
    assert {name for name, seconds in unknown.items() if not HOUR <= seconds < HOUR + 2 * MINUTE} == set()


def test_what_flaps_has_many_outages(demo: Demo) -> None:
    answer = requests.get(f"{demo.url()}/api/v1/explain?service=vpn", timeout=30)

    assert len([part for part in answer.json()["intervals"] if part["state"] == "bad"]) > 20


def test_a_service_breaks_and_is_mended_while_one_looks_on(demo: Demo) -> None:
    def state() -> str:
        return str(demo.slos()["checkout/availability"]["state"])

    wait_for(lambda: state() == "bad", "checkout is down")
    wait_for(lambda: state() == "good", "checkout is up again")
    demo.process.wait_for_line(r"^\d\d:\d\d:\d\d  checkout answers 503 to everybody, for 2s$")
    demo.process.wait_for_line(r"  checkout is well again$")


def test_a_service_gets_slow_while_one_looks_on(demo: Demo) -> None:
    demo.process.wait_for_line("  search takes 0.45 s for an answer, for 2s$")


def test_it_says_what_there_is_to_see_and_to_try(demo: Demo) -> None:
    demo.url()
    demo.process.wait_for_line("^Ctrl-C ends it")

    assert "Traceback" not in demo.process.output
    assert "made-up services with 30 days of history" in demo.process.output
    assert "uptime-slo-exporter explain billing/availability --config.file" in demo.process.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_nothing_left(start_demo: StartDemo, number: int) -> None:
    demo = start_demo("--days=1")
    demo.url()
    assert len(demo.left()) == 1

    demo.process.send_signal(number)

    assert demo.process.wait() == 0, demo.process.output
    assert demo.left() == []
    assert demo.process.lines[-1] == "Ended; nothing is left."
    assert "Traceback" not in demo.process.output
    assert "level=" not in demo.process.output


def test_a_signal_ends_it_while_history_comes_in(start_demo: StartDemo) -> None:
    demo = start_demo("--days=365")
    wait_for(lambda: any(demo.temporary.glob("*/uptime.db")), "history comes in")

    assert demo.process.terminate() == 0, demo.process.output
    assert demo.left() == []
    assert demo.process.lines == ["", "Ended; nothing is left."]


def test_what_is_kept_answers_afterwards(start_demo: StartDemo, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    demo = start_demo("--days=1", f"--keep={kept}")
    demo.url()
    assert demo.process.terminate() == 0

    assert f"Ended; {kept} has the configuration and the record." in demo.process.output
    asked = called(
        "sli", "website", f"--config.file={kept}/uptime.yml", f"--storage={kept}/uptime.db", "--window=12h"
    )
    assert asked.returncode == 0, asked.stderr
    assert "100 %" in asked.stdout


def test_what_it_says_to_try_works(start_demo: StartDemo) -> None:
    demo = start_demo()
    before = demo.slos()["billing/availability"]["error_budget"]["remaining_seconds"]
    demo.process.wait_for_line("^Ctrl-C ends it")
    said = demo.process.output
    *commands, curl = (
        shlex.split(line)
        for line in said[said.index("Try,") : said.index("Ctrl-C")].replace("\\\n", " ").splitlines()[1:]
        if line
    )

    for words in commands:
        done = called(*words[1:])
        assert done.returncode == 0, done.stderr

    after = demo.slos()["billing/availability"]["error_budget"]["remaining_seconds"]
    assert after - before == pytest.approx(95 * MINUTE, rel=0.01)
    name, _, value = curl[curl.index("-H") + 1].partition(": ")
    told = requests.post(curl[-1], headers={name: value}, timeout=30)
    assert (told.status_code, told.text) == (200, "recorded\n")


def test_it_ends_when_nobody_reads_any_more_what_it_says(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "demo", "--web.listen-address=127.0.0.1:0", "--days=1", "--incidents=10s"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "1 day of history" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE) == 141
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")

    done = called("demo", f"--keep={tmp_path}")

    assert done.returncode == 2
    assert (
        done.stderr
        == f"--keep: {tmp_path} is not empty, and the demo writes over nothing; name a new folder\n"
    )


def test_a_folder_that_cannot_be_made_is_told_in_one_line() -> None:
    done = called("demo", "--keep=/dev/null/shown")

    assert (done.returncode, done.stderr) == (3, "--keep: /dev/null/shown cannot be used: Not a directory\n")


def test_the_default_incident_is_long_enough_for_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    play = Play(0, Path("shown"), ":0", 30, 5 * 60_000)

    Told(kept=True).serves(play, "127.0.0.1:9895", Round(play.round_length))

    said = capsys.readouterr().out
    assert "after 30s checkout breaks, for 1m; its tier `fast` fires a page 52s later" in said
    assert "Ctrl-C ends it; shown stays." in said


def test_a_port_that_is_taken_is_told_before_history_comes_in(start_demo: StartDemo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        demo = start_demo(f"--web.listen-address={address}")
        status = demo.process.wait()

    assert (status, demo.left()) == (3, [])
    assert demo.process.lines == [
        f"--web.listen-address: `{address}` is in use by another program; stop it, or choose another port"
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--incidents=9s"], "--incidents: `9s` is too short to see anything; write at least 10s\n"),
        (["--incidents=soon"], "--incidents: `soon` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d\n"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(arguments: list[str], said: str) -> None:
    done = called("demo", *arguments)

    assert (done.returncode, done.stderr) == (2, said)
