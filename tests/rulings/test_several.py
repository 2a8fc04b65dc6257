"""Rule 8, rulings 35 and 36 and worked example 25 through the record: several endpoints, and services, as one."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.errors import ConfigError
from exporter.slo.ratio import fraction
from exporter.timeline.tally import Tally
from tests.support.entered import exclude
from tests.support.past import Past, load_text, steady

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z


def text(members: str, *slos: str) -> str:
    """The service `shop` with endpoints of one letter each."""
    endpoints = "".join(f"      - {{name: {name}, url: 'tcp://{name}.test:9'}}\n" for name in members)
    asked = "".join(
        f"      - {{name: slo{number}, objective: 99, {slo}}}\n" for number, slo in enumerate(slos)
    )
    return f"defaults: {{interval: 1m, staleness: 1m}}\nservices:\n  - name: shop\n    endpoints:\n{endpoints}    slos:\n{asked}"


def columns(folder: Path, states: Sequence[str], *slos: str) -> Past:
    """A minute for each column of `states`, a line an endpoint; `-` is no result."""
    members = "abcdef"[: len(states)]
    past = Past.of(folder, text(members, *(f"window: {len(states[0])}m, {slo}" for slo in slos)))
    for name, line in zip(members, states, strict=True):
        past.bring(
            (
                (letter, JANUARY + minute * MINUTE)
                for minute, letter in enumerate(line.replace(" ", ""))
                if letter != "-"
            ),
            f"shop,{name}",
        )
    return past


def tally(past: Past, minutes: int, slo: int = 0) -> tuple[int, ...]:
    """Whole minutes up, down, excluded and unknown."""
    found = past.figures(JANUARY + minutes * MINUTE, slo=slo, window=minutes * MINUTE).tally
    return tuple(part // MINUTE for part in found[:4])


def up_down_unknown(told: str, kind: str) -> str:
    """The rule, written down plainly for one instant."""
    up, down = told.count("S"), told.count("F")
    if kind == "all":
        return "F" if down else "S" if up == len(told) else "I"
    if kind == "any":
        return "S" if up else "F" if down == len(told) else "I"
    return "S" if up >= 2 else "F" if len(told) - down < 2 else "I"


@pytest.mark.parametrize(("combine", "kind"), [("all", "all"), ("any", "any"), ("{quorum: 2}", "quorum")])
def test_ruling_35_every_three_states_combine_as_the_rule_says(
    tmp_path: Path, combine: str, kind: str
) -> None:
    """27 instants, each with its own three states; the answer is asked minute by minute."""
    triples = [a + b + c for a in "SFI" for b in "SFI" for c in "SFI"]
    past = columns(tmp_path, ["".join(each) for each in zip(*triples, strict=True)], f"combine: {combine}")
    for minute, triple in enumerate(triples):
        at = JANUARY + (minute + 1) * MINUTE
        found = past.figures(at, window=MINUTE).tally[:4]
        expected = {"S": (MINUTE, 0, 0, 0), "F": (0, MINUTE, 0, 0), "I": (0, 0, 0, MINUTE)}
        assert found == expected[up_down_unknown(triple, kind)], triple


def test_ruling_35_an_endpoint_takes_part_from_its_first_result_on(tmp_path: Path) -> None:
    """The third joins at the seventh minute: a quorum of two is one of two until then, and of three afterwards."""
    states = ["SSSFFFSSSFFF", "SFFSFFSFFSFF", "------SSSSSS"]
    past = columns(tmp_path, states, "combine: all", "combine: any", "combine: {quorum: 2}")
    assert [tally(past, 12, slo) for slo in range(3)] == [(2, 10, 0, 0), (10, 2, 0, 0), (5, 7, 0, 0)]


def test_ruling_35_members_that_are_excluded_step_aside_and_where_too_few_are_left_it_is_excluded(
    tmp_path: Path,
) -> None:
    """`a` is down throughout and excluded from minute 1 on, `b` from minute 2 on, `c` from minute 3 on."""
    past = columns(
        tmp_path,
        ["FFFFF", "SSSSS", "SSSSS"],
        "combine: all",
        "combine: any",
        "combine: {quorum: 2}",
        "combine: {weighted: {a: 2, b: 1, c: 1}}",
    )
    for minute, name in enumerate("abc", 1):
        exclude(past, JANUARY + minute * MINUTE, JANUARY + 5 * MINUTE, endpoints=[f"shop/{name}"])
    assert tally(past, 5, 0) == (2, 1, 2, 0)
    assert tally(past, 5, 1) == (3, 0, 2, 0)
    assert tally(past, 5, 2) == (2, 0, 3, 0), "one left is fewer than a quorum of two"
    weighted = past.figures(JANUARY + 5 * MINUTE, slo=3)
    shares = [Fraction(part, weighted.scale * MINUTE) for part in weighted.tally[:4]]
    assert shares == [Fraction(5, 2), Fraction(1, 2), 2, 0]


def test_ruling_35_weights_share_out_each_instant_and_the_parts_are_the_window(tmp_path: Path) -> None:
    """3, 2 and 2 of 7: the partition holds in fractions, and so do the figures."""
    past = columns(tmp_path, ["SFI", "SSF", "SIF"], "combine: {weighted: {a: 3, b: 2, c: 2}}")
    found = past.figures(JANUARY + 3 * MINUTE)
    unit = found.scale * MINUTE
    assert [Fraction(part, unit) for part in found.tally[:4]] == [
        1 + Fraction(2, 7),
        Fraction(3, 7) + Fraction(4, 7),
        0,
        Fraction(2, 7) + Fraction(3, 7),
    ]
    assert sum(found.tally[:4]) == 3 * unit
    assert fraction(found.sli) == Fraction(9, 16)
    assert fraction(found.coverage) == Fraction(16, 21)
    assert past.pose(JANUARY + 3 * MINUTE).explain()["adds_up"] is True


def test_ruling_35_the_order_is_endpoint_then_combination_then_slo(tmp_path: Path) -> None:
    """`a` is excluded in minute 1, the service in minute 2."""
    past = columns(tmp_path, ["SFFF", "SSSS"], "combine: all")
    exclude(past, JANUARY + MINUTE, JANUARY + 2 * MINUTE, endpoints=["shop/a"])
    exclude(past, JANUARY + 2 * MINUTE, JANUARY + 3 * MINUTE)
    assert tally(past, 4) == (2, 1, 1, 0)


def test_ruling_35_events_of_several_endpoints_are_added_up_and_combine_no_other_way(tmp_path: Path) -> None:
    past = columns(tmp_path, ["SFSF", "SSSF"], "method: events")
    found = past.figures(JANUARY + 4 * MINUTE)
    assert (found.good, found.bad) == (5, 3)
    for combine in ("any", "{quorum: 1}", "{weighted: {a: 1, b: 1}}"):
        with pytest.raises(ConfigError, match="combine"):
            load_text(tmp_path, text("ab", f"method: events, combine: {combine}"))


def test_ruling_36_an_endpoint_that_joins_or_narrows_an_slo_never_rewrites_the_past(tmp_path: Path) -> None:
    """`b` joins in the second half and is down: the first half stays up, under every combination."""
    past = columns(tmp_path, ["SSSSSS", "---FFF"], "combine: all", "combine: any", "endpoints: [a]")
    assert [tally(past, 3, slo) for slo in range(3)] == [(3, 0, 0, 0)] * 3
    assert [tally(past, 6, slo) for slo in range(3)] == [(3, 3, 0, 0), (6, 0, 0, 0), (6, 0, 0, 0)]


@pytest.mark.parametrize("combine", ["all", "any", "{quorum: 1}", "{weighted: {a: 1, b: 2}}"])
def test_ruling_36_an_slo_may_still_name_an_endpoint_that_was_removed(tmp_path: Path, combine: str) -> None:
    """Taking `b` out of the file leaves the figures of its time as they are, also where an SLO names or weighs it."""
    asked = [f"window: 6m, combine: {combine}", f"window: 6m, combine: {combine}, endpoints: [a, b]"]
    past = columns(tmp_path, ["SSSSSS", "SSFF--"], *(each.removeprefix("window: 6m, ") for each in asked))
    before = [past.figures(JANUARY + 4 * MINUTE, slo=slo) for slo in (0, 1)]
    past.reconfigure(text("a", *asked) + "    removed: [b]\n")
    assert [past.figures(JANUARY + 4 * MINUTE, slo=slo) for slo in (0, 1)] == before


def test_ruling_36_an_exclusion_may_still_name_an_endpoint_that_was_removed(tmp_path: Path) -> None:
    past = columns(tmp_path, ["SSSSSS", "SSFF--"], "combine: all")
    assert tally(past, 4) == (2, 2, 0, 0)
    config = text("a", "window: 6m") + "    removed: [b]\n"
    past.reconfigure(
        config + "exclusions: [{name: disks, category: maintenance, endpoints: [shop/b], "
        "from: 2025-01-01T00:03:00Z, to: 2025-01-01T00:04:00Z}]\n"
    )
    assert tally(past, 4) == (3, 1, 0, 0)
    past.reconfigure(config)
    exclude(past, JANUARY + 2 * MINUTE, JANUARY + 3 * MINUTE, endpoints=["shop/b"])
    assert tally(past, 4) == (3, 1, 0, 0)


def composite(rule: str, services: Sequence[str]) -> str:
    """An SLO over services of one endpoint each, over 1,000 minutes."""
    watched = "".join(
        f"  - {{name: {name}, endpoints: [{{name: web, url: 'tcp://{name}.test:9'}}]}}\n" for name in services
    )
    return (
        "defaults: {interval: 1m, staleness: 1m}\nservices:\n  - name: site\n    slos:\n"
        f"      - {{objective: 90, window: 1000m, services: [{', '.join(services)}]{rule}}}\n{watched}"
    )


def outages(folder: Path, rule: str, **down: tuple[int, int]) -> Past:
    """A thousand minutes of services, each down in the minutes [first, beyond)."""
    past = Past.of(folder, composite(rule, list(down)))
    for name, (first, beyond) in down.items():
        edges = (0, first, beyond, 1000)
        past.bring(
            (
                told
                for letter, start, end in zip("SFS", edges, edges[1:], strict=False)
                for told in steady(letter, JANUARY + start * MINUTE, JANUARY + end * MINUTE, MINUTE)
            ),
            f"{name},web",
        )
    return past


END = JANUARY + 1000 * MINUTE


@pytest.mark.parametrize(
    ("rule", "second", "sli"),
    [
        ("", (500, 550), Fraction(90, 100)),  # apart from each other they add up
        ("", (0, 50), Fraction(95, 100)),  # at the same time they count once
        ("", (25, 75), Fraction(925, 1000)),
        (", combine: any", (500, 550), Fraction(1)),
        (", combine: any", (25, 75), Fraction(975, 1000)),
        (", combine: {weighted: {one: 1, two: 1}}", (500, 550), Fraction(95, 100)),
    ],
)
def test_example_25_two_services_of_0_95_are_together_0_90_where_their_outages_are_apart(
    tmp_path: Path, rule: str, second: tuple[int, int], sli: Fraction
) -> None:
    """The timelines are combined and not the ratios: what is down at the same time counts once."""
    past = outages(tmp_path, rule, one=(0, 50), two=second)
    assert fraction(past.figures(END).sli) == sli


@pytest.mark.parametrize(
    ("two", "three", "sli"),
    [
        ((100, 105), (200, 200), Fraction(994, 1000)),
        ((0, 5), (0, 0), Fraction(995, 1000)),
        ((0, 5), (3, 4), Fraction(995, 1000)),
    ],
)
def test_example_25_a_serial_product_lies_between_what_outages_apart_and_together_make(
    tmp_path: Path, two: tuple[int, int], three: tuple[int, int], sli: Fraction
) -> None:
    """0.999 x 0.995 x 0.9995 = 0.993508 takes outages for independent; here they are where they were."""
    assert f"{0.999 * 0.995 * 0.9995:.6f}" == "0.993508"
    past = outages(tmp_path, "", one=(0, 1), two=two, three=three)
    found = fraction(past.figures(END).sli)
    assert found == sli
    assert Fraction(1) - Fraction(1 + 5 + 1, 1000) <= found <= Fraction(995, 1000)


def test_a_members_own_exclusions_count_in_a_composite(tmp_path: Path) -> None:
    """A service in maintenance steps aside; where both are, nothing is left."""
    past = outages(tmp_path, "", one=(0, 100), two=(0, 100))
    exclude(past, JANUARY, JANUARY + 100 * MINUTE, services=["one"])
    assert past.figures(END).tally == Tally(900 * MINUTE, 100 * MINUTE, 0, 0, 0)
    exclude(past, JANUARY + 50 * MINUTE, JANUARY + 100 * MINUTE, services=["two"])
    assert past.figures(END).tally == Tally(900 * MINUTE, 50 * MINUTE, 50 * MINUTE, 0, 0)
