"""The commented document that `agreement new` writes."""

from exporter.config.fields import is_name, safe_name
from exporter.errors import UsageError

_TEMPLATE = """\
# An agreement, of which this is one version. After a change: uptime-slo-exporter agreement check {file}
# Every key: docs/agreements.md. What is in <...> is for you to fill in.

name: {name}
version: 1
from: {day}                # the day from which it holds; a draft until both sides have approved
title: <what it is called>
kind: customer                  # customer, internal (another team) or vendor (what one is promised oneself)
purpose: <why there is one>

parties:
  provider: {{name: <who promises>, contact: <mail>, people: [<who may speak for the provider>]}}
  customer: {{name: <to whom>, contact: <mail>, people: [<who may speak for the customer>]}}
# approved:                     # by people of the parties; the hash freezes the text: `agreement show {name}`
#   provider: {{by: mara, on: {day}}}
#   customer: {{by: jo, on: {day}}}
#   sha256: "..."
#   reviewed: [{day}]         # days on which the parties have looked at it together

term: {{from: {day}, to: {end}, notice: 90d, renewal: 365d}}
reviews: {{every: quarter, triggers: [two misses in a row]}}
scope:
  in: [website]                 # names of services of the configuration
  out: {{<what is left out>: <why>}}
responsibilities:
  provider: [<what the provider does>]
  customer: [<what the customer does>]
# rests_on: [hoster]            # agreements with others that this one needs

period: {{calendar: month, timezone: UTC, partial: prorate}}
# hours:                        # a target may be about some hours only
#   prime: {{mon-fri: "08:00-20:00"}}
#   other: rest
measure:
  combine: all                  # a service is down if any of its endpoints is
  starts: detected              # the clock of an outage starts with the first probe that saw it
  smallest_outage: 60s          # shorter ones do not count
  denominator: agreed_time      # or calendar_time, or 30d
  unknown: up                   # what nothing is known of; best and worst are shown in any case
  minimum_coverage: 99%         # below it nothing can be said
exclusions:                     # what does not count, and when
  maintenance: {{notice: 72h, allowance: 30m}}
  force_majeure: {{agreed_by: customer}}

targets:
  - {{name: website, service: website, availability: 99.9, credit: tiers}}
  # - {{name: speed, service: website, latency: {{threshold: 800ms, share: 99}}}}

fee: {{amount: "1000.00", currency: EUR}}
credits:
  tiers: {{of: fee, steps: [{{below: 99.9, credit: 10%}}, {{below: 99, credit: 25%}}]}}
credit_rules:
  combine: sum                  # of several misses; or max, choose
  cap: {{period: 50%}}
  claim: {{within: 30d}}
report: {{formats: [html, json], to: reports/}}
"""


def starter(name: str, file: str, year: int) -> str:
    """Write a document.

    Args:
        name: Of the agreement.
        file: Of the document, for its first comment.
        year: In which it begins.

    Returns:
        YAML text that loads without a problem.

    Raises:
        UsageError: It cannot be called that.
    """
    if not is_name(name):
        hint = safe_name(name).strip("-.")
        message = f"an agreement may have only letters, digits, `_`, `.` and `-` in its name, not `{name}`"
        raise UsageError(message + (f"; write {hint}" if hint else ""))
    return _TEMPLATE.format(name=name, file=file, day=f"{year}-01-01", end=f"{year + 1}-12-31")
