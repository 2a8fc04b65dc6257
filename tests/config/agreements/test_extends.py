"""Documents that extend others: whole keys are replaced, nothing merges deeper."""

from pathlib import Path

from exporter.config.agreements.load import load_agreements
from tests.config.agreements.conftest import Problems
from tests.support.agreements import HEAD, SMALL, TARGETS

BASE = """\
name: base
version: 1
from: 2026-01-01
kind: customer
approved: {provider: {by: mara, on: 2026-06-10}}
measure: {smallest_outage: 60s, starts: detected}
exclusions: {maintenance: {}}
"""


def write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.yml").write_text(text)


def test_a_template_is_no_agreement_and_gives_its_keys() -> None:
    write(a=BASE, b=SMALL + "extends: base\nmeasure: {smallest_outage: 5m}\n")
    (found,) = load_agreements(["*.yml"], {})
    assert (found.name, found.version, found.is_draft, found.approved) == ("acme", "1", True, {})
    assert found.document["measure"] == {"smallest_outage": "5m"}  # and not `starts`, too
    assert found.document["exclusions"] == {"maintenance": {}}
    assert (found.origins["exclusions"], found.origins["measure"]) == ("a.yml:7", "b.yml:11")


def test_a_version_may_extend_the_one_before_and_templates_each_other() -> None:
    write(
        a=BASE.replace("name: base", "name: root"),
        b="name: base\nversion: 2\nextends: root@1\nmeasure: {unknown: down}\n",
        c=SMALL + "extends: base\n",
        d=HEAD.replace("version: 1", "version: 2").replace("07-01", "08-01")
        + "extends: acme@1\npurpose: more\n",
    )
    first, second = load_agreements(["*.yml"], {})
    assert (first.version, second.version) == ("1", "2")
    assert second.terms.targets == first.terms.targets
    assert second.document["measure"] == {"unknown": "down"}
    assert second.document["exclusions"] == {"maintenance": {}}


def test_a_document_that_is_not_there_is_told(problems: Problems) -> None:
    assert problems(a=BASE, b=SMALL + "extends: bsae\n")[-1:] == [
        "b.yml:10: `extends`: there is no document `bsae`; did you mean `base`?"
    ]


def test_a_name_that_several_have_needs_its_version(problems: Problems) -> None:
    second = BASE.replace("version: 1", "version: 2")
    told = problems(a=BASE, b=second, c=SMALL + "extends: base\n")
    assert (
        "c.yml:10: `extends`: there are several documents `base`; write which, such as `base@1` or `base@2`"
        in told
    )


def test_a_circle_is_told(problems: Problems) -> None:
    one, two = (HEAD.replace("acme", name) + TARGETS for name in ("one", "two"))
    assert problems(a=one + "extends: two\n", b=two + "extends: one\n") == [
        "a.yml:10: `extends` has no end: one extends two extends one; cut the circle",
        "b.yml:10: `extends` has no end: two extends one extends two; cut the circle",
    ]


def test_a_template_that_nobody_extends_is_an_agreement_without_parties(problems: Problems) -> None:
    assert problems(a=BASE) == [
        "a.yml:1: `parties` is missing; name `provider` and `customer` (a document without them is a template, for another one to extend)",
        "a.yml:1: `period` is missing; write what is judged, such as `period: {calendar: month, timezone: Europe/Berlin}`",
        "a.yml:1: `targets` is missing; write what is promised, such as `targets: [{name: shop, service: shop, availability: 99.9}]`",
    ]


def test_a_mistake_in_a_template_is_told_where_it_stands(problems: Problems) -> None:
    assert problems(a=BASE.replace("60s", "60"), b=SMALL + "extends: base\n") == [
        "a.yml:6: `smallest_outage`: `60` has no unit; write 60s for seconds"
    ]
