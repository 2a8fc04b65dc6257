"""The exporter itself: whether its record is durable, its probes on time, and what it runs on."""

from collections.abc import Iterator

from grafana_foundation_sdk.builders import dashboard, stat, table, timeseries

from exporter.output import names
from exporter.output.dashboards import look, variables
from exporter.output.dashboards.page import EXPORTER, Panel, page
from exporter.output.dashboards.panels import graph, rows, tiles
from exporter.output.dashboards.queries import age, ask, ask_table, here, now, over_time, rate, series
from exporter.output.rules.promql import EXPORTER_KEY, SLO_KEY

_LATE = 90
_NAMED = "{{instance}}"


def exporters() -> dashboard.Dashboard:
    """Build it."""
    return page(
        EXPORTER,
        "Uptime: exporter",
        [variables.data_source(), variables.sites()],
        [
            (4, [(4, each) for each in _figures()]),
            (6, [(24, _table())]),
            (8, [(8, _ages()), (8, _lag()), (8, _missed())]),
            (7, [(6, each) for each in _process()]),
            (7, [(8, _discovery()), (8, _promql()), (8, _exclusions())]),
        ],
    )


def _each(word: str, expression: str) -> str:
    return f"{word} by ({EXPORTER_KEY}) ({expression})"


def _figures() -> Iterator[stat.Panel]:
    late = look.thresholds(look.GOOD, (_LATE, look.BAD))
    for title, about, family in (
        ("Figures, age", "Since the last figures of the site that is furthest behind.", names.EVALUATED),
        ("Record, age", "Likewise since the instant up to which its record is durable.", names.STORE_COMMIT),
    ):
        panel = tiles(title, about, ask(age(family))).unit("s").decimals(1)
        yield panel.thresholds(late).no_value("✖ NO DATA")
    flags = (
        (
            "Configuration",
            "Whether the last reload succeeded everywhere.",
            names.RELOAD_OK,
            "✖ old",
            "● in force",
        ),
        ("Connected", "0 while any prober is blind.", names.PROBER_CONNECTED, "✖ blind", "● yes"),
    )
    for title, about, family, wrong, right in flags:
        yield (
            tiles(title, about, ask(f"min({now(family)})"))
            .mappings(look.yes_or_no(wrong, right))
            .no_value("no anchors")
        )
    counters = (
        (
            "Writes failed, 1h",
            "Commits that failed; their rows are kept and tried again.",
            names.STORE_FAILURES,
        ),
        (
            "Probes missed, 1h",
            "Beats that found a probe in flight, or were slept through.",
            names.SCHEDULER_MISSED,
        ),
    )
    for title, about, family in counters:
        missed = f"sum({here(f'increase({family.name}[1h])')})"
        panel = tiles(title, about, ask(missed)).decimals(0)
        yield panel.thresholds(look.thresholds(look.GOOD, (0.5, look.WARN)))


def _table() -> table.Panel:
    columns = {
        "instance": "Exporter",
        "site": "Site",
        "version": "Version",
        "python": "Python",
        "Value #C": "Configuration from",
        "sha256": "Its SHA-256",
        "Value #E": "Store",
        "Value #F": "Rows waiting",
        "Value #G": "Up since",
    }
    by = EXPORTER_KEY
    asked = (
        f"max by ({by}, site) ({now(names.EXPORTER_INFO)})",
        f"max by ({by}, version, python) ({now(names.BUILD_INFO)})",
        f"{_each('max', now(names.RELOAD_AT))} * 1000",
        f"max by ({by}, sha256) ({now(names.CONFIG_HASH)})",
        _each("max", now(names.STORE_BYTES)),
        _each("max", now(names.STORE_PENDING)),
        f"{_each('max', now(_process_family('process_start_time_seconds')))} * 1000",
    )
    panel = rows(
        "Exporters",
        "Those of the chosen sites, and what each of them runs on.",
        columns,
        *(ask_table(expr, ref) for ref, expr in zip("ABCDEFG", asked, strict=True)),
    )
    panel.override_by_name("Store", look.set_to(unit="bytes"))
    return panel.override_by_regexp("^(Configuration from|Up since)$", look.set_to(unit="dateTimeAsIso"))


def _ages() -> timeseries.Panel:
    ages = {"figures": names.EVALUATED, "record": names.STORE_COMMIT}
    panel = graph(
        "Age of figures and record",
        "By the clock of Prometheus: how old figures were when they were scraped, and the instant up to which the record is durable."
        " A gap is a scrape that failed.",
        *(
            over_time(
                _each("max", here(f"(timestamp({family.name}) - {family.name})")), f"{what}, {_NAMED}", ref
            )
            for ref, (what, family) in zip("AB", ages.items(), strict=True)
        ),
    )
    return panel.unit("s").min(0)


def _lag() -> timeseries.Panel:
    buckets = f"sum by ({EXPORTER_KEY}, le) ({rate(names.SCHEDULER_LAG, suffix='_bucket')})"
    panel = graph(
        "Lag of probes, p99",
        "From an endpoint's beat to the start of its probe: 99 in 100 begin no later.",
        over_time(f"histogram_quantile(0.99, {buckets})", _NAMED),
    )
    return panel.unit("s").min(0)


def _missed() -> timeseries.Panel:
    panel = graph(
        "Missed beats, failed writes, steps of the clock",
        "In a minute. All should be 0.",
        over_time(f"60 * {_each('sum', rate(names.SCHEDULER_MISSED))}", f"missed, {_NAMED}"),
        over_time(f"60 * {_each('sum', rate(names.STORE_FAILURES))}", f"writes, {_NAMED}", "B"),
        over_time(f"60 * {_each('sum', rate(names.CLOCK_STEPS))}", f"steps, {_NAMED}", "C"),
    )
    return panel.min(0).decimals(1)


def _process_family(name: str) -> names.Family:
    """A metric of the process, which the client library names."""
    return names.Family(name, names.Kind.GAUGE, "")


def _process() -> Iterator[Panel]:
    cpu = rate(_process_family("process_cpu_seconds_total"))
    plain = ("process_resident_memory_bytes", "process_open_fds")
    memory, files = (_each("max", here(name)) for name in plain)
    yield graph("Processor", "Cores in use.", over_time(_each("sum", cpu), _NAMED)).min(0)
    yield graph("Memory", "Resident.", over_time(memory, _NAMED)).unit("bytes").min(0)
    yield graph("Open files", "Sockets included.", over_time(files, _NAMED)).min(0).decimals(0)
    size = over_time(_each("max", here(series(names.STORE_BYTES))), _NAMED)
    yield graph("Store", "Size of its files.", size).unit("bytes").min(0)


def _discovery() -> table.Panel:
    columns = {"source": "Source", "Value #A": "Last success", "Value #B": "In order"}
    panel = rows(
        "Discovery",
        "Sources of targets, and since when each has said what can be used. Empty where none is configured.",
        columns,
        ask_table(f"time() - max by (source) ({now(names.DISCOVERY_SUCCESS)})"),
        ask_table(f"min by (source) ({now(names.DISCOVERY_OK)})", "B"),
    )
    panel.override_by_name("Last success", look.set_to(unit="s", decimals=1)).no_value("none")
    return panel.override_by_name("In order", look.set_to(mappings=look.yes_or_no()))


def _promql() -> table.Panel:
    columns = {
        names.SERVICE: "Service",
        names.SLO: "SLO",
        "Value #A": "Counted until",
        "Value #B": "Answered",
    }
    panel = rows(
        "SLOs over promql",
        "How far back the events of each are counted, and whether Prometheus answered the latest question. Empty where there are none.",
        columns,
        ask_table(f"time() - max by ({SLO_KEY}) ({now(names.PROMQL_UNTIL)})"),
        ask_table(f"min by ({SLO_KEY}) ({now(names.PROMQL_OK)})", "B"),
    )
    panel.override_by_name("Counted until", look.set_to(unit="s", decimals=1)).no_value("none")
    return panel.override_by_name("Answered", look.set_to(mappings=look.yes_or_no()))


def _exclusions() -> table.Panel:
    columns = {"name": "Exclusion", "category": "Category", "Value": "Ends in"}
    ends = f"max by (name, category) ({now(names.EXCLUSION_END)}) - time()"
    panel = rows("Exclusions in force", "What is excluded now, and for how long.", columns, ask_table(ends))
    return panel.override_by_name("Ends in", look.set_to(unit="s", decimals=1)).no_value("none")
