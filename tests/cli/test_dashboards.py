"""`dashboards` writes dashboards, nobody's files over, and says what it lacks."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).parent.parent.parent


def test_they_are_written_where_one_says_and_the_folder_is_made(run: Run, tmp_path: Path) -> None:
    done = run("dashboards", "--out=here/and/there")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Wrote 6 dashboards to here/and/there\n"
    written = {file.name: file.read_text() for file in (tmp_path / "here/and/there").iterdir()}
    assert written == {file.name: file.read_text() for file in (ROOT / "grafana/dashboards").iterdir()}


def test_its_own_are_written_anew_and_those_of_others_are_left_alone(run: Run, tmp_path: Path) -> None:
    assert run("dashboards").returncode == 0
    folder = tmp_path / "grafana" / "dashboards"
    wall = (folder / "wall.json").read_text()
    (folder / "wall.json").write_text(wall.replace("Uptime: wall", "Edited"))
    assert run("dashboards").returncode == 0
    assert (folder / "wall.json").read_text() == wall

    (folder / "wall.json").write_text(json.dumps(json.loads(wall)))
    (folder / "slo.json").unlink()
    done = run("dashboards")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "grafana/dashboards/wall.json exists, and this command did not write it; give another name, or remove it\n"
    )
    assert not (folder / "slo.json").exists()


def test_a_folder_that_cannot_be_made_is_told_with_its_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("dashboards", "--out=file/folder")
    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        "file/folder cannot be made: Not a directory\n",
    )


def test_without_what_it_needs_it_says_what_to_install(run_process: Run, tmp_path: Path) -> None:
    lacking = tmp_path / "lacking" / "grafana_foundation_sdk"
    lacking.mkdir(parents=True)
    missing = 'raise ModuleNotFoundError("no", name="grafana_foundation_sdk")\n'
    (lacking / "__init__.py").write_text(missing)
    done = run_process("dashboards", PYTHONPATH=f"{lacking.parent}:{ROOT}")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "dashboards are built with grafana-foundation-sdk: pip install 'uptime-slo-exporter[dashboards]'\n"
    )
