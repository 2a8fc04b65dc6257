import asyncio
import gzip
import re
import sys
from collections.abc import Collection
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from exporter.engine.live import Live
from exporter.output.column import fastest_texts, plain_texts
from exporter.output.exposition import ALL, Exposition
from exporter.output.names import EVALUATED, FAMILIES, Group, Kind
from exporter.output.renders import fastest_gzip
from exporter.output.style import OPENMETRICS, TEXT, Style
from exporter.probes.result import Reason
from exporter.slo.figures import figures
from exporter.slo.ratio import number
from exporter.timeline.recurrence import recurring
from tests.support.history import ListedHistory
from tests.support.live import DAY, NOW, endpoint, everything, live, service, slo
from tests.support.prometheus import check_metrics

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def render(shown: Live, style: Style = TEXT, groups: Collection[Group] = ALL) -> str:
    return "".join([text async for text in Exposition().slices(shown, NOW, style, groups)])


def samples(text: str, style: Style = TEXT) -> Samples:
    parse = parse_openmetrics if style.openmetrics else parse_text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parse(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, /, **wanted: str) -> float | None:
    """The one sample of that name whose labels include the wanted ones; None where there is none."""
    values = [
        each
        for (one, labels), each in found.items()
        if one == name and wanted.items() <= dict(labels).items()
    ]
    assert len(values) <= 1
    return values[0] if values else None


@pytest.mark.usefixtures("promtool")
async def test_promtool_has_nothing_to_say() -> None:
    text = await render(everything())
    assert await asyncio.to_thread(check_metrics, text) == ""


@pytest.mark.parametrize("style", [TEXT, OPENMETRICS], ids=lambda style: style.name)
async def test_parsers_find_every_family_with_its_type_and_help(style: Style) -> None:
    text = await render(everything(), style)
    parse = parse_openmetrics if style.openmetrics else parse_text
    found = {family.name: family for family in parse(text)}
    families = [EVALUATED, *(family for group in FAMILIES.values() for family in group)]
    for family in families:
        name = family.name.removesuffix("_total") if family.kind is Kind.COUNTER else family.name
        assert found[name].type == family.kind
        assert found[name].documentation == family.help
        assert found[name].samples
        assert set(family.labels) <= {name for sample in found[name].samples for name in sample.labels}
    assert {name for name in found if name.startswith("uptime_")} == {
        family.name.removesuffix("_total") for family in families
    }


async def test_both_formats_say_the_same() -> None:
    shown = everything()
    text, openmetrics = samples(await render(shown)), samples(await render(shown, OPENMETRICS), OPENMETRICS)
    uptime = {key for key in text if key[0].startswith("uptime_")}
    assert uptime == {key for key in openmetrics if key[0].startswith("uptime_")}
    assert {key: text[key] for key in uptime} == {key: openmetrics[key] for key in uptime}


async def test_openmetrics_ends_as_it_must_and_text_has_no_end() -> None:
    assert (await render(everything(), OPENMETRICS)).endswith("\n# EOF\n")
    assert "# EOF" not in await render(everything())


async def test_no_family_has_a_created_line() -> None:
    assert "_created" not in await render(everything(), OPENMETRICS)


async def test_every_family_is_one_block_with_one_head() -> None:
    text = await render(everything(), OPENMETRICS)
    heads = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert len(heads) == len(set(heads))


async def test_the_figures_are_those_of_the_one_function_at_the_one_instant() -> None:
    shown = everything()
    found = samples(await render(shown))
    assert value(found, "uptime_exporter_evaluated_timestamp_seconds") == NOW / 1000
    for each in shown.slos:
        answer = figures(each.question, NOW)
        names = {"uptime_service": each.service.name, "slo": each.config.name}
        left = answer.remaining_ms
        assert value(found, "uptime_slo_sli_ratio", **names) == number(answer.sli)
        assert value(found, "uptime_slo_coverage_ratio", **names) == number(answer.coverage)
        assert value(found, "uptime_slo_error_budget_remaining_ratio", **names) == number(
            answer.remaining_ratio
        )
        assert value(found, "uptime_slo_error_budget_remaining_seconds", **names) == (
            None if left is None else float(left / 1000)
        )
        for window, rate in zip(each.question.objective.plan.windows, answer.burn, strict=True):
            assert value(found, "uptime_slo_burn_rate", window=window, **names) == number(rate)
        for tier, ratio in zip(each.question.objective.plan.tiers, answer.alerts, strict=True):
            pace = tier.pace
            alert = value(
                found, "uptime_slo_alert_ratio", tier=pace.tier, severity=pace.severity, long=pace.long,
                short=pace.short, **names,
            )  # fmt: skip
            assert alert == number(ratio)
            threshold = value(
                found, "uptime_slo_burn_rate_threshold", tier=pace.tier, window=pace.long, **names
            )
            assert threshold == float(tier.factor)
        assert value(found, "uptime_slo_day_unknown_seconds", **names) == answer.day_unknown / 1000


async def test_bad_amounts_are_seconds_of_time_and_else_events_over_each_long_window() -> None:
    found = samples(await render(everything()))
    named = {"uptime_service": "down", "slo": "availability"}
    long = {window: value(found, "uptime_slo_bad_seconds", window=window, **named) for window in ("1h", "3d")}
    assert long == {"1h": 120, "3d": 120}
    assert value(found, "uptime_slo_bad_seconds", window="5m", **named) is None
    named["slo"] = "beats"
    assert value(found, "uptime_slo_bad_events", window="1h", **named) == 1
    assert value(found, "uptime_slo_bad_seconds", window="1h", **named) is None


async def test_an_exclusion_that_is_in_force_says_whether_it_recurs() -> None:
    shown = everything()
    weekly = recurring("FREQ=DAILY", 2 * DAY, "UTC", NOW - 5 * DAY)
    shown.exclusions += (replace(shown.exclusions[0], name="nightly", when=weekly),)
    found = samples(await render(shown))
    assert value(found, "uptime_exclusion_end_timestamp_seconds", name="move", recurring="false")
    assert value(found, "uptime_exclusion_end_timestamp_seconds", name="nightly", recurring="true")


async def test_burn_windows_longer_than_the_slo_are_absent() -> None:
    found = samples(await render(everything()))
    windows = {
        dict(labels)["window"]
        for (name, labels) in found
        if name == "uptime_slo_burn_rate" and dict(labels)["slo"] == "fast"
    }
    assert windows == {"5m", "30m", "1h"}


async def test_up_is_1_or_0_and_absent_while_unknown() -> None:
    found = samples(await render(everything()))
    assert value(found, "uptime_endpoint_up", uptime_service="mail") == 1
    assert value(found, "uptime_endpoint_up", uptime_service="down") == 0
    assert value(found, "uptime_endpoint_up", uptime_service="new") is None
    assert value(found, "uptime_endpoint_state", uptime_service="new", state="unknown") == 1
    assert (
        value(found, "uptime_endpoint_state_since_timestamp_seconds", uptime_service="down")
        == NOW / 1000 - 120
    )
    assert value(found, "uptime_endpoint_state_since_timestamp_seconds", uptime_service="new") is None


async def test_the_state_of_an_slo_is_one_hot() -> None:
    found = samples(await render(everything()))
    shown = {
        state: value(found, "uptime_slo_state", uptime_service="down", slo="availability", state=state)
        for state in ("good", "bad", "unknown", "excluded")
    }
    assert shown == {"good": 0, "bad": 1, "unknown": 0, "excluded": 0}


async def test_nothing_known_shows_no_value_and_never_nan() -> None:
    text = await render(live(service("new"), histories={"new": ListedHistory([])}))
    found = samples(text)
    assert value(found, "uptime_slo_sli_ratio") is None
    assert value(found, "uptime_slo_coverage_ratio") == 0
    assert not re.search(r" (nan|null|none|inf)$", text, re.MULTILINE | re.IGNORECASE)


async def test_every_child_of_a_counter_is_there_from_the_first_scrape() -> None:
    found = samples(await render(live()))
    reasons = {dict(labels)["reason"] for name, labels in found if name == "uptime_probe_failures_total"}
    assert reasons == set(endpoint().settings.reasons)
    results = {dict(labels)["result"] for name, labels in found if name == "uptime_probe_results_total"}
    assert results == {"success", "failure", "inconclusive"}
    assert value(found, "uptime_probe_duration_seconds_count") == 0
    assert value(found, "uptime_endpoint_seconds_total", state="unknown") == 0


async def test_a_probed_endpoint_shows_what_was_found() -> None:
    found = samples(await render(everything()))
    web = {"uptime_service": "shop", "uptime_endpoint": "web"}
    assert value(found, "uptime_probe_failures_total", reason="certificate", **web) == 1
    assert value(found, "uptime_endpoint_failure_info", **web) == 1
    assert value(found, "uptime_probe_phase_duration_seconds", phase="connect", **web) == 0.0025
    assert value(found, "uptime_probe_phase_duration_seconds", phase="transfer", **web) is None
    assert value(found, "uptime_probe_http_status_code", **web) is None
    assert value(found, "uptime_tls_verified", **web) == 0
    assert value(found, "uptime_probe_duration_seconds_bucket", le="0.01", **web) == 0
    assert value(found, "uptime_probe_duration_seconds_bucket", le="0.025", **web) == 1
    assert value(found, "uptime_probe_duration_seconds_bucket", le="10.0", **web) == 1
    assert value(found, "uptime_probe_duration_seconds_bucket", le="+Inf", **web) == 2
    assert value(found, "uptime_probe_duration_seconds_sum", **web) == 11.012
    assert value(found, "uptime_endpoint_seconds_total", state="up", **web) == 86_000


async def test_users_labels_are_on_info_metrics_only_padded_to_one_set() -> None:
    found = samples(await render(everything()))
    endpoint_labels = {frozenset(dict(labels)) for name, labels in found if name == "uptime_endpoint_info"}
    assert endpoint_labels == {
        frozenset({"uptime_service", "uptime_endpoint", "type", "target", "tier", "rack"})
    }
    assert {name for name, labels in found if "tier" in dict(labels) and dict(labels)["tier"] == "1"} == {
        "uptime_endpoint_info",
        "uptime_slo_info",
    }


async def test_what_a_slo_asks_for_is_on_its_info() -> None:
    found = samples(await render(live()))
    (info,) = [dict(labels) for name, labels in found if name == "uptime_slo_info"]
    assert info == {
        "uptime_service": "shop",
        "slo": "availability",
        "title": "Can be bought from",
        "objective": "99.9",
        "method": "time",
        "slo_window": "30d",
        "owner": "payments",
    }


async def test_secrets_of_a_url_are_never_shown() -> None:
    assert "secret" not in await render(everything())


@pytest.mark.parametrize("group", Group)
async def test_a_group_shows_its_families_and_always_the_instant(group: Group) -> None:
    text = await render(everything(), groups={group})
    heads = {name for name in re.findall(r"^# TYPE (\S+)", text, re.MULTILINE) if name.startswith("uptime_")}
    assert heads == {EVALUATED.name, *(family.name for family in FAMILIES[group])}


async def test_more_rows_than_a_slice_holds_are_all_there_once() -> None:
    many = [service(f"s{number}", slos=(slo(window=7 * DAY),)) for number in range(800)]
    text = await render(live(*many), groups={Group.SLO})
    assert len(samples(text)) == 1 + 800 * (2 + 4 + 1 + 7 + 4 + 4 + 4 + 1 + 4)


def test_numbers_read_back_as_the_same_with_and_without_the_extra() -> None:
    numbers = [0, 1, 1.0, 0.1, 1 / 3, 1e-7, 1.8e9, 1_800_000_000.123, 9007199254740991, -0.5, 5e-324, 1e22]
    for texts in (plain_texts, fastest_texts()):
        assert [float(text) for text in texts(numbers)] == numbers


async def test_a_reason_that_the_type_did_not_announce_is_shown_all_the_same() -> None:
    shown = live()
    shown.endpoints[0].counters.failures = {Reason.COMMAND: 1}
    found = samples(await render(shown))
    assert value(found, "uptime_probe_failures_total", reason="command") == 1
    assert value(found, "uptime_probe_failures_total", reason="dns") == 0


async def test_without_the_extras_the_same_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with_extras = await render(everything(), groups={Group.ENDPOINT, Group.SLO})
    monkeypatch.setitem(sys.modules, "orjson", None)
    monkeypatch.setitem(sys.modules, "isal", None)
    assert fastest_texts() is plain_texts
    assert samples(await render(everything(), groups={Group.ENDPOINT, Group.SLO})) == samples(with_extras)
    compressor = fastest_gzip()()
    assert gzip.decompress(compressor.compress(b"up 1\n") + compressor.flush()) == b"up 1\n"
