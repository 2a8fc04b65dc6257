"""What can be chosen at the top of a dashboard."""

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import dashboard as model

from exporter.output import names
from exporter.output.dashboards.queries import DATA_SOURCE, SERVICES

_ALL = model.VariableOption(text="All", value="$__all")
PROVISIONED = "uptime-prometheus"
"""The uid of the data source that comes with the dashboards."""


def data_source() -> build.DatasourceVariable:
    """Which Prometheus."""
    chosen = model.VariableOption(text="Prometheus", value=PROVISIONED)
    return build.DatasourceVariable("datasource").label("Data source").type("prometheus").current(chosen)


def sites() -> build.QueryVariable:
    """From where is probed: one, several or all."""
    return _several("site", "Site", f"label_values({names.EXPORTER_INFO.name}, site)").all_value(".*")


def found_in_order(name: str, query: str, label: str) -> build.QueryVariable:
    """What a query finds now, in its order, by a label without quotes in it; nobody sees or chooses it."""
    variable = _one(name, name, f"query_result({query})").regex(f'/{label}="([^"]+)"/').current(_ALL)
    variable.multi(multi=True).include_all(include_all=True).sort(model.VariableSort.DISABLED)
    return variable.hide(model.VariableHide.HIDE_VARIABLE)


def services() -> build.QueryVariable:
    """One, several or all."""
    return _several("service", "Service", f"label_values({names.SLO_OBJECTIVE.name}, {names.SERVICE})")


def agreements() -> build.QueryVariable:
    """One, several or all."""
    return _several("agreement", "Agreement", f"label_values({names.SLA_INFO.name}, {names.AGREEMENT})")


def probed_services() -> build.QueryVariable:
    """Those that have endpoints; one of them at first, as all of them may have thousands of buckets."""
    known = f"label_values({names.ENDPOINT_INFO.name}, {names.SERVICE})"
    return _one("service", "Service", known).multi(multi=True).include_all(include_all=True).all_value(".+")


def endpoints() -> build.QueryVariable:
    """Of the chosen services."""
    known = f"{names.ENDPOINT_INFO.name}{{{SERVICES}}}"
    return _several("endpoint", "Endpoint", f"label_values({known}, {names.ENDPOINT})")


def service() -> build.QueryVariable:
    """Just one."""
    return _one("service", "Service", f"label_values({names.SLO_OBJECTIVE.name}, {names.SERVICE})")


def slo() -> build.QueryVariable:
    """One of the chosen service."""
    known = f'{names.SLO_OBJECTIVE.name}{{{names.SERVICE}="$service"}}'
    return _one("slo", "SLO", f"label_values({known}, {names.SLO})")


def _several(name: str, label: str, query: str) -> build.QueryVariable:
    return (
        _one(name, label, query).multi(multi=True).include_all(include_all=True).all_value(".+").current(_ALL)
    )


def _one(name: str, label: str, query: str) -> build.QueryVariable:
    asked: dict[str, object] = {"qryType": 1, "query": query, "refId": name}
    variable = build.QueryVariable(name).label(label).datasource(DATA_SOURCE).query(asked).definition(query)
    return variable.refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(
        model.VariableSort.ALPHABETICAL_ASC
    )
