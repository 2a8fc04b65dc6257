"""An Alertmanager configuration that goes with the rules: who is told of what, and what silences what."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from exporter.config.dependencies import needed_by
from exporter.config.model import Config
from exporter.config.objectives import objective_of
from exporter.output import names
from exporter.output.rules.budgets import EMPTY_BEFORE_PERIOD_END, EXHAUSTED
from exporter.output.rules.endpoints import DOWN, EXPIRES_IN_DAYS, HEARTBEAT_MISSED, expiring
from exporter.output.rules.exporters import EXPORTER_ABSENT, EXPORTER_DOWN, WATCHDOG
from exporter.output.rules.files import document
from exporter.output.rules.flags import PROBER_BLIND
from exporter.output.rules.rule import PAGE, TICKET
from exporter.slo.tiers import PACES, TIERS
from exporter.units import format_duration

_SLO = [names.SERVICE, names.SLO]
_HEADER = """\
# An example to start from, written by `uptime-slo-exporter rules --alertmanager`.
# Receivers without a way to reach somebody, such as webhook_configs, drop what they get: fill them in.
"""
_MEANT = re.compile(r"[\\.+*?()|\[\]{}^$]")
"""What means something in a regular expression."""

_OURS = f'{names.SERVICE}!=""'


def alertmanager_file(config: Config) -> str:
    """Write it."""
    owners = sorted({service.owner for service in config.services if service.owner})
    receivers = [f"{who}-{severity}" for who in owners for severity in (PAGE, TICKET)]
    return document(
        {
            "route": {
                "receiver": TICKET,
                "group_by": _SLO,
                "group_wait": format_duration(config.delays.group_wait),
                "group_interval": "1m",
                "repeat_interval": "4h",
                "routes": list(_routes(config, owners)),
            },
            "inhibit_rules": list(inhibitions(config)),
            "receivers": [{"name": name} for name in (PAGE, TICKET, *receivers, "watchdog")],
        },
        _HEADER,
    )


def _routes(config: Config, owners: list[str]) -> Iterator[dict[str, Any]]:
    """By owner, and there by severity; what nobody owns goes to the default."""
    watchdog = {"matchers": [_is("alertname", WATCHDOG)], "receiver": "watchdog"}
    yield watchdog | {"group_wait": "0s", "group_interval": "1m", "repeat_interval": "1m"}
    for owner in owners:
        yield {
            "matchers": [_is("owner", owner)],
            "receiver": f"{owner}-{TICKET}",
            "routes": [{"matchers": [_severity(config, PAGE)], "receiver": f"{owner}-{PAGE}"}],
        }
    yield {"matchers": [_severity(config, PAGE)], "receiver": PAGE}


def inhibitions(config: Config) -> Iterator[dict[str, Any]]:
    """What silences what."""
    for tier, slower in _slower():
        yield _inhibit([_is("tier", tier), _OURS], [_among("tier", slower), _OURS], _SLO)
    days = sorted(EXPIRES_IN_DAYS)
    for sooner, later in pairwise(days):
        source, target = ([_is("alertname", expiring(each))] for each in (sooner, later))
        yield _inhibit(source, target, [names.SERVICE, names.ENDPOINT])
    yield _inhibit(
        [_is("alertname", PROBER_BLIND)], [_among("alertname", [DOWN, HEARTBEAT_MISSED])], ["job", "instance"]
    )
    yield _inhibit([_is("alertname", EXPORTER_DOWN)], [_is("alertname", EXPORTER_ABSENT)], ["job"])
    yield _inhibit(
        [_is("alertname", EXHAUSTED)],
        [_is("alertname", EMPTY_BEFORE_PERIOD_END)],
        _SLO,
    )
    yield from _by_dependency(config)


def _by_dependency(config: Config) -> Iterator[dict[str, Any]]:
    """While a service burns its budget at the pace of a page, those that depend on it say nothing new."""
    ids = {service.id: service.name for service in config.services}
    slos = [slo for service in config.services for slo in service.slos]
    said = sorted({DOWN, config.alerting.name, *(slo.alerting.name for slo in slos)})
    paging = [pace.tier for pace in PACES if pace.severity == PAGE]
    for needed, dependents in needed_by(config.services).items():
        if dependents and _pages(config, needed):
            silenced = [name for each, name in ids.items() if each in dependents]
            yield _inhibit(
                [_is(names.SERVICE, ids[needed]), _among("tier", paging)],
                [_among(names.SERVICE, silenced), _among("alertname", said)],
                [],
            )


def _pages(config: Config, service_id: str) -> bool:
    """Whether any SLO of a service has a tier that pages."""
    service = config.service(service_id)
    plans = [objective_of(config, service, slo).plan for slo in service.slos]
    return any(tier.pace.severity == PAGE for plan in plans for tier in plan.tiers)


def _slower() -> Iterator[tuple[str, list[str]]]:
    for at, tier in enumerate(TIERS[:-1], 1):
        yield tier, list(TIERS[at:])


def _inhibit(source: list[str], target: list[str], equal: list[str]) -> dict[str, Any]:
    rule: dict[str, Any] = {"source_matchers": source, "target_matchers": target}
    return rule | ({"equal": equal} if equal else {})


def _severity(config: Config, severity: str) -> str:
    """All that SLOs may call a severity."""
    alerting = [config.alerting, *(slo.alerting for service in config.services for slo in service.slos)]
    return _among("severity", sorted({each.severity(severity) for each in alerting} | {severity}))


def _is(label: str, value: str) -> str:
    return f"{label}={_quoted(value)}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _among(label: str, values: list[str]) -> str:
    """A matcher for any of them."""
    if len(values) == 1:
        return _is(label, values[0])
    text = "|".join(_MEANT.sub(r"\\\g<0>", value) for value in values)
    return f"{label}=~{_quoted(text)}"
