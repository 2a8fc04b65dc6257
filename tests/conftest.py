"""Fixtures of more than one room, the switch that lets no test be skipped, and what is not measured."""

import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings

from tests.support.alertmanager import Alertmanager
from tests.support.daemon import Daemon
from tests.support.processes import need
from tests.support.prometheus import Prometheus
from tests.support.target import Target

StartAlertmanager = Callable[[Mapping[str, Any]], Alertmanager]
StartDaemon = Callable[..., Daemon]
StartPrometheus = Callable[..., Prometheus]
StartTarget = Callable[[], Target]

settings.register_profile("unhurried", settings(), deadline=None)  # no test judges a time
settings.load_profile("unhurried")

FORBID_SKIP = bool(os.environ.get("FORBID_SKIP"))

SLOW = (
    "tests/alertmanager/test_pages.py",
    "tests/daemon/test_kill9.py",
    "tests/daemon/test_reload_under_load.py",
    "tests/browser/test_wall.py",
    "tests/prometheus/test_promql.py",
    "tests/prometheus/test_scrape.py",
    "tests/deploy/test_stack.py",
    "tests/engine/test_kill.py",
    "tests/demo/test_demo.py",
)
"""Files that wait for long, the longest first; each is for one worker, as their tests share what they start."""


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where FORBID_SKIP is set."""
    return _unskipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Likewise for a file that skips itself as a whole."""
    return _unskipped((yield))


def _unskipped(report: Report) -> Report:
    if FORBID_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although FORBID_SKIP is set: {report.longrepr}"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what waits for long begin first, some at each worker, so that none of it is left alone at the end."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    files = {file: [each for each in items if each.nodeid.startswith(f"{file}::")] for file in SLOW}
    slow = {id(each) for found in files.values() for each in found}
    others, ordered = [each for each in items if id(each) not in slow], list[pytest.Item]()
    for worker in range(workers):  # each gets so many in a row
        own = [each for file in SLOW[worker::workers] for each in files[file]]
        more = max(0, (len(items) - len(ordered)) // (workers - worker) - len(own))
        ordered += own + others[:more]
        others = others[more:]
    items[:] = ordered + others


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "unmeasured: runs untraced by coverage, which would more than double it"
    )


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Run tests that do one thing many times without measuring coverage: properties, and who says so.

    Tracing more than doubles what they take. What chance alone would reach is not covered; plain
    tests have to show each line.
    """
    tracing = sys.gettrace()
    if any(map(pyfuncitem.get_closest_marker, ("hypothesis", "unmeasured"))):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracing)


@pytest.fixture
def start_daemon(tmp_path: Path) -> Iterator[StartDaemon]:
    """Start the real daemon: `start_daemon(config_text, *arguments, storage=None, port=0, measured=True)`.

    What else is named is set on the client that asks it: `verify="ca.pem", auth=("mara", "secret")`.
    Without a store named, all daemons of a test share one, so that a second call is a restart.
    """
    with ExitStack() as daemons:

        def start(
            config: str,
            *arguments: str,
            storage: Path | None = None,
            port: int = 0,
            measured: bool = True,
            **client: Any,
        ) -> Daemon:
            file = tmp_path / "uptime.yml"
            file.write_text(config)
            daemon = Daemon(
                file, storage or tmp_path / "uptime.db", arguments, port, client, measured=measured
            )
            return daemons.enter_context(closing(daemon))

        yield start


@pytest.fixture
def start_prometheus(tmp_path: Path) -> Iterator[StartPrometheus]:
    """Start the real Prometheus: `start_prometheus(scrape(daemon.address), ..., rules=[])`."""
    need("prometheus", "prometheus")
    with ExitStack() as servers:

        def start(*scrapes: Mapping[str, Any], rules: Sequence[Path] = ()) -> Prometheus:
            return servers.enter_context(closing(Prometheus(tmp_path / "prometheus", scrapes, rules)))

        yield start


@pytest.fixture
def start_alertmanager(tmp_path: Path) -> Iterator[StartAlertmanager]:
    """Start the real Alertmanager: `start_alertmanager(config)`."""
    need("prometheus-alertmanager", "prometheus-alertmanager")
    with ExitStack() as servers:
        yield lambda config: servers.enter_context(closing(Alertmanager(tmp_path / "alertmanager", config)))


@pytest.fixture
def start_target() -> Iterator[StartTarget]:
    """Start a real HTTP server that can be told to fail: `start_target()`."""
    with ExitStack() as targets:
        yield lambda: targets.enter_context(closing(Target()))


@pytest.fixture
def promtool() -> None:
    """Skips where there is no promtool; for `tests.support.prometheus.check_metrics()`."""
    need("promtool", "prometheus")
