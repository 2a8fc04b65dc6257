"""What the page says of each service, worst first, before it becomes HTML."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from exporter.engine.live import LiveEndpoint, LiveSlo
from exporter.output.ranks import Answer, Rank, Seen, answer, fires, left_seconds, rank, seen
from exporter.output.walk import Part
from exporter.output.words import window_words
from exporter.slo.figures import Figures
from exporter.slo.ratio import fraction, number
from exporter.timeline.tally import State
from exporter.units import SECOND, describe_briefly, describe_duration, describe_share, format_percent

NO_VALUE = "no value"
NO_SLO = "no SLO"
"""For what a service without any has none of."""

_NEARLY_ALL = Fraction(99, 100)


@dataclass(frozen=True, slots=True)
class EndpointView:
    """One endpoint in words.

    Attributes:
        name: Its name.
        target: What is probed, without secrets.
        state: `up`, `down` or `unknown`.
        since: How long it has been so; empty before the first result.
        since_at: From when on, milliseconds since the epoch; None before the first result.
        excluded: Whether an exclusion covers it.
        detail: Why the last conclusive result failed; empty where it did not.
    """

    name: str
    target: str
    state: str
    since: str
    detail: str
    since_at: int | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class SloView:
    """One SLO in words.

    Attributes:
        name: Its name.
        objective: What it asks for, e.g. `99.9 % of 30d`.
        state: `good`, `bad`, `unknown` or `excluded`.
        sli: What was reached, floored, and of how much where not all is known.
        left: What is left of the budget.
        met: False where the budget is overspent.
        firing: Alert tiers that fire, with their severity.
        sli_short: The SLI in per cent, floored, and how much of the window it is of where that is not nearly all.
        left_short: What is left of the budget in time, in its largest unit and the next, floored.
        left_seconds: The same in seconds; None where it has no value.
        burn: How many times faster than sustainable the budget went over the shortest window that is shown
            and holds an hour; None where that has no value.
    """

    name: str
    objective: str
    state: str
    sli: str
    left: str
    met: bool | None
    firing: tuple[str, ...]
    sli_short: str = NO_VALUE
    left_short: str = NO_VALUE
    left_seconds: float | None = None
    burn: float | None = None


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One service in words.

    Attributes:
        rank: How bad it is.
        left: The least `left_seconds` of its SLOs, to sort by; None where none has a value.
        name: Its name.
        title: For people.
        endpoints: Its endpoints.
        slos: Its SLOs.
    """

    rank: Rank
    left: float | None
    name: str
    title: str
    endpoints: tuple[EndpointView, ...]
    slos: tuple[SloView, ...]


def service_view(part: Part, at: int) -> ServiceView:
    """Put a service into words, as of an instant."""
    service = part.service
    states = [seen(endpoint, at) for endpoint in part.endpoints]
    answers = [answer(slo, at) for slo in part.slos]
    endpoints = tuple(
        _endpoint_view(endpoint, state, at) for endpoint, state in zip(part.endpoints, states, strict=True)
    )
    slos = tuple(_slo_view(slo, found) for slo, found in zip(part.slos, answers, strict=True))
    lefts = [slo.left_seconds for slo in slos if slo.left_seconds is not None]
    standing = rank(states, answers)
    return ServiceView(standing, min(lefts, default=None), service.name, service.title, endpoints, slos)


def _endpoint_view(endpoint: LiveEndpoint, found: Seen, at: int) -> EndpointView:
    since = endpoint.history.since(at)
    last = endpoint.last
    detail = ""
    if last.failure is not None:
        detail = f"{last.failure}: {last.detail}" if last.detail else str(last.failure)
    return EndpointView(
        endpoint.config.name,
        endpoint.config.target,
        State(found.state).name.lower(),
        "" if since is None else describe_duration((at - since) // SECOND * SECOND),
        detail,
        since,
        found.excluded,
    )


def _slo_view(slo: LiveSlo, given: Answer) -> SloView:
    found = given.figures
    pairs = zip(slo.question.objective.plan.tiers, found.alerts, strict=True)
    return SloView(
        slo.config.name,
        f"{slo.config.objective_text} % of {window_words(slo.config.window)}",
        given.status,
        sli_text(found),
        left_text(found),
        found.met,
        tuple(f"{tier.pace.tier} ({tier.pace.severity})" for tier, alert in pairs if fires(alert)),
        sli_short(found),
        left_short(found),
        left_seconds(found),
        _burn_of_an_hour(slo, found),
    )


def _burn_of_an_hour(slo: LiveSlo, answer: Figures) -> float | None:
    windows = slo.question.objective.plan.windows
    rates = dict(zip(windows, answer.burn, strict=True))
    return number(rates["1h"] if "1h" in rates else next(reversed(answer.burn), None))


def sli_short(answer: Figures) -> str:
    """The SLI in per cent, floored, and of how much where less than 99 % of the window is known."""
    sli, coverage = fraction(answer.sli), fraction(answer.coverage)
    if sli is None or coverage is None:
        return NO_VALUE
    text = format_percent(sli)
    return text if coverage >= _NEARLY_ALL else f"{text} of {describe_share(coverage)}"


def left_short(answer: Figures) -> str:
    """What is left of the budget in time, in its largest unit and the next, floored."""
    left = answer.remaining_ms
    return NO_VALUE if left is None else describe_briefly(floor(left))


def sli_text(answer: Figures) -> str:
    """The SLI in per cent, floored; with what it is of, unless all of the window is known."""
    sli, coverage = fraction(answer.sli), fraction(answer.coverage)
    if sli is None or coverage is None:
        return NO_VALUE
    text = format_percent(sli)
    if coverage == 1:
        return text
    seen = (answer.tally.up + answer.tally.down) // answer.scale
    shown = describe_duration(seen if seen < SECOND else seen // SECOND * SECOND)
    return f"{text} of the {shown} seen ({describe_share(coverage)})"


def left_text(answer: Figures) -> str:
    """What is left of the budget, in per cent and in time, both floored."""
    ratio, left = fraction(answer.remaining_ratio), answer.remaining_ms
    if ratio is None or left is None:
        return NO_VALUE
    return f"{format_percent(ratio)} ({describe_duration(left // SECOND * SECOND)})"
