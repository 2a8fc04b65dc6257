"""What an agreement rests on: what that cost, and what is owed for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from exporter.record.agreements.resting import rested_on, resting
from exporter.record.agreements.results import results
from exporter.sla.credit import Caps
from exporter.store.base import Said
from exporter.timeline.calendar import Calendar
from exporter.units import DAY, HOUR
from tests.support.agreed import percent
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, OCTOBER, made_past, sources

SEPTEMBER = Said("cloud", 1, (OCTOBER - 30 * 24 * HOUR, OCTOBER), OCTOBER, "", "119/100", None)


@pytest.mark.parametrize(
    ("said", "owed"),
    [((), "10.000000"), ((SEPTEMBER,), "1.000000")],
    ids=["nothing yet", "most of the year's cap"],
)
def test_what_is_owed_keeps_to_the_cap_of_the_year(said: tuple[Said, ...], owed: str, tmp_path: Path) -> None:
    made = agreement()
    cloud = replace(agreement(), name="cloud", credits=replace(made.credits, caps=Caps(year=percent("10"))))
    ours = agreement(rests_on=("cloud", "nobody"))
    seen = sources(made_past(tmp_path))
    seen = replace(seen, config=replace(seen.config, agreements=(ours, cloud)), said={"cloud": said})
    assert rested_on(seen.config.agreements) == ["cloud", "nobody"]
    (result,) = results(seen, [ours], (OCTOBER, NOVEMBER))
    found, unknown = resting(result, seen)
    assert found["shared_ms"] == {"shop": 2 * HOUR}
    assert [each["percent"] for each in found["owes"]] == [owed]
    assert found["credit_percent_without"] == "0.000000"
    assert (unknown["known"], unknown["owes"]) == (False, [])


def test_months_of_another_time_zone_are_not_two_of_each(tmp_path: Path) -> None:
    """Of a vendor's month only hours lie in the next one here; its downtime counts there all the same."""
    berlin = replace(agreement(), period=Calendar("month", "Europe/Berlin"), rests_on=("cloud",))
    cloud = replace(agreement(), name="cloud")
    seen = sources(made_past(tmp_path))
    seen = replace(seen, config=replace(seen.config, agreements=(berlin, cloud)))
    (result,) = results(seen, [berlin], berlin.period.period(OCTOBER + 15 * DAY))
    (found,) = resting(result, seen)
    assert [each["start"] for each in found["owes"]] == ["2026-10-01T00:00:00Z"]
