"""What the downtime of somebody else costs: of the agreements that rest on theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from exporter.sla.credit import Credit
from exporter.sla.period import PeriodResult, judge_period
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing


@dataclass(frozen=True, slots=True)
class Cost:
    """What it cost.

    Attributes:
        shared: Milliseconds of each target's counted downtime in which the other was down, too, by name.
        without: What would be owed had nothing been down then.
    """

    shared: Mapping[str, int]
    without: Credit


def cost(result: PeriodResult, down: Spans) -> Cost:
    """What the downtime of what it rests on cost an agreement.

    Args:
        result: Of the agreement.
        down: When the other was down, by its own terms.
    """
    shared = {each.target.name: (each.at & down).lengths[-1] for each in result.targets}
    mended = {
        name: replace(
            seen,
            lanes={
                endpoint: lane.laid(down & lane.spans(Standing.DOWN), Standing.UP)
                for endpoint, lane in seen.lanes.items()
            },
        )
        for name, seen in result.evidence.items()
    }
    again = judge_period(result.agreement, mended, result.period, result.before)
    return Cost(shared, again.credit)
