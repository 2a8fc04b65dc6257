import pytest

from exporter.slo.status import Status, status_at
from exporter.timeline.tally import State
from tests.support.history import ListedHistory, objective, put

DAY = 86_400_000


@pytest.mark.parametrize(
    ("state", "expected"),
    [(State.UP, Status.GOOD), (State.DOWN, Status.BAD), (State.UNKNOWN, Status.UNKNOWN)],
)
def test_what_was_measured_names_the_status(state: State, expected: Status) -> None:
    question = put(objective("99.9", DAY), ListedHistory([(0, state)]))
    assert status_at(question, 5) is expected


def test_ruling_21_an_exclusion_hides_what_was_measured() -> None:
    question = put(objective("99.9", DAY), ListedHistory([(0, State.DOWN)], [(10, 20)]))
    assert [status_at(question, at) for at in (9, 10, 19, 20)] == [
        Status.BAD,
        Status.EXCLUDED,
        Status.EXCLUDED,
        Status.BAD,
    ]
