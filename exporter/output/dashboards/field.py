"""The field of the wall: a tile for each service, the worst first over all ranks."""

from grafana_foundation_sdk.builders import common, dashboard, stat
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.common import BigValueTextMode

from exporter.output import names
from exporter.output.dashboards import look, variables
from exporter.output.dashboards.page import ENDPOINTS, SLO, SLOS
from exporter.output.dashboards.panels import tiles
from exporter.output.dashboards.queries import ask_table, both, marked, now, where
from exporter.output.ranks import MARKS, WORDS, Rank
from exporter.output.rules.promql import SLO_KEY

MOST = 120
"""Tiles; the worst ones where there are more services."""

_OF = names.SERVICE
_SHOWN = f'{_OF}=~"${{shown:pipe}}"'
"""Without brackets, Prometheus looks names up instead of trying them all."""

_LEFT = "Left"
_UNKNOWN, _NO_SLO = 1e12, 2e12
"""Stand for budgets that have no value, so that they are sorted last: of an SLO, and of a service that has none."""

_APART = 1e10
"""Seconds from one rank to the next in the order of services: budgets are less than half as much."""


def rank_of(matchers: str = "") -> str:
    """The rank of each service, as the worst of several exporters says."""
    return f"min by ({_OF}) ({now(names.SERVICE_RANK, matchers)})"


def shown() -> dashboard.QueryVariable:
    """The services that have a tile: what the tiles ask about them is then quick, however many there are."""
    left = f"bottomk by ({_OF}) (1, {now(names.SLO_REMAINING_SECONDS)}) - {_APART / 2:.0e}"
    order = f"sum by ({_OF}) ({left} or {rank_of()} * {_APART:.0e})"
    return variables.found_in_order("shown", f"bottomk({MOST}, {order})", _OF)


def field() -> stat.Panel:
    """Build it: a query for each rank, as colours are of queries."""
    legend = "   ".join(f"{MARKS[rank]} {word}" for rank, word in WORDS.items())
    queries = zip("ABCDEF", Rank, strict=True)
    panel = tiles(
        f"Budget left, worst first:   {legend}",
        f"A tile for each service, the {MOST} worst of them: by what is worst about it, then by the bad time that its worst SLO still allows, negative"
        " where it is overspent. ⇈ burnt more than six times as fast as sustainable over the last hour, ↑ faster than sustainable, → slower.",
        *(ask_table(_tiles(rank), ref) for ref, rank in queries),
    )
    for ref, rank in zip("ABCDEF", Rank, strict=True):
        panel.override_by_query(ref, _dressed(rank))
    panel.override_by_name("burn", look.set_to(noValue=" "))
    panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(values=True).limit(MOST))
    panel.unit("s").decimals(1).text_mode(BigValueTextMode.VALUE_AND_NAME).no_value("✖ NO DATA")
    # Left to itself, Grafana makes names as small as the longest of them needs; of this size they wrap.
    panel.text(common.VizTextDisplayOptions().title_size(18).value_size(18))
    for transformation, options in (
        ("renameByRegex", {"regex": "^Value.*", "renamePattern": _LEFT}),
        ("sortBy", {"sort": [{"field": _OF}]}),
        ("sortBy", {"sort": [{"field": _LEFT}]}),
    ):
        panel.with_transformation(model.DataTransformerConfig(id_val=transformation, options=options))
    row = {"service": f"${{__data.fields.{_OF}}}", "slo": f"${{__data.fields.{names.SLO}}}"}
    links = (("The service", look.to("${__data.fields.to}", **row)), ("All SLOs", look.to(SLOS)))
    return panel.data_links([dashboard.DashboardLink(title).url(url) for title, url in links])


def _dressed(rank: Rank) -> list[look.Property]:
    mark, colour = look.RANKS[rank]
    words = ((_UNKNOWN, _NO_SLO - 1, "not known", colour), (_NO_SLO, None, "no SLO", colour))
    return look.set_to(
        displayName=f"{mark}${{__data.fields.burn}} ${{__data.fields.{_OF}}}",
        color=look.one_colour(colour),
        mappings=look.ranges(*words),
    )


def _tiles(rank: Rank) -> str:
    """Budgets of the services of a rank, with the arrow of how fast they burn, and where the tile leads to."""
    ranks = rank_of(_SHOWN)
    left = f"({_budget()} or on ({_OF}) {_unknown()} or on ({_OF}) {ranks} * 0 + {_NO_SLO:.0e})"
    found = f"{left} * on ({_OF}) group_left (burn) {_burning()} and on ({_OF}) {ranks} == {int(rank)}"
    for speed, arrow in (("0", ""), ("1", "→"), ("[2-6]", "↑"), ("7", "⇈")):
        found = marked(found, "burn", arrow, "burn", speed)
    found = marked(found, "to", SLO, names.SLO, ".+")
    return marked(found, "to", ENDPOINTS, names.SLO, "")


def _budget() -> str:
    """What is left to each service, by its worst SLO, as the worst of several exporters says."""
    by_slo = f"min by ({SLO_KEY}) ({now(names.SLO_REMAINING_SECONDS, _SHOWN)})"
    return f"bottomk by ({_OF}) (1, {by_slo})"


def _unknown() -> str:
    """An SLO of each service, for those of which no budget is known."""
    any_slo = f"bottomk by ({_OF}) (1, max by ({SLO_KEY}) ({now(names.SLO_OBJECTIVE, _SHOWN)}))"
    return f"{any_slo} * 0 + {_UNKNOWN:.0e}"


def _burning() -> str:
    """1 with the label `burn`: 0 of a service that burns nothing or without a value, 1 slower than sustainable, up to 7 beyond sixfold."""
    rates = f"max by ({_OF}) ({now(names.SLO_BURN, both(_SHOWN, where(window='1h')))})"
    return (
        f'count_values by ({_OF}) ("burn", clamp_max(ceil({rates}), 7) or on ({_OF}) {rank_of(_SHOWN)} * 0)'
    )
