import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from exporter.log import configure, log


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_logfmt_starts_with_time_level_and_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "logfmt")
    log().info("store_opened", path="/tmp/a b.db", rows=3, new=False)
    shown = capsys.readouterr()
    assert shown.out == ""
    timestamp, rest = shown.err.split(" ", 1)
    assert timestamp.startswith("timestamp=2")
    assert rest == 'level=info event=store_opened path="/tmp/a b.db" rows=3 new=false\n'


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug", "json")
    log().debug("probe_finished", endpoint="zürich\nshop")
    (line,) = capsys.readouterr().err.splitlines()
    shown = json.loads(line)
    assert shown.pop("timestamp").endswith("Z")
    assert shown == {"level": "debug", "event": "probe_finished", "endpoint": "zürich\nshop"}


def test_what_is_below_the_level_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warn", "logfmt")
    log().info("store_opened")
    assert capsys.readouterr().err == ""


def test_an_exception_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "logfmt")
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        log().exception("task_failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "level=error" in line
    assert "ZeroDivisionError" in line


def test_libraries_speak_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "logfmt")
    logging.getLogger("asyncio").warning("took %d s", 3)
    logging.getLogger("asyncio").info("nobody asked")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith('level=warning event=library_spoke logger=asyncio message="took 3 s"')


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else() -> None:
    """A disk that is full under the log, or a pipe that nobody reads."""
    code = "from exporter.log import configure, log; configure(); log().info('probe_done'); print('went on')"
    with open("/dev/full", "w") as full:  # noqa: PTH123 -- a device
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=full, check=False)
    assert done.stdout == b"went on\n"
