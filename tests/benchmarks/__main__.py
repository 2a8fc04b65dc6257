"""`make bench`: what the hot paths cost, beside blackbox_exporter where that can be compared."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.agreements import agreements
from tests.benchmarks.bare import bare
from tests.benchmarks.breaking import breaking
from tests.benchmarks.corrections import corrections
from tests.benchmarks.dashboards import dashboard_costs
from tests.benchmarks.detection import detection
from tests.benchmarks.figures import figure_costs
from tests.benchmarks.page import page_costs
from tests.benchmarks.probes import Plan, compare
from tests.benchmarks.rules import rule_costs
from tests.benchmarks.servers import missing, nginx
from tests.benchmarks.startup import startup

PARTS = (
    "http",
    "https",
    "bare",
    "figures",
    "corrections",
    "agreements",
    "startup",
    "rules",
    "dashboards",
    "detection",
    "page",
)


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parser.add_argument(
        "--rounds", type=int, default=5, help="interleaved rounds a scheme (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds", type=float, default=10, help="measured in a round (default: %(default)s)"
    )
    parser.add_argument("--endpoints", type=int, default=10_000, help="(default: %(default)s)")
    parser.add_argument("--interval", type=int, default=15, help="of each, in seconds (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    chosen = parser.parse_args(words)
    unknown = [part for part in chosen.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)} (choose from {', '.join(PARTS)})")
    return chosen


def main(words: Sequence[str]) -> int:
    """Run what was chosen; exit status."""
    chosen = arguments(words)
    parts = chosen.parts or PARTS
    if set(parts) & {"http", "https", "startup"} and (packages := missing()):
        print(f"not installed: {' '.join(packages)}; apt-get install {' '.join(packages)}", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory(prefix="uptime-bench-") as name:
        figures = run(chosen, parts, Path(name))
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def run(chosen: argparse.Namespace, parts: Sequence[str], directory: Path) -> dict[str, Any]:
    """Run the parts one after the other; their figures."""
    alone: dict[str, Callable[[], dict[str, Any]]] = {
        "bare": lambda: bare(directory, chosen.endpoints),
        "figures": lambda: figure_costs(directory),
        "corrections": lambda: corrections(directory, chosen.endpoints),
        "agreements": agreements,
        "page": lambda: page_costs() | breaking(directory),
        "detection": lambda: detection(directory),
        "rules": lambda: rule_costs(directory, chosen.endpoints),
        "dashboards": lambda: dashboard_costs(directory, chosen.endpoints),
    }
    figures = {part: work() for part, work in alone.items() if part in parts}
    if "startup" in parts:
        with nginx(directory) as web:
            figures["startup"] = startup(directory, web, chosen.endpoints, (1, 100), min(chosen.rounds, 3))
    schemes = [part for part in parts if part in {"http", "https"}]
    if schemes:
        plan = Plan(chosen.endpoints, chosen.interval, chosen.rounds, chosen.seconds)
        figures["probes"] = compare(plan, schemes, directory)
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
