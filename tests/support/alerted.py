"""A dozen configurations whose alert rules differ in kind: windows, objectives, intervals and methods."""

ENDPOINT = (
    "services:\n  - name: shop\n    owner: payments\n    endpoints: [{url: https://shop.example.com/}]\n"
)


def _slo(text: str, defaults: str = "") -> str:
    head = f"defaults: {{{defaults}}}\n" if defaults else ""
    return f"{head}{ENDPOINT}    slos: [{{{text}}}]\n"


CONFIGS = {
    "28d": _slo("objective: 99.9, window: 28d"),
    "30d": _slo("objective: 99.9, window: 30d"),
    "7d": _slo("objective: 99.5, window: 7d"),
    "90d": _slo("objective: 99.95, window: 90d"),
    "calendar month": _slo("objective: 99.9, window: {calendar: month, timezone: Europe/Berlin}"),
    "90 %": _slo("objective: 90"),
    "99.999 %": _slo("objective: 99.999"),
    "10 s": _slo("objective: 99.9", "interval: 10s"),
    "5 min": _slo("objective: 99.9", "interval: 5m"),
    "events": _slo("objective: 99.9, method: events"),
    "timeslices": _slo("objective: 99.9, method: timeslices, slice: 1m, slice_objective: 90"),
    "heartbeat": (
        "services:\n  - name: backup\n    endpoints: [{url: 'heartbeat://nightly?every=24h&grace=2h', token: hush-hush-hush}]\n"
        "    slos: [{objective: 90, window: 90d, endpoints: [nightly]}]\n"
    ),
    "latency": _slo("objective: 99, sli: {latency: {threshold: 300ms}}"),
    "several, of several owners": (
        "alerting: {severities: {page: critical}, runbook: 'https://wiki/{alert}/{service}/{slo}', labels: {team: sre}}\n"
        "services:\n"
        "  - {name: shop, owner: payments, depends_on: [search], endpoints: [{url: 'tcp://shop.example.com:1'}],\n"
        "     slos: [{objective: 99.9}, {name: strict, objective: 99.99, alerting: {name: Strict, tiers: [fast, long], min_bad: 5}}]}\n"
        "  - {name: search, endpoints: [{url: 'tcp://search.example.com:1'}], slos: [{objective: 99, window: 7d}]}\n"
        "  - {name: search-shop, owner: 'the \"others\"', endpoints: [{url: 'tcp://x.example.com:1'}], slos: [{name: strict, objective: 99, alerting: {tiers: []}}]}\n"
    ),
}
