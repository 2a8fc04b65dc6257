"""Alerts about endpoints. They keep the exporter's `instance`, so that what it cannot see may be silenced for it alone."""

from exporter.output import names
from exporter.output.rules.promql import ENDPOINT_KEY, EXPORTER_KEY, STALE, duration, series, values
from exporter.output.rules.rule import (
    EXPORTER,
    OTHER,
    PAGE,
    TICKET,
    Alert,
    Case,
    Labels,
    Subject,
    firing,
)
from exporter.probes.result import Reason
from exporter.timeline.tally import State
from exporter.units import HOUR, MINUTE

DOWN, UNKNOWN, HEARTBEAT_MISSED = "EndpointDown", "EndpointUnknown", "HeartbeatMissed"
EXPIRES_IN_DAYS = {7: PAGE, 21: TICKET}

_KEY = f"{ENDPOINT_KEY}, {EXPORTER_KEY}"
_DAY = 86_400
_WHOM = "{{ $labels.uptime_service }}/{{ $labels.uptime_endpoint }}"
_EXPIRES = "{{ if lt $value 0.0 }}has expired{{ else }}expires in {{ humanizeDuration $value }}{{ end }}"
_REASON = {"reason": Reason.MISSED.value}
_DOWN, _UNKNOWN = ({"state": state.name.lower()} for state in (State.DOWN, State.UNKNOWN))


def endpoint_alerts(subject: Subject) -> tuple[Alert, ...]:
    """Those on endpoints that are down, or of which nothing is known."""
    return endpoint_down(subject), heartbeat_missed(subject), endpoint_unknown(subject)


def certificate_alerts(subject: Subject) -> tuple[Alert, ...]:
    """Those on certificates that expire."""
    return tuple(certificate_expires(subject, days, severity) for days, severity in EXPIRES_IN_DAYS.items())


def endpoint_down(subject: Subject) -> Alert:
    """An endpoint that is no silent heartbeat has been down for two minutes, and nothing excludes it."""
    labels, annotations = _said(subject, DOWN, "is down")
    own = subject.example(names.SERVICE, names.ENDPOINT) | EXPORTER
    hold = subject.hold(2 * MINUTE) // MINUTE
    state, calm = series(names.ENDPOINT_STATE, own | _DOWN), series(names.ENDPOINT_EXCLUDED, own)
    others = series(names.ENDPOINT_EXCLUDED, own | OTHER)
    down = {state: f"0 1x{hold + 9}"}
    return Alert(
        DOWN,
        f"{_in_state(subject, _DOWN)}\nunless on ({_KEY}) {subject.briefly(names.ENDPOINT_EXCLUDED)} == 1\n"
        f"unless on ({_KEY}) {subject.briefly(names.ENDPOINT_FAILURE, **_REASON)}",
        labels,
        annotations,
        hold=hold * MINUTE,
        cases=(
            Case(
                "it fires after that long, and goes on while a scrape is missed; another exporter's exclusion is not its",
                {
                    state: values([0, *[1] * (hold + 1), STALE, 0]),
                    calm: values([0] * (hold + 2) + [STALE, 0]),
                    others: f"1x{hold + 9}",
                },
                silent=(0, hold, hold + 3),
                fires=tuple(firing(minute, own | labels, annotations) for minute in (hold + 1, hold + 2)),
            ),
            Case(
                "one last sample of what is gone fires nothing",
                {state: f"0 0 1 {STALE} _x{hold + 9}", calm: f"0x2 {STALE} _x{hold + 9}"},
                silent=(hold + 2, hold + 5),
            ),
            Case(
                "an exclusion covers it, scrapes missed or not",
                down | {calm: f"0 0{f' 1 {STALE}' * (hold + 3)}"},
                silent=(hold + 1, hold + 6),
            ),
            Case(
                "a heartbeat that is missed has an alert of its own",
                down
                | {
                    calm: f"0x{hold + 9}",
                    series(names.ENDPOINT_FAILURE, own | _REASON): f"1{f' {STALE} 1' * (hold + 4)}",
                },
                silent=(hold + 1, hold + 6),
            ),
        ),
    )


def heartbeat_missed(subject: Subject) -> Alert:
    """A job has not told that it was done, grace included."""
    labels, annotations = _said(subject, HEARTBEAT_MISSED, "has not told that it was done")
    own = subject.example(names.SERVICE, names.ENDPOINT) | EXPORTER
    state, calm = series(names.ENDPOINT_STATE, own | _DOWN), series(names.ENDPOINT_EXCLUDED, own)
    silence = {state: "0 1x9", series(names.ENDPOINT_FAILURE, own | _REASON): "_ 1x9"}
    return Alert(
        HEARTBEAT_MISSED,
        f"{_in_state(subject, _DOWN)}\nand on ({_KEY}) {subject.briefly(names.ENDPOINT_FAILURE, **_REASON)}\n"
        f"unless on ({_KEY}) {subject.briefly(names.ENDPOINT_EXCLUDED)} == 1",
        labels,
        annotations,
        cases=(
            Case(
                "it fires at once: the grace is over already",
                silence | {calm: "0x9"},
                silent=(0,),
                fires=(firing(1, own | labels, annotations),),
            ),
            Case("an exclusion covers it", silence | {calm: "0 1x9"}, silent=(1, 9)),
            Case(
                "a job that tells of a failure is an endpoint that is down",
                {state: "1x9", series(names.ENDPOINT_FAILURE, own | {"reason": Reason.COMMAND.value}): "1x9"},
                silent=(1, 9),
            ),
        ),
    )


def endpoint_unknown(subject: Subject) -> Alert:
    """Nothing has been known of an endpoint for hours: a job that never told of itself, say."""
    labels, annotations = _said(subject, UNKNOWN, "has been unknown for hours")
    own = subject.example(names.SERVICE, names.ENDPOINT) | EXPORTER
    hold = subject.hold(6 * HOUR) // MINUTE
    state = series(names.ENDPOINT_STATE, own | _UNKNOWN)
    return Alert(
        UNKNOWN,
        _in_state(subject, _UNKNOWN),
        labels,
        annotations,
        hold=hold * MINUTE,
        cases=(
            Case(
                "it fires after that long",
                {state: f"0 1x{hold + 2}"},
                silent=(0, hold),
                fires=(firing(hold + 1, own | labels, annotations),),
            ),
            Case("it was known in between", {state: f"1x{hold - 9} 0 1x{hold}"}, silent=(hold + 1,)),
        ),
    )


def expiring(days: int) -> str:
    """Name the alert on certificates that expire within so many days."""
    return f"CertificateExpiresIn{days}Days"


def certificate_expires(subject: Subject, days: int, severity: str) -> Alert:
    """The first certificate of a chain expires within so many days."""
    name = expiring(days)
    labels = subject.labels(severity)
    annotations = {"summary": f"{_WHOM}: a certificate of its chain {_EXPIRES}", **subject.links(name)}
    own = subject.example(names.SERVICE, names.ENDPOINT)
    one, other = (series(names.TLS_CHAIN_NOT_AFTER, own | each) for each in (EXPORTER, OTHER))
    fired = own | labels
    left = {_EXPIRES: f"expires in {duration(days * _DAY - 60)}"}
    late = 90 * _DAY
    return Alert(
        name,
        f"min by ({ENDPOINT_KEY}) ({subject.over(names.TLS_CHAIN_NOT_AFTER)}) - time() < {days} * {_DAY}",
        labels,
        annotations,
        cases=(
            Case(
                f"it fires from {days} days on, not at them, as the first of two exporters sees it",
                {one: f"{days * _DAY + 120}x2 {days * _DAY + 120} {STALE}", other: f"{late}x9"},
                silent=(0, 2),
                fires=(
                    firing(3, fired, annotations, left),
                    firing(4, fired, annotations, left | _later(days)),
                ),
            ),
            Case(
                "and goes on once it has expired",
                {one: "60x9"},
                fires=(firing(3, fired, annotations, {_EXPIRES: "has expired"}),),
            ),
            Case("one that was renewed", {one: f"{days * _DAY + 120}x1 {late}x9"}, silent=(3, 9)),
        ),
    )


def _later(days: int) -> dict[str, str]:
    """What is left a minute later."""
    return {_EXPIRES: f"expires in {duration(days * _DAY - 120)}"}


def _said(subject: Subject, name: str, what: str) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and annotations of an alert that says what an exporter sees."""
    summary = f"{_WHOM} {what}, as {{{{ $labels.instance }}}} sees it"
    return subject.labels(TICKET), {"summary": summary, **subject.links(name)}


def _in_state(subject: Subject, state: Labels) -> str:
    return f"max by ({_KEY}) ({subject.briefly(names.ENDPOINT_STATE, **state)}) == 1"
