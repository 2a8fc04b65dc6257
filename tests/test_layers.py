"""Imports point only downward, and the commands that answer at once stay light."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "exporter"

# Lowest first. Rooms that share a layer do not know each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("clock",),
    ("units",),
    ("fetch", "log", "peer"),
    ("timeline",),
    ("slo",),
    ("sla",),
    ("probes", "store"),
    ("config",),
    ("promql",),
    ("record",),
    ("engine",),
    ("discovery",),
    ("output",),
    ("web",),
    ("daemon",),
    ("service",),
    ("demo",),
    ("cli",),
    ("__main__",),
)
HEIGHTS = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}

PURE_ROOMS = ("timeline", "slo", "sla")
PURE_MODULES = {
    *(
        "abc",
        "array",
        "bisect",
        "calendar",
        "collections",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
    ),
    *(
        "fractions",
        "functools",
        "heapq",
        "itertools",
        "math",
        "numbers",
        "operator",
        "struct",
        "types",
        "typing",
    ),
    *("hashlib", "json", "re", "warnings", "zoneinfo"),
    *("dateutil", "holidays"),  # the calendars of others: data and rules, imported where they are needed
}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_modules(path: Path) -> Iterator[tuple[int, str]]:
    """Each import of a file as line and module; `from package import name` is `package.name`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def complaint(room: str, module: str) -> str | None:
    """Why a file of `room` may not import `module`; None where it may."""
    package, *parts = module.split(".")
    if package != "exporter" or parts == ["__version__"]:
        return None
    if not parts or parts[0] not in HEIGHTS:
        return "imports the bare package"
    other = parts[0]
    if other == room or HEIGHTS[other] < HEIGHTS[room]:
        return None
    return (
        f"imports upward, from {other}"
        if HEIGHTS[other] > HEIGHTS[room]
        else f"imports sideways, from {other}"
    )


def source_files() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def test_every_file_has_a_layer() -> None:
    assert {room_of(path) for path in source_files()} <= HEIGHTS.keys()


def test_every_layer_but_the_top_has_a_file() -> None:
    present = {room_of(path) for path in source_files()}

    assert [room for room in HEIGHTS if room not in present and room != "__main__"] == []


def test_imports_point_only_downward() -> None:
    complaints = [
        f"{path}:{line}: {problem} ({module})"
        for path in source_files()
        for line, module in imported_modules(path)
        if (problem := complaint(room_of(path), module))
    ]

    assert complaints == []


def test_the_package_root_imports_nothing() -> None:
    assert list(imported_modules(ROOT / "__init__.py")) == []


def test_the_pure_rooms_import_no_async_clock_log_or_io() -> None:
    complaints = [
        f"{path}:{line}: {module}"
        for path in source_files()
        if room_of(path) in PURE_ROOMS
        for line, module in imported_modules(path)
        if not is_pure(module)
    ]

    assert complaints == []


def is_pure(module: str) -> bool:
    package, *parts = module.split(".")
    if package == "exporter":
        return parts[0] in {*PURE_ROOMS, "errors", "units"}
    return package in PURE_MODULES


@pytest.mark.parametrize(
    ("room", "module"),
    [
        ("timeline", "exporter.slo.objective"),
        ("store", "exporter.probes.result"),
        ("probes", "exporter.store.sqlite"),
        ("engine", "exporter.output.names"),
        ("config", "exporter"),
        ("config", "exporter.nowhere"),
        ("web", "exporter.service"),
    ],
)
def test_a_wrong_import_is_noticed(room: str, module: str) -> None:
    assert complaint(room, module) is not None


@pytest.mark.parametrize(
    "module", ["asyncio", "time", "logging", "pathlib.Path", "structlog", "exporter.clock.Clock"]
)
def test_an_impure_import_is_noticed(module: str) -> None:
    assert not is_pure(module)


LIGHT = """
import json, sys
sys.argv = ["uptime-slo-exporter", *sys.argv[1:]]
from exporter.cli.main import main
status = 0
try:
    main()
except SystemExit as end:
    status = end.code
heavy = ("aiohttp", "OpenSSL", "cryptography", "requests", "httptools", "dateutil", "holidays")
print()
print(json.dumps([status or 0, [name for name in heavy if name in sys.modules]]))
"""


def heavy_modules(*arguments: str) -> list[str]:
    """What running a command loads of the heavy modules, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    status, heavy = json.loads(done.stdout.splitlines()[-1])
    assert status == 0, done.stdout + done.stderr
    return [str(name) for name in heavy]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["sli", "--help"], ["check", "--help"]])
def test_commands_that_answer_at_once_load_no_network_library(arguments: list[str]) -> None:
    assert heavy_modules(*arguments) == []


def test_check_loads_no_network_library(tmp_path: Path) -> None:
    config = tmp_path / "uptime.yml"
    config.write_text(
        "services: [{name: website, endpoints: [{url: 'https://example.com/'}], slos: [{objective: 99.9}]}]\n"
    )

    assert heavy_modules("check", str(config)) == []
