"""What became of a target in a period."""

from dataclasses import dataclass
from fractions import Fraction

from exporter.sla.answered import Handled
from exporter.sla.claims import Ruling
from exporter.sla.downtime import Line, Outage
from exporter.sla.judge import Figures, Verdict
from exporter.sla.recorded import Group
from exporter.sla.terms import Judged, Target
from exporter.timeline.spans import NOTHING, Spans


@dataclass(frozen=True, slots=True)
class TargetResult:
    """What became of a target.

    Attributes:
        target: It.
        verdict: Of it.
        figures: Its shares.
        base: Milliseconds that downtime is divided by, or what `base_unit` says.
        counted: Downtime that counts, milliseconds, floored where it is a sum of error rates.
        allowed: How much of that the whole period may have, floored; None where that cannot be said before it is over.
        whole: What `base` comes to for the whole period, in milliseconds; None as of `allowed`.
        bridge: From raw to counted downtime.
        outages: That lie in the period; none of a mean of error rates and of a share of events.
        unknown: Milliseconds of agreed time of which nothing is known.
        coverage: Share of the agreed time that is known; None where none was agreed.
        ruled: What became of the exclusions.
        excused: Milliseconds of downtime that each of them really excused.
        at: When counted downtime was.
        handled: Of a target of answers its incidents.
        groups: Of a target of what is recorded what it comes to.
        suspended: Why nothing is promised in this period, for people; empty where it is.
    """

    target: Target
    verdict: Verdict
    figures: Figures
    base: int
    counted: int
    allowed: int | None
    whole: int | None
    bridge: tuple[Line, ...]
    outages: tuple[Outage, ...]
    unknown: int
    coverage: Fraction | None
    ruled: tuple[Ruling, ...]
    excused: tuple[int, ...]
    at: Spans = NOTHING
    handled: tuple[Handled, ...] = ()
    groups: tuple[Group, ...] = ()
    suspended: str = ""

    @property
    def misses(self) -> int:
        """How many incidents, or groups, were not as promised; 0 where it is not about any."""
        late = sum(each.met is False and not each.ignored for each in self.handled)
        return late + sum(each.holds is False for each in self.groups)

    @property
    def base_unit(self) -> str:
        """What `base` counts: `time` in milliseconds, `slices`, `events`, `incidents` or `groups`."""
        if self.target.answers or self.target.recorded:
            return "incidents" if self.target.answers else "groups"
        slices = self.target.slices
        if slices is None or slices.judged is Judged.BAD:
            return "time"
        return "slices" if slices.judged is Judged.MEAN else "events"
