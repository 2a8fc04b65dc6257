"""What is sorted by and drawn of a service, before it becomes HTML."""

from exporter.engine.live import Live
from exporter.output.walk import services
from exporter.timeline.tally import State
from exporter.web.view import ServiceView, service_view
from tests.support.history import ListedHistory
from tests.support.live import DAY, NOW, live, service, slo

HOUR = 3_600_000
UP = ListedHistory([(NOW - 40 * DAY, State.UP)])


def viewed(shown: Live) -> ServiceView:
    (part,) = services(shown)
    return service_view(part, NOW)


def test_what_is_left_is_the_least_time_and_not_the_least_share() -> None:
    """All of an hour's budget is less time than most of a month's."""
    minute = ListedHistory(
        [(NOW - 40 * DAY, State.UP), (NOW - DAY, State.DOWN), (NOW - DAY + 60_000, State.UP)]
    )
    view = viewed(live(service(slos=(slo("hour", HOUR), slo())), histories={"shop": minute}))
    assert [each.left_seconds for each in view.slos] == [3.6, 2532]
    assert view.left == 3.6


def test_a_service_of_which_no_budget_is_known_has_none_left() -> None:
    assert viewed(live(service(), histories={"shop": ListedHistory([])})).left is None
    assert viewed(live(service(slos=()), histories={"shop": UP})).left is None


def test_an_hour_of_which_nothing_is_known_burns_nothing_whatever_the_days_before_did() -> None:
    states = [(NOW - 40 * DAY, State.UP), (NOW - DAY, State.DOWN), (NOW - DAY // 2, State.UNKNOWN)]
    view = viewed(live(histories={"shop": ListedHistory(states)}))
    assert view.slos[0].burn is None


def test_an_slo_over_less_than_an_hour_burns_over_the_longest_window_that_it_has() -> None:
    states = [(NOW - DAY, State.UP), (NOW - 9_000, State.DOWN)]
    view = viewed(live(service(slos=(slo("half", HOUR // 2),)), histories={"shop": ListedHistory(states)}))
    assert view.slos[0].burn == 5
