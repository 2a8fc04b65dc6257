"""From when to when an outage is one."""

from collections.abc import Sequence

import pytest

from exporter.sla.incidents.outages import doubtful, outages
from exporter.sla.lane import Lane
from exporter.timeline.tally import Standing

LETTERS = {
    "D": Standing.DOWN,
    "U": Standing.UP,
    "?": Standing.UNKNOWN,
    "-": Standing.ABSENT,
    "x": Standing.EXCLUDED,
}


def lane(text: str) -> Lane:
    return Lane.of(((at, LETTERS[letter]) for at, letter in enumerate(text)), 0, len(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("UDDUU", [(1, 3)]),
        ("UD?DU", [(1, 4)]),  # the exporter was restarted meanwhile
        ("UD??U", [(1, 4)]),  # it is over when it is seen up
        ("UD??", [(1, 4)]),
        ("U??DU", [(3, 4)]),
        ("UD-DU", [(1, 2), (3, 4)]),
        ("UDxDU", [(1, 2), (3, 4)]),
    ],
)
def test_an_outage_lasts_until_it_is_seen_up(text: str, found: Sequence[tuple[int, int]]) -> None:
    assert list(outages([lane(text)])) == found


def test_an_outage_of_a_service_is_while_anything_has_one() -> None:
    assert list(outages([lane("UDDUUU"), lane("UUDDU?")])) == [(1, 4)]


def test_what_may_have_begun_before_is_doubtful() -> None:
    assert list(doubtful([lane("?DU"), lane("UDU")])) == [(0, 2)]
    assert list(doubtful([lane("UDU")])) == []
