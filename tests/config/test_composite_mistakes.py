"""Every mistake in an SLO over services, once, with the line that it prints."""

from collections.abc import Callable

import pytest

Problems = Callable[..., list[str]]

SERVICES = """\
services:
  - name: search
    endpoints:
      - {name: a, url: https://a.example.com/}
      - {name: b, url: https://b.example.com/}
    slos:
      - {objective: 99}
      - {name: shared, objective: 99, combine: {weighted: {a: 1, b: 1}}}
      - {name: fast, objective: 99, sli: {latency: {threshold: 300ms}}}
      - {name: counted, objective: 99, method: events}
      - {name: whole, objective: 99, services: [search]}
  - name: checkout
    endpoints: [{url: https://shop.example.com/}]
"""
NO_SLO = "it has availability, shared, fast, counted, whole"


def over(more: str) -> str:
    """Put keys into an SLO of a service without endpoints, from line 17 on."""
    lines = "".join(f"        {line}\n" for line in more.splitlines())
    return SERVICES + "  - name: shop\n    slos:\n      - objective: 99.9\n" + lines


MISTAKES = {
    "no members": ("services: []", [(17, "`services` is empty; name those that count")]),
    "a member that is a map": (
        "services:\n  - {name: search}",
        [(18, "`services` of an SLO are names of services, or of SLOs as service/slo")],
    ),
    "a service that is not there": (
        "services: [serch]",
        [(17, "there is no service `serch`; did you mean `search`?")],
    ),
    "a service unlike any": (
        "services:\n  - search\n  - x",
        [(19, "there is no service `x`")],
    ),
    "an SLO that is not there": (
        "services: [search/availabilty]",
        [(17, "`search` has no SLO `availabilty`; did you mean `availability`?")],
    ),
    "an SLO of a service without any": (
        "services: [checkout/availability]",
        [(17, "`checkout` has no SLO `availability`; it has none")],
    ),
    "an SLO unlike any": ("services: [search/x]", [(17, f"`search` has no SLO `x`; {NO_SLO}")]),
    "a member twice": ("services: [search, search]", [(17, "`search` is named twice; remove one")]),
    "itself": (
        "services: [search, shop/availability]",
        [(17, "`shop/availability` is this SLO itself; name others")],
    ),
    "another composite": (
        "services: [search/whole]",
        [(17, "`search/whole` is composite itself; name its members instead")],
    ),
    "a weighted member": (
        "services: [search/shared]",
        [
            (
                17,
                "`search/shared` is weighted, which shares out each instant; name its service, or an SLO that combines otherwise",
            )
        ],
    ),
    "a latency SLO": (
        "services: [search/fast]",
        [
            (
                17,
                "`search/fast` counts events and has no states; name its service, or an SLO of another method",
            )
        ],
    ),
    "an SLO of events": (
        "services: [search/counted]",
        [
            (
                17,
                "`search/counted` counts events and has no states; name its service, or an SLO of another method",
            )
        ],
    ),
    "a service without endpoints": (
        "services: [shop]",
        [(17, "`shop` has no endpoint that could count, as all are heartbeats or there is none")],
    ),
    "endpoints too": (
        "endpoints: [a]\nservices: [search]",
        [(18, "`endpoints` and `services` are both given; an SLO is over one of them")],
    ),
    "events": (
        "services: [search]\nmethod: events",
        [(17, "`services`: a composite SLO has states and no events; its method is time or timeslices")],
    ),
    "latency": (
        "services: [search]\nsli: {latency: {threshold: 300ms}}",
        [(17, "`services`: a composite SLO has states and no events; its method is time or timeslices")],
    ),
    "a quorum that can never be reached": (
        "services: [search, checkout]\ncombine: {quorum: 3}",
        [(18, "`quorum` 3 can never be reached: the SLO has 2 members")],
    ),
    "a member without a weight": (
        "services: [search, checkout]\ncombine:\n  weighted: {search: 2, chekout: 1}",
        [
            (19, "`weighted`: `checkout` has no weight; give every member one"),
            (19, "`weighted`: `chekout` is no member of this SLO; did you mean `checkout`?"),
        ],
    ),
    "a text": ("services: search", [(17, "`services` must be a list (`- ...`), not text")]),
}


@pytest.mark.parametrize(("more", "lines"), [pytest.param(*case, id=name) for name, case in MISTAKES.items()])
def test_a_mistake_prints_its_place_and_its_cure(
    problems: Problems, more: str, lines: list[tuple[int, str]]
) -> None:
    assert problems(over(more)) == [f"uptime.yml:{number}: {message}" for number, message in lines]


def test_only_a_service_whose_slos_are_all_over_services_may_leave_out_endpoints(problems: Problems) -> None:
    more = "services: [search]\n"
    assert problems(over(more) + "      - {name: own, objective: 99}\n") == [
        (
            "uptime.yml:14: `endpoints` is missing; a service needs at least one,"
            " such as `endpoints: [{url: https://example.com/}]`"
        )
    ]


def test_what_is_missing_is_not_told_of_services_that_could_not_be_built(problems: Problems) -> None:
    text = over("services: [search/x, my-shop, checkout]\ncombine: {quorum: 3}")
    assert problems(text.replace("name: checkout", "name: my shop")) == [
        "uptime.yml:12: `name` may have only letters, digits, `_`, `.` and `-`, but is `my shop`; write `my-shop`"
    ]
