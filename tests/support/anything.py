"""Strategies for whatever an SLO may be put to: endpoints, rules, exclusions, windows."""

from hypothesis import strategies as st

from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State
from tests.support.told import Probe, Told

END = 240

VOTES = st.sampled_from([State.UP, State.UP, State.UP, State.DOWN, State.DOWN, State.UNKNOWN])
SPANS = st.lists(st.tuples(st.integers(0, END), st.integers(1, 60)), max_size=3).map(
    lambda drawn: [(start, start + length) for start, length in drawn]
)


@st.composite
def endpoints(draw: st.DrawFn) -> Told:
    at, probes = 0, list[Probe]()
    for gap in draw(st.lists(st.integers(1, 25), max_size=18)):
        at += gap
        slow, event = draw(st.booleans()), draw(st.booleans())
        reason = draw(st.sampled_from(["timeout", "refused"]))
        probes.append(Probe(at, draw(VOTES), event=event, slow=slow, reason=reason))
    removed = list(Spans(draw(SPANS)))[:1] if draw(st.booleans()) else []
    return Told(
        [probe for probe in probes if not any(start <= probe.at < end for start, end in removed)],
        draw(SPANS),
        removed,
        draw(st.integers(1, 3)),
        draw(st.integers(1, 3)),
    )


RULES = st.sampled_from([ALL, Rule(Kind.ANY), Rule(Kind.QUORUM, 2), Rule(Kind.WEIGHTED, 0, (("a", 1),))])
POLICIES = st.sampled_from(["ignore", "down", "up"])
ASKED = st.tuples(st.integers(0, END), st.integers(1, END))
"""End and length of a window, which may begin before anything was known."""
