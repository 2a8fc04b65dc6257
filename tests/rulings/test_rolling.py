"""Ruling 20: with hindsight a rolling window moves by at most one second a second."""

import random

import pytest

from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.overlay import exclude
from exporter.timeline.policy import Policy
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State, tally
from exporter.units import DAY, HOUR, SECOND

START = 1_800_000_000_000
POLICY = Policy(15 * SECOND, 5 * SECOND, 35 * SECOND, 2, 2)


def flapping(length: int) -> EndpointHistory:
    """Outages, flaps, gaps and inconclusive probes, each a few minutes long, for that many milliseconds."""
    chance, history, at = random.Random(20), EndpointHistory(), START
    while at < START + length:
        kind = chance.choice(["up", "up", "up", "down", "flap", "gap", "nothing"])
        for number in range(chance.randrange(4, 40)):
            vote = {
                "up": State.UP,
                "down": State.DOWN,
                "nothing": State.UNKNOWN,
                "flap": State.DOWN if number % 3 else State.UP,
            }.get(kind)
            if vote is not None:
                history.add(at, vote, POLICY, event=True)
            at += 15 * SECOND
    return history


@pytest.mark.unmeasured
def test_up_and_down_seconds_of_48_hours_move_by_at_most_one_a_second() -> None:
    nights = Spans((START + night * DAY + 2 * HOUR, START + night * DAY + 3 * HOUR) for night in range(-1, 4))
    history = exclude(flapping(3 * DAY), nights)
    before = tally(history, START, START + DAY)
    for second in range(1, 2 * 86_400 + 1):
        shift = second * SECOND
        now = tally(history, START + shift, START + DAY + shift)
        assert abs(now.up - before.up) <= SECOND
        assert abs(now.down - before.down) <= SECOND
        assert sum(now[:4]) == DAY
        before = now
