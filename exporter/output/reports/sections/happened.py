"""What happened, in a few lines: outages, incidents, exclusions, and what nobody knows."""

from collections.abc import Iterator
from decimal import Decimal

from exporter.output.reports.document import Document, Outage, Target
from exporter.output.reports.words import Times, count, per_cent
from exporter.units import describe_duration


def happened(document: Document, times: Times) -> tuple[str, ...]:
    """The lines; of incidents only where answers are promised."""
    targets = document["targets"]
    return (
        _outages([each for each in targets if each["base_unit"] == "time"], times),
        *_incidents([each for each in targets if each["base_unit"] == "incidents"]),
        _excluded(document),
        _unknown(document),
    )


def _outages(targets: list[Target], times: Times) -> str:
    found: dict[tuple[str, str, str], Outage] = {}
    for target in targets:
        found |= {(target["service"], each["start"], each["end"]): each for each in target["outages"]}
    if not targets:
        return "All targets are about events: no outages are told apart."
    if not found:
        lost = max(each["unknown_ms"] for each in targets)
        return f"No outage is known, but of {describe_duration(lost)} nothing is." if lost else "No outage."
    longest = max(found.values(), key=lambda each: (each["length_ms"], each["start"]))
    said = "The only outage" if len(found) == 1 else f"{count(len(found), 'outage')}; the longest"
    most = max(targets, key=lambda each: each["counted_ms"])
    return (
        f"{said} lasted {describe_duration(longest['length_ms'])} and began {times.text(longest['start'])}. "
        f"The most that counts is {describe_duration(most['counted_ms'])}, against {most['name']}."
    )


def _incidents(targets: list[Target]) -> Iterator[str]:
    if not targets:
        return
    handled = [each for target in targets for each in target["incidents"]]
    found = {each["id"] for each in handled}
    counted = {each["id"] for each in handled if not each["ignored"]}
    late = {each["id"] for each in handled if each["met"] is False and not each["ignored"]}
    said = [count(len(found), "incident")]
    said += [f"{len(late)} of them not in time"] if found else []
    said += [f"{len(found - counted)} of them without counting"] if found - counted else []
    yield f"{', '.join(said)}."


def _excluded(document: Document) -> str:
    found = {
        (each["id"], *each["span"]): each for target in document["targets"] for each in target["exclusions"]
    }
    if not found:
        return "No exclusion was claimed."
    refused = sum(bool(each["why"]) for each in found.values())
    late = sum(each["late"] for each in found.values())
    most = max(sum(each["excused_ms"] for each in target["exclusions"]) for target in document["targets"])
    said = [f"{count(len(found), 'exclusion')} claimed"]
    said += [f"{refused} of them not counted, or not in full"] if refused else []
    said += [f"{late} entered only after the period"] if late else []
    return f"{', '.join(said)}. At most {describe_duration(most)} of downtime of one target is excused."


def _unknown(document: Document) -> str:
    known = [each for each in document["targets"] if each["coverage"] is not None]
    if not known:
        return "No time of this period was agreed."
    least = min(known, key=lambda each: Decimal(each["coverage"] or 0))
    if not least["unknown_ms"]:
        return "All of the agreed time is known."
    if not Decimal(least["coverage"] or 0):
        return f"Of {least['name']} nothing is known."
    lost = describe_duration(least["unknown_ms"])
    of_all = ", the least of all targets" if len(document["targets"]) > 1 else ""
    return f"Of {least['name']} {per_cent(least['coverage'])} of the agreed time is known{of_all}; {lost} are not."
