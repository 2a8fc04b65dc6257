"""What the SLOs of a configuration allow, and what it takes until their alerts fire."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import TypedDict

from exporter import units
from exporter.config.model import Config
from exporter.config.objectives import members, objective_of
from exporter.output.words import window_text
from exporter.record.questions import Questions
from exporter.slo.tiers import NoTier, Tier, tiers

_MOST_DECIMALS = 2
_NOUNS = {"time": "failure", "events": "bad beat", "timeslices": "bad slice", "promql": "bad step"}
_MEANS = {
    "time": "{} of downtime",
    "events": "bad beats worth {}",
    "timeslices": "bad slices worth {}",
    "promql": "bad events worth {}",
}


class TierBudget(TypedDict):
    """One alert tier of an SLO; what a tier that can never fire has no value for is None, and `never` says why."""

    tier: str
    severity: str
    long: str
    short: str
    burn_rate_threshold: float
    failures: int | None
    fires_after_seconds: float | None
    never: str | None


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
    tiers: list[TierBudget]


class Checked(TypedDict):
    """A configuration without problems."""

    services: int
    endpoints: int
    warnings: list[str]
    slos: list[SloBudget]


def budgets(config: Config) -> Checked:
    """Work out the budgets and alerts of all SLOs, in file order."""
    return {
        "services": len(config.services),
        "endpoints": sum(len(service.endpoints) for service in config.services),
        "warnings": list(config.warnings),
        "slos": list(_slos(config)),
    }


def _slos(config: Config) -> Iterator[SloBudget]:
    questions = Questions(config, {}, config.exclusions, (0, 0))  # asked for names only
    for service in config.services:
        for slo in service.slos:
            question = objective_of(config, service, slo)
            fitted = tiers(
                question.ratio,
                question.length,
                question.interval,
                question.min_bad,
                method=question.method,
                wanted=question.tiers,
            )
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
                "tiers": [_tier(tier) for tier in fitted],
            }


def _tier(tier: Tier | NoTier) -> TierBudget:
    fits = tier if isinstance(tier, Tier) else None
    return {
        "tier": tier.pace.tier,
        "severity": tier.pace.severity,
        "long": tier.pace.long,
        "short": tier.pace.short,
        "burn_rate_threshold": float(tier.factor),
        "failures": fits.failures if fits else None,
        "fires_after_seconds": float(fits.fires_after / units.SECOND) if fits else None,
        "never": tier.why.value if isinstance(tier, NoTier) else None,
    }


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
        yield f"  {'tier':8}{'severity':10}{'windows':9}{'burn rate':>9}  in a full outage"
        for tier in slo["tiers"]:
            windows = f"{tier['long']}/{tier['short']}"
            yield f"  {tier['tier']:8}{tier['severity']:10}{windows:9}{_effect(tier, noun)}"


def _effect(tier: TierBudget, noun: str) -> str:
    rate = f"{_rounded(tier['burn_rate_threshold']):>9}  "
    if tier["failures"] is None or tier["fires_after_seconds"] is None:
        return f"{rate}never fires: {tier['never']}"
    # A second more than the last in which it does not fire: it fires strictly after that instant.
    seconds = ceil(Fraction(str(tier["fires_after_seconds"])))
    after = units.describe_duration(seconds * units.SECOND)
    return f"{rate}fires after {after}, at {_count(tier['failures'], noun)}"


def _whole_ms(seconds: float) -> str:
    return units.describe_duration(int(Fraction(str(seconds)) * units.SECOND))


def _rounded(number: float) -> str:
    return f"{round(number, _MOST_DECIMALS):g}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
