"""Every mistake in exclusions and service hours, once, with the line that it prints."""

from collections.abc import Callable

import pytest

from tests.support.mistakes import SERVICE, exclusion, service, slo

Problems = Callable[..., list[str]]

SCOPE = 'services: ["*"]\n'
ONCE = "from: 2026-11-02T01:00:00+01:00\nto: 2026-11-02T03:30:00+01:00\n"
WEEKLY = "rrule: FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0\n"


def line(number: int, message: str) -> list[str]:
    return [f"uptime.yml:{number}: {message}"]


def hours(more: str) -> str:
    """Put keys into hours that the service has, from line 8 on."""
    lines = "".join(f"    {each}\n" for each in more.splitlines())
    return service("    service_hours: office\n") + "service_hours:\n  office:\n" + lines


SHAPES = {
    "exclusions as a map": (
        service("exclusions: {name: a}\n"),
        line(5, "`exclusions` must be a list (`- ...`), not a map"),
    ),
    "an exclusion that is text": (
        service("exclusions: [sunday]\n"),
        line(5, "an exclusion must be a map, such as {name: move, category: maintenance, ...}"),
    ),
    "an exclusion without name and category": (
        service('exclusions:\n  - {services: ["*"], from: 2026-11-02T01:00Z, to: 2026-11-02T02:00Z}\n'),
        [
            "uptime.yml:6: `category` is missing; write why the time does not count, such as `category: maintenance`",
            "uptime.yml:6: `name` is missing",
        ],
    ),
    "a category that does not exist": (
        exclusion(SCOPE + ONCE).replace("category: maintenance", "category: maintenence"),
        line(
            7,
            "`category` must be out_of_hours, force_majeure, customer, dependency, maintenance or other,"
            " not `maintenence`; did you mean `maintenance`?",
        ),
    ),
    "an unknown key": (
        exclusion(SCOPE + ONCE + "untl: 2026-11-02"),
        line(
            11,
            "unknown key `untl`; known here: category, duration, endpoints, from, labels, name, reason, rrule, services, timezone, to",
        ),
    ),
    "two of one name": (
        exclusion(SCOPE + ONCE)
        + '  - {name: patching, category: other, services: ["*"], from: 2026-01-01, to: 2026-01-02, timezone: UTC}\n',
        line(
            11,
            "another exclusion is called `patching` too, in uptime.yml:6; give this one a `name` of its own",
        ),
    ),
}

SCOPES = {
    "nobody": (
        exclusion(ONCE),
        line(6, 'the exclusion covers nothing; add `services` (`["*"]` is all), `endpoints` or `labels`'),
    ),
    "an empty list": (
        exclusion("services: []\n" + ONCE),
        line(8, "`services` is empty; name at least one, or remove it"),
    ),
    "no labels": (
        exclusion("labels: {}\n" + ONCE),
        line(8, "`labels` is empty; name at least one, or remove it"),
    ),
    "a label that is a list": (
        exclusion("labels: {tier: [1]}\n" + ONCE),
        line(8, "label `tier` must have a single value"),
    ),
    "a service that is a map": (
        exclusion("services: [{name: shop}]\n" + ONCE),
        line(8, '`services` of an exclusion are names of services, or "*", not a map'),
    ),
    "a service that is not there": (
        exclusion("services: [sop]\n" + ONCE),
        line(8, "there is no service `sop`; did you mean `shop`?"),
    ),
    "an endpoint that is not there": (
        exclusion("endpoints: [shop/exampel.com]\n" + ONCE),
        line(8, "there is no endpoint `shop/exampel.com`; did you mean `shop/example.com`?"),
    ),
    "an endpoint without its service": (
        exclusion("endpoints: [web]\n" + ONCE),
        line(8, "there is no endpoint `web`; write it as service/endpoint"),
    ),
}

TIMES = {
    "an end before the start": (
        exclusion(SCOPE + "from: 2026-11-02T03:30:00+01:00\nto: 2026-11-02T01:00:00+01:00"),
        line(10, "`to` must be after `from`"),
    ),
    "an end that is the start": (
        exclusion(SCOPE + "from: 2026-11-02T01:00:00Z\nto: 2026-11-02T02:00:00+01:00"),
        line(10, "`to` must be after `from`"),
    ),
    "no end": (
        exclusion(SCOPE + "from: 2026-11-02T01:00:00Z"),
        line(6, "`to` is missing; give `from` and `to`, or `rrule` and `duration`"),
    ),
    "neither": (
        exclusion(SCOPE),
        [
            "uptime.yml:6: `from` is missing; give `from` and `to`, or `rrule` and `duration`",
            "uptime.yml:6: `to` is missing; give `from` and `to`, or `rrule` and `duration`",
        ],
    ),
    "a duration without a rule": (
        exclusion(SCOPE + "from: 2026-11-02T01:00:00Z\nduration: 2h"),
        line(10, "`duration` goes with `rrule`; a single span has `from` and `to`"),
    ),
    "a local time of nowhere": (
        exclusion(SCOPE + "from: 2026-11-02 01:00\nto: 2026-11-02T03:30Z"),
        line(
            9,
            "`from`: `2026-11-02 01:00` has no time zone; add `timezone`, or write it as 2026-11-02T01:00:00Z",
        ),
    ),
    "a time that is none": (
        exclusion(SCOPE + "from: tomorrow\nto: 1793577600"),
        [
            "uptime.yml:9: `from`: `tomorrow` is not a time; write 2026-11-02T01:00:00Z, or 2026-11-02T01:00 with `timezone`",
            "uptime.yml:10: `to`: `1793577600` is not a time; write 2026-11-02T01:00:00Z, or 2026-11-02T01:00 with `timezone`",
        ],
    ),
    "a day that does not exist": (
        exclusion(SCOPE + "timezone: UTC\nfrom: 2026-02-29\nto: 2026-03-01"),
        line(10, "`from`: `2026-02-29T00:00:00Z` has a day that does not exist"),
    ),
    "a zone that does not exist": (
        exclusion(SCOPE + "timezone: Berlin\nfrom: 2026-02-01\nto: 2026-03-01"),
        line(9, "`timezone`: `Berlin` is not a time zone; did you mean `Europe/Berlin`?"),
    ),
    "a time that is secret": (
        exclusion(SCOPE + "from: '${FROM}'\nto: 2026-03-01T00:00Z"),
        [
            "uptime.yml:9: `${FROM}` is not set in the environment; set it, or write `$${FROM}` for the text",
            "uptime.yml:9: `from` is shown to everybody, but what `${NAME}` brings in is kept secret; write it out",
        ],
    ),
}

RULES = {
    "a rule without a duration": (
        exclusion(SCOPE + WEEKLY),
        line(9, "`duration` is missing; write how long each recurrence takes, such as 2h"),
    ),
    "a rule that ends before it starts": (
        exclusion(SCOPE + WEEKLY + "duration: 2h\ntimezone: UTC\nfrom: 2026-02-01\nto: 2026-01-01"),
        line(13, "`to` must be after `from`"),
    ),
    "a rule that fires every minute": (
        exclusion(SCOPE + "rrule: FREQ=MINUTELY;BYSECOND=0\nduration: 30s"),
        line(
            9,
            "`rrule`: FREQ=MINUTELY;BYSECOND=0 starts more than 40,000 times a year; one start a quarter of an hour is the most",
        ),
    ),
    "a start before the year 1": (
        exclusion("services: [shop]\nfrom: 0001-01-01T00:00:00+01:00\nto: 2026-01-01T00:00:00Z"),
        line(9, "`from`: `0001-01-01T00:00:00+01:00` is before the year 1; write a later one"),
    ),
    "a duration longer than a year": (
        exclusion(SCOPE + WEEKLY + "duration: 366d"),
        line(10, "the duration must not be longer than a year, 365d"),
    ),
    "a start before there were zones": (
        exclusion(SCOPE + WEEKLY + "duration: 2h\nfrom: 1850-01-01T00:00Z"),
        line(11, "`from` must not lie before the year 1900"),
    ),
}

HOURS = {
    "hours as a list": (
        service("service_hours: [office]\n"),
        line(5, "`service_hours` must be a map (`key: value`), not a list"),
    ),
    "hours that are text": (
        service("    service_hours: office\nservice_hours: {office: 08:00-20:00}\n"),
        line(6, "`office` must be a map (`key: value`), not text"),
    ),
    "hours that are not there": (
        service("    service_hours: ofice\nservice_hours: {office: {mon-fri: 08:00-20:00}}\n"),
        line(5, "`service_hours`: there are no hours `ofice`; did you mean `office`?"),
    ),
    "hours where there are none": (
        slo("objective: 99\nservice_hours: office"),
        line(
            7,
            "`service_hours`: there are no hours `office`; define them under the root's `service_hours`",
        ),
    ),
    "no hours": (
        hours("timezone: UTC"),
        line(7, "`office` has no hours; write days such as `mon-fri: 08:00-20:00`"),
    ),
    "a key that is no day": (
        hours("mon-fri: 08:00-20:00\nx: 10:00-12:00"),
        line(9, "unknown key `x`: `x` is no day; write mon, mon-fri, `sat,sun` or daily"),
    ),
    "a key that is nearly one": (
        hours("mon-fri: 08:00-20:00\ntimezon: UTC"),
        line(9, "unknown key `timezon`; did you mean `timezone`?"),
    ),
    "a day that is a list": (
        hours("mon-fri: [08:00-20:00]"),
        line(8, "`mon-fri` must be a single value, not a list"),
    ),
    "times that are none": (
        hours("mon-fri: 8 to 20\nsat: 08:00-25:00"),
        [
            "uptime.yml:8: `mon-fri`: `8 to 20` is no range of times; write 08:00-20:00",
            "uptime.yml:9: `sat`: `08:00-25:00` has a time that does not exist; times are 00:00 to 23:59, and 24:00 at the end of a range",
        ],
    ),
    "a day twice": (
        hours("mon-fri: 08:00-20:00\nfri: 08:00-18:00"),
        line(7, "`office`: fri is named twice"),
    ),
    "a zone, a day and a country that are none": (
        hours("timezone: Mars\nmon-fri: 8 to 20\nholidays: XX"),
        [
            "uptime.yml:8: `timezone`: `Mars` is not a time zone; write an IANA name such as Europe/Berlin",
            "uptime.yml:9: `mon-fri`: `8 to 20` is no range of times; write 08:00-20:00",
            "uptime.yml:10: `holidays`: no holidays are known of `XX`; write a country such as GB, or a part of one such as DE-BE",
        ],
    ),
    "a zone without hours": (
        hours("timezone: Mars\nmon-fri: 08:00-20:00"),
        line(8, "`timezone`: `Mars` is not a time zone; write an IANA name such as Europe/Berlin"),
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(*case, id=name)
        for table in (SHAPES, SCOPES, TIMES, RULES, HOURS)
        for name, case in table.items()
    ],
)
def test_a_mistake_prints_its_place_and_its_cure(problems: Problems, text: str, lines: list[str]) -> None:
    assert problems(text) == lines


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "INTERVAL=2", "sundays"],
)
def test_a_rule_that_is_none_or_never_ends_is_told_at_its_line(problems: Problems, rule: str) -> None:
    (found,) = problems(exclusion(SCOPE + f"rrule: {rule}\nduration: 1h"))
    assert found.startswith("uptime.yml:9: `rrule`: ")


@pytest.mark.parametrize("holidays", ["XX", "DE-XX", "nowhere"])
def test_a_country_without_holidays_is_told_at_its_line(problems: Problems, holidays: str) -> None:
    (found,) = problems(hours(f"mon-fri: 08:00-20:00\nholidays: {holidays}"))
    assert found.startswith("uptime.yml:9: `holidays`: ")


def test_what_is_not_there_is_not_told_of_services_that_could_not_be_built(problems: Problems) -> None:
    broken = SERVICE.replace("https://", "")
    text = exclusion("services: [shop, web]\nendpoints: [shop/web]\nlabels: {tier: 1}\n" + ONCE, broken)
    assert problems(text) == line(4, "`url` has no scheme; write https:// before it")
