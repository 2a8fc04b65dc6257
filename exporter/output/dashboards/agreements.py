"""Agreements: how each term stands in its running period, and by when somebody has to act."""

from grafana_foundation_sdk.builders import common, dashboard, stat, table, timeseries

from exporter.output import names
from exporter.output.dashboards import look, variables
from exporter.output.dashboards.page import AGREEMENTS, page
from exporter.output.dashboards.panels import figure, graph, rows
from exporter.output.dashboards.queries import (
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
from exporter.output.rules.incidents import SOON, SOON_REPAIRED
from exporter.sla.incidents.answers import Task
from exporter.units import SECOND

_CHOSEN = f'{names.AGREEMENT}=~"$agreement"'
_KEY = f"{names.AGREEMENT}, {names.TARGET}"
_SEVERITY = f"{names.AGREEMENT}, severity"
_INCIDENT = f"{_SEVERITY}, {names.INCIDENT}"
_MOST = 20
"""Lines in a graph: those with the least allowance left."""

_COLUMNS = {
    names.AGREEMENT: "Agreement",
    names.TARGET: "Target",
    "Value #A": "Verdict",
    "Value #B": "Promised",
    "Value #C": "Agreed",
    "Value #D": "At best",
    "Value #E": "At worst",
    "Value #F": "Downtime",
    "Value #G": "Allowance left",
    "Value #H": "Next step after",
    "Value #I": "Credit",
}
_DATES = {
    names.AGREEMENT: "Agreement",
    "version": "Version",
    "kind": "Kind",
    "Value #B": "Period ends",
    "Value #C": "Claim by",
    "Value #D": "Review due",
    "Value #E": "Notice by",
    "Value #F": "Last report",
}


_INCIDENTS = {
    names.AGREEMENT: "Agreement",
    names.INCIDENT: "Incident",
    "severity": "Severity",
    "Value #A": "To respond",
    "Value #B": "To update",
    "Value #C": "To repair",
    "Value #D": "Escalation",
}


def agreements() -> dashboard.Dashboard:
    """Build it."""
    return page(
        AGREEMENTS,
        "Uptime: agreements",
        [variables.data_source(), variables.sites(), variables.agreements()],
        [
            (4, [(6, each) for each in _counts()]),
            (9, [(24, _terms())]),
            (6, [(9, _open()), (15, _incidents())]),
            (8, [(9, _over_time()), (15, _dates())]),
        ],
    )


def _least(family: names.Family, matchers: str = "") -> str:
    """The least that any exporter says of each term."""
    return f"min by ({_KEY}) ({now(family, both(_CHOSEN, matchers))})"


def _most(family: names.Family, matchers: str = "") -> str:
    return f"max by ({_KEY}) ({now(family, both(_CHOSEN, matchers))})"


def _counts() -> tuple[stat.Panel, ...]:
    known = f"count({_most(names.SLA_TARGET)})"
    counted = [("Terms", "Terms of the chosen agreements.", known, look.TEXT)]
    counted += [
        (
            f"{title} {mark}",
            about,
            f"sum({_most(names.SLA_VERDICT, where(verdict=verdict))}) or 0 * {known}",
            colour,
        )
        for title, mark, verdict, colour, about in (
            (
                "Missed",
                "✖",
                "missed",
                look.BAD_LINE,
                "Terms that can no longer be met in their running period.",
            ),
            (
                "At risk",
                "▲",
                "at_risk",
                look.WARN_LINE,
                "Terms that have used three quarters of what they may.",
            ),
            ("Undetermined", "?", "undetermined", look.TEXT, "Terms of which too little is known to say."),
        )
    ]
    return tuple(
        figure(title, about, ask(expr)).thresholds(look.thresholds(look.TEXT, (1, colour))).no_value("?")
        for title, about, expr, colour in counted
    )


def _terms() -> table.Panel:
    shares = {figure: where(figure=figure) for figure in ("agreed", "best", "worst")}
    asked = (
        state(names.SLA_VERDICT, _KEY, look.VERDICTS, _CHOSEN, instant=True, label="verdict"),
        _most(names.SLA_TARGET),
        *(floored(_least(names.SLA_AVAILABILITY, shares[figure])) for figure in shares),
        _most(names.SLA_DOWNTIME),
        _least(names.SLA_ALLOWANCE),
        _least(names.SLA_NEXT_STEP),
        _most(names.SLA_CREDIT),
    )
    panel = rows(
        "Terms in their running periods",
        "One row a term, over the part of its period that is over. Agreed: by the terms; at best and at worst: with all that is unknown up, or down. Allowance left"
        " is of the whole period, negative where it is missed. More downtime than `next step after` costs more. Credit is the share of the fee that is owed as it stands.",
        _COLUMNS,
        *(ask_table(expr, ref) for ref, expr in zip("ABCDEFGHI", asked, strict=True)),
    )
    panel.sort_by([common.TableSortByFieldState().display_name("Allowance left").desc(desc=False)])
    panel.override_by_name(
        "Verdict",
        look.set_to(mappings=look.states(look.VERDICTS), custom_cellOptions=look.FILLED, custom_width=150),
    )
    share = look.set_to(unit="percentunit", decimals=3, custom_width=120)
    panel.override_by_regexp("^(Promised|Agreed|At best|At worst|Credit)$", share)
    left = look.threshold_values(look.PLAIN, (-1e12, look.BAD), (0, look.PLAIN))
    time = look.set_to(unit="s", decimals=1, custom_width=150)
    panel.override_by_regexp("^(Downtime|Next step after)$", time)
    return panel.override_by_name(
        "Allowance left", [*time, *look.set_to(thresholds=left, custom_cellOptions=look.FILLED)]
    )


def _open() -> stat.Panel:
    number = f"sum by (severity) (max by ({_SEVERITY}) ({now(names.SLA_INCIDENTS_OPEN, _CHOSEN)}))"
    panel = figure(
        "Incidents open, by severity",
        "How many are not over, whenever they began. Outages are incidents by themselves where answers are promised; `?` where they are not, or nothing is known.",
        ask(number, "{{severity}}"),
    )
    return panel.thresholds(look.thresholds(look.TEXT, (1, look.WARN_LINE))).no_value("?")


def _incidents() -> table.Panel:
    dues = [now(names.SLA_INCIDENT_DUE, both(_CHOSEN, where(clock=task.value))) for task in Task]
    asked = (
        *(f"min by ({_INCIDENT}) ({due}) - time()" for due in dues),
        f"max by ({_INCIDENT}) ({now(names.SLA_ESCALATION, _CHOSEN)})",
    )
    panel = rows(
        "What is due on incidents",
        "One row an open incident: how much time is left for the next answer, update and repair; negative and red once that is over,"
        " yellow once there is an alert, ten minutes before, or an hour of a repair. Escalation is how many steps of it are due. Empty: nothing is due, or promised.",
        _INCIDENTS,
        *(ask_table(expr, ref) for ref, expr in zip("ABCD", asked, strict=True)),
    )
    panel.sort_by([common.TableSortByFieldState().display_name("Severity").desc(desc=False)])
    for columns, soon in (("respond|update", SOON), ("repair", SOON_REPAIRED)):
        left_is = look.threshold_values(
            look.PLAIN, (-1e12, look.BAD), (0, look.WARN), (soon // SECOND, look.PLAIN)
        )
        panel.override_by_regexp(
            f"^To ({columns})$",
            look.set_to(
                unit="s", decimals=1, thresholds=left_is, custom_cellOptions=look.FILLED, custom_width=150
            ),
        )
    panel.override_by_regexp("^(Incident|Severity)$", look.set_to(custom_width=110))
    steps = look.threshold_values(look.PLAIN, (1, look.WARN))
    return panel.override_by_name(
        "Escalation", look.set_to(thresholds=steps, custom_cellOptions=look.FILLED, custom_width=110)
    )


def _over_time() -> timeseries.Panel:
    figures = here(series(names.SLA_AVAILABILITY, both(_CHOSEN, where(figure="agreed"))))
    fewest = f"bottomk({_MOST}, {_least(names.SLA_ALLOWANCE)})"
    panel = graph(
        "Agreed figures, period by period",
        f"Each begins anew with its period. Of the {_MOST} terms with the least allowance left.",
        over_time(
            floored(f"(min by ({_KEY}) ({figures}) and on ({_KEY}) ({fewest}))"),
            f"{{{{{names.AGREEMENT}}}}}/{{{{{names.TARGET}}}}}",
        ),
    )
    return panel.unit("percentunit").decimals(3).max(1)


def _dates() -> table.Panel:
    key = f"{names.AGREEMENT}, version, kind"

    def instant(family: names.Family) -> str:
        """In milliseconds, beside the version that is in force."""
        told = f"(1000 * min by ({names.AGREEMENT}) ({now(family, _CHOSEN)}))"
        return (
            f"max by ({key}) ({now(names.SLA_INFO, _CHOSEN)}) * on ({names.AGREEMENT}) group_left () {told}"
        )

    asked = (
        f"max by ({key}) ({now(names.SLA_INFO, _CHOSEN)})",
        *map(
            instant,
            (
                names.SLA_PERIOD_END,
                names.SLA_CLAIM_BY,
                names.SLA_REVIEW_BY,
                names.SLA_NOTICE_BY,
                names.SLA_REPORT_AT,
            ),
        ),
    )
    panel = rows(
        "By when",
        "The version in force, the end of its running period, until when the earliest open credit may be claimed, when the parties are to have looked at it, until"
        " when notice is to be given, and when a report was last written by itself. Empty: nothing is due.",
        _DATES,
        *(ask_table(expr, ref) for ref, expr in zip("ABCDEF", asked, strict=True)),
    )
    panel.sort_by([common.TableSortByFieldState().display_name("Claim by").desc(desc=False)])
    panel.override_by_regexp("^(Version|Kind)$", look.set_to(custom_width=100))
    dates = look.set_to(unit="dateTimeAsIso", custom_width=165)
    return panel.override_by_regexp("^(Period ends|Claim by|Review due|Notice by|Last report)$", dates)
