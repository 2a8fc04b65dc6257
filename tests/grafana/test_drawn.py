"""When the dashboards have to be drawn anew, and what that depends on."""

from pathlib import Path

import pytest

from tests.support import drawing
from tests.support.deployed import ROOT


@pytest.mark.parametrize(
    "part",
    [
        "wall.json",
        "package-lock.json",
        "main.tsx",
        "drawing.py",
        "drawing_demo.py",
        "shown.py",
        "live.py",
        "demo_past.py",
        "stamped.py",
    ],
)
def test_the_note_is_about_all_that_a_drawing_depends_on(part: str) -> None:
    assert part in {path.name for path in drawing.inputs()}


def test_nothing_that_npm_brings_is_among_the_inputs() -> None:
    assert not any("node_modules" in path.parts for path in drawing.inputs())


def test_no_package_registry_is_named() -> None:
    lock = (drawing.HARNESS / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock


@pytest.mark.parametrize(("noted", "status"), [(None, 1), ("0" * 64, 1), ("as it is", 0)])
def test_what_changed_since_it_was_drawn_is_noticed(
    noted: str | None, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "NOTE", tmp_path / "note")
    if noted is not None:
        drawing.NOTE.write_text(noted.replace("as it is", drawing.digest()) + "\n")
    assert drawing.main(["drawn"]) == status


@pytest.mark.parametrize(("asserted", "status"), [("True", 0), ("False", 1)])
def test_only_a_drawing_that_was_green_is_noted(
    asserted: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "NOTE", tmp_path / "note")
    (tmp_path / "test_it.py").write_text(f"def test_it() -> None:\n    assert {asserted}\n")
    monkeypatch.setattr(drawing, "drawings", lambda: [tmp_path / "test_it.py"])
    monkeypatch.setattr(drawing, "digest", lambda: "as it is")
    assert drawing.draw() == status
    assert drawing.NOTE.exists() is (status == 0)


def test_ci_draws_what_has_changed() -> None:
    assert "make drawn test" in (ROOT / ".ci" / "run").read_text()
