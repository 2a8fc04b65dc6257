"""`make stack` with the real programs: everything is there and knows each other, and all of it ends."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.deployed import ROOT, load
from tests.support.processes import Process, need, wait_for

OPTIONS = "--web.listen-address=127.0.0.1:0 --days=1 --incidents=10s"


class Stack:
    """A running `make stack`, in a session of its own as a terminal has one."""

    def __init__(self, temporary: Path) -> None:
        self.process = Process(
            [
                *("setsid", "make", "--no-print-directory", "--old-file=.venv/.run", "stack"),
                *(f"BIN={Path(sys.executable).parent}", f"ARGS={OPTIONS}"),
            ],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        )
        try:
            self.process.wait_for_line("^Ctrl-C ends all of it")
        except BaseException:
            self.close()
            raise

    def url(self, what: str) -> str:
        """Where something is, by what is said of it."""
        return self.process.wait_for_line(rf"(http://[^/ ]+)/\S* +{what}")[1]

    def press_ctrl_c(self) -> None:
        """What a terminal does: it signals everybody."""
        os.killpg(self.process.pid, signal.SIGINT)

    def close(self) -> None:
        if self.process.status() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.close()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    for program in ("prometheus", "prometheus-alertmanager"):
        need(program, program)
    with closing(Stack(tmp_path)) as stack:
        yield stack


def ask(url: str, **parameters: str) -> Any:
    answer = requests.get(url, params=parameters, timeout=30)
    answer.raise_for_status()
    return answer.json()


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=10).ok
    except requests.ConnectionError:
        return False


def test_everything_runs_and_knows_each_other_and_ctrl_c_ends_all_of_it(stack: Stack, tmp_path: Path) -> None:
    exporter, prometheus, alertmanager = map(stack.url, ("the page", "Prometheus", "Alertmanager"))
    urls = f"{exporter}/", f"{prometheus}/", f"{alertmanager}/"
    assert [url for url in urls if not answers(url)] == []

    groups = ask(f"{prometheus}/api/v1/rules")["data"]["groups"]
    deployed = load(ROOT / "deploy" / "prometheus" / "rules" / "uptime.yml")["groups"]
    assert sorted(group["name"] for group in groups) == sorted(group["name"] for group in deployed)
    wait_for(
        lambda: (
            ask(f"{prometheus}/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
            == [{"url": f"{alertmanager}/api/v2/alerts"}]
        ),
        "Prometheus knows Alertmanager",
    )
    up = 'up{job="uptime"} == 1 and on (instance) uptime_exporter_build_info'
    wait_for(
        lambda: ask(f"{prometheus}/api/v1/query", query=up)["data"]["result"] or None,
        "Prometheus scrapes the exporter",
    )
    wait_for(
        lambda: any(
            alert["labels"]["alertname"] == "UptimeWatchdog" for alert in ask(f"{alertmanager}/api/v2/alerts")
        ),
        "Alertmanager is told of an alert",
    )

    stack.press_ctrl_c()

    stack.process.wait()
    wait_for(lambda: not any(map(answers, urls)), "all of them have ended")
    wait_for(lambda: not list(tmp_path.iterdir()), "nothing is left")
    assert "Traceback" not in stack.process.output
    assert not re.search(r"level=(warn|error)", stack.process.output)


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """Status and output of the script by itself, once it ended."""
    process = Process(
        [sys.executable, ROOT / "scripts" / "stack.py", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    with closing(process):
        return process.wait(), process.output


def test_a_program_that_is_missing_is_told_with_the_package_that_has_it(tmp_path: Path) -> None:
    status, said = run(PATH=str(tmp_path))

    assert (status, said) == (
        3,
        "error: prometheus is not installed; on Debian and Ubuntu: apt-get install prometheus",
    )


def test_what_the_demo_refuses_ends_it(tmp_path: Path) -> None:
    for program in ("prometheus", "prometheus-alertmanager"):
        need(program, program)

    status, said = run("--incidents=1s", TMPDIR=str(tmp_path))

    assert (status, said) == (2, "--incidents: `1s` is too short to see anything; write at least 10s")
    assert list(tmp_path.iterdir()) == []


def test_its_help_is_that_of_the_demo() -> None:
    for program in ("prometheus", "prometheus-alertmanager"):
        need(program, program)

    status, said = run("--help")

    assert status == 0
    assert "--incidents" in said
