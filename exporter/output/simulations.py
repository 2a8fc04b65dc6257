"""What would have become of terms, as tables for people and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from exporter.output.exclusions import aligned
from exporter.record.agreements.simulating import Summary
from exporter.sla.judge import Verdict
from exporter.sla.period import PeriodResult
from exporter.sla.wire import per_cent, period_name
from exporter.units import describe_duration


def month_lines(results: Sequence[PeriodResult]) -> Iterator[str]:
    """A line for each period and target, and what is owed together."""
    rows = [("PERIOD", "TARGET", "VERDICT", "REACHED", "BEST", "WORST", "DOWNTIME", "CREDIT")]
    for result in results:
        credits_ = {line.target: line for line in result.credit.lines}
        for number, each in enumerate(result.targets):
            line = credits_.get(each.target.name)
            rows.append(
                (
                    "" if number else period_name(result),
                    each.target.name,
                    each.verdict.value,
                    _share(per_cent(each.figures.agreed)),
                    _share(per_cent(each.figures.best)),
                    _share(per_cent(each.figures.worst)),
                    describe_duration(each.counted) if each.bridge else "",
                    _share(per_cent(line.share_of_fee)) if line else "",
                )
            )
    yield from aligned(rows)


def summary_lines(found: Sequence[Summary], periods: int, head: str) -> Iterator[str]:
    """A line for each target, or service."""
    rows = [
        (
            head,
            "MET",
            "MISSED",
            "UNDETERMINED",
            "REACHED",
            "LOWEST",
            "DOWNTIME",
            "UNKNOWN",
            "OUTAGES",
            "CREDITS",
        )
    ]
    rows += [
        (
            each.name,
            f"{each.verdicts[Verdict.MET]} of {periods}",
            str(each.verdicts[Verdict.MISSED]),
            str(each.verdicts[Verdict.UNDETERMINED]),
            _share(per_cent(each.figure)),
            _share(per_cent(each.lowest)),
            "" if each.counted is None else describe_duration(each.counted),
            describe_duration(each.unknown),
            "" if each.outages is None else str(each.outages),
            f"{_share(per_cent(each.credit))} of a fee" if each.credit else "none",
        )
        for each in found
    ]
    yield from aligned(rows)


def summary_json(found: Sequence[Summary]) -> list[dict[str, Any]]:
    """The same as JSON; figures are per cent as decimal text, None where there is none."""
    return [
        {
            "name": each.name,
            "verdicts": {verdict.value: count for verdict, count in each.verdicts.items()},
            "reached": per_cent(each.figure),
            "lowest": per_cent(each.lowest),
            "counted_ms": each.counted,
            "unknown_ms": each.unknown,
            "outages": each.outages,
            "credit_percent": per_cent(each.credit),
        }
        for each in found
    ]


def _share(text: str | None) -> str:
    """Per cent with the places that it needs."""
    return "none" if text is None else f"{text.rstrip('0').rstrip('.')} %"
