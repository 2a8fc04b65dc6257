"""The configuration names files of agreements, and what these are about is among its services."""

from pathlib import Path

import pytest

from exporter.config.files import digest
from exporter.config.load import load
from exporter.errors import ConfigError
from tests.support.agreements import HEAD, SMALL, TARGETS, target

SERVICES = """\
services:
  - {name: shop, endpoints: [{name: web, url: "https://example.com/"}]}
agreements: [agreements/*.yml]
"""
QUERIES = "share: 99, promql: {good: 'a[1m]', total: 'b[1m]'}"


def write(*texts: str, config: str = SERVICES) -> None:
    Path("agreements").mkdir()
    Path("uptime.yml").write_text(config)
    for number, text in enumerate(texts):
        Path(f"agreements/{number}.yml").write_text(text)


def problems(*texts: str, config: str = SERVICES) -> list[str]:
    write(*texts, config=config)
    with pytest.raises(ConfigError) as caught:
        load(["uptime.yml"], {})
    return str(caught.value).splitlines()


def test_agreements_are_read_with_the_configuration() -> None:
    write(SMALL, SMALL.replace("acme", "other"))
    config = load(["uptime.yml"], {})
    assert [each.name for each in config.agreements] == ["acme", "other"]
    assert config.beside["agreements/0.yml"] == digest(SMALL.encode())
    assert config.warnings == ()


def test_paths_are_relative_to_the_file_that_names_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(SMALL)
    monkeypatch.chdir("/")
    assert len(load([str(folder / "uptime.yml")], {}).agreements) == 1


def test_services_that_are_not_there_are_told_where_they_are_named() -> None:
    text = (
        HEAD
        + TARGETS.replace("service: shop", "service: shpo")
        + "scope: {in: [mail]}\nfee: {amount: '1', currency: EUR, shares: {mail: 100%}}\n"
    )
    assert problems(text) == [
        "agreements/0.yml:9: there is no service `shpo`; did you mean `shop`?",
        "agreements/0.yml:10: there is no service `mail`; the configuration has shop",
        "agreements/0.yml:11: there is no service `mail`; the configuration has shop",
    ]


def test_endpoints_that_are_not_there_are_told() -> None:
    assert problems(target("availability: 99, endpoints: [web, wbe, edge]")) == [
        "agreements/0.yml:9: `shop` has no endpoint `edge`; it has web",
        "agreements/0.yml:9: `shop` has no endpoint `wbe`; did you mean `web`?",
    ]


def test_where_services_have_problems_of_their_own_what_is_not_there_is_not_told() -> None:
    config = SERVICES.replace("name: shop", "nmae: shop")
    assert {each.partition(":")[0] for each in problems(SMALL, config=config)} == {"uptime.yml"}


def test_who_counts_events_must_be_named() -> None:
    assert problems(target(QUERIES)) == [
        "agreements/0.yml:9: `promql`: there is nobody to ask; name a Prometheus under `prometheus` of the configuration"
    ]


PROMETHEUS = "prometheus: {url: 'http://localhost:9090'}\n"


def with_slo(sli: str) -> str:
    return SERVICES.replace('/"}]}', f'/"}}], slos: [{{objective: 99, sli: {{{sli}}}}}]}}')


def test_events_that_an_slo_has_counted_can_be_promised() -> None:
    counted = with_slo("promql: {good: 'a[1m]', total: 'b[1m]'}") + PROMETHEUS
    write(target(QUERIES), config=counted)
    assert load(["uptime.yml"], {}).warnings == ()


def test_events_that_nobody_counts_are_told() -> None:
    assert problems(
        target(QUERIES), config=with_slo("promql: {good: 'x[1m]', total: 'b[1m]'}") + PROMETHEUS
    ) == [
        "agreements/0.yml:9: nobody asks these queries: give `shop` an SLO with the same `sli: {promql: ...}`"
    ]


def test_slow_answers_that_nobody_records_are_told() -> None:
    text = target("latency: {threshold: 800ms, share: 99}")
    assert problems(text, config=with_slo("latency: {threshold: 900ms}")) == [
        "agreements/0.yml:9: nobody records what is slower: give `shop` an SLO with `sli: {latency: {threshold: ...}}` of the same threshold"
    ]


def test_slow_answers_that_an_slo_records_can_be_promised() -> None:
    write(target("latency: {threshold: 800ms, share: 99}"), config=with_slo("latency: {threshold: 800ms}"))
    assert len(load(["uptime.yml"], {}).agreements) == 1


def test_a_pattern_that_matches_nothing_is_told_where_it_stands() -> None:
    assert problems() == ["uptime.yml:3: no file matches `agreements/*.yml`; check the pattern"]


def test_what_is_no_pattern_is_told() -> None:
    config = SERVICES.replace("[agreements/*.yml]", "[{a: b}]")
    assert problems(config=config) == [
        "uptime.yml:3: `agreements` are files or globs, such as agreements/*.yml, not a map"
    ]


SIGNED = "approved: {provider: {by: mara, on: 2026-06-10}, customer: {by: jo, on: 2026-06-12}}\n"
MOVE = """\
exclusions:
  - {name: move, category: maintenance, services: [shop], from: 2026-11-01T00:00:00Z, to: 2026-11-01T02:00:00Z}
"""


def test_an_exclusion_that_an_agreement_does_not_recognise_is_told_where_it_stands() -> None:
    write(SMALL + SIGNED, config=SERVICES + MOVE)
    assert load(["uptime.yml"], {}).warnings == (
        "uptime.yml:5: `move`: the agreement `acme` does not recognise `maintenance`: there it counts as downtime",
    )


@pytest.mark.parametrize(
    "text", [SMALL + SIGNED + "exclusions: {maintenance: {}}\n", SMALL], ids=["recognised", "a draft"]
)
def test_of_one_that_it_recognises_or_that_is_no_agreement_yet_nothing_is_told(text: str) -> None:
    write(text, config=SERVICES + MOVE)
    assert load(["uptime.yml"], {}).warnings == ()


def test_an_exclusion_of_an_endpoint_or_of_labels_is_one_of_its_service() -> None:
    labelled = SERVICES.replace("{name: shop,", "{name: shop, labels: {tier: gold},")
    write(SMALL + SIGNED, config=labelled + MOVE.replace("services: [shop]", "labels: {tier: gold}"))
    assert len(load(["uptime.yml"], {}).warnings) == 1
    Path("uptime.yml").write_text(SERVICES + MOVE.replace("services: [shop]", "endpoints: [shop/web]"))
    assert len(load(["uptime.yml"], {}).warnings) == 1
