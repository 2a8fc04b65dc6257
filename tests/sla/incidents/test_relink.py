"""Which outage is which incident, also after history was corrected."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from exporter.sla.incidents.relink import relinked
from exporter.timeline.spans import Span, Spans


def test_an_outage_that_grows_stays_the_same_incident() -> None:
    found = relinked({"i1": (10, 20)}, [(10, 35)])
    assert (found.kept, found.new, found.merged, found.gone) == ({"i1": (10, 35)}, (), {}, ())


def test_two_that_become_one_are_the_one_that_was_longer() -> None:
    found = relinked({"i1": (10, 20), "i2": (30, 60)}, [(10, 60)])
    assert (found.kept, found.merged) == ({"i2": (10, 60)}, {"i1": "i2"})


def test_one_that_falls_apart_keeps_its_longest_part() -> None:
    found = relinked({"i1": (10, 60)}, [(10, 20), (30, 60)])
    assert (found.kept, found.new) == ({"i1": (30, 60)}, (((10, 20), "i1"),))


def test_one_that_never_was_is_gone_and_comes_back_with_history() -> None:
    assert relinked({"i1": (10, 20)}, []).gone == ("i1",)
    assert relinked({"i1": (10, 20)}, [(12, 15)]).kept == {"i1": (12, 15)}


def test_what_overlaps_nothing_is_new() -> None:
    found = relinked({"i1": (10, 20)}, [(10, 20), (20, 30)])
    assert (found.kept, found.new) == ({"i1": (10, 20)}, (((20, 30), ""),))


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=6).map(
    lambda found: list(Spans((start, start + length) for start, length in found))
)


@given(spans, spans)
def test_each_outage_is_one_incident_and_each_incident_is_somewhere(
    before: Sequence[Span], after: Sequence[Span]
) -> None:
    known: Mapping[str, Span] = {f"i{number}": span for number, span in enumerate(before)}
    found = relinked(known, after)
    assert sorted([*found.kept.values(), *(span for span, _ in found.new)]) == list(after)
    assert set(found.kept) | set(found.merged) | set(found.gone) == set(known)
    assert len(found.kept) + len(found.merged) + len(found.gone) == len(known)
    assert relinked(found.kept, after).kept == found.kept, "once linked, they stay so"
    assert all(into in found.kept for into in found.merged.values())
