"""What a drawing of the dashboards depends on, as one hash; `python -m tests.support.drawing` notes that it was green.

Drawing needs a browser and hundreds of megabytes that npm brings, so that it is no part of every run. The note is: whoever changes
a dashboard, or what draws it, has to draw anew (`make draw`), or `tests/grafana/test_drawn.py` fails.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
HARNESS = TESTS / "grafana" / "harness"
NOTE = TESTS / "grafana" / "drawn.sha256"

MADE = {"node_modules", "dist", "pictures"}
"""In the harness's folder, by npm and by the drawing."""


def inputs() -> Iterator[Path]:
    """Every file that a drawing depends on."""
    yield from sorted((TESTS.parent / "grafana" / "dashboards").glob("*.json"))
    yield from sorted(
        path
        for path in HARNESS.rglob("*")
        if path.is_file() and path.relative_to(HARNESS).parts[0] not in MADE
    )
    yield TESTS / "grafana" / "drawing.py"
    yield from (TESTS / "support" / name for name in ("browser.py", "drawn.py", "panels.py", "shown.py"))


def digest() -> str:
    """The hash of their names and contents."""
    told = hashlib.sha256()
    for path in inputs():
        content = path.read_bytes()
        told.update(f"{path.relative_to(TESTS.parent)} {len(content)}\n".encode())
        told.update(content)
    return told.hexdigest()


if __name__ == "__main__":
    NOTE.write_text(f"{digest()}\n")
