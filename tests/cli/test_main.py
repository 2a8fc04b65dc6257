"""The command line as a whole: help, versions, exit statuses, no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from click import Group

from exporter import __version__
from exporter.cli.main import COMMANDS

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_help_names_every_command_with_examples(run_process: Run) -> None:
    shown = run_process("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    for name, lazy in COMMANDS.items():
        assert f"  {name:12}{lazy.help}" in shown.stdout
    assert "uptime-slo-exporter init https://example.com/" in shown.stdout


def test_the_version_is_the_packages(run_process: Run) -> None:
    assert run_process("--version").stdout == f"uptime-slo-exporter, version {__version__}\n"


@pytest.mark.parametrize("name", ["init", "check", "completion"])
def test_a_commands_help_has_examples(run_process: Run, name: str) -> None:
    shown = run_process(name, "--help")
    assert shown.returncode == 0
    assert f"uptime-slo-exporter {name} " in shown.stdout.partition("Examples:")[2]


def test_a_command_that_does_not_exist_is_a_usage_error_with_a_suggestion(run_process: Run) -> None:
    shown = run_process("chek")
    assert shown.returncode == 2
    assert shown.stderr.endswith("Error: there is no command 'chek'; did you mean check?\n")


def test_an_option_that_does_not_exist_is_a_usage_error(run_process: Run) -> None:
    shown = run_process("--frobnicate")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "No such option" in shown.stderr


def test_no_commands_line_is_cut_off_at_80_columns(run: Run) -> None:
    groups = [name for name in COMMANDS if isinstance(import_module(COMMANDS[name].module).command, Group)]
    assert {"agreement", "exclude", "import", "incident"} <= set(groups)
    for words in ([], *([name] for name in groups)):
        shown = run(*words, "--help", COLUMNS="80").stdout
        lines = shown.partition("\nCommands:\n")[2].partition("\n\n")[0].splitlines()
        assert lines
        assert [each for each in lines if each.endswith("...") or each.startswith("     ")] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(run_process: Run, shell: str) -> None:
    shown = run_process("completion", shell)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "_UPTIME_SLO_EXPORTER_COMPLETE" in shown.stdout


def test_a_shell_is_told_the_commands_without_loading_them(run_process: Run) -> None:
    shown = run_process(
        _UPTIME_SLO_EXPORTER_COMPLETE="bash_complete", COMP_WORDS="uptime-slo-exporter c", COMP_CWORD="1"
    )
    assert shown.stdout.splitlines() == ["plain,check", "plain,claim", "plain,completion"]


def test_a_reader_who_leaves_early_brings_no_traceback(tmp_path: Path) -> None:
    services = "".join(
        f"  - {{name: s{number}, endpoints: [{{url: https://h/}}], slos: [{{objective: 99}}]}}\n"
        for number in range(500)  # more than a pipe holds
    )
    (tmp_path / "uptime.yml").write_text("services:\n" + services)
    with subprocess.Popen(
        [sys.executable, "-m", "exporter", "check", str(tmp_path / "uptime.yml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parent.parent.parent,
        env={"PATH": os.environ["PATH"]},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141
