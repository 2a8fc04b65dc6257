"""The dashboards were drawn as they are, and found to show what is known."""

import pytest

from tests.support import drawing


def test_the_dashboards_were_drawn_since_they_or_what_draws_them_changed() -> None:
    assert drawing.NOTE.read_text().strip() == drawing.digest(), "draw them anew, and look: make draw"


@pytest.mark.parametrize("part", ["wall.json", "package-lock.json", "main.tsx", "drawing.py", "shown.py"])
def test_the_note_is_about_all_that_a_drawing_depends_on(part: str) -> None:
    assert part in {path.name for path in drawing.inputs()}


def test_nothing_that_npm_brings_is_among_the_inputs() -> None:
    assert not any("node_modules" in path.parts for path in drawing.inputs())


def test_no_package_registry_is_named() -> None:
    lock = (drawing.HARNESS / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock
