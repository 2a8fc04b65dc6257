"""The tests' own machinery does what its name says."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.support.processes import Process
from tests.support.prometheus import Prometheus, check_metrics, scrape
from tests.support.target import Target

SKIPPING = """
import pytest

def test_that_skips_itself() -> None:
    pytest.skip("no such program")

@pytest.mark.xfail(strict=True)
def test_that_is_known_to_fail() -> None:
    assert False
"""


def run_pytest(tmp_path: Path, source: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a test file under this project's conftest, as if it lay beside it."""
    (tmp_path / "conftest.py").write_text(Path(__file__).with_name("conftest.py").read_text())
    (tmp_path / "test_it.py").write_text(source)
    root = Path(__file__).parent.parent
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skip_is_no_failure_by_itself(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, SKIPPING)

    assert done.returncode == 0, done.stdout
    assert "1 skipped, 1 xfailed" in done.stdout


def test_a_skip_is_a_failure_where_it_is_forbidden(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, SKIPPING, FORBID_SKIP="1")

    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 xfailed" in done.stdout
    assert "no such program" in done.stdout


def test_a_file_that_skips_itself_is_a_failure_where_that_is_forbidden(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, 'import pytest\npytest.importorskip("no_such_module")\n', FORBID_SKIP="1")

    assert done.returncode != 0, done.stdout
    assert "no_such_module" in done.stdout


def test_a_target_fails_hangs_goes_and_comes_back_when_told(start_target: Callable[[], Target]) -> None:
    target = start_target()

    assert requests.get(target.url, timeout=10).status_code == 200
    target.fail(503)
    assert requests.get(target.url, timeout=10).status_code == 503
    target.hang()
    with pytest.raises(requests.ReadTimeout):
        requests.get(target.url, timeout=0.1)
    target.go_away()
    with pytest.raises(requests.ConnectionError):
        requests.get(target.url, timeout=10)
    target.recover()
    target.come_back()
    assert requests.get(target.url, timeout=10).status_code == 200


def test_prometheus_scrapes_and_answers(start_prometheus: Callable[..., Prometheus]) -> None:
    prometheus = start_prometheus()

    assert prometheus.query("vector(1) + 1")[0].number == 2
    assert scrape("127.0.0.1:1", service="shop")["static_configs"][0]["labels"] == {"service": "shop"}


@pytest.mark.usefixtures("promtool")
def test_promtool_has_something_to_say_of_a_metric_without_help() -> None:
    assert check_metrics("# HELP up_ratio Up.\n# TYPE up_ratio gauge\nup_ratio 1\n") == ""
    assert "no help text" in check_metrics("up_ratio 1\n")


def test_a_process_that_ends_early_is_told_with_what_it_said() -> None:
    process = Process([sys.executable, "-c", "print('taken'); raise SystemExit(3)"])

    with pytest.raises(AssertionError, match=r"(?s)ended with 3 .*taken"):
        process.wait_for_line("listening")

    process.close()
