"""The recording rules that sloth would have written, from our gauges: its dashboards and habits carry on.

Its error ratios are what its alerts and dashboards divide by the budget. So is ours: the burn rate times
the budget, which takes what is excluded off the budget, where sloth knows no exclusions.
"""

from collections.abc import Iterator

from exporter import __version__
from exporter.config.model import Config, Service, SloConfig
from exporter.config.objectives import objective_of
from exporter.output import names
from exporter.output.rules.promql import SLO_KEY, selected
from exporter.output.rules.rule import Group, Recording
from exporter.units import DAY, WEEK, YEAR, format_duration


def sloth_labels(service: str, slo: str, severity: str = "") -> dict[str, str]:
    """What sloth calls an SLO, and the severity of its alerts."""
    named = {"sloth_id": f"{service}-{slo}", "sloth_service": service, "sloth_slo": slo}
    return named | ({"sloth_severity": severity} if severity else {})


def sloth_groups(config: Config) -> Iterator[Group]:
    """A group for each SLO."""
    for service in config.services:
        for slo in service.slos:
            yield Group(
                f"sloth-slo-{service.name}/{slo.name}",
                config.delays.evaluation,
                tuple(_recordings(config, service, slo)),
            )


def _recordings(config: Config, service: Service, slo: SloConfig) -> Iterator[Recording]:
    objective = objective_of(config, service, slo)
    own = {names.SERVICE: service.name, names.SLO: slo.name}
    called = sloth_labels(service.name, slo.name)

    def worst(family: names.Family, **more: str) -> str:
        return f"max by ({SLO_KEY}) ({selected(family, own | more)})"

    burn_of_window = f"1 - min by ({SLO_KEY}) ({selected(names.SLO_REMAINING_RATIO, own)})"
    budget = f"(1 - {worst(names.SLO_OBJECTIVE)})"
    for window in objective.plan.windows:
        yield Recording(
            f"slo:sli_error:ratio_rate{window}",
            _bare(f"{worst(names.SLO_BURN, window=window)} * on ({SLO_KEY}) {budget}"),
            called | {"sloth_window": window},
        )
    whole = _as_prometheus_says(objective.length)
    if whole not in objective.plan.windows:
        yield Recording(
            f"slo:sli_error:ratio_rate{whole}",
            _bare(f"({burn_of_window}) * on ({SLO_KEY}) {budget}"),
            called | {"sloth_window": whole},
        )
    days = objective.length / DAY
    for record, expr in (
        ("slo:objective:ratio", worst(names.SLO_OBJECTIVE)),
        ("slo:error_budget:ratio", f"1 - {worst(names.SLO_OBJECTIVE)}"),
        ("slo:time_period:days", f"vector({days:g})"),
        ("slo:current_burn_rate:ratio", worst(names.SLO_BURN, window="5m")),
        ("slo:period_burn_rate:ratio", burn_of_window),
        ("slo:period_error_budget_remaining:ratio", f"1 - ({burn_of_window})"),
    ):
        yield Recording(record, _bare(expr), called)
    info = {
        "sloth_version": f"uptime-slo-exporter {__version__}",
        "sloth_mode": "uptime-slo-exporter",
        "sloth_spec": "prometheus/v1",
        "sloth_objective": slo.objective_text,
    }
    yield Recording("sloth_slo_info", "vector(1)", called | info)


def _as_prometheus_says(length: int) -> str:
    """A window as sloth names it: whole years and weeks are said as such."""
    for unit, size in (("y", YEAR), ("w", WEEK)):
        if length % size == 0:
            return f"{length // size}{unit}"
    return format_duration(length)


def _bare(expr: str) -> str:
    """Without our identity labels, which sloth's own series do not have."""
    return expr if expr.startswith("vector(") else f"sum({expr})"
