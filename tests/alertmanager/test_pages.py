"""What reaches people of outages: real exporters, the rules as they are deployed, Prometheus, and Alertmanager."""

import re
from collections.abc import Iterator

import pytest

from tests.support.night import BURN, DOWN, Night, play
from tests.support.prometheus import KUBERNETES
from tests.support.watch import BUDGET, watching
from tests.support.webhook import FIRING, RESOLVED, Told

MONTH = 30 * 86_400
PAGE = {"slo": "availability", "tier": "fast", "severity": "page", "long": "1h", "short": "5m"}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with watching(tmp_path_factory.mktemp("night")) as watch:
        yield play(watch)


def page(service: str) -> dict[str, str]:
    """All labels of the page for a service."""
    return {"alertname": BURN, "uptime_service": service} | PAGE


def of(service: str, told: list[Told], status: str = FIRING) -> list[Told]:
    return [each for each in told if each.status == status and each.labels.get("uptime_service") == service]


def firing_between(night: Night, start: float, end: float, **labels: str) -> list[float]:
    """Instants, half a second apart, at which alerts on burning budgets with these labels fired, one for each alert.

    Where an alert is not there at an evaluation, Prometheus takes it for gone from that second on.
    """
    chosen = "".join(f',{name}="{value}"' for name, value in labels.items())
    data = night.watch.prometheus.api(
        "query_range",
        query=f'ALERTS{{alertname="{BURN}",alertstate="firing"{chosen}}}',
        start=start,
        end=end,
        step=0.5,
    )
    return [at for row in data["result"] for at, _ in row["values"]]


def test_bad_hours_that_are_nearly_bad_enough_fire_nothing(night: Night) -> None:
    ratios = {each.labels["uptime_service"]: each.number for each in night.before.ratios}

    assert night.before.burning == []
    assert ratios.pop("blip") == 0
    assert set(ratios) == {"shop", "mail", "patched", "unpatched", "relay"}
    assert all(0.999 < ratio <= 1 for ratio in ratios.values())


def test_a_server_that_breaks_makes_a_page_with_these_labels_and_no_others(night: Night) -> None:
    (told,) = of("mail", night.pages.told)

    assert told.receiver == "page"
    assert told.labels == page("mail")


def test_a_page_says_what_share_of_the_budget_went_and_when_the_rest_is_gone(night: Night) -> None:
    (told,) = of("mail", night.pages.told)

    assert told.annotations["summary"] == "mail/availability burns its error budget: tier fast"
    said = re.fullmatch(
        r"([\d.]+)% of the error budget went in the last 1h\. ([\d.]+)% of it is left: "
        r"at the pace of the last 5m that is gone in \d+d \d+h \d+m \d+s\.",
        told.annotations["description"],
    )
    assert said is not None, told.annotations
    assert float(said[1]) == pytest.approx(2, abs=0.05)
    assert float(said[2]) == pytest.approx(90, abs=0.05)


def test_no_annotation_of_the_night_is_an_error_or_no_number(night: Night) -> None:
    texts = [text for told in night.stopped.told for text in told.annotations.values()]

    assert len(texts) > 10
    assert [text for text in texts if re.search(r"<error|<no value|NaN|Inf|\{\{", text)] == []


def test_the_tickets_behind_a_page_are_held_back_by_it(night: Night) -> None:
    held = {alert.labels["tier"]: alert.inhibited_by for alert in night.pages.mail}

    assert held == {"fast": (), "slow": (page("mail"),), "long": (page("mail"),)}


def test_nobody_is_told_of_the_tickets_while_the_page_is_there(night: Night) -> None:
    assert [told.labels["tier"] for told in of("mail", night.recovering)] == ["fast"]


def test_once_the_server_is_well_the_page_is_over_and_what_remains_is_a_ticket(night: Night) -> None:
    told = night.stopped.told

    assert of("mail", night.recovering, RESOLVED) == []
    assert [each.labels for each in of("mail", told, RESOLVED)] == [page("mail")]
    (ticket,) = of("mail", told[len(night.recovering) :])
    assert (ticket.receiver, ticket.labels["tier"]) == ("ticket", "slow")


def test_a_single_failed_beat_burns_fast_enough_and_pages_nobody(night: Night) -> None:
    figures = night.blip.figures

    assert figures["uptime_probe_failures_total"] == 1
    assert figures["uptime_slo_bad_seconds"] > 0
    assert figures["uptime_slo_burn_rate"] > 14.4
    assert figures["uptime_slo_alert_ratio"] == 1, "the guard holds it at the threshold"
    assert of("blip", night.blip.told) == []
    assert firing_between(night, night.watch.began, night.blip.until, uptime_service="blip") == []


def test_the_beats_that_fail_after_it_make_the_page(night: Night) -> None:
    (told,) = [each for each in of("blip", night.stopped.told) if each.labels["alertname"] == BURN]

    assert told.labels == page("blip")


def test_maintenance_pages_nobody_where_the_same_outage_does_without(night: Night) -> None:
    assert [told.labels for told in of("unpatched", night.stopped.told)] == [page("unpatched")]
    assert of("patched", night.stopped.told) == []


def test_nothing_fires_after_maintenance_for_beats_that_fail_beyond_its_end(night: Night) -> None:
    """Of the hour hardly more is left than they are; their share of the whole budget is what counts (ruling 32)."""
    begun, told = night.watch.began, night.maintenance
    allowed = BUDGET * (MONTH - told.excluded_seconds)

    assert told.bad_seconds > 2, "fewer would be held back by the guard alone"
    assert firing_between(night, begun, night.stopped.at, uptime_service="patched") == []
    assert len(firing_between(night, begun, night.stopped.at, uptime_service="unpatched")) > 10
    assert told.ratios == pytest.approx(
        {
            tier: told.bad_seconds / allowed * MONTH / long / factor
            for tier, long, factor in (
                ("fast", 3600, 14.4),
                ("medium", 6 * 3600, 6),
                ("slow", 24 * 3600, 3),
                ("long", 72 * 3600, 1),
            )
        }
    )


def test_a_page_outlives_scrapes_that_fail(night: Night) -> None:
    missed, prometheus = night.missed, night.watch.prometheus
    up = f'up{{instance="{night.watch.to_first.address}"}}'
    length = missed.end - missed.begin
    seen = firing_between(night, missed.begin, missed.end, uptime_service="mail", tier="fast")
    (since,) = prometheus.query('ALERTS_FOR_STATE{uptime_service="mail",tier="fast"}', at=missed.end)

    assert prometheus.query(f"min_over_time({up}[{length}s])", at=missed.end)[0].number == 0
    assert len(seen) == 2 * length + 1
    assert since.number < missed.begin, "it did not begin anew"
    assert of("mail", missed.told, RESOLVED) == []


def test_scrapes_that_fail_for_a_few_seconds_page_nobody_for_the_exporter(night: Night) -> None:
    address = night.watch.to_first.address

    assert [told for told in night.stopped.told if told.labels.get("instance") == address] == []


def test_an_exporter_that_is_stopped_makes_a_page(night: Night) -> None:
    (told,) = [each for each in night.stopped.told if each.labels["alertname"] == DOWN]

    instance = night.watch.to_second.address
    assert told.receiver == "page"
    assert told.labels == {"alertname": DOWN, "job": "uptime", "instance": instance, "severity": "page"}
    assert f"The exporter {instance} does not answer" in told.annotations["summary"]


def test_the_page_for_the_exporter_comes_before_those_of_what_it_alone_watched_end(night: Night) -> None:
    at = night.stopped.at

    assert of("relay", night.stopped.told)
    assert of("relay", night.stopped.told, RESOLVED) == []
    assert firing_between(night, at - 1, at, uptime_service="relay")


def test_two_exporters_that_see_the_same_outage_make_one_page(night: Night) -> None:
    exporters = {each.labels["instance"] for each in night.pages.ratios}

    assert exporters == {night.watch.to_first.address, night.watch.to_second.address}
    assert [alert.labels for alert in night.pages.shop] == [page("shop")]
    assert [told.labels for told in of("shop", night.stopped.told)] == [page("shop")]


def test_a_page_stays_when_one_of_the_two_is_stopped(night: Night) -> None:
    assert of("shop", night.stopped.told, RESOLVED) == []


def test_target_labels_of_kubernetes_change_nothing(night: Night) -> None:
    """The first exporter has them; what it alone watches pages with the same labels as what the second does."""
    by_instance = {each.labels["instance"]: each.labels for each in night.pages.ratios}
    first, second = (
        by_instance[each] for each in (night.watch.to_first.address, night.watch.to_second.address)
    )

    assert KUBERNETES.items() <= first.items()
    assert not KUBERNETES.keys() & second.keys()
    assert {
        service: [each.labels for each in of(service, night.pages.told)] for service in ("mail", "relay")
    } == {service: [page(service)] for service in ("mail", "relay")}
