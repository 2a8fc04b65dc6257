import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.web.rate import TokenBucket, parse_go_duration

SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("5", 5),
        ("1s", SECOND),
        ("1m30s", 90 * SECOND),
        ("30s1m", 90 * SECOND),
        ("1.5h", 5400 * SECOND),
        (".5ms", 500_000),
        ("1.s", SECOND),
        ("10us", 10_000),
        ("10\N{MICRO SIGN}s", 10_000),
        ("10\N{GREEK SMALL LETTER MU}s", 10_000),
        ("7ns", 7),
    ],
)
def test_durations_are_those_of_go(text: str, nanoseconds: int) -> None:
    assert parse_go_duration(text) == nanoseconds


@pytest.mark.parametrize("text", ["", "s", "1d", "1 s", "-1s", "1s ", "0.5", "1e3s", "\N{SUPERSCRIPT TWO}s"])
def test_what_go_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration of this format"):
        parse_go_duration(text)


@pytest.mark.parametrize("text", ["9999999h", "9223372036854775808"])
def test_a_duration_that_go_cannot_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is longer than 292 years"):
        parse_go_duration(text)


def test_a_burst_goes_through_and_then_one_each_interval() -> None:
    bucket = TokenBucket(SECOND, 3)
    assert [bucket.allow(0) for _ in range(5)] == [True, True, True, False, False]
    assert [bucket.allow(SECOND - 1), bucket.allow(SECOND), bucket.allow(SECOND)] == [False, True, False]
    assert [bucket.allow(100 * SECOND) for _ in range(4)] == [True, True, True, False]


def test_without_a_burst_nothing_goes_through() -> None:
    assert not TokenBucket(SECOND, 0).allow(10**18)


@given(
    st.integers(1, 100),
    st.integers(0, 5),
    st.lists(st.integers(0, 300), max_size=50),
)
def test_it_lets_through_what_a_counted_bucket_does(interval: int, burst: int, waits: list[int]) -> None:
    bucket, tokens, now, expected, found = TokenBucket(interval, burst), burst * interval, 0, [], []
    for wait in waits:
        now += wait
        tokens = min(burst * interval, tokens + wait)  # counted in parts of a request
        expected.append(tokens >= interval)
        tokens -= interval if expected[-1] else 0
        found.append(bucket.allow(now))
    assert found == expected
