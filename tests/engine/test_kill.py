"""kill -9 at any instant of a simulated life: the record ends at the last commit, and nothing is invented."""

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.store.reader import SqliteReader
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from tests.support.brute import paint
from tests.support.world import World, endpoint, service

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN

needs = st.integers(1, 3)
outcomes = st.tuples(
    st.sampled_from([UP, UP, UP, UP, DOWN, DOWN, UNKNOWN]), st.sampled_from([0, 10, 40, 300, 1_700])
)
lives = st.lists(st.tuples(st.integers(1, 120), st.integers(0, 60)), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(needs, needs, st.lists(outcomes, min_size=1, max_size=12), lives, st.integers(3, 70))
def test_the_record_equals_what_was_committed_however_often_the_daemon_dies(
    down_after: int,
    up_after: int,
    script: list[tuple[State, int]],
    lives: list[tuple[int, int]],
    every: int,
) -> None:
    """Lives and deaths in tenths of a second; commits every so many hundredths."""
    policy = Policy(1_000, 500, 2_500, down_after, up_after)
    shop = service(endpoint("web", policy=policy, retry_interval=300), endpoint("api", policy=policy))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uptime.db"
        world = World(
            path, shop, lambda name, number: script[(number + len(name[:1])) % len(script)], now=1_000
        )
        settled = list[tuple[int, int, list[tuple[int, State]]]]()
        for lived, away in lives:
            world.start()
            end = world.now + lived * 100
            while world.now < end:
                world.pass_time(min(end, world.now + every * 10))
                settled = [
                    (index, at, states(slot.history, at))
                    for index, (slot, at) in enumerate(zip(world.slots, world.settled(), strict=True))
                ]
                if world.now < end:
                    world.commit()
                    numbers = [slot.number for slot in world.slots]
                    assert loaded(path, numbers, world.now) == [
                        states(slot.history, world.now) for slot in world.slots
                    ]
            world.kill()
            world.now += away * 100
        world.start()
        cuts = world.cuts
        for slot in world.slots:
            probes = world.durable.get(slot.config.name, [])
            painted = paint(probes, cuts, world.now)
            assert states(slot.history, world.now) == changes(painted)
            up, down, _, _ = slot.history.sums(world.now)
            assert (up, down) == (painted.count(UP), painted.count(DOWN))
            good, bad = slot.history.events(world.now)
            assert good == sum(probe.event and probe.vote == UP for probe in probes)
            assert bad == sum(probe.event and probe.vote == DOWN for probe in probes)
        for index, at, before in settled:
            if not world.slots[index].history.timeline.pending_since():
                assert states(world.slots[index].history, at) == before, "what is settled is final"
        world.kill()


def states(history: EndpointHistory, end: int) -> list[tuple[int, State]]:
    """All changes of state before `end`, exact to the millisecond."""
    out = list[tuple[int, State]]()
    for at, state in history.timeline.runs(0):
        if out and out[-1][0] == at:
            out.pop()  # nothing lies between
        if at < end and state != (out[-1][1] if out else UNKNOWN):
            out.append((at, state))
    return out


def changes(painted: list[State]) -> list[tuple[int, State]]:
    before = [UNKNOWN, *painted]
    return [(at, state) for at, state in enumerate(painted) if state != before[at]]


def loaded(path: Path, numbers: Sequence[int], end: int) -> list[list[tuple[int, State]]]:
    """The states of several endpoints, as a daemon that starts now would have them."""
    found = []
    with closing(SqliteReader.open(path)) as reader:
        for number in numbers:
            history = EndpointHistory()
            history.load(reader.rows(number), reader.absences())
            found.append(states(history, end))
    return found
