"""All SLOs in one table, the least budget first."""

from grafana_foundation_sdk.builders import common, dashboard, stat, table

from exporter.output import names
from exporter.output.dashboards import look, variables
from exporter.output.dashboards.page import SLO, SLOS, page
from exporter.output.dashboards.panels import figure, rows
from exporter.output.dashboards.queries import SERVICES, ask, ask_table, both, floored, now, state, where
from exporter.output.rules.promql import SLO_KEY

_SLO = names.SLO
_COLUMNS = {
    names.SERVICE: "Service",
    _SLO: "SLO",
    "Value #A": "State",
    "Value #B": "Objective",
    "Value #C": "SLI",
    "Value #D": "Budget left",
    "Value #E": "Budget left, time",
    "Value #F": "Burn 5m",
    "Value #G": "Burn 1h",
    "Value #H": "Burn 6h",
    "Value #I": "Burn 3d",
    "Value #J": "Exhausted in",
    "Value #K": "Coverage",
}


def overview() -> dashboard.Dashboard:
    """Build it."""
    return page(
        SLOS,
        "Uptime: SLOs",
        [variables.data_source(), variables.sites(), variables.services()],
        [(4, [(6, each) for each in _counts()]), (23, [(24, _table())])],
    )


def worst(family: names.Family, matchers: str = "") -> str:
    """The least value of each chosen SLO that any exporter shows."""
    return f"min by ({SLO_KEY}) ({now(family, both(SERVICES, matchers))})"


def most(family: names.Family, matchers: str = "") -> str:
    """The greatest one."""
    return f"max by ({SLO_KEY}) ({now(family, both(SERVICES, matchers))})"


def exhaustion(left: str, window: str, burn: str) -> str:
    """Seconds until a budget is spent at the present pace; 0 if it is, no value while nothing burns."""
    return f"clamp_min({left}, 0) * on ({SLO_KEY}) {window} / on ({SLO_KEY}) ({burn} > 0)"


def _counts() -> tuple[stat.Panel, ...]:
    left = worst(names.SLO_REMAINING_RATIO)
    bad, unknown = most(names.SLO_STATE, where(state="bad")), worst(names.SLO_STATE, where(state="unknown"))
    known = f"count({most(names.SLO_OBJECTIVE)})"
    missed = f"sum({left} < bool 0) or 0 * {known}"  # of budgets without a value none is overspent
    counted = (
        ("How many", "SLOs of the chosen services.", known, look.TEXT),
        ("Bad now ✖", "SLOs that are bad at this moment.", f"sum({bad})", look.BAD_LINE),
        ("Objective missed !", "SLOs that have overspent their budget.", missed, look.GONE_LINE),
        ("Unknown ?", "SLOs of which nothing is known at this moment.", f"sum({unknown})", look.TEXT),
    )
    return tuple(
        figure(title, about, ask(expr)).thresholds(look.thresholds(look.TEXT, (1, colour))).no_value("?")
        for title, about, expr, colour in counted
    )


def _table() -> table.Panel:
    left = worst(names.SLO_REMAINING_RATIO)
    burns = {window: most(names.SLO_BURN, where(window=window)) for window in ("5m", "1h", "6h", "3d")}
    asked = (
        state(names.SLO_STATE, SLO_KEY, look.SLO_STATES, SERVICES, instant=True),
        most(names.SLO_OBJECTIVE),
        floored(worst(names.SLO_SLI)),
        floored(left, 3),
        worst(names.SLO_REMAINING_SECONDS),
        *burns.values(),
        exhaustion(left, most(names.SLO_WINDOW), burns["6h"]),
        floored(worst(names.SLO_COVERAGE)),
    )
    panel = rows(
        "SLOs",
        "One row an SLO, over its own window. Budget left is negative where it is overspent. Burn 1 spends exactly the budget by the"
        " end of the window. Exhausted in: at the pace of the last 6h; empty while nothing burns. Read the SLI with its coverage: the"
        " share of the window about which something is known.",
        _COLUMNS,
        *(ask_table(expr, ref) for ref, expr in zip("ABCDEFGHIJK", asked, strict=True)),
    )
    panel.sort_by([common.TableSortByFieldState().display_name("Budget left").desc(desc=False)])
    return _dressed(panel)


def _dressed(panel: table.Panel) -> table.Panel:
    share = look.set_to(unit="percentunit", decimals=3, custom_width=110)
    burn = look.set_to(
        decimals=2,
        custom_width=90,
        thresholds=look.threshold_values(look.PLAIN, (1.000001, look.WARN), (6, look.BAD)),
        custom_cellOptions=look.FILLED,
    )
    budget = look.threshold_values(look.PLAIN, (-1e9, look.GONE), (0, look.WARN), (0.25, look.PLAIN))
    panel.override_by_name(
        "State",
        look.set_to(mappings=look.states(look.SLO_STATES), custom_cellOptions=look.FILLED, custom_width=120),
    )
    for name in ("Objective", "SLI", "Coverage"):
        panel.override_by_name(name, share)
    panel.override_by_name(
        "Budget left",
        look.set_to(
            unit="percentunit",
            decimals=1,
            thresholds=budget,
            custom_cellOptions=look.FILLED,
            custom_width=120,
        ),
    )
    time = look.set_to(unit="s", decimals=1, custom_width=140)
    panel.override_by_name("Budget left, time", time).override_by_name("Exhausted in", time)
    panel.override_by_regexp("^Burn .*", burn)
    row = {"service": "${__data.fields.Service}", "slo": "${__data.fields.SLO}"}
    panel.override_by_regexp("^(Service|SLO)$", look.set_to(links=look.link("The SLO", look.to(SLO, **row))))
    return panel
