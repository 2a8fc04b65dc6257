"""Alerts on gauges of an exporter that are 1 while all is well."""

from exporter.output import names
from exporter.output.rules.promql import EXPORTER_KEY, STALE, series, values
from exporter.output.rules.rule import (
    EXPORTER,
    EXPORTER_WHOM,
    PAGE,
    TICKET,
    Alert,
    Case,
    Labels,
    Subject,
    firing,
)
from exporter.units import MINUTE

PROBER_BLIND = "UptimeProberBlind"


def prober_blind(subject: Subject) -> Alert:
    """An exporter is cut off from what it should see."""
    return _flag(
        subject,
        PROBER_BLIND,
        names.PROBER_CONNECTED,
        f"{EXPORTER_WHOM} is cut off: none of its connectivity anchors answers, and nothing that it should see is known",
        severity=PAGE,
        least=2,
    )


def reload_failed(subject: Subject) -> Alert:
    """An exporter runs an older configuration than its files."""
    return _flag(
        subject,
        "UptimeConfigReloadFailed",
        names.RELOAD_OK,
        f"{EXPORTER_WHOM} could not load its configuration; the one before it is in force",
        least=5,
    )


def discovery_failing(subject: Subject) -> Alert:
    """A source of targets says what cannot be used."""
    return _flag(
        subject,
        "UptimeDiscoveryFailing",
        names.DISCOVERY_OK,
        f"{EXPORTER_WHOM} cannot use what {{{{ $labels.source }}}} says; the targets that it named before are in force",
        least=15,
        more={"source": "targets.yml"},
    )


def _flag(
    subject: Subject,
    name: str,
    family: names.Family,
    summary: str,
    *,
    severity: str = TICKET,
    least: int,
    more: Labels | None = None,
) -> Alert:
    """An alert on a gauge that has been 0 for so many minutes."""
    own = EXPORTER | dict(more or {})
    fired = own | (labels := subject.labels(severity))
    key = ", ".join((EXPORTER_KEY, *(more or {})))
    one = series(family, own)
    minutes = subject.hold(least * MINUTE) // MINUTE
    annotations = {"summary": summary}
    return Alert(
        name,
        f"max by ({key}) ({subject.briefly(family)}) == 0",
        labels,
        annotations,
        hold=minutes * MINUTE,
        cases=(
            Case(
                f"it fires after {minutes}m, and goes on while a scrape is missed",
                {one: values([1, *[0] * (minutes + 1), STALE])},
                silent=(0, minutes),
                fires=tuple(firing(minute, fired, annotations) for minute in (minutes + 1, minutes + 2)),
            ),
            Case(
                "one last sample of what is gone",
                {one: f"1 0 {STALE} _x{minutes + 5}"},
                silent=(minutes, minutes + 1, minutes + 3),
            ),
            Case(
                "all is well again", {one: values([1, *[0] * minutes, 1, 1])}, silent=(minutes, minutes + 2)
            ),
        ),
    )
