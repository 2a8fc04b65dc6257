"""Documents of agreements that are right but for what a test puts into them."""

from collections.abc import Mapping
from pathlib import Path

from exporter.config.agreements.load import load_agreements
from exporter.sla.agreement import Agreement

HEAD = """\
name: acme
version: 1
from: 2026-07-01
kind: customer
period: {calendar: month, timezone: Europe/Berlin}
parties:
  provider: {name: Example Hosting, people: [mara, tom]}
  customer: {name: ACME, people: [jo]}
"""
TARGETS = "targets: [{name: shop, service: shop, availability: 99.9}]\n"
SMALL = HEAD + TARGETS

FILE = "acme.yml"


def loaded(text: str, environ: Mapping[str, str] | None = None) -> Agreement:
    """The only agreement of a text, which becomes a file in this folder."""
    Path(FILE).write_text(text)
    (found,) = load_agreements([FILE], environ or {})
    return found


def target(keys: str) -> str:
    """A document whose only target has these keys; they stand in line 9."""
    return HEAD + f"targets: [{{name: shop, service: shop, {keys}}}]\n"
