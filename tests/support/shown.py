"""Two exporters that watch a hundred services and one more with known histories, and all that Prometheus scraped of them.

The second one watches the same and missed the outage of `shop` that goes on: the worst that any says must count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exporter.engine.live import Live
from exporter.probes.result import Outcome, Phases, Reason, Result, TlsFacts
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope
from exporter.timeline.tally import State
from tests.support.contracts import running
from tests.support.history import ListedHistory
from tests.support.live import DAY, NOW, endpoint, live, service, slo
from tests.support.stamped import openmetrics, stamped

MINUTE, SECOND = 60_000, 1_000
SHOWN = 3 * 60 * MINUTE
"""Of what each minute was scraped."""

OFTEN = 10 * MINUTE
"""Of what was scraped of the quiet services."""

QUIET = [f"quiet-{number:03}" for number in range(94)]
BUDGET = 2592
"""Seconds that 99.9 % of 30 days allow."""

MILLISECOND = 1_000_000
"""In nanoseconds."""

_UP_TIL_NOW = (NOW - 40 * DAY, State.UP)


def _down(*outages: tuple[int, int]) -> list[tuple[int, State]]:
    """Up but for outages, each from so many seconds ago for so many."""
    states = [_UP_TIL_NOW]
    for ago, length in outages:
        states.append((NOW - ago * SECOND, State.DOWN))
        if length < ago:
            states.append((NOW - (ago - length) * SECOND, State.UP))
    return states


LOUD = {
    "shop": _down((9_000, 30), (720, 720)),
    "mail": _down((1_800, 300)),
    "search": _down((3 * 86_400, 2_700)),
    "blog": _down((3_000, 20)),
    "new": [],
    "archive": _down((86_400, 600)),
    "batch": [_UP_TIL_NOW],
}
"""All have an SLO but for `batch`."""

LEFT = {
    "shop": BUDGET - 750,
    "mail": BUDGET - 300,
    "search": BUDGET - 2_700,
    "blog": BUDGET - 20,
    "archive": BUDGET - 1.8 - 600,
    **dict.fromkeys(QUIET, BUDGET),
}
"""Seconds of the budget that are left, less what half an hour of exclusion takes from it; nothing is known of `new`."""


def _histories(*, quiet: bool, missed: bool) -> dict[str, ListedHistory]:
    loud = {
        name: ListedHistory(states, [(NOW - 1800 * SECOND, NOW + DAY)] if name == "archive" else [])
        for name, states in LOUD.items()
    }
    if missed:
        loud["shop"] = ListedHistory([_UP_TIL_NOW])
    return loud | ({name: ListedHistory([_UP_TIL_NOW]) for name in QUIET} if quiet else {})


def watched(site: str, *, quiet: bool, missed: bool = False) -> Live:
    """What one exporter shows."""
    histories = _histories(quiet=quiet, missed=missed)
    more = {"shop": (slo("checkout", 7 * DAY), slo("month", Calendar("month")))}
    services = [
        service(name, endpoints=(endpoint(),), slos=() if name == "batch" else (slo(), *more.get(name, ())))
        for name in histories
    ]
    shown = live(*services, histories=histories)
    shown.config = replace(shown.config, site=site)
    shown.agreements = (running(NOW),)
    scope = Scope(frozenset(["archive"]))
    shown.exclusions = (
        Exclusion("c1", "move", Category.MAINTENANCE, scope, Once(NOW - 1800 * SECOND, NOW + DAY)),
    )
    return shown


def _probed(shown: Live, at: int) -> None:
    """Go on by a minute: two probes of each endpoint, one of which is lost where it is down."""
    facts = TlsFacts(NOW // 1000 + 12 * 86_400, NOW // 1000 + 9 * 86_400, verified=True, version="TLSv1.3")
    phases = Phases(1 * MILLISECOND, 4 * MILLISECOND, 9 * MILLISECOND, 20 * MILLISECOND, 3 * MILLISECOND)
    for each in shown.endpoints:
        each.counters.count(Outcome.SUCCESS, None, 37 * MILLISECOND)
        result = Result(Outcome.SUCCESS, status=200, phases=phases, tls=facts)
        if each.history.state(at) is State.DOWN:
            each.counters.count(Outcome.FAILURE, Reason.STATUS, 0)
            result = Result(Outcome.FAILURE, Reason.STATUS, "503", status=503, phases=phases, tls=facts)
        each.last.update(at - 7 * SECOND, result)
    shown.health.lag.observe(3 * MILLISECOND)
    shown.health.commit_at = at - 500


async def scraped() -> str:
    """All of it as OpenMetrics with instants."""
    exporters = [
        (watched("fra1", quiet=False), watched("fra1", quiet=True), "a"),
        (watched("lon1", quiet=False, missed=True), watched("lon1", quiet=True, missed=True), "b"),
    ]
    samples = [
        sample
        for few, all_, name in exporters
        async for sample in stamped(_shown(few, all_), f'job="uptime",instance="{name}:9895"')
    ]
    return openmetrics([*samples, *_alerts()])


def outage(services: int, down: int) -> Live:
    """So many services, of which the first ones are down, each for longer than the one before it; names are in another order."""
    histories = {
        f"s{number * 37 % services:03}": ListedHistory(
            _down((300 + number, 300 + number)) if number < down else [_UP_TIL_NOW]
        )
        for number in range(services)
    }
    return live(*(service(name) for name in histories), histories=histories)


async def scraped_once(exporters: Sequence[Live]) -> str:
    """What several exporters show now, as `scraped`."""
    return openmetrics(
        [
            sample
            for number, each in enumerate(exporters)
            async for sample in stamped([(NOW, each)], f'job="uptime",instance="{number}:9895"')
        ]
    )


def _shown(few: Live, all_: Live) -> Iterator[tuple[int, Live]]:
    """What there is to see each minute; the quiet services lately only."""
    for at in range(NOW - SHOWN, NOW + 1, MINUTE):
        for each in (few, all_):
            _probed(each, at)
        yield at, all_ if at > NOW - OFTEN else few


def _alerts() -> Iterator[tuple[str, str]]:
    """What Prometheus' rules make of it, of the last ten minutes."""
    about = 'alertstate="firing",uptime_service="shop"'
    burn = f'alertname="ErrorBudgetBurn",{about},slo="availability",severity="page",tier="fast",long="1h",short="5m"'
    down = f'alertname="EndpointDown",{about},uptime_endpoint="web",severity="ticket"'
    for labels in (burn, down):
        for at in range(NOW - 10 * MINUTE, NOW + 1, MINUTE):
            yield "ALERTS", f"ALERTS{{{labels}}} 1 {at // SECOND}\n"
