"""A claim as a letter, and the probes that failed as a table."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from exporter.output.reports.as_csv import inert, outages_csv
from exporter.output.reports.as_markdown import plain
from exporter.output.reports.document import Document, Target
from exporter.output.reports.sections.terms import dig
from exporter.output.reports.words import count, known, money, per_cent
from exporter.units import describe_duration, format_instant, parse_instant


class Failed(NamedTuple):
    """A probe that failed.

    Attributes:
        at: Milliseconds since the epoch.
        service: Name of the service.
        endpoint: Name of the endpoint.
        reason: Why.
    """

    at: int
    service: str
    endpoint: str
    reason: str


def letter(document: Mapping[str, Any], failed: int, now: int) -> str:
    """What is sent to claim what a document says is owed; Markdown, all times in UTC.

    Args:
        document: A period result that owes something.
        failed: How many probes failed.
        now: Milliseconds since the epoch.
    """
    return "\n".join(_lines(cast("Document", document), failed, now)) + "\n"


def probes_csv(failed: Sequence[Failed]) -> str:
    """Failed probes, one a row, in order of their times; RFC 4180."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("at", "service", "endpoint", "reason"))
    for each in sorted(failed):
        writer.writerow(
            [inert(field) for field in (format_instant(each.at), each.service, each.endpoint, each.reason)]
        )
    return text.getvalue()


def _lines(document: Document, failed: int, now: int) -> Iterator[str]:
    terms, period, credit = document["terms"], document["period"], document["credit"]
    yield f"# Claim under {plain(document['title'])}"
    yield ""
    yield f"To: {_of(terms, 'provider', 'name')} ({_of(terms, 'provider', 'contact')})"
    yield f"From: {_of(terms, 'customer', 'name')} ({_of(terms, 'customer', 'contact')})"
    yield ""
    yield f"Agreement {document['agreement']}, version {document['version']}, SHA-256 of its text {document['terms_sha256']}."
    yield f"Period from {period['start']} to {period['end']}. All times are UTC."
    yield ""
    yield f"We claim **{money(credit['amount'], credit['currency'])}**, {per_cent(credit['percent'])} of the fee of the period."
    yield _deadline(credit["claim_by"], now)
    yield ""
    yield "## How it was worked out"
    yield ""
    for line in credit["lines"]:
        yield f"- {plain(line['target'])}, by the rule {plain(line['rule'])}: {plain(line['why'])}; {per_cent(line['percent_of_fee'])} of the fee."
    if credit["capped"]:
        yield f"- The cap of the {credit['capped']} limits what is owed."
    yield ""
    for target in _claimed(document):
        if target["base_unit"] == "incidents":
            yield from _missed(target)
        elif target["groups"]:
            yield from _groups(target)
        elif target["outages"]:
            yield from _outages(target)
    yield "## Evidence"
    yield ""
    yield f"- `probes.csv`: {count(failed, 'failed probe')}, each with its time and reason."
    if any(target["outages"] for target in _claimed(document)):
        yield "- `outages.csv`: the outages above, with what of each counts."
    yield "- `report.json`: terms, measurements, exclusions and calculation. `uptime-slo-exporter verify report.json` computes all of it again, without our systems."
    yield f"  Its SHA-256 is {document.get('sha256', '')}."


def outages(document: Mapping[str, Any]) -> str:
    """The outages that a letter has, as CSV; empty where it has none."""
    claimed = _claimed(cast("Document", document))
    return outages_csv({**document, "targets": claimed}) if any(each["outages"] for each in claimed) else ""


def _claimed(document: Document) -> list[Target]:
    """Targets for which something is owed."""
    owed = {line["target"] for line in document["credit"]["lines"]}
    return [each for each in document["targets"] if each["name"] in owed]


def _of(terms: Mapping[str, object], party: str, key: str) -> str:
    """What the terms say of a party, as text that is nothing but text."""
    return plain(known(dig(terms, "parties", party, key)))


def _head(title: str, columns: str, rule: str) -> tuple[str, ...]:
    """What stands above the rows of a table."""
    return f"## {title}", "", columns, rule


def _outages(target: Target) -> Iterator[str]:
    yield from _head(
        f"Outages of {plain(target['service'] or target['name'])}",
        "| Start | End | Length | Counts |",
        "| --- | --- | ---: | ---: |",
    )
    for each in target["outages"]:
        length, counts = describe_duration(each["length_ms"]), describe_duration(each["counted_ms"])
        yield f"| {each['start']} | {each['end']} | {length} | {counts} |"
    yield ""


def _missed(target: Target) -> Iterator[str]:
    """Incidents that were not answered, or repaired, in time."""
    yield from _head(
        f"Incidents of {plain(target['name'])}",
        "| Incident | Severity | Task | Took | May take | Due |",
        "| --- | --- | --- | ---: | ---: | --- |",
    )
    for each in target["incidents"]:
        for clock in each["clocks"] if not each["ignored"] else ():
            if clock["met"] is False:
                took, limit = describe_duration(clock["elapsed_ms"]), describe_duration(clock["limit_ms"])
                yield f"| {each['id']} | {plain(each['severity'])} | {clock['task']} | {took} | {limit} | {clock['due'] or ''} |"
    yield ""


def _groups(target: Target) -> Iterator[str]:
    """Groups of which something else was written down than was promised."""
    yield from _head(
        f"What was written down of {plain(target['name'])}",
        "| Of | Comes to | Values |",
        "| --- | ---: | ---: |",
    )
    for each in target["groups"]:
        if each["holds"] is False:
            yield f"| {plain(each['name'] or 'all')} | {each['value']} | {each['count']} |"
    yield ""


def _deadline(claim_by: str | None, now: int) -> str:
    if claim_by is None:
        return "The agreement names no deadline for the claim."
    if parse_instant(claim_by) <= now:
        return f"The agreement allowed the claim until {claim_by}, which is over."
    return f"The agreement allows the claim until {claim_by}."
