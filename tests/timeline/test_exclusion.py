"""What an exclusion covers: once, whom, and of which category."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.timeline.exclusion import Category, Exclusion, Once, Scope, recognised

edges = st.integers(0, 12)
SHOP = {"tier": "1", "team": "a"}


@given(edges, edges, edges, edges)
def test_a_single_span_is_there_whole_where_one_of_its_instants_is_asked_about(
    first: int, last: int, start: int, end: int
) -> None:
    shared = set(range(first, last)) & set(range(start, end))

    assert Once(first, last).spans(start, end) == ([(first, last)] if shared else [])


@pytest.mark.parametrize(
    ("scope", "service", "endpoint"),
    [
        (Scope(), False, False),
        (Scope(services=frozenset({"shop"})), True, False),
        (Scope(services=frozenset({"*"})), True, False),
        (Scope(services=frozenset({"blog"})), False, False),
        (Scope(endpoints=frozenset({("shop", "web")})), False, True),
        (Scope(endpoints=frozenset({("blog", "web"), ("shop", "api")})), False, False),
        (Scope(labels=(("tier", "1"),)), True, True),
        (Scope(labels=(("team", "a"), ("tier", "1"))), True, True),
        (Scope(labels=(("team", "b"), ("tier", "1"))), False, False),
        (Scope(labels=(("zone", ""),)), False, False),
        (Scope(frozenset({"blog"}), frozenset({("shop", "web")}), (("team", "b"),)), False, True),
    ],
)
def test_a_scope_covers_whatever_one_of_its_three_parts_names(
    scope: Scope, service: bool, endpoint: bool
) -> None:
    assert scope.has_service("shop", SHOP) is service
    assert scope.has_endpoint("shop", "web", SHOP) is endpoint


def exclusion(ident: str, category: Category) -> Exclusion:
    return Exclusion(ident, ident, category, Scope(), Once(0, 1))


def test_ruling_33_exclusions_come_by_their_category_and_only_recognised_ones() -> None:
    given_in = [
        exclusion("a", Category.OTHER),
        exclusion("b", Category.MAINTENANCE),
        exclusion("c", Category.OUT_OF_HOURS),
        exclusion("d", Category.DEPENDENCY),
        exclusion("e", Category.MAINTENANCE),
        exclusion("f", Category.FORCE_MAJEURE),
        exclusion("g", Category.CUSTOMER),
    ]

    assert "".join(each.ident for each in recognised(given_in, None)) == "cfgdbea"
    assert "".join(each.ident for each in recognised(given_in, {Category.OTHER, Category.CUSTOMER})) == "ga"
    assert list(recognised(given_in, ())) == []
