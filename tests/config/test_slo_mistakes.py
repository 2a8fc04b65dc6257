"""Every mistake in an SLO's question, once, with the line that it prints; windows and retention too."""

from collections.abc import Callable

import pytest

from tests.support.mistakes import SERVICE, service, slo

Problems = Callable[..., list[str]]

PAIR = """\
services:
  - name: shop
    endpoints:
      - {name: web, url: https://example.com/}
      - {name: api, url: https://api.example.com/}
"""


def pair(more: str) -> str:
    """Put keys into an SLO over two endpoints, from line 8 on."""
    lines = "".join(f"        {line}\n" for line in more.splitlines())
    return PAIR + "    slos:\n      - objective: 99\n" + lines


def line(number: int, message: str) -> list[str]:
    return [f"uptime.yml:{number}: {message}"]


WINDOWS = {
    "a calendar that does not exist": (
        slo("objective: 99\nwindow: {calendar: moth}"),
        line(7, "`calendar` must be week, month, quarter or year, not `moth`; did you mean `month`?"),
    ),
    "a window without its calendar": (
        slo("objective: 99\nwindow: {timezone: UTC}"),
        line(7, "`calendar` is missing; write `calendar: month`, or a duration such as `window: 30d`"),
    ),
    "a key that calendar windows do not have": (
        slo("objective: 99\nwindow: {calendar: month, zone: UTC}"),
        line(7, "unknown key `zone`; did you mean `timezone`?"),
    ),
    "a zone that does not exist": (
        slo("objective: 99\nwindow:\n  calendar: month\n  timezone: Europe/Berln"),
        line(9, "`timezone`: `Europe/Berln` is not a time zone; did you mean `Europe/Berlin`?"),
    ),
    "an anchor that is no day": (
        slo("objective: 99\nwindow:\n  calendar: month\n  anchor: 31st"),
        line(9, "`anchor` must be a day such as 2026-01-31, not `31st`"),
    ),
    "an anchor that does not exist": (
        slo("objective: 99\nwindow: {calendar: month, anchor: 2026-02-30}"),
        line(7, "`anchor`: `2026-02-30` is a day that does not exist"),
    ),
    "a zone that is secret": (
        slo("objective: 99\nwindow: {calendar: month, timezone: '${ZONE}'}"),
        [
            "uptime.yml:7: `${ZONE}` is not set in the environment; set it, or write `$${ZONE}` for the text",
            "uptime.yml:7: `timezone` is shown to everybody, but what `${NAME}` brings in is kept secret; write it out",
        ],
    ),
    "a default calendar that does not exist": (
        service("defaults: {window: {calendar: day}}\n"),
        line(5, "`calendar` must be week, month, quarter or year, not `day`"),
    ),
    "a window that is a list": (
        slo("objective: 99\nwindow: [30d]"),
        line(7, "`window` must be a single value, not a list"),
    ),
    "a window longer than what is kept": (
        slo("objective: 99\nwindow: 30d") + "storage: {retention: 30d}\n",
        line(7, "`window` is longer than 29d; history is kept for 30d"),
    ),
    "a period longer than what is kept": (
        slo("objective: 99\nwindow: {calendar: year}") + "storage: {retention: 366d}\n",
        line(7, "`window` of a year may be longer than 365d; history is kept for 366d"),
    ),
    "a default window longer than what is kept": (
        slo("objective: 99") + "storage:\n  retention: 30d\n",
        line(8, "`retention` 30d is too short for the default window of 30d; it must be a day longer"),
    ),
    "a retention of no use": (
        service("storage: {retention: 23h}\n"),
        line(5, "`retention` is shorter than 1d; history would be of no use"),
    ),
    "an unknown key of storage": (
        service("storage: {path: a}\n"),
        line(5, "unknown key `path`; known here: retention"),
    ),
}

METHODS = {
    "slices of another method": (
        pair("slice: 1m\nslice_objective: 95"),
        [
            "uptime.yml:8: `slice` goes with `method: timeslices` only; remove it, or write that",
            "uptime.yml:9: `slice_objective` goes with `method: timeslices` only; remove it, or write that",
        ],
    ),
    "timeslices that do not say when one is good": (
        pair("method: timeslices\nslice: 1m"),
        line(8, "`slice_objective` is missing; write which per cent of a slice make it good, such as 95"),
    ),
    "an objective of slices that is a ratio": (
        pair("method: timeslices\nslice_objective: 0.95"),
        line(
            9,
            "`slice_objective`: `0.95` looks like a ratio; objectives are per cent: did you mean 95?",
        ),
    ),
    "an objective of slices beyond all": (
        pair("method: timeslices\nslice_objective: 101"),
        line(9, "`slice_objective`: `101` is not between 0 and 100 per cent, 0 excluded"),
    ),
    "slices without end": (
        pair("method: timeslices\nslice_objective: 95\nslice: 10ms"),
        line(10, "`slice` is shorter than 1s, the shortest there is"),
    ),
    "a slice longer than the window": (
        pair("method: timeslices\nslice_objective: 95\nslice: 8d\nwindow: {calendar: week}"),
        line(10, "`slice` is longer than the window"),
    ),
    "events and a policy for unknown time (ruling 22)": (
        pair("method: events\nunknown: down"),
        line(
            9,
            "`unknown`: an event that did not happen is neither good nor bad; `down` goes with time and timeslices only",
        ),
    ),
    "events that combine (ruling 35)": (
        pair("method: events\ncombine: {quorum: 1}"),
        line(9, "`combine`: events of several endpoints are added up; write `all`, or remove it"),
    ),
    "latency by time": (
        pair("sli: {latency: {threshold: 300ms}}\nmethod: time"),
        line(9, "`method`: a latency SLO counts events; write `events` instead of `time`, or remove it"),
    ),
    "latency in slices": (
        pair("sli: {latency: {threshold: 300ms}}\nmethod: timeslices\nslice_objective: 95"),
        line(
            9,
            "`method`: a latency SLO counts events; write `events` instead of `timeslices`, or remove it",
        ),
    ),
    "latency that combines and counts the unknown": (
        pair("sli: {latency: {threshold: 300ms}}\ncombine: any\nunknown: up"),
        [
            "uptime.yml:9: `combine`: events of several endpoints are added up; write `all`, or remove it",
            "uptime.yml:10: `unknown`: an event that did not happen is neither good nor bad; `up` goes with time and timeslices only",
        ],
    ),
    "latency without a threshold": (
        pair("sli: {latency: {failures: ignore}}"),
        [
            "uptime.yml:8: `threshold` is missing; write how long a good success may take, such as `threshold: 300ms`",
            "uptime.yml:8: unknown key `failures`; known here: threshold",
        ],
    ),
    "a threshold of nothing": (
        pair("sli:\n  latency:\n    threshold: 0ms"),
        line(10, "`threshold` must be longer than 0"),
    ),
    "a threshold without a unit": (
        pair("sli: {latency: {threshold: 300}}"),
        line(8, "`threshold`: `300` has no unit; write 300s for seconds"),
    ),
    "a source that is none": (
        pair("sli: {}"),
        line(8, "`sli` is empty; write `sli: {latency: {threshold: 300ms}}`, or remove it"),
    ),
    "a source that does not exist": (
        pair("sli: {latncy: {threshold: 300ms}}"),
        line(8, "unknown key `latncy`; did you mean `latency`?"),
    ),
    "failures that nobody asks for": (
        pair("failures: ignore"),
        line(8, "`failures` is of latency SLOs only; remove it, or add `sli: {latency: ...}`"),
    ),
    "failures that are neither": (
        pair("sli: {latency: {threshold: 300ms}}\nfailures: good"),
        line(9, "`failures` must be bad or ignore, not `good`"),
    ),
    "two SLOs that are called latency": (
        pair("sli: {latency: {threshold: 300ms}}")
        + "      - {objective: 95, sli: {latency: {threshold: 1s}}}\n",
        line(
            9,
            "another SLO of `shop` is called `latency` too, in uptime.yml:7; give this one a `name` of its own",
        ),
    ),
}

COMBINE = {
    "a combination that does not exist": (
        pair("combine: most"),
        line(8, "`combine` must be all, any, {quorum: 2} or {weighted: {web: 2, api: 1}}, not `most`"),
    ),
    "a combination that is a list": (
        pair("combine: [web]"),
        line(8, "`combine` must be all, any, {quorum: 2} or {weighted: {web: 2, api: 1}}, not a list"),
    ),
    "a map that is no combination": (
        pair("combine: {quorm: 2}"),
        line(8, "unknown key `quorm`; did you mean `quorum`?"),
    ),
    "an empty map": (
        pair("combine: {}"),
        line(8, "`combine` takes one of `quorum: 2` and `weighted: {web: 2, api: 1}`"),
    ),
    "two combinations": (
        pair("combine: {quorum: 1, weighted: {web: 1, api: 1}}"),
        line(8, "`combine` takes one of `quorum: 2` and `weighted: {web: 2, api: 1}`"),
    ),
    "weights that no exact share can be had of": (
        pair("combine:\n  weighted: {web: 900, api: 101}"),
        line(
            9,
            "`weighted`: the weights add up to 1001; keep them within 1,000, as shares are exact: "
            "`{web: 3, api: 2}` says the same as `{web: 300, api: 200}`",
        ),
    ),
    "a quorum of nobody": (
        pair("combine: {quorum: 0}"),
        line(8, "`quorum` must be a whole number from 1, not `0`"),
    ),
    "removed endpoints that are no such": (
        PAIR + "    removed: [web, old, old, [x], a b]\n",
        [
            "uptime.yml:6: `removed` are ids of endpoints that were here, not `a b`",
            "uptime.yml:6: `removed` are ids of endpoints that were here, not a list",
            "uptime.yml:6: `removed`: `old` is named twice; remove one",
            "uptime.yml:6: `removed`: endpoint `web` is there; take it off this list",
        ],
    ),
    "a weighted SLO that leaves out a removed endpoint": (
        pair("combine: {weighted: {web: 1, api: 1}}") + "    removed: [old]\n",
        line(8, "`weighted`: `old` has no weight; give every endpoint one, removed ones too"),
    ),
    "an SLO over removed endpoints only": (
        pair("endpoints: [old]") + "    removed: [old]\n",
        line(
            8,
            "the SLO is over removed endpoints only: it has no figure any more; remove it, or name others",
        ),
    ),
    "a quorum that needs a removed endpoint": (
        pair("combine: {quorum: 3}") + "    removed: [old]\n",
        line(8, "`quorum` 3 can never be reached: the SLO has 2 endpoints"),
    ),
    "a quorum that can never be reached": (
        pair("combine:\n  quorum: 3"),
        line(9, "`quorum` 3 can never be reached: the SLO has 2 endpoints"),
    ),
    "a quorum beyond the one endpoint asked about": (
        pair("endpoints: [web]\ncombine: {quorum: 2}"),
        line(9, "`quorum` 2 can never be reached: the SLO has 1 endpoint"),
    ),
    "a weight of nothing and a name that is not there": (
        pair("combine:\n  weighted:\n    web: 0\n    ap: 1"),
        [
            "uptime.yml:9: `weighted`: `api` has no weight; give every endpoint one",
            "uptime.yml:10: the weight of `web` must be a whole number from 1, not `0`",
            "uptime.yml:11: `weighted`: `ap` is no endpoint of this SLO; did you mean `api`?",
        ],
    ),
    "a weight for an endpoint that the SLO does not ask about": (
        pair("endpoints: [web]\ncombine: {weighted: {web: 1, api: 1}}"),
        line(9, "`weighted`: `api` is no endpoint of this SLO; it has web"),
    ),
}

EXCLUSIONS = {
    "a category that does not exist": (
        pair("exclusions: [maintenance, custmer]"),
        line(
            8,
            "`exclusions` must be out_of_hours, force_majeure, customer, dependency, maintenance or other,"
            " not `custmer`; did you mean `customer`?",
        ),
    ),
    "a category that is a map": (
        pair("exclusions:\n  - {name: a}"),
        line(
            9,
            "`exclusions` must be out_of_hours, force_majeure, customer, dependency, maintenance or other,"
            " not `a map`",
        ),
    ),
    "hours that do not count": (
        pair("service_hours: office\nexclusions: [maintenance]")
        + "service_hours: {office: {mon-fri: 08:00-20:00}}\n",
        line(
            9,
            "`exclusions` leaves out `out_of_hours`, so that `service_hours` has no effect; add it, or remove them",
        ),
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(*case, id=name)
        for table in (WINDOWS, METHODS, COMBINE, EXCLUSIONS)
        for name, case in table.items()
    ],
)
def test_a_mistake_prints_its_place_and_its_cure(problems: Problems, text: str, lines: list[str]) -> None:
    assert problems(text) == lines


def test_what_hangs_on_a_mistake_brings_no_second_complaint(problems: Problems) -> None:
    text = pair("sli: {latncy: {}}\nfailures: ignore\nmethod: tim") + "      - {objective: 95}\n"
    assert [complaint.partition(": ")[0] for complaint in problems(text)] == ["uptime.yml:8", "uptime.yml:10"]
    assert problems(pair("endpoints: [wb]\ncombine: {quorum: 2}")) == line(
        8, "`shop` has no endpoint `wb`; did you mean `web`?"
    )
    broken = pair("combine: {weighted: {web: 1, api: 1}}").replace("url: https://api", "url: api")
    assert problems(broken) == line(5, "`url` has no scheme; write https:// before it")


def test_a_retention_that_no_slo_fits_is_told_once(problems: Problems) -> None:
    text = SERVICE + "    slos: [{name: a, objective: 99}, {name: b, objective: 99}]\n"
    assert len(problems(text + "storage: {retention: 2d}\n")) == 1
