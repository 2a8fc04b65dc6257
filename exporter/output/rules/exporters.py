"""Alerts about the exporters themselves: who watches the watchers."""

from exporter.output import names
from exporter.output.rules.flags import discovery_failing, prober_blind, reload_failed
from exporter.output.rules.promql import ENDPOINT_KEY, EXPORTER_KEY, STALE, duration, series, values
from exporter.output.rules.rule import (
    EXPORTER,
    EXPORTER_WHOM,
    OTHER,
    PAGE,
    TICKET,
    Alert,
    Case,
    Subject,
    firing,
)
from exporter.units import MINUTE, SECOND

EXPORTER_DOWN, EXPORTER_ABSENT, WATCHDOG = "UptimeExporterDown", "UptimeExporterAbsent", "UptimeWatchdog"

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
    """A target that was one of our exporters within the last days does not answer."""
    fired = EXPORTER | (labels := subject.labels(PAGE))
    annotations = {
        "summary": f"The exporter {EXPORTER_WHOM} does not answer: nothing that it watches is known, and what it alone said of alerts ends after {subject.bridge}"
    }
    hold = max(30 * SECOND, 2 * subject.scrape)  # one lost scrape is no reason
    minutes = -(-hold // MINUTE)
    known = {series(names.BUILD_INFO, EXPORTER): f"1x2 {STALE} _x{minutes + 9}"}
    neighbour = {series("up", {"job": "uptime", "instance": "c:9100"}): f"0x{minutes + 9}"}
    return Alert(
        EXPORTER_DOWN,
        f"max by ({EXPORTER_KEY}) (up == 0 and on ({EXPORTER_KEY}) last_over_time({names.BUILD_INFO.name}[3d]))",
        labels,
        annotations,
        hold=hold,
        cases=(
            Case(
                "it fires at the first look after that long, for what was an exporter and no other target of its job",
                known | neighbour | {series("up", EXPORTER): f"1x2 0x{minutes + 9}"},
                silent=(0, 2, 2 + minutes),
                fires=(firing(3 + minutes, fired, annotations),),
            ),
            Case(
                "a target that never was an exporter is none of ours",
                neighbour,
                silent=(1, minutes + 9),
            ),
        ),
    )


def exporter_absent(subject: Subject) -> Alert:
    """No exporter has been scraped for five minutes, or ever; or none of a job that had one within the hour."""
    labels = subject.labels(PAGE)
    annotations = {
        "summary": "No uptime-slo-exporter{{ with $labels.job }} of job {{ . }}{{ end }} has been scraped for 5m: nothing is watched"
    }
    everybody = {"{{ with $labels.job }} of job {{ . }}{{ end }}": ""}
    of_job = {"{{ with $labels.job }} of job {{ . }}{{ end }}": " of job uptime"}
    info, window = names.BUILD_INFO.name, subject.within(5 * MINUTE)
    known = {series(names.BUILD_INFO, EXPORTER): f"1 1 {STALE} _x30"}
    elsewhere = {series(names.BUILD_INFO, {"job": "other", "instance": "b:1"}): "1x30"}
    last = 1 + max(5, 4 * subject.scrape // MINUTE)
    fires = firing(last + 3, {"job": "uptime"} | labels, annotations, of_job)
    return Alert(
        EXPORTER_ABSENT,
        f"absent_over_time({info}[{window}])\n"
        f"or count by (job) (last_over_time({info}[1h])) unless on (job) last_over_time({info}[{window}])",
        labels,
        annotations,
        hold=MINUTE,  # a Prometheus that has just started has scraped nothing yet
        cases=(
            Case(
                "none was ever scraped", {}, silent=(0,), fires=(firing(1, labels, annotations, everybody),)
            ),
            Case(
                "a pod was replaced by one that never answers, while another job has its own",
                known | elsewhere,
                silent=(0, last),
                fires=(fires,),
            ),
            Case("one of several is enough", known | {series(names.BUILD_INFO, OTHER): "1x30"}, silent=(30,)),
        ),
    )


def record_stale(subject: Subject) -> Alert:
    """An exporter answers with figures of another instant than that of the scrape."""
    fired = EXPORTER | (labels := subject.labels(PAGE))
    annotations = {"summary": f"The figures of {EXPORTER_WHOM} are {_VALUE} off the clock of Prometheus"}
    one = series(names.EVALUATED, EXPORTER)
    told = {_VALUE: duration(120)}
    return Alert(
        "UptimeRecordStale",
        f"max by ({EXPORTER_KEY}) (abs({_age(subject, names.EVALUATED)})) > {_STALE_SECONDS}",
        labels,
        annotations,
        cases=(
            Case(
                "it fires beyond a minute, not at it, and goes on while a scrape is missed",
                {one: values([0, 60, 60, 60, STALE])},
                silent=(1, 2),
                fires=(firing(3, fired, annotations, told), firing(4, fired, annotations, told)),
            ),
            Case(
                "and where the clock of the exporter is ahead",
                {one: values([0, 60, 240, 300])},
                silent=(1,),
                fires=(firing(2, fired, annotations, told),),
            ),
            Case("figures of now fire nothing", {one: "0+60x9"}, silent=(9,)),
        ),
    )


def writes_failing(subject: Subject) -> Alert:
    """Nothing has been written to the record for more than a minute, whether that failed or hangs."""
    fired = EXPORTER | (labels := subject.labels(PAGE))
    annotations = {
        "summary": f"{EXPORTER_WHOM} has not written its record for {_VALUE}: what it has seen since is lost if it ends"
    }
    one = series(names.STORE_COMMIT, EXPORTER)
    told = {_VALUE: duration(120)}
    return Alert(
        "UptimeWritesFailing",
        f"max by ({EXPORTER_KEY}) ({_age(subject, names.STORE_COMMIT)}) > {_STALE_SECONDS}",
        labels,
        annotations,
        cases=(
            Case(
                "it fires beyond a minute without a commit, not at it, and goes on while a scrape is missed",
                {one: values([0, 60, 60, 60, STALE])},
                silent=(1, 2),
                fires=(firing(3, fired, annotations, told), firing(4, fired, annotations, told)),
            ),
            Case(
                "a commit that works at the next try is no reason",
                {one: "0 60 60 180 240 300"},
                silent=(2, 5),
            ),
        ),
    )


def _age(subject: Subject, family: names.Family) -> str:
    """Seconds from the instant that a gauge says to its scrape, bridged."""
    name = family.name
    return f"last_over_time((timestamp({name}) - {name})[{subject.within(MINUTE)}:15s])"


def scheduler_late(subject: Subject) -> Alert:
    """One probe in a hundred begins more than a second after its beat."""
    fired = EXPORTER | (labels := subject.labels(TICKET))
    annotations = {"summary": f"{EXPORTER_WHOM} begins probes late: it watches more than its machine carries"}
    bucket = f"{names.SCHEDULER_LAG.name}_bucket"
    hold = subject.hold(5 * MINUTE) // MINUTE

    def lags(*counts: tuple[str, int]) -> dict[str, str]:
        return {series(bucket, EXPORTER | {"le": bound}): f"0+{count}x{hold + 20}" for bound, count in counts}

    return Alert(
        "UptimeSchedulerLate",
        f"histogram_quantile(0.99, sum by ({EXPORTER_KEY}, le) (rate({bucket}[{subject.within(5 * MINUTE)}]))) > {_LATE_SECONDS}",
        labels,
        annotations,
        hold=hold * MINUTE,
        cases=(
            Case(
                "it fires once that has lasted",
                lags(("0.5", 9_000), ("1.0", 9_899), ("2.5", 10_000), ("+Inf", 10_000)),
                silent=(0, hold),
                fires=(firing(hold + 1, fired, annotations),),
            ),
            Case(
                "a few late ones are no reason",
                lags(("0.5", 9_000), ("1.0", 9_901), ("2.5", 10_000), ("+Inf", 10_000)),
                silent=(hold + 20,),
            ),
        ),
    )


def exclusion_ending(subject: Subject) -> Alert:
    """What somebody excluded once ends within a quarter of an hour, and something that is excluded there is still down."""
    key = f"{ENDPOINT_KEY}, {EXPORTER_KEY}"
    down, excluded = (
        subject.briefly(names.ENDPOINT_STATE, state="down"),
        subject.briefly(names.ENDPOINT_EXCLUDED),
    )
    ends = subject.briefly(names.EXCLUSION_END, recurring="false")
    expr = (
        f"(max by (name, category, {EXPORTER_KEY}) ({ends}) - time() > 0) < {_ENDING // SECOND}\n"
        f"and on ({EXPORTER_KEY}) ({down} == 1 and on ({key}) {excluded} == 1)"
    )
    annotations = {
        "summary": f"The exclusion {{{{ $labels.name }}}} ({{{{ $labels.category }}}}) ends in {_VALUE}, "
        "and something that is excluded is still down: from then on it costs its budget"
    }
    own = EXPORTER | {"name": "move", "category": "maintenance"}
    fired = own | (labels := subject.labels(TICKET))
    at = _ENDING // SECOND + 120

    def ending(recurring: str) -> dict[str, str]:
        return {series(names.EXCLUSION_END, own | {"recurring": recurring}): f"{at}x30"}

    def web(down: int, excluded: int, exporter: dict[str, str] = EXPORTER) -> dict[str, str]:
        shop = subject.example(names.SERVICE, names.ENDPOINT) | exporter
        return {
            series(names.ENDPOINT_STATE, shop | {"state": "down"}): f"{down}x30",
            series(names.ENDPOINT_EXCLUDED, shop): f"{excluded}x30",
        }

    return Alert(
        "ExclusionEnding",
        expr,
        labels,
        annotations,
        cases=(
            Case(
                "it fires for the last quarter of an hour, not at its start",
                ending("false") | web(1, 1),
                silent=(2, at // 60),
                fires=(firing(3, fired, annotations, {_VALUE: duration(at - 180)}),),
            ),
            Case("what recurs is expected to end", ending("true") | web(1, 1), silent=(3, 10)),
            Case("all that is excluded is well", ending("false") | web(0, 1), silent=(3, 10)),
            Case("what is down is not excluded", ending("false") | web(1, 0), silent=(3, 10)),
            Case("what is down is another exporter's", ending("false") | web(1, 1, OTHER), silent=(3, 10)),
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
        cases=(Case("it fires from the first minute on", {}, fires=(firing(0, labels, annotations),)),),
    )
