"""One SLO over time: where its budget went, how fast, and who was told."""

from collections.abc import Iterator

from grafana_foundation_sdk.builders import common, dashboard, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models.common import (
    AxisPlacement,
    GraphThresholdsStyleMode,
    LineInterpolation,
    ScaleDistribution,
)

from exporter.output import names
from exporter.output.dashboards import look, variables
from exporter.output.dashboards.overview import exhaustion
from exporter.output.dashboards.page import ENDPOINTS, SLO, page
from exporter.output.dashboards.panels import figure, graph, rows, state_lines
from exporter.output.dashboards.queries import (
    ONE_SLO,
    ask,
    ask_table,
    both,
    floored,
    here,
    now,
    over_time,
    series,
    state,
    where,
)
from exporter.output.rules.promql import ENDPOINT_KEY, SLO_KEY
from exporter.slo.tiers import PACES

_TIERS = "1h|6h|1d|3d"
"""Long windows of the alert tiers."""

_OF_SERVICE = f'{names.SERVICE}="$service"'


def detail() -> dashboard.Dashboard:
    """Build it."""
    return page(
        SLO,
        "Uptime: SLO",
        [variables.data_source(), variables.sites(), variables.service(), variables.slo()],
        [
            (4, [(3, each) for each in _figures()]),
            (8, [(12, _budget()), (12, _burn())]),
            (8, [(12, _sli()), (12, _nearness())]),
            (7, [(12, _states()), (12, _alerts())]),
        ],
    )


def _worst(family: names.Family, matchers: str = "") -> str:
    return f"min by ({SLO_KEY}) ({now(family, both(ONE_SLO, matchers))})"


def _most(family: names.Family, matchers: str = "") -> str:
    return f"max by ({SLO_KEY}) ({now(family, both(ONE_SLO, matchers))})"


def _line(word: str, family: names.Family, matchers: str = "", by: str = "") -> str:
    """The worst of several exporters over time."""
    shown = here(series(family, both(ONE_SLO, matchers)))
    return f"{word} by ({by}) ({shown})" if by else f"{word} ({shown})"


def _figures() -> Iterator[stat.Panel]:
    left, burn = _worst(names.SLO_REMAINING_RATIO), _most(names.SLO_BURN, where(window="6h"))
    now_is = state(names.SLO_STATE, SLO_KEY, look.SLO_STATES, ONE_SLO, instant=True)
    spent = look.thresholds(look.GONE_LINE, (0, look.WARN_LINE), (0.25, look.TEXT))
    yield figure("Now", "What the SLO is at this moment.", ask(now_is)).mappings(look.states(look.SLO_STATES))
    for title, about, expr in (
        ("Objective", "What the SLI must reach.", _most(names.SLO_OBJECTIVE)),
        (
            "SLI",
            "Good share of what is known of the SLO's window, cut off and never rounded up.",
            floored(_worst(names.SLO_SLI)),
        ),
    ):
        yield figure(title, about, ask(expr)).unit("percentunit").decimals(3)
    yield (
        figure("Budget left", "Share of the error budget; negative: overspent.", ask(floored(left, 3)))
        .unit("percentunit")
        .decimals(1)
        .thresholds(spent)
    )
    in_time = figure("Budget left, time", "The same in bad time.", ask(_worst(names.SLO_REMAINING_SECONDS)))
    yield in_time.unit("s").decimals(1).thresholds(look.thresholds(look.GONE_LINE, (0, look.TEXT)))
    yield (
        figure(
            "Exhausted in",
            "When the rest of the budget is gone at the pace of the last 6h.",
            ask(exhaustion(left, _most(names.SLO_WINDOW), burn)),
        )
        .unit("s")
        .decimals(1)
        .no_value("not burning")
    )
    hour = figure("Burn 1h", "1 spends exactly the budget.", ask(_most(names.SLO_BURN, where(window="1h"))))
    yield hour.decimals(2).thresholds(
        look.thresholds(look.TEXT, (1.000001, look.WARN_LINE), (6, look.BAD_LINE))
    )
    yield (
        figure(
            "Coverage",
            "Share of the window about which something is known.",
            ask(floored(_worst(names.SLO_COVERAGE))),
        )
        .unit("percentunit")
        .decimals(3)
    )


def _budget() -> timeseries.Panel:
    panel = graph(
        "Budget, burning down",
        "The budget burns down with bad time and comes back as that leaves the window. Filled where the SLO was bad (✖), excluded (‖)"
        " or unknown (?).",
        over_time(_line("min", names.SLO_REMAINING_RATIO), "Budget left"),
        *(
            over_time(_line("max", names.SLO_STATE, where(state=word)), legend, ref)
            for ref, word, legend in (
                ("B", "bad", "✖ bad"),
                ("C", "excluded", "‖ excluded"),
                ("D", "unknown", "? unknown"),
            )
        ),
    )
    panel.unit("percentunit").thresholds(look.thresholds(look.PLAIN, (0, look.PLAIN)))
    panel.override_by_name(
        "Budget left", look.set_to(color=look.one_colour(look.GOOD_LINE), custom_fillOpacity=10)
    )
    for name, colour in (("✖ bad", look.BAD_LINE), ("‖ excluded", look.BUSY_LINE), ("? unknown", look.CALM)):
        marked = look.set_to(
            color=look.one_colour(colour),
            custom_axisPlacement=AxisPlacement.HIDDEN,
            custom_fillOpacity=45,
            custom_lineWidth=0,
            custom_lineInterpolation=LineInterpolation.STEP_AFTER,
            unit="bool",
            min=0,
            max=1,
        )
        panel.override_by_name(name, marked)
    return panel


def _burn() -> timeseries.Panel:
    panel = graph(
        "Burn rates and the thresholds of the alert tiers",
        "Over the long window of each tier, solid; the tier's threshold, dashed. A tier fires while its short window is above the"
        " threshold, too, and enough probes have failed.",
        over_time(_line("max", names.SLO_BURN, f'window=~"{_TIERS}"', "window"), "burn {{window}}"),
        over_time(
            _line("max", names.SLO_THRESHOLD, "", "tier, window"), "{{tier}}: above over {{window}}", "B"
        ),
    )
    dashed = look.set_to(custom_lineStyle={"fill": "dash", "dash": [10, 10]}, custom_lineWidth=1)
    return _by_tier(_logarithmic(panel).decimals(2).override_by_query("B", dashed))


def _by_tier(panel: timeseries.Panel) -> timeseries.Panel:
    """Colour what is of one tier, or of its long window, alike."""
    for pace, colour in zip(PACES, look.TIER_LINES, strict=True):
        one = f"^{pace.tier} |(burn|over) {pace.long}$"
        panel.override_by_regexp(one, look.set_to(color=look.one_colour(colour)))
    return panel


def _logarithmic(panel: timeseries.Panel) -> timeseries.Panel:
    """Spread what is around 1, where it matters, and bear what is 0 or a hundred times as much."""
    scale = common.ScaleDistributionConfig().type(ScaleDistribution.SYMLOG).log(10).linear_threshold(1)
    return panel.min(0).scale_distribution(scale)


def _sli() -> timeseries.Panel:
    burnt = _line("max", names.SLO_BURN, f'window=~"{_TIERS}"', "window")
    missing = f"(1 - {_line('max', names.SLO_OBJECTIVE)})"
    panel = graph(
        "SLI over windows, and objective",
        "The SLI over the SLO's own window, and what it must reach, by the scale on the left. Over shorter windows, by that on the right: 1 less the burn rate times what the objective allows, which is the"
        " SLI of that window where all of it is known and nothing of the SLO's own window is excluded.",
        over_time(floored(_line("min", names.SLO_SLI)), "SLI"),
        over_time(_line("max", names.SLO_OBJECTIVE), "Objective", "B"),
        over_time(floored(f"(1 - {burnt} * on () group_left () {missing})"), "over {{window}}", "C"),
    )
    dashed = look.set_to(
        custom_lineStyle={"fill": "dash", "dash": [10, 10]}, color=look.one_colour(look.WARN_LINE)
    )
    panel.unit("percentunit").decimals(3).override_by_name("Objective", dashed)
    panel.override_by_name("SLI", look.set_to(color=look.one_colour(look.GOOD_LINE), custom_lineWidth=3))
    # An outage of minutes is most of an hour: on one scale nobody could see whether the objective is met.
    aside = look.set_to(custom_axisPlacement=AxisPlacement.RIGHT, custom_lineWidth=1)
    return _by_tier(panel.override_by_query("C", aside))


def _nearness() -> timeseries.Panel:
    panel = graph(
        "How near the alerts are",
        "For each tier the lesser of its two burn rates by its threshold. It fires strictly above 1.",
        over_time(_line("max", names.SLO_ALERT, "", "tier, severity"), "{{tier}} ({{severity}})"),
    )
    _logarithmic(panel).decimals(2).thresholds(look.thresholds(look.PLAIN, (1, look.BAD_LINE)))
    style = common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
    return _by_tier(panel.thresholds_style(style))


def _states() -> statetimeline.Panel:
    of_endpoints = state(names.ENDPOINT_STATE, ENDPOINT_KEY, look.ENDPOINT_STATES, _OF_SERVICE, instant=False)
    return state_lines(
        "State",
        "What each endpoint of the service was when; exclusions lie over it and do not change it.",
        look.ENDPOINT_STATES,
        over_time(of_endpoints, f"{{{{{names.ENDPOINT}}}}}"),
    )


def _alerts() -> table.Panel:
    firing = f'ALERTS{{alertstate="firing",{_OF_SERVICE},{names.SLO}=~"$slo|"}}'
    columns = {
        "alertname": "Alert",
        "severity": "Severity",
        "tier": "Tier",
        names.ENDPOINT: "Endpoint",
    }
    by = ", ".join(columns)
    panel = rows(
        "✖ Alerts that fire",
        "Alerts of Prometheus about this SLO and about endpoints of its service. Empty is good, where the rules are loaded.",
        columns,
        ask_table(f"max by ({by}) ({firing})"),
    )
    url = look.to(ENDPOINTS, service="$service")
    panel.override_by_regexp("^(Alert|Endpoint)$", look.set_to(links=look.link("The endpoints", url)))
    return panel.no_value("-")
