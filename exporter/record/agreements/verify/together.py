"""Whether reports go with each other: what one says of another is what that says of itself."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from exporter.record.agreements.documents import point_of
from exporter.sla.differences import differences
from exporter.sla.wire import Json


def breaks(documents: Sequence[Json]) -> Iterator[str]:
    """Where documents do not go with each other: issues of one agreement by their numbers, any by what they say of others."""
    issued = [each for each in documents if each["issue"]["number"] is not None]
    issued.sort(key=lambda each: (each["agreement"], each["issue"]["number"]))
    for earlier, later in pairwise(issued):
        if earlier["agreement"] == later["agreement"]:
            yield from _follows(earlier, later)
    numbered = {(each["agreement"], each["issue"]["number"]): each for each in issued}
    terms = {(each["agreement"], each["version"]): each["terms_sha256"] for each in issued}
    texts = {each["terms_sha256"]: each["terms"] for each in documents}
    for told in documents:
        yield from _changes(told, texts)
        yield from _owes(told, numbered)
        yield from _people(told, texts)
    for told in issued:
        yield from _credits(told, numbered)
        yield from _versions(told, terms)
        yield from _trends(told, issued)


def _follows(earlier: Json, later: Json) -> Iterator[str]:
    name, before, number = later["agreement"], earlier["issue"]["number"], later["issue"]["number"]
    if number == before and later["sha256"] != earlier["sha256"]:
        yield f"there are two issues {number} of {name}"
    elif number == before + 1 and later["issue"]["previous_sha256"] != earlier["sha256"]:
        yield f"issue {number} of {name} does not follow this issue {before}: one of them was exchanged"


def _credits(told: Json, numbered: Mapping[tuple[str, int], Json]) -> Iterator[str]:
    """Credits of earlier issues, for the cap of the year, that these do not have."""
    name, number = told["agreement"], told["issue"]["number"]
    for named in told["issue"]["before"]:
        found = numbered.get((name, named["number"]))
        if found and (found["sha256"], found["credit"]["share"]) != (named["sha256"], named["share"]):
            yield f"issue {number} of {name} counts a credit that this issue {named['number']} does not have"


def _trends(told: Json, issued: Sequence[Json]) -> Iterator[str]:
    """Earlier periods that an issue tells otherwise than the issue which it had of them then."""
    name, number = told["agreement"], told["issue"]["number"]
    points = {each["label"]: each for each in told["trend"]}
    numbers = {each["issue"]["number"] for each in issued if each["agreement"] == name}
    latest = {
        each["period"]["name"]: each
        for each in issued
        if each["agreement"] == name and each["issue"]["number"] < number
    }
    for label, earlier in latest.items():
        complete = set(range(earlier["issue"]["number"], number)) <= numbers  # no later one of it is missing
        if complete and label in points and points[label] != point_of(earlier):
            yield f"issue {number} of {name} tells {label} otherwise than issue {earlier['issue']['number']}"


def _versions(told: Json, terms: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """A version that took over, and has other terms here."""
    after = told["issue"]["replaced_by"]
    if after is None:
        return
    name, version = told["agreement"], after["version"]
    if terms.get((name, version), after["terms_sha256"]) != after["terms_sha256"]:
        yield f"issue {told['issue']['number']} of {name} was ended by another version {version} than this one"


def _changes(told: Json, texts: Mapping[str, Json]) -> Iterator[str]:
    """What a version is said to have changed, where the texts of both are at hand."""
    for before, after in pairwise(told["versions"]):
        one, other = (texts.get(each["terms_sha256"]) for each in (before, after))
        if one and other and after["changes"] != list(map(str, differences(one, other))):
            yield (
                f"{_name(told)} says otherwise what version {after['version']} changed than the texts of it"
                f" and of version {before['version']}"
            )


def _owes(told: Json, numbered: Mapping[tuple[str, int], Json]) -> Iterator[str]:
    """What others owe, and their issues do not say."""
    for other in told["rests_on"]:
        for each in other["owes"]:
            named = each["issue"]
            found = numbered.get((other["agreement"], named["number"])) if named else None
            if found and (named["sha256"], each["percent"], each["verdict"]) != (
                found["sha256"],
                found["credit"]["percent"],
                found["verdict"],
            ):
                yield f"{_name(told)} says otherwise what {other['agreement']} owes than this issue {named['number']}"


def _people(told: Json, texts: Mapping[str, Json]) -> Iterator[str]:
    """People of later versions who are not those of their texts."""
    for later in {str(each): each for seen in told["evidence"].values() for each in seen["later"]}.values():
        text = texts.get(later["terms_sha256"])
        if text and later["people"] != {
            party: sorted(side.get("people", ())) for party, side in text["parties"].items()
        }:
            yield f"{_name(told)} names other people of version {later['version']} than that does"


def _name(told: Json) -> str:
    number = told["issue"]["number"]
    where = f"issue {number}" if number is not None else f"the draft for {told['period']['name']}"
    return f"{where} of {told['agreement']}"
