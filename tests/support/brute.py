"""The contract's words, applied to every probe and every millisecond: what the packed code must equal."""

from collections.abc import Sequence
from typing import NamedTuple

from exporter.timeline.policy import Policy
from exporter.timeline.row import LIVE
from exporter.timeline.tally import State


class Probe(NamedTuple):
    at: int
    vote: State
    policy: Policy
    source: int = LIVE
    event: bool = True


def labels(probes: Sequence[Probe], drops: Sequence[int] = ()) -> list[State]:
    """Rule 2: the label of each result, one source by itself; a removal at one of `drops` ends a pending run."""
    verdict, run = State.UNKNOWN, list[int]()
    out = list[State]()
    for index, probe in enumerate(probes):
        if run and any(probes[run[-1]].at < drop <= probe.at for drop in drops):
            run = []
        out.append(State.UNKNOWN if probe.vote == State.UNKNOWN else verdict)
        if probe.vote == State.UNKNOWN:
            continue
        if run and probes[run[-1]].vote != probe.vote:
            run = []
        run.append(index)
        needed = probe.policy.down_after if probe.vote == State.DOWN else probe.policy.up_after
        if probe.vote == verdict or len(run) >= needed:
            verdict = probe.vote
            for earlier in run:
                out[earlier] = verdict
            if probe.vote == verdict:
                run = []
    return out


def paint(probes: Sequence[Probe], cuts: Sequence[int], end: int, drops: Sequence[int] = ()) -> list[State]:
    """Rule 1: the state of each millisecond in [0, end); `drops` are removals, `cuts` absences."""
    cuts = [*cuts, *drops]
    label = dict[int, State]()
    for source in {probe.source for probe in probes}:
        own = [probe for probe in probes if probe.source == source]
        label |= {probe.at: each for probe, each in zip(own, labels(own, drops), strict=True)}
    state = [State.UNKNOWN] * end
    for index, probe in enumerate(probes):
        until = min(end, probe.at + probe.policy.staleness)
        if index + 1 < len(probes):
            until = min(until, probes[index + 1].at)
        if probe.source == LIVE:
            until = min([until, *(cut for cut in cuts if cut >= probe.at)])
        for at in range(probe.at, until):
            state[at] = label[probe.at]
    return state


def count(state: Sequence[State], start: int, end: int) -> tuple[int, int]:
    """Milliseconds up and down in [start, end)."""
    part = state[start:end]
    return part.count(State.UP), part.count(State.DOWN)
