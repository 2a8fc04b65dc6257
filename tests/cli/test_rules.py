"""`rules` writes rules, their tests and an Alertmanager configuration, and nobody's files over."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

Run = Callable[..., "subprocess.CompletedProcess[str]"]

CONFIG = """\
services:
  - name: website
    endpoints: [{url: https://example.com/}]
    slos: [{objective: 99.9}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    return tmp_path / "uptime.yml"


@pytest.mark.usefixtures("file", "promtool")
def test_all_files_are_written_and_say_what_to_do_with_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    done = run("rules", "--out=r.yml", "--tests=tests/r_test.yml", "--alertmanager=am.yml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Wrote 33 rules in 5 groups to r.yml\n"
        "Wrote their tests: promtool test rules tests/r_test.yml\n"
        "Wrote am.yml, to be filled in: amtool check-config am.yml\n"
    )
    tests = tmp_path / "tests" / "r_test.yml"
    written = yaml.safe_load(
        tests.read_text()
    )  # every one of them is run for each kind of rule in tests/output/rules
    tests.write_text(yaml.safe_dump(written | {"tests": written["tests"][::10]}))
    subprocess.run(["promtool", "test", "rules", "tests/r_test.yml"], cwd=tmp_path, check=True)


@pytest.mark.usefixtures("file")
def test_without_a_file_the_rules_are_printed_and_nothing_else(run: Run) -> None:
    printed = run("rules")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert [group["name"] for group in yaml.safe_load(printed.stdout)["groups"]] == [
        "uptime-burn-website",
        "uptime-endpoints-website",
        "uptime-slow-website",
        "uptime-agreements",
        "uptime-exporters",
    ]
    given = yaml.safe_load(run("rules", "--format=operator").stdout)
    assert given["spec"] == yaml.safe_load(printed.stdout)
    assert "slo:objective:ratio" in run("rules", "--compat=sloth").stdout


def test_static_rules_need_no_configuration(run: Run) -> None:
    done = run("rules", "--static")
    assert (done.returncode, done.stderr) == (0, "")
    assert "uptime_slo_alert_ratio[3m]" in done.stdout


def test_its_own_files_are_written_anew_and_those_of_others_are_left_alone(run: Run, tmp_path: Path) -> None:
    assert run("rules", "--static", "--out=r.yml").returncode == 0
    written = (tmp_path / "r.yml").read_text()
    assert run("rules", "--static", "--out=r.yml").returncode == 0
    assert (tmp_path / "r.yml").read_text() == written
    (tmp_path / "am.yml").write_text("route: {receiver: me}\n")
    done = run("rules", "--static", "--out=new.yml", "--alertmanager=am.yml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "am.yml exists, and this command did not write it; give another name, or remove it\n"
    )
    assert (tmp_path / "am.yml").read_text() == "route: {receiver: me}\n"
    assert not (tmp_path / "new.yml").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--static", "--tests=t.yml"], "--tests needs --out: the tests say in which file the rules are"),
        (
            ["--static", "--out=r.yml", "--tests=t.yml", "--format=operator"],
            "promtool tests no PrometheusRule objects; write the tests with --format prometheus, whose rules are the same",
        ),
        (
            ["--static", "--compat=sloth"],
            "--compat sloth is of rules that are spelled out; leave out --static",
        ),
    ],
)
def test_what_does_not_go_together_is_said(run: Run, arguments: list[str], said: str) -> None:
    done = run("rules", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{said}\n")


def test_a_file_that_cannot_be_written_is_told_with_its_name(run: Run) -> None:
    done = run("rules", "--static", "--out=nowhere/r.yml")
    assert (done.returncode, done.stderr) == (
        3,
        "nowhere/r.yml cannot be written: No such file or directory\n",
    )


def test_a_wrong_configuration_gives_its_problems(run: Run, file: Path) -> None:
    file.write_text(CONFIG.replace("objective", "objectiv"))
    done = run("rules", "--out=r.yml")
    assert done.returncode == 2
    assert "unknown key `objectiv`" in done.stderr
    assert not (file.parent / "r.yml").exists()


def test_the_configuration_is_never_written_over(run: Run, file: Path) -> None:
    """`init` begins it with a line that names this program, too."""
    assert run("init", "https://example.com/", "--config.file=own.yml").returncode == 0
    written = (file.parent / "own.yml").read_text()
    for options in (["--config.file=own.yml"], ["--static"]):
        done = run("rules", *options, "--out=own.yml")
        assert (done.returncode, done.stdout) == (2, "")
    (file.parent / "empty.yml").write_text("")
    done = run("rules", "--config.file=uptime.yml", "--out=./uptime.yml")
    assert done.stderr == (
        "./uptime.yml is named twice, or is the configuration; give each file a name of its own\n"
    )
    assert (file.parent / "own.yml").read_text() == written
    assert run("rules", "--static", "--out=empty.yml").returncode == 0


@pytest.mark.parametrize("option", ["--tests=r.yml", "--alertmanager=./r.yml"])
def test_one_file_for_two_things_is_refused(run: Run, option: str, tmp_path: Path) -> None:
    done = run("rules", "--static", "--out=r.yml", option)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is named twice" in done.stderr
    assert not (tmp_path / "r.yml").exists()


@pytest.mark.usefixtures("file")
def test_an_alertmanager_configuration_alone_prints_no_rules(run: Run) -> None:
    done = run("rules", "--alertmanager=am.yml")
    assert done.stdout == "Wrote am.yml, to be filled in: amtool check-config am.yml\n"


def test_targets_of_files_are_in_it_and_those_that_others_find_are_told_not_to_be(
    run: Run, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "targets.json").write_text(
        '[{"targets": ["https://found.example.com/"], "labels": {"uptime_service": "found"}}]'
    )
    discovered = "discovery: {file_sd: [targets.json], slos: {gold: {objective: 99}}}\n"
    file.write_text(CONFIG + discovered.replace("[targets.json]", "[{files: targets.json, slos: [gold]}]"))
    done = run("rules")
    assert (done.returncode, done.stderr) == (0, "")
    assert 'uptime_service="found",slo="gold"' in done.stdout
    file.write_text(CONFIG + "discovery: {dns_sd: [{name: _https._tcp.example.com, service: edge}]}\n")
    assert "targets that http_sd and dns_sd find have no rules here" in run("rules").stderr
