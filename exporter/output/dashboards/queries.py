"""PromQL that several dashboards share, and the queries of panels."""

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat, QueryEditorMode

from exporter.output import names
from exporter.output.rules.promql import EXPORTER_KEY

DATA_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")

BRIDGE = "3m"
"""How long a figure is shown on after its last scrape: a lost packet empties no panel."""

OF_SITE = f'{names.EXPORTER_INFO.name}{{site=~"$site"}}'
ONE_SLO = f'{names.SERVICE}="$service",{names.SLO}="$slo"'
SERVICES = f'{names.SERVICE}=~"$service"'
ENDPOINTS = f'{SERVICES},{names.ENDPOINT}=~"$endpoint"'


def series(family: names.Family, matchers: str = "") -> str:
    """The series of a metric; matchers as PromQL has them, without braces."""
    return f"{family.name}{{{matchers}}}" if matchers else family.name


def where(**labels: str) -> str:
    """Matchers for labels that have just these values."""
    return ",".join(f'{name}="{value}"' for name, value in labels.items())


def both(*matchers: str) -> str:
    """Matchers that must all hold; empty ones say nothing."""
    return ",".join(filter(None, matchers))


def now(family: names.Family, matchers: str = "") -> str:
    """The latest values from the chosen sites, for instant queries."""
    return site_only(latest(family, matchers))


def latest(family: names.Family, matchers: str = "") -> str:
    """The latest values, from wherever they are."""
    return f"last_over_time({series(family, matchers)}[{BRIDGE}])"


def site_only(expression: str) -> str:
    """What of the latest values is from the chosen sites; where few are of interest, ask for those first."""
    return f"{expression} and on ({EXPORTER_KEY}) last_over_time({OF_SITE}[{BRIDGE}])"


def here(expression: str) -> str:
    """What of it is from the chosen sites, for queries over time."""
    return f"{expression} and on ({EXPORTER_KEY}) {OF_SITE}"


def rate(family: names.Family, matchers: str = "", suffix: str = "") -> str:
    """By how much a counter of the chosen sites rises in a second."""
    name = family.name + suffix
    selected = f"{name}{{{matchers}}}" if matchers else name
    return here(f"rate({selected}[$__rate_interval])")


def floored(ratio: str, digits: int = 5) -> str:
    """A ratio with its further digits cut off, as 99.9996 % must not read as 100 %, nor 80 % that were computed as 79.99999999999 %."""
    return f"floor({ratio} * 1e{digits} + 1e-6) / 1e{digits}"


def marked(expression: str, label: str, text: str, source: str, pattern: str) -> str:
    """The same series, those whose label `source` matches as a whole with `label` set to a text."""
    return f'label_replace({expression}, "{label}", "{text}", "{source}", "{pattern}")'


def age(family: names.Family) -> str:
    """Seconds since an instant that exporters tell, of the site that is furthest behind; empty where nobody was scraped for a day.

    By site and not by target: what took the place of a target that is gone speaks for it.
    """
    told = f"max by ({EXPORTER_KEY}) (last_over_time({family.name}[1d]))"
    by_site = f"max by (site) (last_over_time({OF_SITE}[1d]) * on ({EXPORTER_KEY}) group_left () {told})"
    return f"time() - min({by_site})"


def state(
    family: names.Family,
    by: str,
    words: tuple[str, ...],
    matchers: str = "",
    *,
    instant: bool,
    label: str = "state",
) -> str:
    """A number for the present state, as `look` has it: the place of its word among `words`, the worst one last.

    Args:
        family: A metric with one series for each state, of which one is 1.
        by: Labels of what has the state.
        words: States from the best to the worst.
        matchers: Of which series.
        instant: Whether for one instant, or over time.
        label: That has the state.
    """

    def value(word: str) -> str:
        matching = both(matchers, where(**{label: word}))
        is_so = latest(family, matching) if instant else series(family, matching)
        here_only = site_only(f"({is_so} == 1)") if instant else here(f"({is_so} == 1)")
        return f"({here_only})"

    return f"max by ({by}) ({' or '.join(f'{place} * {value(word)}' for place, word in enumerate(words))})"


def ask(expression: str, legend: str = "", ref: str = "A") -> prometheus.Dataquery:
    """One value for each series, of the end of the time range."""
    return _query(expression, ref).legend_format(legend).instant()


def ask_table(expression: str, ref: str = "A") -> prometheus.Dataquery:
    """Rows with the labels as columns, of the end of the time range."""
    return _query(expression, ref).format(PromQueryFormat.TABLE).instant()


def over_time(expression: str, legend: str = "", ref: str = "A") -> prometheus.Dataquery:
    """A line for each series."""
    return _query(expression, ref).legend_format(legend).range()


def _query(expression: str, ref: str) -> prometheus.Dataquery:
    query = prometheus.Dataquery().expr(expression).ref_id(ref).datasource(DATA_SOURCE)
    return query.editor_mode(QueryEditorMode.CODE)
