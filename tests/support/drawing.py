"""What a drawing of the dashboards depends on, as one hash, and the note of the last drawing that was green.

Drawing needs a browser and hundreds of megabytes that npm brings, so that it is no part of every run: `make drawn` draws where
the hash is not the noted one, as `.ci/run` does.

usage: python -m tests.support.drawing draw     runs what draws, and notes that it was green
       python -m tests.support.drawing drawn    succeeds where nothing has changed since
"""

import ast
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "tests" / "grafana"
HARNESS = GRAFANA / "harness"
NOTE = GRAFANA / "drawn.sha256"

MADE = {"node_modules", "dist", "pictures"}
"""In the harness's folder, by npm and by the drawing."""


def drawings() -> list[Path]:
    """The tests that draw."""
    return sorted(GRAFANA.glob("drawing*.py"))


def inputs() -> Iterator[Path]:
    """Every file that a drawing depends on: the dashboards, the harness with its lock, the tests and what they are made of."""
    yield from sorted((ROOT / "grafana" / "dashboards").glob("*.json"))
    own = (path for path in HARNESS.iterdir() if path.name not in MADE)  # what npm brings is slow to list
    yield from sorted(path for each in own for path in (each, *each.rglob("*")) if path.is_file())
    yield from sorted(_with_support(drawings()))


def _with_support(files: list[Path]) -> set[Path]:
    """Files, and all of `tests.support` that they import, at any remove."""
    found, left = set[Path](), files
    while left:
        file = left.pop()
        found.add(file)
        left += [path for path in _imported(file) if path not in found]
    return found


def _imported(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests.support."):
            yield ROOT / f"{(node.module or '').replace('.', '/')}.py"


def digest() -> str:
    """The hash of their names and contents."""
    told = hashlib.sha256()
    for path in inputs():
        content = path.read_bytes()
        told.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode())
        told.update(content)
    return told.hexdigest()


def is_drawn() -> bool:
    """Whether nothing has changed since the last green drawing."""
    return NOTE.exists() and NOTE.read_text().strip() == digest()


def draw() -> int:
    """Draw, and note what was drawn if it was green; an exit status."""
    before = digest()
    for file in drawings():  # each in a process of its own: a browser's driver takes a thread for itself
        done = subprocess.run([sys.executable, "-m", "pytest", str(file)], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    NOTE.write_text(f"{before}\n")
    return 0


def main(arguments: list[str]) -> int:
    """As the usage says; an exit status."""
    if arguments == ["draw"]:
        return draw()
    if arguments == ["drawn"]:
        print(
            "The dashboards are drawn as they are." if is_drawn() else "The dashboards are to be drawn anew."
        )
        return 0 if is_drawn() else 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
