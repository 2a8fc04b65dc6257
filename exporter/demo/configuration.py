"""The configuration that the demonstration runs by, as a file that a reader can learn from."""

from collections.abc import Mapping

from exporter.demo.agreement import FILE as AGREEMENT
from exporter.demo.certificate import CERTIFICATE
from exporter.demo.stories import LATENCY_THRESHOLD, MAINTENANCE_AGO, MAINTENANCE_FOR
from exporter.units import MINUTE, SECOND, format_duration, format_instant

BEATS_A_ROUND = 60
SHORTEST_BEAT, LONGEST_BEAT = SECOND // 2, 5 * SECOND
LONGEST_TIMEOUT = 2 * SECOND

TOKEN = "the-demo-has-no-secrets"  # noqa: S105 -- what it says

_TEXT = """\
# What `uptime-slo-exporter demo` watches: servers of its own, which fail as they are told to.
# The servers end with it, so that this file is worth reading and not running.

site: demo
defaults: {{interval: {beat}, timeout: {timeout}, window: 30d}}

services:
  - name: website
    title: Website
    owner: web
    endpoints:
      - {{name: web, url: "https://127.0.0.1:{website}/", probe: own_certificate}}
    slos:
      - {{objective: 99.9}}

  - name: checkout
    title: Checkout of the shop
    owner: payments
    endpoints:
      - {{name: web, url: "http://127.0.0.1:{checkout}/checkout"}}
    slos:
      - {{objective: 99.9}}

  - name: search
    title: Search
    owner: discovery
    endpoints:
      - {{name: web, url: "http://127.0.0.1:{search}/search?q=shoes", interval: {search_beat}}}
    slos:
      - {{objective: 99.5}}
      - {{objective: 99, sli: {{latency: {{threshold: {threshold}}}}}}}

  - name: mail
    title: Mail relay
    owner: platform
    endpoints:
      - {{name: web, url: "http://127.0.0.1:{mail}/"}}
    slos:
      - {{objective: 99.5}}

  - name: billing
    title: Billing
    owner: payments
    endpoints:
      - {{name: web, url: "http://127.0.0.1:{billing}/invoices"}}
    slos:
      - {{objective: 99.9}}
      - {{name: month, title: The running month, objective: 99.5, window: {{calendar: month, timezone: Europe/Berlin}}}}

  - name: warehouse
    title: Warehouse
    owner: logistics
    endpoints:
      - {{name: web, url: "http://127.0.0.1:{warehouse}/"}}
    slos:
      - {{objective: 99.9}}

  - name: vpn
    title: Remote access
    owner: platform
    endpoints:
      - {{name: web, url: "http://127.0.0.1:{vpn}/"}}
    slos:
      - {{name: minutes, objective: 99.5, method: timeslices, slice: 1m, slice_objective: 95}}

  - name: backup
    title: Nightly backup
    owner: platform
    endpoints:
      - {{name: nightly, url: "heartbeat://nightly?every=24h&grace=1h", token: {token}}}
    slos:
      - {{objective: 95, endpoints: [nightly]}}

agreements: [{agreement}]

probes:
  own_certificate: {{type: http, tls: {{ca_file: {certificate}}}}}

exclusions:
  - name: new-shelves
    category: maintenance
    services: [warehouse]
    from: {maintenance_from}
    to: {maintenance_to}
    reason: announced to everybody a week before
"""


def configuration(ports: Mapping[str, int], now: int, round_length: int) -> str:
    """Write it.

    Args:
        ports: Of the servers, by the names of the services.
        now: Milliseconds since the epoch.
        round_length: Milliseconds of a round of incidents; shorter ones are watched more closely.
    """
    beat = max(SHORTEST_BEAT, min(LONGEST_BEAT, round_length // BEATS_A_ROUND))
    begins = now // MINUTE * MINUTE - MAINTENANCE_AGO
    return _TEXT.format(
        **ports,
        beat=format_duration(beat),
        timeout=format_duration(min(LONGEST_TIMEOUT, beat)),
        search_beat="15s",
        threshold=format_duration(LATENCY_THRESHOLD),
        token=TOKEN,
        certificate=CERTIFICATE,
        agreement=AGREEMENT,
        maintenance_from=format_instant(begins),
        maintenance_to=format_instant(begins + MAINTENANCE_FOR),
    )
