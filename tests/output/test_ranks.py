"""How services are ranked, in the metric and on the page, and in what order they come."""

from dataclasses import replace
from random import Random

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.config.model import Service
from exporter.engine.live import Live
from exporter.output.exposition import Exposition
from exporter.output.names import SERVICE_RANK, Group
from exporter.output.ranks import Rank, place
from exporter.output.style import TEXT
from exporter.output.walk import services
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State
from exporter.web.view import service_view
from tests.support.history import ListedHistory, objective, put
from tests.support.live import DAY, NOW, endpoint, everything, live, service, slo

MINUTE = 60_000
UP = ListedHistory([(NOW - 40 * DAY, State.UP)])
DOWN = ListedHistory([(NOW - DAY, State.UP), (NOW - MINUTE, State.DOWN)])
BURNING = ListedHistory([(NOW - 40 * DAY, State.UP), (NOW - 3 * MINUTE, State.DOWN), (NOW - 1000, State.UP)])
SPENT = ListedHistory(
    [(NOW - 40 * DAY, State.UP), (NOW - 10 * DAY, State.DOWN), (NOW - 10 * DAY + 60 * MINUTE, State.UP)]
)
UNKNOWN = ListedHistory([])
EXCLUDED = ListedHistory([(NOW - DAY, State.UP), (NOW - MINUTE, State.DOWN)], [(NOW - DAY // 2, NOW + DAY)])


async def told(shown: Live, *groups: Group) -> dict[str, float]:
    """The ranks of all services as a scrape of these groups has them."""
    slices = Exposition().slices(shown, NOW, TEXT, groups or (Group.SERVICE,))
    text = "".join([part async for part in slices])
    return {
        sample.labels["uptime_service"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == SERVICE_RANK.name
    }


def excluding(shown: Live) -> Live:
    """The same with its first endpoint excluded."""
    shown.endpoints[0] = replace(shown.endpoints[0], excluded=Spans([(NOW - DAY, NOW + DAY)]))
    return shown


def one(history: ListedHistory, shop: Service | None = None) -> Live:
    return live(shop or service(), histories={"shop": history})


BARE = service(slos=())


@pytest.mark.parametrize(
    ("shown", "rank"),
    [
        (one(DOWN), Rank.DOWN),
        (one(DOWN, BARE), Rank.DOWN),
        (excluding(one(DOWN)), Rank.DOWN),  # the SLO does not recognise it
        (one(BURNING), Rank.FIRING),
        (one(SPENT), Rank.MISSED),
        (one(UNKNOWN), Rank.UNKNOWN),
        (one(UNKNOWN, BARE), Rank.UNKNOWN),
        (one(EXCLUDED), Rank.DOWN),  # its endpoint is not excluded
        (excluding(one(EXCLUDED)), Rank.EXCLUDED),
        (excluding(one(DOWN, BARE)), Rank.EXCLUDED),
        (one(UP), Rank.FINE),
        (one(UP, BARE), Rank.FINE),
        (one(UP, service(endpoints=())), Rank.FINE),
    ],
)
async def test_a_service_has_the_rank_of_what_is_worst_about_it(shown: Live, rank: Rank) -> None:
    assert await told(shown) == {"shop": rank}


async def test_the_worst_of_several_endpoints_and_slos_counts() -> None:
    several = service(endpoints=(endpoint("a"), endpoint("b")), slos=(slo("a"), slo("b")))
    shown = one(UP, several)
    assert await told(shown) == {"shop": Rank.FINE}
    shown.endpoints[1] = replace(shown.endpoints[1], history=UNKNOWN)
    assert await told(shown) == {"shop": Rank.UNKNOWN}
    shown.slos[0] = replace(shown.slos[0], question=put(objective("99.9", 30 * DAY), SPENT))
    assert await told(shown) == {"shop": Rank.MISSED}


async def test_what_fires_is_worse_than_what_is_overspent_whatever_comes_first() -> None:
    for first, second in ((SPENT, BURNING), (BURNING, SPENT)):
        shown = one(UP, service(slos=(slo("a"), slo("b"))))
        for at, history in enumerate((first, second)):
            question = put(shown.slos[at].question.objective, history)
            shown.slos[at] = replace(shown.slos[at], question=question)
        assert await told(shown) == {"shop": Rank.FIRING}


async def test_the_page_has_the_ranks_of_the_metric() -> None:
    shown = everything()
    views = [service_view(part, NOW) for part in services(shown)]
    assert await told(shown) == {view.name: view.rank for view in views}
    assert set(await told(shown)) == {"shop", "mail", "new", "down"}


async def test_a_service_without_anything_has_no_rank_and_a_removed_one_takes_it_with_it() -> None:
    exposition = Exposition()
    for shown, named in (
        (live(service("a"), service("b")), {"a", "b"}),
        (live(service("b"), service("empty", endpoints=(), slos=())), {"b"}),
    ):
        text = "".join([part async for part in exposition.slices(shown, NOW, TEXT, (Group.SERVICE,))])
        assert {
            name for name in ("a", "b", "empty") if f'{SERVICE_RANK.name}{{uptime_service="{name}"}}' in text
        } == named


@pytest.mark.parametrize("groups", [(Group.ENDPOINT,), (Group.SLO,), (Group.EXPORTER,)])
async def test_it_is_of_its_own_group(groups: tuple[Group, ...]) -> None:
    assert await told(everything(), *groups) == {}


def test_services_come_by_rank_then_by_least_time_left_then_by_name_and_last_without_a_budget() -> None:
    order = [
        (Rank.DOWN, -3.0, "z"),
        (Rank.DOWN, 2.0, "a"),
        (Rank.DOWN, 2.0, "b"),
        (Rank.DOWN, None, "a"),
        (Rank.FIRING, -9.0, "a"),
        (Rank.FINE, None, "a"),
    ]
    mixed = Random(7).sample(order, len(order))
    assert sorted(mixed, key=lambda each: place(*each)) == order
