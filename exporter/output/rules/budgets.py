"""Alerts about SLOs besides burning: empty budgets, what is not known of them, and SLOs that are gone."""

from exporter.output import names
from exporter.output.rules.promql import (
    EXPORTER_KEY,
    SLO_KEY,
    STALE,
    percentage,
    selected,
    series,
    spoken,
    values,
)
from exporter.output.rules.rule import TICKET, Alert, Case, Firing, Subject
from exporter.units import DAY, MINUTE, SECOND

EXHAUSTED, EMPTY_BEFORE_PERIOD_END = "ErrorBudgetExhausted", "ErrorBudgetEmptyBeforePeriodEnd"

MINIMUM_COVERAGE = 0.95
"""Of the last day: 72 minutes of it may be unknown."""

_VALUE = "{{ $value | humanizePercentage }}"
_EXPORTER = {"job": "uptime", "instance": "a:9895"}
_OTHER = {"job": "uptime", "instance": "b:9895"}
_WHOM = "{{ $labels.uptime_service }}/{{ $labels.slo }}"


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
    name = EXHAUSTED
    labels = subject.labels(TICKET)
    summary = f"{_WHOM} has missed its objective: more than its error budget is spent"
    description = f"{_VALUE} of the error budget is left."
    own = subject.example(names.SERVICE, names.SLO)
    one, other = (series(names.SLO_REMAINING_RATIO, own | each) for each in (_EXPORTER, _OTHER))
    fired = own | labels
    told = spoken(description, fired, {_VALUE: percentage(-0.25)})
    return Alert(
        name,
        f"min by ({SLO_KEY}) ({_over(subject, names.SLO_REMAINING_RATIO)}) < 0",
        labels,
        {"summary": summary, "description": description, **subject.links(name)},
        cases=(
            Case(
                "it fires below 0, not at it, and goes on while scrapes are missed",
                {one: values([0.1, 0, -0.25, STALE, STALE]), other: values([0.1, 0.1, 0.1, 0.1, 0.1])},
                silent=(0, 1),
                fires=tuple(
                    Firing(
                        minute,
                        fired,
                        {"summary": spoken(summary, fired), "description": told, **subject.links(name)},
                    )
                    for minute in (2, 4)
                ),
            ),
            Case("a budget that is just spent fires nothing", {one: values([0] * 4)}, silent=(0, 3)),
        ),
    )


def empty_before_period_end(subject: Subject) -> Alert:
    """At the pace of the last day and of the last hours the budget is spent before the period ends."""
    name = EMPTY_BEFORE_PERIOD_END
    labels = subject.labels(TICKET)
    key = f"{SLO_KEY}, {EXPORTER_KEY}"
    rest = _over(subject, names.SLO_PERIOD_END)
    window, left = _over(subject, names.SLO_WINDOW), _over(subject, names.SLO_REMAINING_RATIO)

    def spends_it(over: str) -> str:
        return (
            f"{_over(subject, names.SLO_BURN, window=over)}\n"
            f"      * on ({key}) ({rest} - time())\n"
            f"      / on ({key}) {window}\n"
            f"    > on ({key}) {left}"
        )

    expr = (
        f"max by ({SLO_KEY}) (\n"
        f"    {spends_it('1d')}\n  and on ({key})\n    {spends_it('2h')}\n  and on ({key})\n    {left} >= 0\n)"
    )
    summary = f"{_WHOM} spends its error budget before its period ends, at the pace of the last day"
    own = subject.example(names.SERVICE, names.SLO)
    days = 30 * DAY // SECOND
    shown = {
        series(names.SLO_WINDOW, own | _EXPORTER): f"{days}x40",
        series(names.SLO_PERIOD_END, own | _EXPORTER): f"{days // 2}x40",
    }
    hot = {
        series(names.SLO_BURN, own | _EXPORTER | {"window": over}): values([0.5, *[2] * 30])
        for over in ("1d", "2h")
    }
    half = {series(names.SLO_REMAINING_RATIO, own | _EXPORTER): "0.75x40"}
    over = {series(names.SLO_BURN, own | _EXPORTER | {"window": "2h"}): "0x40"}
    fired = own | labels
    annotations = {"summary": summary, **subject.links(name)}
    return Alert(
        name,
        expr,
        labels,
        annotations,
        hold=15 * MINUTE,
        cases=(
            Case(
                "twice the sustainable pace for the half of a period that is left needs all of a budget; three quarters are there",
                shown | hot | half,
                silent=(0, 15),
                fires=(Firing(16, fired, annotations | {"summary": spoken(summary, fired)}),),
            ),
            Case(
                "an outage of the last day that is over fires nothing",
                shown | hot | over | half,
                silent=(30,),
            ),
            Case(
                "a budget that is spent already fires nothing more",
                shown | hot | {series(names.SLO_REMAINING_RATIO, own | _EXPORTER): "-0.1x40"},
                silent=(30,),
            ),
        ),
    )


def coverage_low(subject: Subject) -> Alert:
    """Of the last day too little is known to believe its figures."""
    name = "SloCoverageLow"
    labels = subject.labels(TICKET)
    summary = f"{_WHOM}: only {_VALUE} of the last day is known"
    own = subject.example(names.SERVICE, names.SLO)
    one, other = (series(names.SLO_DAY_COVERAGE, own | each) for each in (_EXPORTER, _OTHER))
    fired = own | labels
    annotations = {"summary": summary, **subject.links(name)}
    told = spoken(summary, fired, {_VALUE: percentage(0.9)})
    return Alert(
        name,
        f"max by ({SLO_KEY}) ({_over(subject, names.SLO_DAY_COVERAGE)}) < {MINIMUM_COVERAGE}",
        labels,
        annotations,
        hold=15 * MINUTE,
        cases=(
            Case(
                "it fires after a quarter of an hour below, not at the limit",
                {one: values([1, MINIMUM_COVERAGE, *[0.9] * 20])},
                silent=(1, 16),
                fires=(Firing(17, fired, annotations | {"summary": told}),),
            ),
            Case("another exporter knows", {one: "0.2x30", other: "1x30"}, silent=(30,)),
        ),
    )


def promql_failing(subject: Subject) -> Alert:
    """The Prometheus whose events an SLO counts does not answer."""
    name = "SloPromqlFailing"
    labels = subject.labels(TICKET)
    summary = f"{_WHOM}: Prometheus does not answer what it counts; its steps wait to be asked about"
    own = subject.example(names.SERVICE, names.SLO)
    one = series(names.PROMQL_OK, own | _EXPORTER)
    fired = own | labels
    annotations = {"summary": summary, **subject.links(name)}
    return Alert(
        name,
        f"max by ({SLO_KEY}) ({_over(subject, names.PROMQL_OK)}) == 0",
        labels,
        annotations,
        hold=15 * MINUTE,
        cases=(
            Case(
                "it fires after a quarter of an hour without an answer",
                {one: values([1, *[0] * 20])},
                silent=(0, 15),
                fires=(Firing(16, fired, annotations | {"summary": spoken(summary, fired)}),),
            ),
            Case("an answer in between begins it anew", {one: "0x10 1 0x10"}, silent=(20,)),
        ),
    )


def vanished(subject: Subject) -> Alert:
    """An SLO that an exporter showed half an hour ago is shown by none any more, though all of them are up."""
    name = "SloVanished"
    labels = subject.labels(TICKET)
    shown = f"count by ({SLO_KEY}) ({selected(names.SLO_OBJECTIVE, subject.matchers())} offset 30m)"
    known = f"last_over_time({names.BUILD_INFO.name}[1h])"
    expr = (
        f"{shown}\n"
        f"unless on ({SLO_KEY}) count by ({SLO_KEY}) (last_over_time({selected(names.SLO_OBJECTIVE, subject.matchers())}[5m]))\n"
        f"unless on () (up == 0 and on ({EXPORTER_KEY}) {known})\n"
        f"and on () {names.BUILD_INFO.name}"
    )
    summary = f"{_WHOM} is shown by no exporter any more: nobody alerts on it"
    own = subject.example(names.SERVICE, names.SLO)
    there = {series(names.SLO_OBJECTIVE, own | _EXPORTER): f"0.999x40 {STALE} _x60"}
    alive = {series(names.BUILD_INFO, _EXPORTER): "1x100", series("up", _EXPORTER): "1x100"}
    fired = own | labels
    annotations = {"summary": summary, **subject.links(name)}
    told = annotations | {"summary": spoken(summary, fired)}
    return Alert(
        name,
        expr,
        labels,
        annotations,
        cases=(
            Case(
                "it fires five minutes after the last scrape that had it, for as long as that is half an hour ago",
                there | alive,
                silent=(39, 44, 71),
                fires=(Firing(46, fired, told), Firing(70, fired, told)),
            ),
            Case(
                "another exporter shows it, as after a move",
                there | alive | {series(names.SLO_OBJECTIVE, own | _OTHER): "_x30 0.999x70"},
                silent=(46, 70),
            ),
            Case(
                "while an exporter is down, that is what there is to say",
                there
                | {
                    series(names.BUILD_INFO, _EXPORTER): f"1x40 {STALE} _x60",
                    series("up", _EXPORTER): "1x40 0x60",
                }
                | {series(names.BUILD_INFO, _OTHER): "1x100", series("up", _OTHER): "1x100"},
                silent=(46, 70),
            ),
        ),
    )


def _over(subject: Subject, family: names.Family, **more: str) -> str:
    return f"last_over_time({selected(family, subject.matchers(**more))}[{subject.bridge}])"
