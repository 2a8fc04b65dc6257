"""Members of an SLO that are many, or none, or have just begun."""

from exporter.timeline.combine import Combined
from exporter.timeline.policy import Policy
from exporter.timeline.tally import Standing

EVERY_5 = Policy(5, 5, 12)


def test_no_members_at_all_are_absent() -> None:
    """As of a service that the record does not know: `explain` asks how it stood."""
    assert list(Combined([]).standings(13, 99)) == [(13, Standing.ABSENT)]
