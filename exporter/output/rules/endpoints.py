"""Alerts about endpoints. They keep the exporter's `instance`, so that what it cannot see may be silenced for it alone."""

from exporter.output import names
from exporter.output.rules.promql import (
    ENDPOINT_KEY,
    EXPORTER_KEY,
    STALE,
    duration,
    selected,
    series,
    spoken,
    values,
)
from exporter.output.rules.rule import PAGE, TICKET, Alert, Case, Firing, Subject
from exporter.probes.result import Reason
from exporter.timeline.tally import State
from exporter.units import MINUTE

DOWN, HEARTBEAT_MISSED = "EndpointDown", "HeartbeatMissed"
EXPIRES_IN_DAYS = {7: PAGE, 21: TICKET}

_KEY = f"{ENDPOINT_KEY}, {EXPORTER_KEY}"
_EXPORTER = {"job": "uptime", "instance": "a:9895"}
_DAY = 86_400
_WHOM = "{{ $labels.uptime_service }}/{{ $labels.uptime_endpoint }}"
_VALUE = "{{ $value | humanizeDuration }}"
_REASON = {"reason": Reason.MISSED.value}
_STATE = {"state": State.DOWN.name.lower()}


def endpoint_alerts(subject: Subject) -> tuple[Alert, ...]:
    """Those on endpoints that are down."""
    return endpoint_down(subject), heartbeat_missed(subject)


def certificate_alerts(subject: Subject) -> tuple[Alert, ...]:
    """Those on certificates that expire."""
    return tuple(certificate_expires(subject, days, severity) for days, severity in EXPIRES_IN_DAYS.items())


def endpoint_down(subject: Subject) -> Alert:
    """An endpoint that is no silent heartbeat has been down for two minutes, and nothing excludes it."""
    labels = subject.labels(TICKET)
    summary = f"{_WHOM} is down, as {{{{ $labels.instance }}}} sees it"
    down, excluded, missed = _shown(subject)
    own = subject.example(names.SERVICE, names.ENDPOINT) | _EXPORTER
    fired = own | labels
    annotations = {"summary": summary, **subject.links(DOWN)}
    told = annotations | {"summary": spoken(summary, fired)}
    outage, calm = {series(names.ENDPOINT_STATE, own | _STATE): "0 1x9"}, series(names.ENDPOINT_EXCLUDED, own)
    return Alert(
        DOWN,
        f"{down} == 1\nunless on ({_KEY}) {excluded} == 1\nunless on ({_KEY}) {missed}",
        labels,
        annotations,
        hold=2 * MINUTE,
        cases=(
            Case(
                "it fires after two minutes, and goes on while scrapes are missed",
                {
                    series(names.ENDPOINT_STATE, own | _STATE): values([0, *[1] * 3, STALE, STALE, 0]),
                    calm: "0x9",
                },
                silent=(0, 2, 6),
                fires=(Firing(3, fired, told), Firing(5, fired, told)),
            ),
            Case("an exclusion covers it", outage | {calm: "0 0 1x9"}, silent=(3, 9)),
            Case(
                "a heartbeat that is missed has an alert of its own",
                outage | {calm: "0x9", series(names.ENDPOINT_FAILURE, own | _REASON): "1x9"},
                silent=(3, 9),
            ),
        ),
    )


def heartbeat_missed(subject: Subject) -> Alert:
    """A job has not told that it was done, grace included."""
    labels = subject.labels(TICKET)
    summary = f"{_WHOM} has not told that it was done, as {{{{ $labels.instance }}}} sees it"
    down, excluded, missed = _shown(subject)
    own = subject.example(names.SERVICE, names.ENDPOINT) | _EXPORTER
    fired = own | labels
    annotations = {"summary": summary, **subject.links(HEARTBEAT_MISSED)}
    silence = {
        series(names.ENDPOINT_STATE, own | _STATE): "0 1x9",
        series(names.ENDPOINT_FAILURE, own | _REASON): "_ 1x9",
    }
    calm = series(names.ENDPOINT_EXCLUDED, own)
    return Alert(
        HEARTBEAT_MISSED,
        f"{down} == 1\nand on ({_KEY}) {missed}\nunless on ({_KEY}) {excluded} == 1",
        labels,
        annotations,
        cases=(
            Case(
                "it fires at once: the grace is over already",
                silence | {calm: "0x9"},
                silent=(0,),
                fires=(Firing(1, fired, annotations | {"summary": spoken(summary, fired)}),),
            ),
            Case("an exclusion covers it", silence | {calm: "0 1x9"}, silent=(1, 9)),
            Case(
                "a job that tells of a failure is an endpoint that is down",
                {
                    series(names.ENDPOINT_STATE, own | _STATE): "1x9",
                    series(names.ENDPOINT_FAILURE, own | {"reason": Reason.COMMAND.value}): "1x9",
                },
                silent=(1, 9),
            ),
        ),
    )


def expiring(days: int) -> str:
    """Name the alert on certificates that expire within so many days."""
    return f"CertificateExpiresIn{days}Days"


def certificate_expires(subject: Subject, days: int, severity: str) -> Alert:
    """The first certificate of a chain expires within so many days."""
    name = expiring(days)
    labels = subject.labels(severity)
    summary = f"{_WHOM}: a certificate of its chain expires in {_VALUE}"
    family = names.TLS_CHAIN_NOT_AFTER
    own = subject.example(names.SERVICE, names.ENDPOINT)
    one = series(family, own | _EXPORTER)
    fired = own | labels
    annotations = {"summary": summary, **subject.links(name)}
    told = spoken(summary, fired, {_VALUE: duration(days * _DAY - 60)})
    over = f"last_over_time({selected(family, subject.matchers())}[{subject.bridge}])"
    return Alert(
        name,
        f"min by ({ENDPOINT_KEY}) ({over}) - time() < {days} * {_DAY}",
        labels,
        annotations,
        cases=(
            Case(
                f"it fires from {days} days on, not at them",
                {one: f"{days * _DAY + 120}x9"},
                silent=(0, 2),
                fires=(Firing(3, fired, annotations | {"summary": told}),),
            ),
            Case(
                "a certificate that was renewed fires nothing",
                {one: f"{days * _DAY + 120}x1 {90 * _DAY}x9"},
                silent=(3, 9),
            ),
        ),
    )


def _shown(subject: Subject) -> tuple[str, str, str]:
    """Whether it is down, is excluded, and has missed its beat."""

    def over(family: names.Family, **more: str) -> str:
        return f"last_over_time({selected(family, subject.matchers(**more))}[{subject.bridge}])"

    return (
        f"max by ({_KEY}) ({over(names.ENDPOINT_STATE, **_STATE)})",
        over(names.ENDPOINT_EXCLUDED),
        over(names.ENDPOINT_FAILURE, **_REASON),
    )
