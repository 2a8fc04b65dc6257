"""A shop with an agreement, watched for five weeks, in a folder as a user has it."""

from pathlib import Path

from tests.support.months import SHOP, made_past
from tests.support.past import Past

AGREEMENT = """\
name: acme
version: "1"
from: 2026-01-01
title: Hosting for ACME
kind: customer
period: {calendar: month, timezone: UTC, partial: prorate}
parties:
  provider: {name: Example Hosting, people: [mara]}
  customer: {name: ACME, people: [jo]}
approved: {provider: {by: mara, on: 2025-12-01}, customer: {by: jo, on: 2025-12-02}}
exclusions:
  maintenance: {}
  customer: {agreed_by: customer}
targets:
  - {name: shop, service: shop, availability: 99.9, credit: tiers}
  - {name: requests, service: shop, endpoints: [web], availability: 99.9, slices: {length: 1h, judge: mean_error_rate}}
fee: {amount: "1000.00", currency: EUR}
credits: {tiers: {of: fee, steps: [{below: 99.9, credit: 10%}, {below: 99, credit: 25%}]}}
credit_rules: {claim: {within: 30d, from: period_end}}
report: {formats: [html, md, csv, json], to: reports}
"""


def contracted(folder: Path, agreement: str = AGREEMENT) -> Past:
    """The past of `made_past`, with an agreement about it."""
    (folder / "acme.yml").write_text(agreement)
    past = made_past(folder)
    past.reconfigure(f"{SHOP}agreements: [acme.yml]\n")
    return past
