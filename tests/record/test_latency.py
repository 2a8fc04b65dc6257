"""Quantiles of durations: within the accuracy that they promise, over any hours and endpoints."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import StoreError
from exporter.record.latency import ACCURACY, binning, pack, quantiles, unpack
from exporter.store.base import Commit, Mark, Sketch
from exporter.store.writer import SqliteWriter
from exporter.units import HOUR

QUANTILES = (0.0, 0.5, 0.95, 0.99, 1.0)

durations = st.integers(1_000, 120_000_000_000)  # a microsecond to two minutes
parts = st.tuples(st.integers(0, 1), st.integers(0, 3), st.lists(durations, min_size=1, max_size=30))


def sketch(endpoint: int, hour: int, values: Sequence[int]) -> Sketch:
    return Sketch(endpoint, hour * HOUR, pack(map(binning(), values)))


@given(st.lists(st.integers(0, 2_184)))
def test_a_sketch_holds_the_bins_that_it_was_made_of(bins: list[int]) -> None:
    back = [each for each, count in unpack(pack(bins)) for _ in range(count)]
    assert back == sorted(bins)


def test_counts_may_be_large() -> None:
    assert list(unpack(pack([7] * 300 + [900] * 20_000))) == [(7, 300), (900, 20_000)]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SqliteWriter, Iterator[int]]]:
    """A store, and numbers of endpoints that it does not have yet."""
    with closing(SqliteWriter.open(tmp_path_factory.mktemp("latency") / "uptime.db")) as store:
        yield store, count(1)


@settings(max_examples=100, deadline=None)
@given(st.lists(parts, min_size=1, max_size=8), st.integers(0, 3), st.integers(1, 4))
def test_quantiles_of_merged_sketches_are_those_of_all_durations_within_the_accuracy(
    stored: tuple[SqliteWriter, Iterator[int]],
    parts: list[tuple[int, int, list[int]]],
    first: int,
    hours: int,
) -> None:
    """A period counts every hour that it overlaps as a whole."""
    store, numbers = stored
    endpoints = next(numbers), next(numbers)
    sketches = [sketch(endpoints[which], hour, values) for which, hour, values in parts]
    store.commit(Commit(Mark(0, {}), sketches=sketches))
    found = quantiles(store, endpoints, first * HOUR + 5, (first + hours - 1) * HOUR + 6, QUANTILES)
    asked = [value for _, hour, values in parts if first <= hour < first + hours for value in values]
    if not asked:
        assert found is None
        return
    assert found is not None
    asked.sort()
    for quantile in QUANTILES:
        exact = asked[floor(quantile * (len(asked) - 1))]
        assert abs(found[quantile] - exact) <= exact * ACCURACY + 1


@pytest.mark.parametrize("blob", [b"", b"\2", b"\2\1\1"])
def test_a_sketch_of_a_newer_version_is_refused_and_not_guessed_at(blob: bytes) -> None:
    with pytest.raises(StoreError, match="a latency sketch of the unknown version"):
        list(unpack(blob))


def test_an_ordinary_hour_takes_less_than_a_quarter_of_a_kilobyte() -> None:
    """240 probes between 60 ms and 240 ms."""
    values = [round(60e6 * 4 ** (number / 240)) for number in range(240)]
    assert len(sketch(1, 0, values).blob) < 256


def test_protobuf_is_not_loaded_and_the_library_only_when_it_is_needed() -> None:
    code = (
        "import sys; from exporter.record import latency; print('ddsketch' in sys.modules); "
        "latency.pack(map(latency.binning(), [5])); print('ddsketch' in sys.modules, 'google.protobuf' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False"]
