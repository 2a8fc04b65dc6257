"""What is probed: its state, how long it takes to answer and in which phase, why it fails, and its certificates."""

from grafana_foundation_sdk.builders import bargauge, common, dashboard, statetimeline, table, timeseries
from grafana_foundation_sdk.models.common import GraphDrawStyle, StackingMode

from exporter.output import names
from exporter.output.dashboards import look, variables
from exporter.output.dashboards import queries as ql
from exporter.output.dashboards.field import rank_of
from exporter.output.dashboards.page import ENDPOINTS, SLOS, page
from exporter.output.dashboards.panels import bars, graph, rows, state_lines
from exporter.output.ranks import Rank
from exporter.output.rules.promql import ENDPOINT_KEY
from exporter.probes.result import Phases

_NAMED = f"{{{{{names.SERVICE}}}}}/{{{{{names.ENDPOINT}}}}}"
_MOST = 20
"""Lines in a graph: the worst."""

_LATELY = "5m"
"""Over which the slowest are found."""

_SEEN = "6h:10m"
"""In which, and how often, somebody looks whether a service is there."""

_BARS = 12
_SLOWEST, _FAILING, _WORST = (
    f'{names.SERVICE}=~"${{{each}:pipe}}",{names.ENDPOINT}=~"$endpoint"'
    for each in ("slowest", "failing", "worst")
)

_COLUMNS = {
    names.SERVICE: "Service",
    names.ENDPOINT: "Endpoint",
    "Value #A": "State",
    "Value #B": "For",
    "reason": "Last failure",
    "type": "Type",
    "target": "Target",
    "Value #E": "HTTP status",
    "Value #F": "Last probe",
    "Value #G": "Certificate",
    "Value #H": "Verified",
}


def endpoints() -> dashboard.Dashboard:
    """Build it."""
    return page(
        ENDPOINTS,
        "Uptime: endpoints",
        [
            variables.data_source(),
            variables.sites(),
            variables.probed_services(),
            variables.endpoints(),
            variables.found_in_order("slowest", _slowest(), names.SERVICE),
            variables.found_in_order("failing", _failing(), names.SERVICE),
            variables.found_in_order("worst", _worst(), names.SERVICE),
        ],
        [
            (7, [(24, _table())]),
            (9, [(8, _quantile(0.5)), (8, _quantile(0.95)), (8, _quantile(0.99))]),
            (9, [(8, _phases()), (8, _failures()), (8, _certificates())]),
            (8, [(24, _states())]),
        ],
    )


def _slowest() -> str:
    """Services of the endpoints whose probes took longest on average, so that a graph need not look at all buckets there are."""
    spent, probes = (
        f"sum by ({ENDPOINT_KEY}) ({ql.site_only(f'rate({names.PROBE_DURATION.name}{suffix}{{{ql.ENDPOINTS}}}[{_LATELY}])')})"
        for suffix in ("_sum", "_count")
    )
    return f"topk({_MOST}, max by ({names.SERVICE}) ({spent} / {probes}) or {_seen(0)})"


def _failing() -> str:
    """Services whose probes failed most in the time range, by its two ends: to count all between would take a hundred times as long."""
    failed = ql.both(ql.ENDPOINTS, ql.where(result="failure"))
    end, start = ql.latest(names.PROBE_RESULTS, failed), ql.series(names.PROBE_RESULTS, failed)
    risen = ql.site_only(f"({end} - {start} offset $__range >= 0 or {end})")  # whole, where it began anew
    return f"topk({_MOST}, max by ({names.SERVICE}) ({risen}) > 0 or {_seen(0)})"


def _worst() -> str:
    """Services that need eyes most."""
    return f"bottomk({_MOST}, {rank_of(ql.SERVICES)} or {_seen(len(Rank))})"


def _seen(value: int) -> str:
    """A value for every chosen service that was there lately: where an exporter is gone, what it showed is still looked at."""
    there = ql.series(names.ENDPOINT_INFO, ql.ENDPOINTS)
    return f"{value} * group by ({names.SERVICE}) (present_over_time({there}[{_SEEN}]))"


def _each(word: str, expression: str, more: str = "") -> str:
    return f"{word} by ({ENDPOINT_KEY}{more}) ({expression})"


def _now(family: names.Family) -> str:
    return ql.now(family, ql.ENDPOINTS)


def _table() -> table.Panel:
    asked = (
        ql.state(names.ENDPOINT_STATE, ENDPOINT_KEY, look.ENDPOINT_STATES, ql.ENDPOINTS, instant=True),
        f"time() - {_each('max', _now(names.ENDPOINT_SINCE))}",
        _each("max", _now(names.ENDPOINT_FAILURE), ", reason"),
        _each("max", _now(names.ENDPOINT_INFO), ", type, target"),
        _each("max", _now(names.PROBE_STATUS)),
        f"time() - {_each('max', _now(names.PROBE_LAST))}",
        f"{_each('min', _now(names.TLS_CHAIN_NOT_AFTER))} - time()",
        _each("min", _now(names.TLS_VERIFIED)),
    )
    panel = rows(
        "Endpoints",
        "For: how long it has been in its present state. Last failure: why the latest conclusive probe failed, empty where it"
        " succeeded. Certificate: until the first of its chain expires.",
        _COLUMNS,
        *(ql.ask_table(expr, ref) for ref, expr in zip("ABCDEFGH", asked, strict=True)),
    )
    panel.sort_by([common.TableSortByFieldState().display_name("State").desc(desc=True)])
    time = look.set_to(unit="s", decimals=1, custom_width=120)
    panel.override_by_name(
        "State",
        look.set_to(
            mappings=look.states(look.ENDPOINT_STATES), custom_cellOptions=look.FILLED, custom_width=120
        ),
    )
    panel.override_by_regexp("^(For|Last probe)$", time)
    expiry = look.threshold_values(
        look.PLAIN, (-1e12, look.BAD), (7 * 86400, look.WARN), (21 * 86400, look.PLAIN)
    )
    panel.override_by_name(
        "Certificate", [*time, *look.set_to(thresholds=expiry, custom_cellOptions=look.FILLED)]
    )
    panel.override_by_name("Verified", look.set_to(mappings=look.yes_or_no(), custom_width=100))
    panel.override_by_regexp("^(Type|HTTP status)$", look.set_to(custom_width=110, unit="none"))
    url = look.to(SLOS, service="${__data.fields.Service}")
    return panel.override_by_name("Service", look.set_to(links=look.link("Its SLOs", url)))


def _quantile(quantile: float) -> timeseries.Panel:
    buckets = ql.rate(names.PROBE_DURATION, _SLOWEST, "_bucket")
    expr = f"histogram_quantile({quantile}, sum by ({ENDPOINT_KEY}, le) ({buckets}))"
    panel = graph(
        f"Latency, p{quantile * 100:.0f}",
        f"{quantile * 100:.0f} % of the successful probes took no longer, by the steps of the histogram; the {_MOST} slowest endpoints"
        f" of the {_MOST} services that were slowest on average in the last {_LATELY}.",
        ql.over_time(f"topk({_MOST}, {expr})", _NAMED),
    )
    return panel.unit("s").min(0)


def _phases() -> timeseries.Panel:
    expr = f"avg by (phase) ({ql.here(ql.series(names.PROBE_PHASE, _SLOWEST))})"
    panel = graph(
        "Where the time goes",
        f"Phases of the latest probes, on average over the chosen endpoints, those of the {_MOST} slowest services: choose one to see its own.",
        ql.over_time(expr, "{{phase}}"),
    )
    panel.unit("s").min(0).fill_opacity(60).line_width(0)
    for phase, colour in zip(Phases._fields, look.LINES, strict=True):
        panel.override_by_name(phase, look.set_to(color=look.one_colour(colour)))
    return panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))


def _failures() -> timeseries.Panel:
    rises = ql.here(f"increase({ql.series(names.PROBE_FAILURES, _FAILING)}[$__rate_interval])")
    panel = graph(
        "Failed probes by reason",
        f"Retries included, in each step of the graph; of the {_MOST} services whose probes failed most.",
        ql.over_time(f"sum by (reason) ({rises}) > 0", "{{reason}}"),
    )
    panel.draw_style(GraphDrawStyle.BARS).fill_opacity(80).line_width(0).min(0).decimals(1).no_value("● none")
    return panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))


def _certificates() -> bargauge.Panel:
    left = f"({_each('min', _now(names.TLS_CHAIN_NOT_AFTER))} - time()) / 86400"
    panel = bars(
        "Certificates: days left",
        f"Until the first certificate of the chain expires; the {_BARS} nearest. Negative: expired.",
        ql.ask(f"sort(bottomk({_BARS}, {left}))", _NAMED),
    )
    panel.unit("suffix:d").decimals(1).min(0).max(90).no_value("no certificates")
    return panel.thresholds(look.thresholds(look.BAD_LINE, (7, look.WARN_LINE), (21, look.GOOD_LINE)))


def _states() -> statetimeline.Panel:
    expr = ql.state(names.ENDPOINT_STATE, ENDPOINT_KEY, look.ENDPOINT_STATES, _WORST, instant=False)
    return state_lines(
        "State over time",
        f"As measured, also while excluded; at each moment the {_MOST} that are worst, of the {_MOST} services that are worst now.",
        look.ENDPOINT_STATES,
        ql.over_time(f"topk({_MOST}, {expr})", _NAMED),
    )
