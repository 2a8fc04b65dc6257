"""An agreement about two of the demonstration's services, signed by nobody that there is."""

from datetime import UTC, datetime

FILE = "hosting.yml"

_TEXT = """\
# What `uptime-slo-exporter demo` has agreed on; every key is in docs/agreements.md.
name: hosting
version: "1"
from: {start}
title: Hosting for a shop
kind: customer
purpose: Shows what an agreement looks like
period: {{calendar: month, timezone: UTC}}
parties:
  provider: {{name: Example Hosting, people: [mara]}}
  customer: {{name: Example Shop, people: [jo]}}
approved:
  provider: {{by: mara, on: {signed}}}
  customer: {{by: jo, on: {signed}}}
term: {{from: {start}, to: {last}, notice: 90d}}
reviews: {{every: quarter, participants: [mara, jo]}}
measure: {{smallest_outage: 10s, unknown: up}}
exclusions:
  maintenance: {{allowance: 4h}}
severities: {{sev1: all endpoints down, sev2: as reported, sev3: as reported}}
targets:
  - {{name: checkout, service: checkout, availability: 99.5, credit: tiers}}
  - {{name: billing, service: billing, availability: 99.5, credit: tiers}}
  - {{name: warehouse, service: warehouse, availability: 99.9}}
  - {{name: outages, severity: sev1, respond: 15m, repair: 4h, share: 90}}
  - {{name: faults, severity: sev2, respond: 30m, update_every: 1h, repair: 8h}}
  - {{name: flaws, severity: sev3, respond: 4h, repair: 24h}}
escalation:
  - {{after: 1h, to: head of operations, severity: sev1}}
  - {{after: 24h, to: head of operations, severity: [sev2, sev3]}}
fee: {{amount: "1200.00", currency: EUR}}
credits:
  tiers: {{of: fee, steps: [{{below: 99.5, credit: 10%}}, {{below: 99, credit: 25%}}]}}
credit_rules: {{combine: sum, cap: {{period: 50%}}, claim: {{within: 30d, from: period_end}}}}
"""


def agreement(now: int) -> str:
    """Write it, in force since the beginning of last year.

    Args:
        now: Milliseconds since the epoch.
    """
    year = datetime.fromtimestamp(now // 1000, UTC).year - 1
    return _TEXT.format(start=f"{year}-01-01", signed=f"{year - 1}-12-01", last=f"{year + 2}-12-31")
