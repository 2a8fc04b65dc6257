"""The wall: a hundred services on one screen, the worst first, without a hand on the mouse."""

from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, dashboard, stat
from grafana_foundation_sdk.models.common import BigValueTextMode, VizOrientation

from exporter.output import names
from exporter.output.dashboards import look, variables
from exporter.output.dashboards.page import ENDPOINTS, EXPORTER, SLO, SLOS, WALL, page
from exporter.output.dashboards.panels import Queries, tiles
from exporter.output.dashboards.queries import age, ask, now, where
from exporter.output.rules.promql import ENDPOINT_KEY, EXPORTER_KEY, SLO_KEY

STALE_AFTER = 90
"""Seconds; scrapes are up to a minute apart."""

SHOWN = 100
"""Steady services; of each kind of trouble there may be `TROUBLED` besides."""

TROUBLED = 16
DOWN = 5
_NEVER = "1e12"
_NOTHING_KNOWN = "?"
_OF = names.SERVICE


def wall() -> dashboard.Dashboard:
    """Build it for 1920 by 1080 pixels, as a kiosk: 27 rows of the grid."""
    counts = [(2, each) for each in _counts()]
    return page(
        WALL,
        "Uptime: wall",
        [variables.data_source(), variables.sites()],
        [
            (6, [(6, _freshness()), *counts, (8, _down())]),
            (7, [(24, _troubled())]),
            (14, [(24, _steady())]),
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
    left = _left()
    return (
        _count("Down ✖", "Services of which at least one SLO is bad at this moment.", _bad(), look.BAD),
        _count(
            "Paging ⇈", "Services that burn their budget so fast that somebody is paged.", _paging(), look.BAD
        ),
        _count("Spent !", "Services with an SLO whose budget is overspent.", f"{left} < 0", look.GONE),
        _count("Unknown ?", "Services with an SLO of which nothing is known now.", _unknown(), look.CALM),
        _how_many(),
    )


def _count(title: str, about: str, which: str, colour: str) -> stat.Panel:
    """A number that is 0 only where there is something to be counted."""
    panel = tiles(title, about, ask(f"count({which}) or 0 * count({_all()})"))
    panel.text_mode(BigValueTextMode.VALUE).no_value(_NOTHING_KNOWN)
    return panel.thresholds(look.thresholds(look.CALM, (1, colour)))


def _how_many() -> stat.Panel:
    panel = tiles("Services", "All that have an SLO.", ask(f"count({_all()})"))
    panel.text_mode(BigValueTextMode.VALUE).no_value("✖")
    return panel.thresholds(look.thresholds(look.BAD, (1, look.GOOD)))


def _down() -> stat.Panel:
    key = f"{ENDPOINT_KEY}, {EXPORTER_KEY}"
    down = f"({now(names.ENDPOINT_STATE, where(state='down'))}) == 1"
    excluded = f"({now(names.ENDPOINT_EXCLUDED)}) == 1"
    since = f"{now(names.ENDPOINT_SINCE)} and on ({key}) ({down}) unless on ({key}) ({excluded})"
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


@dataclass(frozen=True, slots=True)
class _Kind:
    """Tiles that are marked alike.

    Attributes:
        mark: Before the name.
        colour: Of the tile.
        which: Its services and their budgets.
        text: Instead of the value.
    """

    mark: str
    colour: str
    which: str
    text: str = ""


def _troubled() -> stat.Panel:
    kinds = _troubles()
    queries = [
        ask(f"sort(bottomk({TROUBLED}, {kind.which}))", f"{kind.mark} {{{{{names.SERVICE}}}}}", ref)
        for ref, kind in zip("ABCDEF", kinds, strict=True)
    ]
    panel = _budgets(
        "Budget left, worst first:   ✖ down   ⇈ paging   ! spent   ↑ burning   ? unknown   ‖ excluded",
        f"A tile for each service that is not steady, up to {TROUBLED} of a mark: bad time that its worst SLO still allows, negative where it is overspent."
        " ⇈ burns so fast that somebody is paged, ↑ faster than sustainable over the last hour.",
        *queries,
    )
    for ref, kind in zip("ABCDEF", kinds, strict=True):
        panel.override_by_query(ref, _marked(kind))
    return panel.no_value("-")


def _steady() -> stat.Panel:
    panel = _budgets(
        "→ Steady: budget left, least first",
        f"Services whose SLOs are good and burn no faster than sustainable; the {SHOWN} with the least budget left.",
        ask(f"sort(bottomk({SHOWN}, {_no_trouble()}))", f"{{{{{names.SERVICE}}}}}"),
    )
    return panel.text(common.VizTextDisplayOptions().title_size(14).value_size(16)).no_value("-")


def _budgets(title: str, about: str, *queries: Queries) -> stat.Panel:
    """Tiles of services, each of which leads to its worst SLO."""
    panel = tiles(title, about, *queries).thresholds(look.thresholds(look.CALM, (-1e12, look.GOOD)))
    panel.unit("s").decimals(1).text_mode(BigValueTextMode.VALUE_AND_NAME)
    url = look.to(
        SLO,
        service=f"${{__field.labels.{names.SERVICE}}}",
        slo=f"${{__field.labels.{names.SLO}}}",
    )
    return panel.data_links([_link("The SLO", url), _link("All SLOs", look.to(SLOS))])


def _marked(kind: _Kind) -> list[look.Property]:
    text = {"mappings": look.ranges((None, None, kind.text, kind.colour))} if kind.text else {}
    return look.set_to(color=look.one_colour(kind.colour), **text)


def _troubles() -> tuple[_Kind, ...]:
    """What a service that is not steady can be, the worst first; each is told once."""
    left, bad, paging, unknown, excluded = _left(), _bad(), _paging(), _unknown(), _excluded()
    worse = _but(bad, paging)
    return (
        _Kind("✖", look.BAD, _those(left, bad)),
        _Kind("⇈", look.BAD, _those(left, paging) + _but(bad)),
        _Kind("!", look.GONE, f"{left} < 0" + worse),
        _Kind("↑", look.WARN, _those(f"{left} >= 0", _burning()) + worse + _but(unknown, excluded)),
        _Kind("?", look.CALM, unknown + worse + _but(f"{left} < 0"), text="not known"),
        _Kind("‖", look.BUSY, _those(f"{left} >= 0", excluded) + worse + _but(unknown)),
    )


def _no_trouble() -> str:
    return f"{_left()} >= 0" + _but(_bad(), _paging(), _burning(), _unknown(), _excluded())


def _left() -> str:
    """What is left to each service, by its worst SLO, as the worst of several exporters says."""
    return f"bottomk by ({_OF}) (1, min by ({SLO_KEY}) ({now(names.SLO_REMAINING_SECONDS)}))"


def _all() -> str:
    return f"max by ({_OF}) ({now(names.SLO_OBJECTIVE)})"


def _bad() -> str:
    return f"{_any_is('bad')} == 1"


def _excluded() -> str:
    return f"{_any_is('excluded')} == 1"


def _burning() -> str:
    """Faster than sustainable over the last hour."""
    return f"max by ({_OF}) ({now(names.SLO_BURN, where(window='1h'))}) > 1"


def _any_is(state: str) -> str:
    """1 for services of which any SLO is in a state, as any exporter says."""
    return f"max by ({_OF}) ({now(names.SLO_STATE, where(state=state))})"


def _unknown() -> str:
    """Services with an SLO of which no exporter knows anything."""
    by_slo = f"min by ({SLO_KEY}) ({now(names.SLO_STATE, where(state='unknown'))})"
    return f"topk by ({_OF}) (1, {by_slo} == 1)"


def _paging() -> str:
    return f"max by ({_OF}) ({now(names.SLO_ALERT, where(severity='page'))}) > 1"


def _those(which: str, condition: str) -> str:
    return f"{which} and on ({_OF}) ({condition})"


def _but(*conditions: str) -> str:
    return "".join(f" unless on ({_OF}) ({each})" for each in conditions)


def _link(title: str, url: str) -> dashboard.DashboardLink:
    return dashboard.DashboardLink(title).url(url)
