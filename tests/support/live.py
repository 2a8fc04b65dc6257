"""A daemon's present state, built by hand for what shows it."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from exporter.config.model import Config, Endpoint, Service, SloConfig
from exporter.engine.live import (
    Counters,
    CountingHealth,
    Health,
    LastProbe,
    Live,
    LiveEndpoint,
    LiveSlo,
    SourceHealth,
)
from exporter.probes.http import HttpSettings
from exporter.probes.result import Outcome, Phases, Reason, Result, TlsFacts
from exporter.slo.objective import Objective, Periods
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope
from exporter.timeline.policy import Policy
from exporter.timeline.samples import MICRO, SampleHistory, Step
from exporter.timeline.tally import State
from tests.support.contracts import running
from tests.support.history import ListedHistory, put

DAY = 86_400_000
NOW = 1_800_000_000_000

Labels = tuple[tuple[str, str], ...]


def endpoint(name: str = "web", labels: Labels = ()) -> Endpoint:
    return Endpoint(
        id=name,
        name=name,
        kind="http",
        url=f"https://user:secret@{name}.example/?token=secret",
        target=f"https://{name}.example/",
        settings=HttpSettings(),
        policy=Policy(15_000, 5_000, 35_000),
        retry_interval=5_000,
        labels=labels,
    )


def slo(name: str = "availability", window: int | Periods = 30 * DAY, labels: Labels = ()) -> SloConfig:
    return SloConfig(name, name, "Can be bought from", Fraction(999, 1000), "99.9", window, labels=labels)


def service(name: str = "shop", labels: Labels = (), **given: Sequence[Endpoint | SloConfig]) -> Service:
    endpoints = given.get("endpoints", (endpoint(),))
    slos = given.get("slos", (slo(),))
    return Service(name, name, f"The {name}", "payments", labels, tuple(endpoints), tuple(slos))  # type: ignore[arg-type]


def live(*services: Service, histories: dict[str, ListedHistory] | None = None) -> Live:
    """Everything up for a day, but for the services whose history is given."""
    given = histories or {}
    config = Config(services or (service(),), "fra1", "0f" * 32)
    counted = SampleHistory()
    counted.extend([Step(NOW - 150_000, 60_000, 5 * MICRO, 0, known=True)])
    shown = Live(
        config,
        [],
        [],
        Health(
            commit_at=NOW - 500,
            reload_success_at=NOW - DAY,
            connected=True,
            sources={"targets.json": SourceHealth(NOW - 700, "is not valid YAML")},
            counting={("shop", "orders"): CountingHealth(counted)},
        ),
    )
    for each in config.services:
        history = given.get(each.name, ListedHistory([(NOW - DAY, State.UP)]))
        shown.endpoints += [
            LiveEndpoint(each, one, history, Counters(), LastProbe()) for one in each.endpoints
        ]
        shown.slos += [LiveSlo(each, one, put(_objective(one), history)) for one in each.slos]
    return shown


def _objective(one: SloConfig) -> Objective:
    return Objective(one.objective, one.window, one.unknown, 15_000, 3, one.method)


def probed(shown: LiveEndpoint) -> LiveEndpoint:
    """Make it look as after two successes and a failure to verify the certificate."""
    facts = TlsFacts(
        NOW // 1000 + 90_000, NOW // 1000 + 80_000, verified=False, version="TLSv1.3", problem="name"
    )
    phases = Phases(1_000_000, 2_500_000, 10_000_000, None, None)
    shown.last.update(NOW - 16_000, Result(Outcome.SUCCESS, status=200, tls=facts._replace(verified=True)))
    failure = Result(Outcome.FAILURE, Reason.CERTIFICATE, "not its name", phases=phases, tls=facts)
    shown.last.update(NOW - 1_000, failure)
    counters = shown.counters
    counters.success, counters.failure, counters.failures = 2, 1, {Reason.CERTIFICATE: 1}
    counters.durations.observe(12_000_000)
    counters.durations.observe(11_000_000_000)
    counters.up, counters.down, counters.unknown = 86_000_000, 1_500, 3
    return shown


def everything() -> Live:
    """What has every kind of sample, names that need escaping, and labels to pad."""
    odd = 'a "quoted"\\ name\nof two lines, 100 % odd'
    shown = live(
        service(
            "shop",
            labels=(("tier", "1"),),
            endpoints=(endpoint(), endpoint(odd)),
            slos=(slo(), slo("fast", 3_600_000)),
        ),
        service(
            "mail", endpoints=(endpoint(labels=(("rack", odd),)),), slos=(slo(labels=(("class", "gold"),)),)
        ),
        service("new", slos=(slo(), slo("monthly", Calendar("month")))),
        service("down", slos=(slo(), replace(slo("beats"), method="events"))),
        histories={
            "mail": ListedHistory(
                [(NOW - 40 * DAY, State.UP), (NOW - 600_000, State.DOWN), (NOW - 400_000, State.UP)]
            ),
            "new": ListedHistory([]),
            "down": ListedHistory([(NOW - DAY, State.UP), (NOW - 120_000, State.DOWN)]),
        },
    )
    probed(shown.endpoints[0])
    shown.endpoints[2].last.update(NOW - 5_000, Result(Outcome.SUCCESS, status=204))
    shown.health.lag.observe(3_000_000)
    move = Exclusion("c1", "move", Category.MAINTENANCE, Scope(frozenset(["*"])), Once(NOW - DAY, NOW + DAY))
    shown.exclusions = (move,)
    shown.agreements = (running(NOW),)
    return shown
