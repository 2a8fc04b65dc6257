"""Alerts about the exporters themselves: who watches the watchers."""

from exporter.output import names
from exporter.output.rules.promql import EXPORTER_KEY, STALE, duration, series, spoken, values
from exporter.output.rules.rule import PAGE, TICKET, Alert, Case, Firing, Labels, Subject
from exporter.units import MINUTE, SECOND

EXPORTER_DOWN, EXPORTER_ABSENT = "UptimeExporterDown", "UptimeExporterAbsent"
PROBER_BLIND, WATCHDOG = "UptimeProberBlind", "UptimeWatchdog"

_EXPORTER = {"job": "uptime", "instance": "a:9895"}
_WHOM = "{{ $labels.instance }}"
_VALUE = "{{ $value | humanizeDuration }}"
_ENDING = 15 * MINUTE
_LATE_SECONDS = 1
_STALE_SECONDS = 60


def exporter_alerts(subject: Subject) -> tuple[Alert, ...]:
    """All of these alerts."""
    return (
        exporter_down(subject),
        exporter_absent(subject),
        record_stale(subject),
        writes_failing(subject),
        scheduler_late(subject),
        prober_blind(subject),
        reload_failed(subject),
        discovery_failing(subject),
        exclusion_ending(subject),
        watchdog(subject),
    )


def exporter_down(subject: Subject) -> Alert:
    """A target that was one of our exporters within the last day does not answer."""
    fired = _EXPORTER | (labels := subject.labels(PAGE))
    annotations = {
        "summary": f"The exporter {_WHOM} does not answer: nothing that it watches is known, and no other alert of it is left in {subject.bridge}"
    }
    known = {series(names.BUILD_INFO, _EXPORTER): f"1x2 {STALE} _x9"}
    return Alert(
        EXPORTER_DOWN,
        f"max by ({EXPORTER_KEY}) (up == 0 and on ({EXPORTER_KEY}) last_over_time({names.BUILD_INFO.name}[1d]))",
        labels,
        annotations,
        hold=30 * SECOND,
        cases=(
            Case(
                "it fires at the first look after half a minute, whatever its job is called",
                known | {series("up", _EXPORTER): "1x2 0x9"},
                silent=(0, 2, 3),
                fires=(Firing(4, fired, _spoken(annotations, fired)),),
            ),
            Case(
                "a target that never was an exporter is none of ours",
                {series("up", {"job": "node", "instance": "c:9100"}): "1 0x9"},
                silent=(1, 9),
            ),
        ),
    )


def exporter_absent(subject: Subject) -> Alert:
    """No exporter has been scraped for five minutes, or ever."""
    labels = subject.labels(PAGE)
    annotations = {"summary": "No uptime-slo-exporter has been scraped for 5m: nothing is watched"}
    return Alert(
        EXPORTER_ABSENT,
        f"absent_over_time({names.BUILD_INFO.name}[5m])",
        labels,
        annotations,
        hold=MINUTE,  # a Prometheus that has just started has scraped nothing yet
        cases=(
            Case(
                "it fires five minutes after the last scrape",
                {series(names.BUILD_INFO, _EXPORTER): f"1 1 {STALE} _x9"},
                silent=(0, 6),
                fires=(Firing(8, labels, annotations),),
            ),
            Case(
                "one of several is enough",
                {
                    series(names.BUILD_INFO, _EXPORTER): f"1 {STALE} _x20",
                    series(names.BUILD_INFO, {"job": "other", "instance": "b:1"}): "1x20",
                },
                silent=(20,),
            ),
        ),
    )


def record_stale(subject: Subject) -> Alert:
    """An exporter answers with figures of another instant than that of the scrape."""
    name = names.EVALUATED.name
    summary = f"The figures of {_WHOM} are {_VALUE} off the clock of Prometheus"
    fired = _EXPORTER | (labels := subject.labels(PAGE))
    one = series(names.EVALUATED, _EXPORTER)
    told = {"summary": spoken(summary, fired, {_VALUE: duration(120)})}
    return Alert(
        "UptimeRecordStale",
        f"max by ({EXPORTER_KEY}) (abs(timestamp({name}) - {name})) > {_STALE_SECONDS}",
        labels,
        {"summary": summary},
        cases=(
            Case(
                "it fires beyond a minute, not at it",
                {one: values([0, 60, 60, 60])},
                silent=(1, 2),
                fires=(Firing(3, fired, told),),
            ),
            Case(
                "and where the clock of the exporter is ahead",
                {one: values([0, 60, 240, 300])},
                silent=(1,),
                fires=(Firing(2, fired, told),),
            ),
            Case("figures of now fire nothing", {one: "0+60x9"}, silent=(9,)),
        ),
    )


def writes_failing(subject: Subject) -> Alert:
    """What is seen cannot be written to the record."""
    summary = f"{_WHOM} cannot write its record: what it sees now is lost if it ends"
    fired = _EXPORTER | (labels := subject.labels(PAGE))
    one = series(names.STORE_FAILURES, _EXPORTER)
    return Alert(
        "UptimeWritesFailing",
        f"max by ({EXPORTER_KEY}) (increase({names.STORE_FAILURES.name}[3m])) > 0",
        labels,
        {"summary": summary},
        hold=MINUTE,
        cases=(
            Case(
                "it fires after a minute",
                {one: values([0, 0, 60, 120, 180])},
                silent=(1, 2),
                fires=(Firing(3, fired, {"summary": spoken(summary, fired)}),),
            ),
            Case("failures of long ago fire nothing", {one: "60x9"}, silent=(9,)),
        ),
    )


def scheduler_late(subject: Subject) -> Alert:
    """One probe in a hundred begins more than a second after its beat."""
    summary = f"{_WHOM} begins probes late: it watches more than its machine carries"
    fired = _EXPORTER | (labels := subject.labels(TICKET))
    bucket = f"{names.SCHEDULER_LAG.name}_bucket"

    def lags(*counts: tuple[str, int]) -> dict[str, str]:
        return {series(bucket, _EXPORTER | {"le": bound}): f"0+{count}x20" for bound, count in counts}

    return Alert(
        "UptimeSchedulerLate",
        f"histogram_quantile(0.99, sum by ({EXPORTER_KEY}, le) (rate({bucket}[5m]))) > {_LATE_SECONDS}",
        labels,
        {"summary": summary},
        hold=5 * MINUTE,
        cases=(
            Case(
                "it fires once that has lasted for five minutes",
                lags(("0.01", 0), ("1.0", 90), ("2.5", 100), ("+Inf", 100)),
                silent=(0, 5),
                fires=(Firing(6, fired, {"summary": spoken(summary, fired)}),),
            ),
            Case(
                "a few late ones are no reason",
                lags(("0.01", 990), ("1.0", 995), ("+Inf", 1000)),
                silent=(20,),
            ),
        ),
    )


def prober_blind(subject: Subject) -> Alert:
    """An exporter is cut off from what it should see."""
    return _flag(
        subject,
        PROBER_BLIND,
        names.PROBER_CONNECTED,
        f"{_WHOM} is cut off: none of its connectivity anchors answers, and nothing that it should see is known",
        severity=PAGE,
        minutes=1,
    )


def reload_failed(subject: Subject) -> Alert:
    """An exporter runs an older configuration than its files."""
    return _flag(
        subject,
        "UptimeConfigReloadFailed",
        names.RELOAD_OK,
        f"{_WHOM} could not load its configuration; the one before it is in force",
        minutes=5,
    )


def discovery_failing(subject: Subject) -> Alert:
    """A source of targets says what cannot be used."""
    return _flag(
        subject,
        "UptimeDiscoveryFailing",
        names.DISCOVERY_OK,
        f"{_WHOM} cannot use what {{{{ $labels.source }}}} says; the targets that it named before are in force",
        minutes=15,
        more={"source": "targets.yml"},
    )


def _flag(
    subject: Subject,
    name: str,
    family: names.Family,
    summary: str,
    *,
    severity: str = TICKET,
    minutes: int,
    more: Labels | None = None,
) -> Alert:
    """An alert on a gauge that is 1 while all is well, and 0 for so many minutes."""
    own = _EXPORTER | dict(more or {})
    fired = own | (labels := subject.labels(severity))
    key = ", ".join((EXPORTER_KEY, *(more or {})))
    one = series(family, own)
    return Alert(
        name,
        f"max by ({key}) (last_over_time({family.name}[{subject.bridge}])) == 0",
        labels,
        {"summary": summary},
        hold=minutes * MINUTE,
        cases=(
            Case(
                f"it fires after {minutes}m, and goes on while a scrape is missed",
                {one: values([1, *[0] * (minutes + 1), STALE])},
                silent=(0, minutes),
                fires=tuple(
                    Firing(minute, fired, {"summary": spoken(summary, fired)})
                    for minute in (minutes + 1, minutes + 2)
                ),
            ),
            Case(
                "all is well again", {one: values([1, *[0] * minutes, 1, 1])}, silent=(minutes, minutes + 2)
            ),
        ),
    )


def exclusion_ending(subject: Subject) -> Alert:
    """What somebody excluded once ends within a quarter of an hour, and something that is excluded is still down."""
    name, end, down, excluded = (
        "ExclusionEnding",
        names.EXCLUSION_END.name,
        names.ENDPOINT_STATE.name,
        names.ENDPOINT_EXCLUDED.name,
    )
    key = f"{names.SERVICE}, {names.ENDPOINT}, {EXPORTER_KEY}"
    expr = (
        f'(max by (name, category) (last_over_time({end}{{recurring="false"}}[{subject.bridge}])) - time() > 0)'
        f" < {_ENDING // SECOND}\n"
        f'and on () ({down}{{state="down"}} == 1 and on ({key}) {excluded} == 1)'
    )
    summary = (
        f"The exclusion {{{{ $labels.name }}}} ({{{{ $labels.category }}}}) ends in {_VALUE}, "
        "and something that is excluded is still down: from then on it costs its budget"
    )
    own = {"name": "move", "category": "maintenance"}
    fired = own | (labels := subject.labels(TICKET))
    web = subject.example(names.SERVICE, names.ENDPOINT) | _EXPORTER
    still_down = {
        series(names.ENDPOINT_STATE, web | {"state": "down"}): "1x30",
        series(names.ENDPOINT_EXCLUDED, web): "1x30",
    }
    at = _ENDING // SECOND + 120

    def ends(recurring: str) -> dict[str, str]:
        return {series(names.EXCLUSION_END, own | {"recurring": recurring} | _EXPORTER): f"{at}x30"}

    told = spoken(summary, fired, {_VALUE: duration(at - 180)})
    return Alert(
        name,
        expr,
        labels,
        {"summary": summary},
        cases=(
            Case(
                "it fires for the last quarter of an hour",
                ends("false") | still_down,
                silent=(2, at // 60),
                fires=(Firing(3, fired, {"summary": told}),),
            ),
            Case("what recurs is expected to end", ends("true") | still_down, silent=(3, 10)),
            Case("all that is excluded is well", ends("false"), silent=(3, 10)),
        ),
    )


def watchdog(subject: Subject) -> Alert:
    """Always fires: where it stops, alerts do not arrive any more."""
    labels = subject.labels(PAGE) | {"severity": "none"}
    annotations = {
        "summary": "This always fires; whoever expects it and misses it knows that alerts do not arrive"
    }
    return Alert(
        WATCHDOG,
        "vector(1)",
        labels,
        annotations,
        cases=(Case("it fires from the first minute on", {}, fires=(Firing(0, labels, annotations),)),),
    )


def _spoken(annotations: Labels, labels: Labels) -> dict[str, str]:
    return {name: spoken(text, labels) for name, text in annotations.items()}
