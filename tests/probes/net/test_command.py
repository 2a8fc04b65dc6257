"""Programs of this machine, well and ill."""

import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from exporter.probes.command import CommandSettings
from exporter.probes.result import Outcome, Reason
from tests.support.raw import Probing, until

SUCCESS, FAILURE, INCONCLUSIVE = Outcome.SUCCESS, Outcome.FAILURE, Outcome.INCONCLUSIVE
URL = "command://check"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("code", "expect", "outcome", "reason", "detail"),
    [
        ("print('fine')", {}, SUCCESS, None, ""),
        ("raise SystemExit(2)", {}, FAILURE, Reason.COMMAND, "exit status 2"),
        ("raise SystemExit('disk is full')", {}, FAILURE, Reason.COMMAND, "exit status 1: disk is full"),
        ("print('WARNING'); raise SystemExit(1)", {}, FAILURE, Reason.COMMAND, "exit status 1: WARNING"),
        ("raise SystemExit(1)", {"exit": [0, 1]}, SUCCESS, None, ""),
        ("raise SystemExit(3)", {"exit_inconclusive": [3]}, INCONCLUSIVE, None, "exit status 3"),
        ("print('load 0.5')", {"output_matches": r"load \d"}, SUCCESS, None, ""),
        ("print('x')", {"output_matches": "y"}, FAILURE, Reason.ANSWER, "the output does not match 'y'"),
        ("print('x')", {"output_not_matches": "x"}, FAILURE, Reason.ANSWER, "the output matches 'x'"),
        ("import os; os.kill(os.getpid(), 11)", {}, FAILURE, Reason.COMMAND, "signal 11"),
        (
            "import sys; sys.stdout.buffer.write(b'\\xff\\xfe')",
            {"output_matches": "\ufffd"},
            SUCCESS,
            None,
            "",
        ),
    ],
)
async def test_how_it_exits_is_the_verdict(  # noqa: PLR0917 -- a table
    probing: Probing, code: str, expect: Any, outcome: Outcome, reason: Reason | None, detail: str
) -> None:
    result = await probing.probe(URL, 20_000, argv=python(code), expect=expect)
    assert (result.outcome, result.reason, result.detail) == (outcome, reason, detail)
    assert result.phases.processing is not None


async def test_its_environment_is_what_it_was_given(
    probing: Probing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUSH", "s3cret")
    code = "import os, sys; assert 'HUSH' not in os.environ; print(os.environ['A'], sys.stdin.read() == '')"
    expect = {"output_matches": "^b True$"}
    result = await probing.probe(
        URL, 20_000, argv=python(code), env={"A": "b"}, expect={"output_matches": "^b True"}
    )
    assert (result.outcome, result.detail) == (SUCCESS, ""), expect


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(600)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
        "import os, time; os.close(1); os.close(2); time.sleep(600)",
        "while True: print('x' * 10_000)",
    ],
    ids=["sleeps", "ignores SIGTERM", "closes its output", "output without end"],
)
async def test_what_does_not_end_is_killed_at_the_deadline(probing: Probing, code: str) -> None:
    result = await probing.probe(URL, 300, argv=python(code))
    assert (result.outcome, result.reason) == (FAILURE, Reason.TIMEOUT)


async def test_what_it_leaves_behind_is_killed_with_it(probing: Probing, tmp_path: Path) -> None:
    """A child that holds the pipe, in the same process group."""
    code = f"""
import os, time
child = os.fork()
if not child:
    open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
    time.sleep(600)
while not os.path.exists({str(tmp_path / "pid")!r}) or not open({str(tmp_path / "pid")!r}).read():
    time.sleep(0.01)
print("done")
"""
    result = await probing.probe(URL, 20_000, argv=python(code), expect={"output_matches": "done"})
    assert (result.outcome, result.detail) == (SUCCESS, "")
    child = int((tmp_path / "pid").read_text())
    await until(lambda: not _lives(child))


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_nothing_is_leaked(probing: Probing) -> None:
    context = await probing.context()
    await probing.probe(URL, 20_000, context=context, argv=["true"])
    before = descriptors()
    for _ in range(20):
        await probing.probe(URL, 20_000, context=context, argv=["true"])
    assert descriptors() <= before


async def test_a_file_that_may_not_be_run_is_our_own_fault(probing: Probing, tmp_path: Path) -> None:
    (tmp_path / "check").write_text("#!/bin/sh\n")
    result = await probing.probe(URL, argv=[str(tmp_path / "check")])
    assert (result.outcome, result.detail) == (
        INCONCLUSIVE,
        f"{tmp_path / 'check'} cannot be run: permission denied",
    )


async def test_a_status_that_is_lost_tells_nothing(probing: Probing) -> None:
    """Where SIGCHLD is ignored the system reaps programs itself: a failure must not look like a success."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        for argv in (["sh", "-c", "sleep 0.2; exit 2"], ["false"]):
            result = await probing.probe(URL, argv=argv)
            assert (result.outcome, result.detail) == (
                INCONCLUSIVE,
                "how it ended is not known: is SIGCHLD ignored?",
            )
    finally:
        signal.signal(signal.SIGCHLD, before)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("'a ' * 98 + 'SECRETSECRET' * 3", "exit status 1: " + "a " * 97 + "a ..."),
        ("'SECRET' * 100", "exit status 1: ..."),
        ("'a\x1b[31mb'", "exit status 1: a [31mb"),
        ("'x' * 70_000 + '\\nthe end'", "exit status 1: the end"),
        ("'SECRET' * 20_000 + ' the end'", "exit status 1: the end"),
    ],
)
async def test_no_part_of_a_word_is_shown(probing: Probing, code: str, said: str) -> None:
    """A part of a secret would not be known for one; and what a terminal obeys is not shown either."""
    result = await probing.probe(URL, 20_000, argv=python(f"raise SystemExit({code})"))
    assert result.detail.replace("  ", " ") == said


async def test_arguments_are_never_read_by_a_shell(probing: Probing) -> None:
    expect = {"output_matches": r"^\$\(touch x\); \*$"}
    assert (await probing.probe(URL, argv=["echo", "$(touch x); *"], expect=expect)).outcome is SUCCESS


@pytest.mark.parametrize(
    ("settings", "url", "said"),
    [
        ({"argv": ["no-such-program"]}, URL, "there is no program 'no-such-program'"),
        ({"argv": ["true"]}, "command://a/b", "the URL of a command is command://name"),
        ({"argv": []}, URL, "at least 1 item"),
        ({"argv": ["true", "a\0"]}, URL, "has a character that no argument can have"),
        ({"argv": ["true"], "expect": {"exit": [256]}}, URL, "less than or equal to 255"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: Any, url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CommandSettings.model_validate(settings).check(url, 1_000)
