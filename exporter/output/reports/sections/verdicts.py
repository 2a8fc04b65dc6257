"""What became of each target: every figure, how much is known of it, and how fine it was measured."""

from collections.abc import Iterator, Sequence

from exporter.output.reports.blocks import Column, Section, Table, Text, row
from exporter.output.reports.document import Document, Target
from exporter.output.reports.words import NOT_KNOWN, base_of, misses_of, per_cent, verdict_of
from exporter.sla.judge import FIGURES
from exporter.units import describe_duration

_MEANING = (
    "Raw is as measured, without any rule. Claimed is as if every exclusion counted. Agreed is by the terms; best and worst are "
    "the same, were all up, or down, that is not known. Figures are cut off at six places, never rounded up."
)
_FINE = (
    "Coverage is how much of the agreed time is known. Resolution is the time from one probe to the next: each edge of an "
    "outage may be off by up to that."
)
_MISSED = {"incidents": "not in time", "groups": "not as promised"}
_NONE = "The agreement has no target."


def verdicts(document: Document) -> Section:
    """Verdicts with coverage and resolution."""
    targets = document["targets"]
    steps = map(Text, next_steps(document))
    return Section(
        "verdicts",
        "Verdicts, coverage and resolution",
        (Text(_MEANING), _figures(targets), Text(_FINE), _made_of(targets), *steps),
    )


def _figures(targets: Sequence[Target]) -> Table:
    columns = (
        Column("Target"),
        Column("Promised", is_number=True),
        *(Column(name.capitalize(), is_number=True) for name in FIGURES),
        Column("Verdict"),
    )
    rows = (
        row(
            each["name"],
            per_cent(each["agreed"]),
            *(per_cent(each["figures"][name]) for name in FIGURES),
            verdict_of(each["verdict"]),
        )
        for each in targets
    )
    return Table("Figures", columns, tuple(rows), _NONE)


def _made_of(targets: Sequence[Target]) -> Table:
    numbers = ("Divided by", "Downtime that counts", "Allowed", "Not known", "Coverage", "Resolution")
    columns = (Column("Target"), *(Column(title, is_number=True) for title in numbers))
    rows = (
        row(
            each["name"],
            base_of(each),
            counted(each),
            allowed(each),
            describe_duration(each["unknown_ms"]),
            per_cent(each["coverage"]),
            describe_duration(each["resolution_ms"]) if each["resolution_ms"] else NOT_KNOWN,
        )
        for each in targets
    )
    return Table("What they are made of", columns, tuple(rows), _NONE)


def counted(target: Target) -> str:
    """Downtime that counts; of a share of events there is none, and of incidents and groups there are those that missed."""
    if target["bridge_ms"]:
        return describe_duration(target["counted_ms"])
    words = _MISSED.get(target["base_unit"])
    return f"{misses_of(target)} {words}" if words else f"none; it is of {target['base_unit']}"


def allowed(target: Target) -> str:
    """What of it the target may have."""
    return NOT_KNOWN if target["allowed_ms"] is None else describe_duration(target["allowed_ms"])


def next_steps(document: Document) -> Iterator[str]:
    """How far each target of a period that runs is from what costs more."""
    for target in document["targets"]:
        if step := target["next_step"]:
            left, share = describe_duration(step["after_ms"]), per_cent(step["percent"])
            yield f"{target['name']}: with more than {left} of further downtime {share} is owed by its rule."
