"""The wall: a hundred services on one screen, the worst first, without a hand on the mouse."""

from grafana_foundation_sdk.builders import common, dashboard, stat
from grafana_foundation_sdk.models.common import BigValueTextMode, VizOrientation

from exporter.output import names
from exporter.output.dashboards import look, variables
from exporter.output.dashboards.field import field, rank_of, shown
from exporter.output.dashboards.page import ENDPOINTS, EXPORTER, WALL, page
from exporter.output.dashboards.panels import tiles
from exporter.output.dashboards.queries import age, ask, latest, site_only, where
from exporter.output.ranks import Rank
from exporter.output.rules.promql import ENDPOINT_KEY, EXPORTER_KEY

STALE_AFTER = 90
"""Seconds; scrapes are up to a minute apart."""

DOWN = 5
_NEVER = "1e12"
_NOTHING_KNOWN = "?"


def wall() -> dashboard.Dashboard:
    """Build it for 1920 by 1080 pixels, as a kiosk: 28 rows of the grid."""
    counts = [(2, each) for each in _counts()]
    return page(
        WALL,
        "Uptime: wall",
        [variables.data_source(), variables.sites(), shown()],
        [
            (6, [(6, _freshness()), *counts, (8, _down())]),
            (22, [(24, field())]),
        ],
    )


def _freshness() -> stat.Panel:
    ages = {"Figures": age(names.EVALUATED), "Record": age(names.STORE_COMMIT)}
    queries = [
        ask(f"({expr}) or vector({_NEVER})", legend, ref)
        for ref, (legend, expr) in zip("AB", ages.items(), strict=True)
    ]
    panel = tiles(
        "Alive?",
        "Live while the exporter is scraped and writes its record. STALE: the oldest site is more than "
        f"{STALE_AFTER} s behind, and everything below may be wrong. NO DATA: nothing was scraped for a day, or ever.",
        *queries,
        ask(age(names.EVALUATED), "Age", "C"),
    )
    told = look.ranges(
        (-STALE_AFTER, STALE_AFTER, "● live", look.GOOD),
        (STALE_AFTER, 1e11, "✖ STALE", look.BAD),
        (1e11, None, "✖ NO DATA", look.BAD),
        (None, -STALE_AFTER, "✖ CLOCK", look.BAD),
    )
    for ref in "AB":
        panel.override_by_query(ref, look.set_to(mappings=told))
    panel.unit("s").decimals(0).thresholds(look.thresholds(look.GOOD, (STALE_AFTER, look.BAD)))
    panel.text_mode(BigValueTextMode.VALUE_AND_NAME).orientation(VizOrientation.VERTICAL)
    return panel.no_value("✖ NO DATA").data_links([_link("The exporter", look.to(EXPORTER))])


def _counts() -> tuple[stat.Panel, ...]:
    counted = (
        (
            Rank.DOWN,
            "Down",
            "Services with an endpoint that is down and not excluded, or an SLO that is bad.",
        ),
        (Rank.FIRING, "Burning", "Services that are up and burn a budget so fast that an alert tier fires."),
        (Rank.MISSED, "Spent", "Services, none of those, that have overspent a budget."),
        (Rank.UNKNOWN, "Unknown", "Services, none of those, of which something is unknown now."),
    )
    return (*(_count(*each) for each in counted), _how_many())


def _count(rank: Rank, title: str, about: str) -> stat.Panel:
    """A number that is 0 only where there is something to be counted."""
    mark, colour = look.RANKS[rank]
    panel = tiles(f"{title} {mark}", about, ask(f"sum({rank_of()} == bool {int(rank)})"))
    panel.text_mode(BigValueTextMode.VALUE).no_value(_NOTHING_KNOWN)
    return panel.thresholds(look.thresholds(look.CALM, (1, colour)))


def _how_many() -> stat.Panel:
    panel = tiles("Services", "All that are watched.", ask(f"count({rank_of()})"))
    panel.text_mode(BigValueTextMode.VALUE).no_value("✖")
    return panel.thresholds(look.thresholds(look.BAD, (1, look.GOOD)))


def _down() -> stat.Panel:
    key = f"{ENDPOINT_KEY}, {EXPORTER_KEY}"
    down = f"({latest(names.ENDPOINT_STATE, where(state='down'))} == 1)"
    excluded = f"({latest(names.ENDPOINT_EXCLUDED)} == 1)"
    counted = f"({down} unless on ({key}) {excluded})"
    since = site_only(f"{latest(names.ENDPOINT_SINCE)} and on ({key}) {counted}")
    panel = tiles(
        "✖ Down now, for how long",
        f"Endpoints that are down and not excluded, the longest outage first; the first {DOWN}.",
        ask(
            f"sort_desc(topk({DOWN}, time() - min by ({ENDPOINT_KEY}) ({since})))",
            f"✖ {{{{{names.SERVICE}}}}}/{{{{{names.ENDPOINT}}}}}",
        ),
    )
    panel.unit("s").decimals(1).no_value("-").orientation(VizOrientation.HORIZONTAL)
    panel.text_mode(BigValueTextMode.VALUE_AND_NAME).thresholds(look.thresholds(look.CALM, (0, look.BAD)))
    panel.text(common.VizTextDisplayOptions().title_size(22).value_size(26))
    url = look.to(
        ENDPOINTS,
        service=f"${{__field.labels.{names.SERVICE}}}",
        endpoint=f"${{__field.labels.{names.ENDPOINT}}}",
    )
    return panel.data_links([_link("The endpoint", url)])


def _link(title: str, url: str) -> dashboard.DashboardLink:
    return dashboard.DashboardLink(title).url(url)
