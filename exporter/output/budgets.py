"""What the SLOs of a configuration allow, and what it takes until their alerts fire."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import TypedDict

from exporter import units
from exporter.config.model import Config, Endpoint, Service, SloConfig
from exporter.config.objectives import HEARTBEAT, all_members, members, objective_of
from exporter.output.doubts import doubts
from exporter.output.words import window_text
from exporter.record.questions import Questions
from exporter.slo.detection import FULL, TENTH, Waits, clears_after, told_after
from exporter.slo.objective import Objective
from exporter.slo.tiers import NoTier, Tier

_MOST_DECIMALS = 2
_DELAYS = {"scrape": "scrape_interval", "evaluation": "evaluation_interval", "group_wait": "group_wait"}
"""What alerts wait for besides, and its keys in `alerting`."""

_NOUNS = {"time": "failure", "events": "bad beat", "timeslices": "bad slice", "promql": "bad step"}
_MEANS = {
    "time": "{} of downtime",
    "events": "bad beats worth {}",
    "timeslices": "bad slices worth {}",
    "promql": "bad events worth {}",
}


class TierBudget(TypedDict):
    """One alert tier of an SLO; what a tier that can never fire has no value for is None, and `never` says why.

    `fires_after_seconds` is the burn alone; the others are from the start of an outage, full or bad for a tenth of
    the time, until somebody is told, and from its end until the alert ends, each at the latest.
    """

    tier: str
    severity: str
    long: str
    short: str
    burn_rate_threshold: float
    failures: int | None
    fires_after_seconds: float | None
    told_after_seconds: float | None
    told_after_seconds_at_a_tenth: float | None
    clears_after_seconds: float | None
    never: str | None
    doubts: list[str]


class SloBudget(TypedDict):
    """One SLO; its budget is that of a window without exclusions, and `exclusions` names what makes it less.

    `step_seconds` is of an SLO over `promql` only.
    """

    service: str
    slo: str
    objective: str
    method: str
    step_seconds: float | None
    window: str
    window_seconds: float
    allowed_seconds: float
    exclusions: list[str]
    endpoints: list[str]
    probe_seconds: float
    tiers: list[TierBudget]


class ReckonedDelays(TypedDict):
    """What alerts wait for besides probes and burn; `assumed` are the keys that the configuration does not give."""

    scrape_seconds: float
    evaluation_seconds: float
    group_wait_seconds: float
    assumed: list[str]


class Checked(TypedDict):
    """A configuration without problems."""

    services: int
    endpoints: int
    warnings: list[str]
    delays: ReckonedDelays
    slos: list[SloBudget]


def budgets(config: Config) -> Checked:
    """Work out the budgets and alerts of all SLOs, in file order."""
    slos = list(_slos(config))
    return {
        "services": len(config.services),
        "endpoints": sum(len(service.endpoints) for service in config.services),
        "warnings": [*config.warnings, *map(_never_pages, filter(_cannot_page, slos))],
        "delays": _delays(config),
        "slos": slos,
    }


def _cannot_page(slo: SloBudget) -> bool:
    """Whether it has tiers that page, none of which can ever fire."""
    pages = [tier for tier in slo["tiers"] if tier["severity"] == "page"]
    return bool(pages) and all(tier["never"] for tier in pages)


def _never_pages(slo: SloBudget) -> str:
    return f"{slo['service']}/{slo['slo']}: no tier that pages can ever fire"


def _delays(config: Config) -> ReckonedDelays:
    delays = config.delays
    return {
        "scrape_seconds": delays.scrape / units.SECOND,
        "evaluation_seconds": delays.evaluation / units.SECOND,
        "group_wait_seconds": delays.group_wait / units.SECOND,
        "assumed": [key for name, key in _DELAYS.items() if name not in delays.given],
    }


def _slos(config: Config) -> Iterator[SloBudget]:
    questions = Questions(config, {}, config.exclusions, (0, 0))  # asked for names only
    for service in config.services:
        for slo in service.slos:
            question = objective_of(config, service, slo)
            waits = _waits(config, service, slo)
            yield {
                "service": service.name,
                "slo": slo.name,
                "objective": slo.objective_text,
                "method": slo.method,
                "step_seconds": slo.promql.step / units.SECOND if slo.promql else None,
                "window": window_text(slo.window),
                "window_seconds": question.length / units.SECOND,
                "allowed_seconds": float(question.allowed_when_whole / units.SECOND),
                "exclusions": [each.name for each, _ in questions.covering(service, slo)],
                "endpoints": [endpoint.name for endpoint in members(service, slo)],
                "probe_seconds": waits.probe / units.SECOND,
                "tiers": [
                    _tier(tier, question, waits, heartbeat=_is_heartbeat(config, service, slo))
                    for tier in question.fitted()
                ],
            }


def _waits(config: Config, service: Service, slo: SloConfig) -> Waits:
    """What an alert of an SLO waits for, the slowest of its endpoints being the measure."""
    shared = config.delays.scrape, config.delays.evaluation, config.delays.group_wait
    if slo.promql is not None:
        step = slo.promql.step + slo.promql.delay
        return Waits(step, 0, step, *shared)
    members = list(all_members(config, service, slo))
    verdict = 0
    if slo.method != "events":  # which takes each failure as it is
        verdict = max(map(_until_verdict, members))
    # A slice counts once it has ended.
    probe = max(map(_until_seen, members)) + (slo.slice or 0)
    recovery = max(map(_until_recovered, members)) + (slo.slice or 0)
    return Waits(probe, verdict, recovery, *shared)


def _until_seen(endpoint: Endpoint) -> int:
    """Milliseconds until a probe finds that an endpoint is down; a heartbeat is missed once its grace is over."""
    policy = endpoint.policy
    return policy.staleness if endpoint.kind == HEARTBEAT else policy.interval


def _until_verdict(endpoint: Endpoint) -> int:
    """Milliseconds from the first probe that fails to the verdict, where each one hangs until its timeout."""
    policy = endpoint.policy
    apart = max(endpoint.retry_interval, policy.timeout)
    return (policy.down_after - 1) * apart + (0 if endpoint.kind == HEARTBEAT else policy.timeout)


def _until_recovered(endpoint: Endpoint) -> int:
    """Milliseconds until a probe finds that it is up; a job that tells that it was done is up at once."""
    policy = endpoint.policy
    return 0 if endpoint.kind == HEARTBEAT else policy.interval * policy.up_after


def _is_heartbeat(config: Config, service: Service, slo: SloConfig) -> bool:
    """Whether the endpoint with the longest interval is one."""
    slowest = max(all_members(config, service, slo), key=lambda each: each.policy.interval, default=None)
    return slowest is not None and slowest.kind == HEARTBEAT and slo.method == "time"


def _tier(tier: Tier | NoTier, objective: Objective, waits: Waits, *, heartbeat: bool) -> TierBudget:
    fits = tier if isinstance(tier, Tier) else None
    full, tenth = (
        _seconds(told_after(fits, objective, error, waits)) if fits else None for error in (FULL, TENTH)
    )
    return {
        "tier": tier.pace.tier,
        "severity": tier.pace.severity,
        "long": tier.pace.long,
        "short": tier.pace.short,
        "burn_rate_threshold": float(tier.factor),
        "failures": fits.failures if fits else None,
        "fires_after_seconds": float(fits.fires_after / units.SECOND) if fits else None,
        "told_after_seconds": full,
        "told_after_seconds_at_a_tenth": tenth,
        "clears_after_seconds": _seconds(clears_after(fits, objective, waits)) if fits else None,
        "never": tier.why.value if isinstance(tier, NoTier) else None,
        "doubts": list(doubts(tier, objective, heartbeat=heartbeat)),
    }


def _seconds(length: Fraction | None) -> float | None:
    return None if length is None else float(length / units.SECOND)


def lines(checked: Checked) -> Iterator[str]:
    """Write the budgets for people, without the warnings."""
    slos = checked["slos"]
    yield (
        f"{_count(checked['services'], 'service')}, {_count(checked['endpoints'], 'endpoint')}, "
        f"{_count(len(slos), 'SLO')}; no problems"
    )
    for slo in slos:
        step = slo["step_seconds"]
        kind = slo["method"] if step is None else "promql"
        allowed, noun = _whole_ms(slo["allowed_seconds"]), _NOUNS[kind]
        usual = units.format_duration(round(slo["window_seconds"] * units.SECOND))
        window = slo["window"] if slo["window"] == usual else f"{slo['window']} (usually {usual})"
        yield ""
        yield f"{slo['service']}/{slo['slo']}: {slo['objective']} % over {window} allows {_MEANS[kind].format(allowed)}"
        if step is not None:
            yield f"  counted by Prometheus, in steps of {_whole_ms(step)}"
        if slo["exclusions"]:
            yield f"  less, and alerts sooner, as far as these exclude time: {', '.join(slo['exclusions'])}"
        if slo["tiers"]:
            yield from _tier_lines(slo["tiers"], noun)
        else:
            yield "  no alert: `alerting` leaves it no tier"
    if any(slo["tiers"] for slo in slos):
        yield ""
        yield from _reckoning(checked["delays"])


def _tier_lines(tiers: list[TierBudget], noun: str) -> Iterator[str]:
    """A line for each tier, and below what is doubtful."""
    needs = f"{noun}s"
    yield (
        f"  {'tier':8}{'severity':10}{'windows':9}{'burn rate':>9}  {needs:>{len(needs)}}  "
        f"{'full outage':>11}  {'10 % outage':>11}  {'clears':>9}"
    )
    for tier in tiers:
        head = f"  {tier['tier']:8}{tier['severity']:10}{tier['long'] + '/' + tier['short']:9}"
        rate = f"{_rounded(tier['burn_rate_threshold']):>9}  "
        if tier["failures"] is None:
            yield f"{head}{rate}never fires: {tier['never']}"
            continue
        times = (
            tier["told_after_seconds"],
            tier["told_after_seconds_at_a_tenth"],
            tier["clears_after_seconds"],
        )
        full, tenth, clears = map(_rounded_up, times)
        yield f"{head}{rate}{tier['failures']:>{len(needs)}}  {full:>11}  {tenth:>11}  {clears:>9}"
    for tier in tiers:
        yield from (f"  {tier['tier']}: {doubt}" for doubt in tier["doubts"])


def _reckoning(delays: ReckonedDelays) -> Iterator[str]:
    """Say what the times are made of."""
    parts = []
    for name, key in _DELAYS.items():
        length = _whole_ms(delays[f"{name}_seconds"])  # type: ignore[literal-required]  # one of three
        parts.append(f"{key} {length}{' (assumed)' if key in delays['assumed'] else ''}")
    yield "Times are at the latest: a page or ticket after an interval of the probes (ten, where one in ten fails), the burn,"
    yield f"{', '.join(parts)}; an alert clears without the last."
    if delays["assumed"]:
        yield "What is assumed can be said in `alerting`."


def _rounded_up(seconds: float | None) -> str:
    """A length in whole seconds, rounded up: an alert fires strictly after the last instant at which it does not."""
    return (
        "never" if seconds is None else units.describe_duration(ceil(Fraction(str(seconds))) * units.SECOND)
    )


def _whole_ms(seconds: float) -> str:
    return units.describe_duration(int(Fraction(str(seconds)) * units.SECOND))


def _rounded(number: float) -> str:
    return f"{round(number, _MOST_DECIMALS):g}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
