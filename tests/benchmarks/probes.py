"""CPU per probe of the whole daemon beside blackbox_exporter, in interleaved rounds against one nginx."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.daemon import Load, Measured, run_daemon
from tests.benchmarks.drive import Driven, Prober, drive
from tests.benchmarks.servers import Web, blackbox, nginx
from tests.benchmarks.table import show

GOALS = {"http": 0.15, "https": 0.7}
"""Ratio to blackbox_exporter that is to be kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: seconds a round, and how many rounds."""

    endpoints: int
    interval: int
    rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """Ours and theirs, one after the other."""

    ours: Measured
    theirs: Driven

    @property
    def our_cost(self) -> float:
        """CPU seconds a probe, nobody scraping."""
        return self.ours.cpu / max(self.ours.lag.beats, 1)

    @property
    def their_cost(self) -> float:
        """CPU seconds a probe, each of which is a scrape there."""
        return self.theirs.cpu / max(self.theirs.probes, 1)

    def with_scrapes(self, probes: int) -> float:
        """Our cost with a scrape of all metrics each `probes` probes."""
        return self.our_cost + self.ours.scrape_cpu / probes


def compare(plan: Plan, schemes: Sequence[str], directory: Path) -> dict[str, Any]:
    """Run and print the comparison; the figures, for a file."""
    figures: dict[str, Any] = {"plan": asdict(plan)}
    with nginx(directory) as web, blackbox(directory, web.ca) as (pid, port):
        for scheme in schemes:
            load = Load(getattr(web, scheme), ca_of(web, scheme), plan.endpoints, plan.interval)
            prober = Prober(pid, port, load.url, load.rate)
            rounds = []
            for number in range(plan.rounds):
                print(f"{scheme}: round {number + 1} of {plan.rounds} ...", flush=True)
                ours = run_daemon(load, directory, warm=plan.interval + 2, seconds=plan.seconds)
                rounds.append(Round(ours, drive(prober, warm=2, seconds=plan.seconds)))
            figures[scheme] = report(scheme, plan, rounds)
    return figures


def ca_of(web: Web, scheme: str) -> Path | None:
    """The root to trust, where there is one."""
    return web.ca if scheme == "https" else None


def report(scheme: str, plan: Plan, rounds: Sequence[Round]) -> dict[str, Any]:
    """Print what the rounds say of one scheme."""
    rate = plan.endpoints / plan.interval
    show(
        f"{scheme}: CPU a probe, new connection each, at {rate:.0f} probes a second",
        [
            "round",
            "us ours",
            "us blackbox",
            "ratio",
            "ratio, scraped each interval",
            "our beats",
            "their probes",
        ],
        [
            [
                str(number),
                f"{one.our_cost * 1e6:.0f}",
                f"{one.their_cost * 1e6:.0f}",
                f"{one.our_cost / one.their_cost:.3f}",
                f"{one.with_scrapes(plan.endpoints) / one.their_cost:.3f}",
                str(one.ours.lag.beats),
                str(one.theirs.probes),
            ]
            for number, one in enumerate(rounds, 1)
        ],
    )
    sound = [one for one in rounds if not complaints(plan, one)]
    told = f"{len(sound)} sound rounds" if sound else "all rounds, none of which is sound:"
    sound = sound or list(rounds)
    ratio = median(one.our_cost / one.their_cost for one in sound)
    scraped = median(one.with_scrapes(plan.endpoints) / one.their_cost for one in sound)
    print(
        f"  median ratio of {told} {ratio:.3f} (goal: at most {GOALS[scheme]}), "
        f"{scraped:.3f} with a scrape each interval"
    )
    report_rounds(plan, rounds)
    return {"median_ratio": ratio, "median_ratio_scraped": scraped, "rounds": [asdict(one) for one in rounds]}


def report_rounds(plan: Plan, rounds: Sequence[Round]) -> None:
    """Print lag, missed beats and the scrape of each round, and what spoils it."""
    show(
        "lag of the beats (upper bounds, ms), and one scrape of all metrics on top",
        [
            "round",
            "p50",
            "p99",
            "max",
            "missed",
            "scrape CPU ms",
            "samples",
            "KiB gzip",
            "p99 scraped",
            "max",
            "RSS MiB",
        ],
        [
            [
                str(number),
                *(f"{1000 * bound:g}" for bound in (one.lag.p50, one.lag.p99, one.lag.worst)),
                str(one.missed),
                f"{1000 * one.scrape_cpu:.0f}",
                str(one.scrape_lines),
                f"{one.scrape_bytes / 1024:.0f}",
                f"{1000 * one.scrape_lag.p99:g}",
                f"{1000 * one.scrape_lag.worst:g}",
                f"{one.memory / 1024 / 1024:.0f}",
            ]
            for number, one in enumerate((each.ours for each in rounds), 1)
        ],
    )
    for number, one in enumerate(rounds, 1):
        for complaint in complaints(plan, one):
            print(f"  round {number} is not sound: {complaint}")


def complaints(plan: Plan, one: Round) -> list[str]:
    """What makes a round's figures doubtful, such as a machine that is busy elsewhere; empty where nothing does."""
    found = []
    if one.ours.up < plan.endpoints:
        found.append(f"only {one.ours.up} of {plan.endpoints} endpoints were up")
    if one.theirs.good < one.theirs.probes:
        found.append(f"{one.theirs.probes - one.theirs.good} probes of blackbox_exporter failed")
    if one.theirs.probes < 0.97 * plan.endpoints / plan.interval * plan.seconds:
        found.append(f"blackbox_exporter answered {one.theirs.probes} probes only")
    return found
