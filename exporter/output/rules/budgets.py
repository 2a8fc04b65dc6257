"""Alerts about SLOs besides burning: empty budgets, what is not known of them, and SLOs that are gone."""

from exporter.output import names
from exporter.output.rules.promql import (
    EXPORTER_KEY,
    SLO_KEY,
    STALE,
    duration,
    percentage,
    selected,
    series,
    values,
)
from exporter.output.rules.rule import EXPORTER, OTHER, SLO_WHOM, TICKET, Alert, Case, Subject, firing
from exporter.units import DAY, MINUTE, SECOND

EXHAUSTED, EMPTY_BEFORE_PERIOD_END = "ErrorBudgetExhausted", "ErrorBudgetEmptyBeforePeriodEnd"
UNKNOWN_SECONDS = 3600
"""Of the last day."""

_HOLD = 15 * MINUTE
_KEY = f"{SLO_KEY}, {EXPORTER_KEY}"
_SHARE = "{{ $value | humanizePercentage }}"
_LENGTH = "{{ $value | humanizeDuration }}"


def budget_alerts(subject: Subject, *, calendar: bool, promql: bool) -> tuple[Alert, ...]:
    """All of these alerts.

    Args:
        subject: Whom they are about.
        calendar: Whether any of the SLOs has periods of the calendar, which end.
        promql: Whether any of them is over events that a Prometheus counts.
    """
    forecast = (empty_before_period_end(subject),) if calendar else ()
    failing = (promql_failing(subject),) if promql else ()
    return (exhausted(subject), *forecast, coverage_low(subject), *failing, vanished(subject))


def exhausted(subject: Subject) -> Alert:
    """More than the budget is spent: the objective is missed."""
    labels = subject.labels(TICKET)
    annotations = {
        "summary": f"{SLO_WHOM} has missed its objective: it has overspent its error budget by {_SHARE}",
        **subject.links(EXHAUSTED),
    }
    own = subject.example(names.SERVICE, names.SLO)
    one, other = (series(names.SLO_REMAINING_RATIO, own | each) for each in (EXPORTER, OTHER))
    told = {_SHARE: percentage(0.25)}
    return Alert(
        EXHAUSTED,
        f"max by ({SLO_KEY}) (-{subject.over(names.SLO_REMAINING_RATIO)}) > 0",
        labels,
        annotations,
        cases=(
            Case(
                "it fires below 0, not at it, as the worst of two exporters says, and goes on while scrapes are missed",
                {one: values([0.1, 0, -0.25, STALE, STALE]), other: values([0.1] * 5)},
                silent=(0, 1),
                fires=tuple(firing(minute, own | labels, annotations, told) for minute in (2, 4)),
            ),
            Case("a budget that is just spent fires nothing", {one: values([0] * 4)}, silent=(0, 3)),
        ),
    )


def empty_before_period_end(subject: Subject) -> Alert:
    """At the pace of the last day and of the last hours the budget is spent before the period ends."""
    labels = subject.labels(TICKET)
    annotations = {
        "summary": f"{SLO_WHOM} spends its error budget before its period ends, at the pace of the last day",
        **subject.links(EMPTY_BEFORE_PERIOD_END),
    }
    left = _one_each(subject, names.SLO_REMAINING_RATIO)

    def spends_it(over: str) -> str:
        return (
            f"{_one_each(subject, names.SLO_BURN, window=over)}\n"
            f"      * on ({_KEY}) ({_one_each(subject, names.SLO_PERIOD_END)} - time())\n"
            f"      / on ({_KEY}) {_one_each(subject, names.SLO_WINDOW)}\n"
            f"    > on ({_KEY}) {left}"
        )

    expr = (
        f"max by ({SLO_KEY}) (\n"
        f"    {spends_it('1d')}\n  and on ({_KEY})\n    {spends_it('2h')}\n  and on ({_KEY})\n    {left} >= 0\n)"
    )
    return Alert(
        EMPTY_BEFORE_PERIOD_END,
        expr,
        labels,
        annotations,
        hold=(hold := subject.hold(_HOLD)),
        cases=_forecasts(subject, labels, annotations, hold // MINUTE),
    )


def _one_each(subject: Subject, family: names.Family, **matchers: str) -> str:
    """One value an exporter, also where a pod was replaced and both still speak for their instance."""
    return f"max by ({_KEY}) ({subject.over(family, **matchers)})"


def _forecasts(
    subject: Subject, labels: dict[str, str], annotations: dict[str, str], hold: int
) -> tuple[Case, ...]:
    """A period of 30 days of which 15 are left, less a minute for each that passes."""
    own = subject.example(names.SERVICE, names.SLO) | EXPORTER
    days, long = 30 * DAY // SECOND, hold + 20
    shown = {
        series(names.SLO_WINDOW, own): f"{days}x{long}",
        series(names.SLO_PERIOD_END, own): f"{days // 2 + 120}x{long}",
    }

    def burns(day: float, hours: float) -> dict[str, str]:
        return {
            series(names.SLO_BURN, own | {"window": "1d"}): f"{day}x{long}",
            series(names.SLO_BURN, own | {"window": "2h"}): f"{hours}x{long}",
        }

    def left(ratio: float) -> dict[str, str]:
        return {series(names.SLO_REMAINING_RATIO, own): f"{ratio}x{long}"}

    replaced = {
        series(names.SLO_PERIOD_END, own | {"pod": "old"}): f"{days // 2 + 120}x1 {STALE}",
        series(names.SLO_WINDOW, own | {"pod": "old"}): f"{days}x1 {STALE}",
    }
    fired = {name: own[name] for name in (names.SERVICE, names.SLO)} | labels
    return (
        Case(
            "twice the sustainable pace for what is left of the period needs more than is left, also while a pod is replaced",
            shown | replaced | burns(2, 2) | left(0.999),
            silent=(0, hold - 1),
            fires=(firing(hold, fired, annotations),),
        ),
        Case(
            "as much as is left at the second minute, and less from then on, is no reason",
            shown | burns(2, 2) | left(1),
            silent=(hold + 1, hold + 10),
        ),
        Case("an outage of the last day that is over", shown | burns(2, 0) | left(0.5), silent=(hold + 10,)),
        Case(
            "hours after a calm day are no reason yet", shown | burns(0.5, 4) | left(0.5), silent=(hold + 10,)
        ),
        Case("a budget that is spent already", shown | burns(2, 2) | left(-0.1), silent=(hold + 10,)),
    )


def coverage_low(subject: Subject) -> Alert:
    """Of the last day too little is known to believe its figures."""
    name = "SloCoverageLow"
    labels = subject.labels(TICKET)
    annotations = {
        "summary": f"{SLO_WHOM}: nothing is known of {_LENGTH} of the last day",
        **subject.links(name),
    }
    own = subject.example(names.SERVICE, names.SLO)
    one, other = (series(names.SLO_DAY_UNKNOWN, own | each) for each in (EXPORTER, OTHER))
    hold = subject.hold(_HOLD) // MINUTE
    told = {_LENGTH: duration(UNKNOWN_SECONDS + 1)}
    return Alert(
        name,
        f"min by ({SLO_KEY}) ({subject.over(names.SLO_DAY_UNKNOWN)}) > {UNKNOWN_SECONDS}",
        labels,
        annotations,
        hold=hold * MINUTE,
        cases=(
            Case(
                "it fires once more than an hour has been unknown for that long",
                {one: values([0, UNKNOWN_SECONDS, *[UNKNOWN_SECONDS + 1] * (hold + 2)])},
                silent=(1, hold + 1),
                fires=(firing(hold + 2, own | labels, annotations, told),),
            ),
            Case(
                "another exporter knows",
                {one: f"9000x{hold + 15}", other: f"0x{hold + 15}"},
                silent=(hold + 15,),
            ),
        ),
    )


def promql_failing(subject: Subject) -> Alert:
    """The Prometheus whose events an SLO counts does not answer."""
    name = "SloPromqlFailing"
    labels = subject.labels(TICKET)
    annotations = {
        "summary": f"{SLO_WHOM}: Prometheus does not answer what it counts; its steps wait to be asked about",
        **subject.links(name),
    }
    own = subject.example(names.SERVICE, names.SLO)
    one = series(names.PROMQL_OK, own | EXPORTER)
    hold = subject.hold(_HOLD) // MINUTE
    return Alert(
        name,
        f"max by ({SLO_KEY}) ({subject.over(names.PROMQL_OK)}) == 0",
        labels,
        annotations,
        hold=hold * MINUTE,
        cases=(
            Case(
                "it fires after that long without an answer, missed scrapes or not",
                {one: values([1, *[0] * 3, STALE, *[0] * hold])},
                silent=(0, hold),
                fires=(firing(hold + 1, own | labels, annotations),),
            ),
            Case("an answer in between begins it anew", {one: f"0x{hold - 2} 1 0x10"}, silent=(hold + 5,)),
        ),
    )


def vanished(subject: Subject) -> Alert:
    """An SLO that was shown half an hour ago is shown by nobody, and whoever showed it is up, or was replaced."""
    name = "SloVanished"
    labels = subject.labels(TICKET)
    shown = f"last_over_time({selected(names.SLO_OBJECTIVE, subject.matchers())}"
    expr = (
        f"max by ({SLO_KEY}) (\n"
        f"  {shown}[5m] offset 30m)\n"
        f"  unless on ({SLO_KEY}) {shown}[5m])\n"
        f"  unless on ({EXPORTER_KEY}) (max_over_time(up[5m]) == 0)\n"
        f"  and on (job) last_over_time({names.BUILD_INFO.name}[5m])\n)"
    )
    annotations = {
        "summary": f"{SLO_WHOM} is shown by no exporter any more: nobody alerts on it",
        **subject.links(name),
    }
    own = subject.example(names.SERVICE, names.SLO)
    there = {series(names.SLO_OBJECTIVE, own | EXPORTER): f"0.999x10 {STALE} 0.999x28 {STALE} _x60"}

    def alive(exporter: dict[str, str]) -> dict[str, str]:
        return {series(names.BUILD_INFO, exporter): "1x100", series("up", exporter): "1x100"}

    def ends(exporter: dict[str, str], up: str) -> dict[str, str]:
        return {
            series(names.BUILD_INFO, exporter): f"1x40 {STALE} _x60",
            series("up", exporter): f"1x40 {up}",
        }

    fires = tuple(firing(minute, own | labels, annotations) for minute in (46, 70))
    return Alert(
        name,
        expr,
        labels,
        annotations,
        cases=(
            Case(
                "it fires five minutes after the last scrape that had it, until that is half an hour ago; one lost scrape changes nothing",
                there | alive(EXPORTER),
                silent=(39, 44, 77),
                fires=fires,
            ),
            Case(
                "its exporter was replaced by one of the job that does not show it; another one is down",
                there
                | ends(EXPORTER, f"{STALE} _x60")
                | alive(OTHER)
                | {series("up", {"job": "uptime", "instance": "c:9895"}): "0x100"},
                silent=(39, 44),
                fires=fires,
            ),
            Case(
                "another exporter shows it, as after a move",
                there | alive(EXPORTER) | {series(names.SLO_OBJECTIVE, own | OTHER): "_x30 0.999x70"},
                silent=(46, 70),
            ),
            Case(
                "while its exporter is down, that is what there is to say",
                there | ends(EXPORTER, "0x60") | alive(OTHER),
                silent=(46, 70),
            ),
            Case(
                "while no exporter of the job is up, likewise",
                there | ends(EXPORTER, f"{STALE} _x60"),
                silent=(46, 70),
            ),
        ),
    )
