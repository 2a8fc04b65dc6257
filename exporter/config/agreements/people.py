"""Who the parties are, what they have approved, and how long it lasts."""

from collections.abc import Collection, Mapping

from exporter.config.agreements.sections import AgreementSection, ApprovedSection, PartySection, TermSection
from exporter.config.agreements.wrong import triggers
from exporter.config.report import Report
from exporter.config.tree import Map, find
from exporter.errors import nearest
from exporter.sla.agreement import ContractTerm, Party, Reviews, Signature
from exporter.sla.terms import PARTIES


def parties(section: AgreementSection) -> dict[str, Party]:
    """Both sides, by `provider` and `customer`."""
    both = {"provider": section.parties.provider, "customer": section.parties.customer}
    return {side: _party(party) for side, party in both.items()}


def _party(section: PartySection) -> Party:
    return Party(section.name, section.contact or "", section.people or (), section.automation or ())


def see_programs(sides: Mapping[str, Party], root: Map, report: Report) -> None:
    """See that no program is called as a person is, of either party: else what it writes would stop clocks.

    Args:
        sides: The parties.
        root: The document, for places.
        report: Gets the problems.
    """
    owners = {name: side for side, party in sides.items() for name in party.people}
    for side, party in sides.items():
        for number, name in enumerate(party.automation):
            if name in owners:
                mark = find(root, ("parties", side, "automation", number)).mark
                message = f"`automation`: `{name}` is one of the people of the {owners[name]}, whose answers stop clocks; give the program a name of its own"
                report.problem(mark, message)


def approved(
    section: ApprovedSection | None, sides: dict[str, Party], root: Map, report: Report
) -> dict[str, Signature]:
    """Who has approved, by party; only a person of that party can.

    Args:
        section: The key `approved`; None without one.
        sides: The parties.
        root: The document, for places.
        report: Gets the problems.
    """
    if section is None:
        return {}
    found = dict[str, Signature]()
    for side, signature in zip(PARTIES, (section.provider, section.customer), strict=True):
        if signature is None:
            continue
        people = sides[side].people
        if signature.by in people:
            found[side] = Signature(signature.by, signature.on)
            continue
        hint = (
            nearest(signature.by, people)
            or f"; it has {', '.join(people) or 'nobody'}: name people under `parties`"
        )
        mark = find(root, ("approved", side, "by")).mark
        report.problem(mark, f"`by`: `{signature.by}` is nobody of the {side}{hint}")
    return found


def contract(section: TermSection | None, root: Map, report: Report) -> ContractTerm | None:
    """How long it lasts; None where it does not say that."""
    if section is None:
        return None
    mark = find(root, ("term", "to")).mark
    if section.until is not None and section.until < section.since:
        report.problem(mark, "`to` is before `from`; the last day cannot be before the first one")
    for key, value in (("notice", section.notice), ("renewal", section.renewal)):
        if value is not None and section.until is None:
            message = (
                f"`{key}` is about the end of the term, but there is none; write it, such as `to: 2027-12-31`"
            )
            report.problem(find(root, ("term", key)).mark, message)
    return ContractTerm(section.since, section.until, section.notice, section.renewal)


def reviews(section: AgreementSection, targets: Collection[str], report: Report) -> Reviews:
    """When the parties look at it together, and when they did.

    Args:
        section: The document.
        targets: Names of its targets.
        report: Gets the problems.
    """
    held = (section.approved.reviewed if section.approved else None) or ()
    agreed = section.reviews
    if agreed is None:
        return Reviews(held=held)
    texts, rules = triggers(agreed.triggers, targets, report)
    return Reviews(agreed.every or "", agreed.participants or (), texts, held, rules)
