"""The first page: what whoever decides must know, and nothing else."""

from collections import Counter
from dataclasses import replace

from exporter.output.reports.blocks import Cell, Column, Facts, Front, Table, row
from exporter.output.reports.document import Document, Target
from exporter.output.reports.promises import promise
from exporter.output.reports.sections.changes import issue_of
from exporter.output.reports.sections.credit import capped, follows, owed
from exporter.output.reports.sections.happened import happened
from exporter.output.reports.sections.terms import dig, judged
from exporter.output.reports.sections.verdicts import next_steps
from exporter.output.reports.words import VERDICTS, Times, count, known, per_cent, verdict_of
from exporter.sla.period import WORST_FIRST

_SUSPENDED = "suspended"
_COLUMNS = (
    Column("Target"),
    Column("Verdict"),
    Column("Promised", is_number=True),
    Column("Reached", is_number=True),
    Column("Known", is_number=True),
)


def front(document: Document, times: Times) -> Front:
    """What stands first."""
    terms = document["terms"]
    facts = Facts(
        (
            ("Provider", Cell(known(dig(terms, "parties", "provider", "name")))),
            ("Customer", Cell(known(dig(terms, "parties", "customer", "name")))),
            ("Agreement", Cell(f"{document['agreement']}, version {document['version']}")),
            ("Period", Cell(judged(document, times))),
            ("Issue", issue_of(document, times)),
        )
    )
    targets = Table(
        "Targets",
        _COLUMNS,
        tuple(_target(each, document) for each in document["targets"]),
        "The agreement has no target.",
    )
    verdict = verdict_of(document["verdict"])
    lines = [*owed(document, times), capped(document["credit"]), *follows(document), *next_steps(document)]
    return Front(
        title_of(document),
        facts,
        replace(verdict, text=verdict.text.capitalize()),
        _sentence(document),
        targets,
        tuple(each for each in lines if each),
        happened(document, times),
    )


def title_of(document: Document) -> str:
    """What the agreement is called."""
    return document["title"] or document["agreement"]


def _target(target: Target, document: Document) -> tuple[Cell, ...]:
    hours = f", in {target['hours']} hours" if target["hours"] else ""
    figures = target["figures"]
    best, worst = figures["best"], figures["worst"]
    bounds = () if best == worst else (f"at best {per_cent(best)}", f"at worst {per_cent(worst)}")
    return row(
        Cell(
            target["name"],
            tuple(
                filter(
                    None,
                    (f"{_whose(target)}{hours}", promise(document, target["name"]), target["suspended"]),
                )
            ),
        ),
        verdict_of(target["verdict"]),
        per_cent(target["agreed"]),
        Cell(
            "none"
            if target["base_unit"] == "incidents" and not target["base_ms"]
            else per_cent(figures["agreed"]),
            bounds,
        ),
        per_cent(target["coverage"]),
    )


def _whose(target: Target) -> str:
    """What a target is about."""
    whom = target["service"] or "all services"
    of_what = {"incidents": f"of incidents of {whom}", "groups": "of what is written down"}
    return of_what.get(target["base_unit"], f"of {whom}")


def _sentence(document: Document) -> str:
    """How many targets have which verdict, the worst first; those that are suspended have no part in that of the agreement."""
    found = Counter(
        _SUSPENDED if each["suspended"] else verdict_of(each["verdict"]).text for each in document["targets"]
    )
    words = [each.word for each in (VERDICTS[name] for name in WORST_FIRST)]
    said = [f"{found[word]} {word}" for word in (*words, *sorted(found.keys() - set(words))) if found[word]]
    if not said:
        return "The agreement has no target."
    number, _, word = said[0].partition(" ")
    so_far = "" if document["period"]["state"] == "closed" else "So far "
    first = f"{so_far}{number} of {count(len(document['targets']), 'target')} {word}"
    return f"{', '.join([first, *said[1:]])}."
