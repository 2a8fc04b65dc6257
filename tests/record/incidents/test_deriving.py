"""Outages as incidents that keep their idents, notes and acknowledgements when history is corrected."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from exporter.record.incidents.deriving import Seen, derived
from exporter.record.incidents.ledger import Ledger, fold_of, folded, text_of
from exporter.sla.incidents.incident import Act
from exporter.store.base import LogEntry
from exporter.timeline.spans import Span, Spans

NOW = 1_000


class Told:
    """A ledger that outages are told to."""

    def __init__(self) -> None:
        self.log: list[LogEntry] = []

    def see(self, *outages: Span, until: int = NOW, kept_from: int = 0) -> Ledger:
        self.log += derived(fold_of(self.log), {"shop": Seen(outages, kept_from)}, until, until)
        return folded(self.log)

    def say(self, ident: str, act: Act, at: int, who: str = "mara") -> None:
        self.log.append(LogEntry(at, who, act, ident, text_of({"at": at, "text": act.value})))


def spans(ledger: Ledger) -> dict[str, tuple[int, int | None]]:
    return {ident: (each.start, each.end) for ident, each in ledger.incidents.items()}


def notes(ledger: Ledger, ident: str) -> Sequence[tuple[str, str]]:
    return [(each.act, each.by) for each in ledger.incidents[ident].entries]


def test_an_outage_is_an_incident_from_its_first_minute_to_its_end() -> None:
    told = Told()
    assert spans(told.see((10, 20), until=20)) == {"i1": (10, None)}
    assert spans(told.see((10, 50), until=50)) == {"i1": (10, None)}
    assert len(told.log) == 1, "that it goes on is nothing new"
    assert spans(told.see((10, 60), (80, 90))) == {"i1": (10, 60), "i2": (80, 90)}
    assert len(told.log) == 3
    told.see((10, 60), (80, 90))
    assert len(told.log) == 3


def test_history_that_merges_two_keeps_all_that_was_written_down() -> None:
    told = Told()
    told.see((10, 20), (30, 60))
    told.say("i1", Act.ACKNOWLEDGE, 12)
    told.say("i2", Act.UPDATE, 35, "tom")
    ledger = told.see((10, 60))
    assert spans(ledger) == {"i2": (10, 60)}
    assert ledger.incidents["i2"].merged == ("i1",)
    assert notes(ledger, "i2") == [("acknowledge", "mara"), ("update", "tom")]
    told.see((10, 60))
    assert [each.action for each in told.log[4:]] == ["outage", "merge"]


def test_history_that_splits_one_keeps_its_ident_and_says_where_the_other_is_from() -> None:
    told = Told()
    told.see((10, 60))
    told.say("i1", Act.ACKNOWLEDGE, 12)
    ledger = told.see((10, 20), (30, 60))
    assert spans(ledger) == {"i1": (30, 60), "i2": (10, 20)}
    assert ledger.incidents["i2"].split_from == "i1"
    assert notes(ledger, "i1") == [("acknowledge", "mara")]


def test_what_history_takes_back_comes_back_with_it() -> None:
    told = Told()
    told.see((10, 60))
    told.say("i1", Act.ACKNOWLEDGE, 12)
    assert spans(told.see()) == {}
    assert len(told.log) == 3
    told.see()
    assert len(told.log) == 3
    ledger = told.see((10, 60))
    assert notes(ledger, "i1") == [("acknowledge", "mara")]
    told.see((10, 20), (30, 60))
    assert spans(told.see((10, 60))) == {"i1": (10, 60)}, "what was split is merged again"


def test_what_was_pruned_stays_as_it_was() -> None:
    told = Told()
    told.see((10, 60), (80, 90))
    assert spans(told.see((80, 90), kept_from=70)) == {"i1": (10, 60), "i2": (80, 90)}


def test_one_that_was_merged_into_what_is_gone_is_gone_with_it() -> None:
    told = Told()
    told.see((10, 20), (30, 60))
    told.see((10, 60))
    assert spans(told.see()) == {}
    assert spans(told.see((100, 110))) == {"i3": (100, 110)}
    ledger = told.see((10, 20), (30, 60), (100, 110))
    assert spans(ledger) == {"i1": (10, 20), "i2": (30, 60), "i3": (100, 110)}


def test_what_pruning_took_of_its_start_it_keeps() -> None:
    told = Told()
    told.see((10, 60))
    assert spans(told.see((50, 60), kept_from=50)) == {"i1": (10, 60)}
    assert len(told.log) == 1


histories = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)), max_size=4),
        st.sampled_from([0, 0, 0, 25, 50]),
    ),
    max_size=6,
)


@given(histories)
def test_whatever_history_says_after_each_other_there_are_its_outages(
    said: Sequence[tuple[Sequence[tuple[int, int]], int]],
) -> None:
    told, edge = Told(), 0
    for outages, kept_from in said:
        edge = max(edge, kept_from)
        found = list(Spans((max(edge, start), start + length) for start, length in outages))
        ledger = told.see(*found, kept_from=edge)
        seen = [(each.start, each.end) for each in ledger.incidents.values() if each.end and each.end > edge]
        assert sorted(end for _, end in seen) == sorted(end for _, end in found)
        before = len(told.log)
        told.see(*found, kept_from=edge)
        assert len(told.log) == before, "what was told is told once"
