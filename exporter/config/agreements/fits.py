"""Whether what an agreement says in one place goes with what it says in another."""

from collections.abc import Iterator

from exporter.config.agreements.cases import LIMITS
from exporter.config.report import Report
from exporter.config.tree import Map, find
from exporter.sla.agreement import Agreement
from exporter.sla.credit_misses import PerMiss
from exporter.sla.credit_rules import PerClock, PerTime
from exporter.sla.credit_tiers import Tiers
from exporter.sla.terms import FOLLOWED, Judged
from exporter.timeline.calendar import Calendar
from exporter.units import DAY, describe_duration

Path = tuple[str | int, ...]

PERIODS = 12
"""How many of the coming periods are looked at."""


def see_credits_fit(made: Agreement, root: Map, report: Report) -> None:
    """Rules by the length of downtime go with targets that have any: a mean or a share of events has none."""
    for number, target in enumerate(made.terms.targets):
        named = made.credits.rules.get(target.credit)
        by_length = named is not None and isinstance(named.rule, PerTime | PerClock)
        if by_length and target.slices is not None and target.slices.judged is not Judged.BAD:
            message = f"`credit`: `{target.credit}` goes by downtime, and a target over events has none; use `steps`, `per_shortfall`, `pro_rata` or `days`"
            report.problem(find(root, ("targets", number, "credit")).mark, message)
        of_cases = target.answers is not None or target.recorded is not None
        if (
            named is not None
            and isinstance(named.rule, PerMiss) is not of_cases
            and not (of_cases and isinstance(named.rule, Tiers))
        ):
            message = f"`credit`: `{target.credit}` does not go with what this promises; of answers and recorded measures it is `each_miss` or `steps`, of all else anything but `each_miss`"
            report.problem(find(root, ("targets", number, "credit")).mark, message)


def see_limits_fit(made: Agreement, root: Map, report: Report) -> None:
    """Nothing takes longer than incidents are followed: of those at the end of a period that could never be decided."""
    limits = dict[Path, int]((("channels", name), limit) for name, limit in made.channels.items())
    for number, target in enumerate(made.terms.targets):
        promised = dict(target.answers.limits) if target.answers else {}
        limits |= {
            ("targets", number, key): promised[task] for key, task in LIMITS.items() if task in promised
        }
    for path, limit in limits.items():
        found = find(root, path)
        if limit > FOLLOWED and found.key == path[-1]:  # else it is the channel's
            message = f"`{found.key}`: nobody could ever say whether {describe_duration(limit)} were kept: incidents are followed for {describe_duration(FOLLOWED)} after their period; promise that at most"
            report.problem(found.mark, message)


def see_slices_fit(made: Agreement, root: Map, report: Report) -> None:
    """No slice lies over the edge of a period, else it would belong to neither: they begin at multiples of their length in UTC."""
    if all(target.slices is None for target in made.terms.targets):
        return
    edges = list(_edges(made.period, made.start))
    for number, target in enumerate(made.terms.targets):
        length = target.slices.length if target.slices else 1
        if not DAY % length and any(edge % length for edge in edges):
            message = (
                f"slices of {describe_duration(length)} lie over the edges of the periods in {made.period.zone}, "
                "and would belong to none; make them shorter, such as 15m or 5m"
            )
            report.problem(
                find(root, ("targets", number, "slices", "length", "promql", "step")).mark, message
            )


def _edges(period: Calendar, at: int) -> Iterator[int]:
    """The ends of the periods from an instant on."""
    for _ in range(PERIODS):
        _, at = period.period(at + 1)
        yield at
