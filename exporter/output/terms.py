"""The terms of an agreement, for people and machines."""

from typing import Any

import yaml

from exporter.config.agreements.checked import Checked
from exporter.sla.agreement import Agreement, ends
from exporter.units import format_instant

DRAFT, COMING, IN_FORCE, ENDED = "draft", "coming", "in_force", "ended"

_TOLD = {
    DRAFT: "a draft, which is in force at no time; from",
    COMING: "not in force yet; from",
    IN_FORCE: "in force since",
    ENDED: "no longer in force, as its term is over; it was from",
}


class _Texts(yaml.SafeDumper):
    """Writes texts as they are, as all scalars of a document are text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 -- as PyYAML has it


def state_of(agreement: Agreement, at: int) -> str:
    """How a version stands at an instant, if none replaces it before."""
    if agreement.is_draft:
        return DRAFT
    if at < agreement.start:
        return COMING
    return IN_FORCE if at < ends(agreement) else ENDED


def terms_json(agreement: Agreement, at: int) -> dict[str, Any]:
    """Each key of an agreement with where it stands, as plain JSON."""
    return {
        "agreement": agreement.name,
        "version": agreement.version,
        "state": state_of(agreement, at),
        "from": format_instant(agreement.start),
        "sha256": agreement.sha256,
        "terms": {
            key: {"origin": agreement.origins.get(key, ""), "value": value}
            for key, value in agreement.document.items()
        },
    }


def terms_lines(agreement: Agreement, at: int) -> list[str]:
    """The same for people: YAML that can be loaded again."""
    told = _TOLD[state_of(agreement, at)]
    lines = [
        f"# {agreement.name} version {agreement.version}, {told} {format_instant(agreement.start)}",
        f"# sha256 {agreement.sha256}",
    ]
    for key, value in agreement.document.items():
        written = yaml.dump({key: value}, Dumper=_Texts, sort_keys=False, allow_unicode=True, width=110)
        lines += ["", f"# {agreement.origins.get(key, '')}", *written.splitlines()]
    return lines


def checked_json(found: Checked) -> dict[str, Any]:
    """What `agreement check` says, as plain JSON."""
    return {
        "agreements": [
            {"name": each.name, "version": each.version, "draft": each.is_draft, "sha256": each.sha256}
            for each in found.agreements
        ],
        "findings": [each._asdict() for each in found.weak],
    }


def checked_lines(found: Checked) -> list[str]:
    """The same for people."""
    return [*map(str, found.weak), _summary(found)]


def _summary(found: Checked) -> str:
    agreements, weak = len(found.agreements), len(found.weak)
    said = f"{agreements} version{'' if agreements == 1 else 's'} of agreements; no problems"
    return f"{said}, {weak or 'no'} finding{'' if weak == 1 else 's'}"
