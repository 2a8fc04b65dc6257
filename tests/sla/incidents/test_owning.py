"""Whose an incident is."""

from dataclasses import replace

import pytest

from exporter.sla.agreement import Party, ever_held
from exporter.sla.incidents.incident import Incident, Kind
from exporter.sla.incidents.owning import is_of
from tests.support.contracts import agreement

ACME = agreement(
    parties={"provider": Party("Hosting", people=("mara",), automation=("desk",)), "customer": Party("ACME")}
)
LATER = replace(ACME, version="2", parties={"provider": Party("Hosting", people=("tom",))})


@pytest.mark.parametrize(
    ("opened_by", "of_it"),
    [("", True), ("mara", True), ("desk", True), ("tom", True), ("jo", False)],
    ids=["an outage", "one who has left", "a program", "one who came", "one of another agreement"],
)
def test_outages_are_everybodys_and_what_was_opened_is_of_where_one_is_somebody(
    opened_by: str, of_it: bool
) -> None:
    incident = Incident("i1", "shop", Kind.FAULT if opened_by else Kind.OUTAGE, 0, opened_by=opened_by)
    assert is_of(incident, [ACME, LATER]) is of_it


def test_only_what_both_parties_approved_ever_held() -> None:
    draft, other = replace(LATER, approved={}), replace(ACME, name="other")
    assert ever_held([ACME, other, draft, LATER], "acme") == [ACME, LATER]
