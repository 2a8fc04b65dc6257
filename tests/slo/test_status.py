import pytest

from exporter.slo.status import Status, status
from exporter.timeline.tally import State


@pytest.mark.parametrize(
    ("state", "expected"),
    [(State.UP, Status.GOOD), (State.DOWN, Status.BAD), (State.UNKNOWN, Status.UNKNOWN)],
)
def test_what_was_measured_names_the_status(state: State, expected: Status) -> None:
    assert status(state) is expected


def test_ruling_21_an_exclusion_hides_what_was_measured() -> None:
    assert status(State.DOWN, excluded=True) is Status.EXCLUDED
