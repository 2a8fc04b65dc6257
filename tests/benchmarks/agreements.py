"""What it costs to judge a month of an agreement, by how many outages it had."""

from dataclasses import replace
from typing import Any

from exporter.sla.evidence import Evidence, Period
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.incident import Incident, Kind
from exporter.sla.incidents.severity import SeverityRule
from exporter.sla.lane import Lane
from exporter.sla.period import judge_period
from exporter.sla.terms import Target
from exporter.timeline.tally import Standing
from exporter.units import HOUR, MINUTE
from tests.benchmarks.cpu import median_of
from tests.benchmarks.table import show
from tests.support.agreed import END, START, percent
from tests.support.contracts import agreement

ROUNDS = 3
OUTAGES = (375, 1_500, 6_000)
RULES = (SeverityRule("sev1", 0), SeverityRule("sev2", 1))


def agreements() -> dict[str, Any]:
    """Run and print all of it; milliseconds."""
    found = {
        f"a month of {count:,} outages": 1e3 * median_of(ROUNDS, Month(count).judge) for count in OUTAGES
    }
    show("agreements, CPU", ["", "ms"], [[name, f"{value:.4g}"] for name, value in found.items()])
    return found


class Month:
    """An agreement on two endpoints with a target of their time and three of answers, and what is known of a month.

    Args:
        count: Outages of a minute each, evenly over it.
    """

    def __init__(self, count: int) -> None:
        answers = AnswerTerms(limits=((Task.RESPOND, HOUR), (Task.REPAIR, 4 * HOUR)))
        targets = [
            Target("shop", "shop", (), percent("99.9")),
            *(Target(f"answers-{number}", "shop", (), percent("95"), answers=answers) for number in range(3)),
        ]
        made = agreement(*targets)
        self.agreement = replace(made, terms=replace(made.terms, severities=RULES))
        starts = [START + (END - START) * number // count + MINUTE for number in range(count)]
        down = [run for at in starts for run in ((at, Standing.DOWN), (at + MINUTE, Standing.UP))]
        web = Lane.of([(START, Standing.UP), *down], START, END)
        lanes = {"shop/web": web, "shop/db": Lane(START, END, ((START, Standing.UP),))}
        of_time = Evidence((START, END), {"web": lanes["shop/web"], "db": lanes["shop/db"]})
        incidents = tuple(
            Incident(f"i{number}", "shop", Kind.OUTAGE, at, at + MINUTE)
            for number, at in enumerate(starts, 1)
        )
        seen = Evidence((START, END), lanes, incidents=incidents)
        self.evidence = {each.name: seen if each.answers else of_time for each in targets}

    def judge(self) -> None:
        """Judge it."""
        judge_period(self.agreement, self.evidence, Period((START, END), END))
