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
{people}# approved:                     # by people of the parties; the hash freezes the text: `agreement show {name}`
#   provider: {{by: mara, on: {day}}}
#   customer: {{by: jo, on: {day}}}
#   sha256: "..."
#   reviewed: [{day}]      # days on which the parties have looked at it together

term: {{from: {day}, to: {end}, notice: 90d, renewal: 365d}}
reviews: {{every: quarter, triggers: [{{consecutive: 2}}]}}
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

{severities}targets:
  - {{name: website, service: website, availability: 99.9, credit: tiers}}
  # - {{name: speed, service: website, latency: {{threshold: 800ms, share: 99}}}}
{target}
fee: {{amount: "1000.00", currency: EUR}}
credits:
  tiers: {{of: fee, steps: [{{below: 99.9, credit: 10%}}, {{below: 99, credit: 25%}}]}}
credit_rules:
  combine: sum                  # of several misses; or max, choose
  cap: {{period: 50%}}
  claim: {{within: 30d}}
report: {{formats: [html, json], to: reports/}}
"""
_NO_ANSWERS = {
    "people": "",
    "severities": "",
    "target": "  # answers to incidents: `agreement new --answers` writes a document with some, docs/incidents.md\n",
}
_ANSWERS = {
    "people": """\
# Only `people` answer incidents, by the name of the system's user, or of the one of the web configuration. Programs that
# write, too, but stop no clock, are named beside them: `automation: [pagerbot]`.
""",
    "severities": """\
severities:                     # the severest first: of an outage the first one that is true at any instant of it
  sev1: all endpoints down
  sev2: any endpoint down
  # sev3: as reported           # what only people can say: incident open --severity sev3
# channels: {mail: 4h}          # by which faults are reported, and until when a person has answered
# escalation:                   # who is to be told of what goes on
#   - {after: 1h, to: head of operations, severity: sev1}

""",
    "target": """\
  - name: answers
    severity: [sev1, sev2]      # a target can be about one alone, or any if left out
    respond: 15m                # until a person acknowledges, tells what is new, or says that it is over
    # update_every: 1h          # from each answer to the next
    repair: 4h                  # until it is over
    clock: always               # or the name of hours
    share: 95                   # per cent of incidents in which both are in time
    # credit: late              # with `late: {of: fee, each_miss: 2%}` below
""",
}


def starter(name: str, file: str, year: int, *, answers: bool = False) -> str:
    """Write a document.

    Args:
        name: Of the agreement.
        file: Of the document, for its first comment.
        year: In which it begins.
        answers: Whether answers to incidents are promised, too.

    Returns:
        YAML text that loads without a problem.

    Raises:
        UsageError: It cannot be called that.
    """
    if not is_name(name):
        hint = safe_name(name).strip("-.")
        message = f"an agreement may have only letters, digits, `_`, `.` and `-` in its name, not `{name}`"
        raise UsageError(message + (f"; write {hint}" if hint else ""))
    parts = _ANSWERS if answers else _NO_ANSWERS
    return _TEMPLATE.format(name=name, file=file, day=f"{year}-01-01", end=f"{year + 1}-12-31", **parts)
