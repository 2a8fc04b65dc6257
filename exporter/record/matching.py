"""Which endpoint of the configuration a series from elsewhere is about."""

from collections.abc import Iterator, Mapping, Sequence

from exporter.config.model import Config, Endpoint
from exporter.errors import ConfigError, Problem, UsageError
from exporter.record.csv_file import EndpointName
from exporter.record.samples import Samples, merged

SERVICE, ENDPOINT, INSTANCE = "uptime_service", "uptime_endpoint", "instance"
"""Labels by which a series names its endpoint: our own two, or what blackbox_exporter's relabelling sets."""

MOST_NAMED = 20
"""Series or endpoints that a message lists; the others are counted."""


def match(
    series: Sequence[Samples], config: Config, source: str, only: EndpointName | None = None
) -> Mapping[EndpointName, Samples]:
    """Find the endpoint of each series, and join the series of one endpoint.

    Args:
        series: With at least one sample each.
        config: That has the endpoints.
        source: Where the series come from, for messages.
        only: The one endpoint that the one series is about, whatever its labels.

    Raises:
        ConfigError: A series is about no endpoint or several, or two series contradict each
            other; names them all.
        UsageError: There are several series for `only`.
    """
    if only is not None:
        if len(series) != 1:
            msg = (
                f"--endpoint: the query gives {len(series)} series, {_listed(map(str, series))}; "
                "ask for one of them, or say which counts with `min by (...)` or `max by (...)`"
            )
            raise UsageError(msg)
        return {only: series[0]}
    endpoints = {
        (service.name, endpoint.name): endpoint
        for service in config.services
        for endpoint in service.endpoints
    }
    found, problems = dict[EndpointName, list[Samples]](), list[Problem]()
    for samples in series:
        names = candidates(dict(samples.labels), endpoints)
        if len(names) == 1:
            found.setdefault(names[0], []).append(samples)
        else:
            problems.append(Problem(source, 0, _misfit(samples, names)))
    if problems:
        shown = (f"{_said(name)} ({endpoint.target})" for name, endpoint in endpoints.items())
        cure = f"configured are {_listed(shown)}; where the query gives one series, --endpoint SERVICE/ENDPOINT names it"
        raise ConfigError([*_first(problems, source), Problem(source, 0, cure)])
    return _joined(found, source)


def candidates(
    labels: Mapping[str, str], endpoints: Mapping[EndpointName, Endpoint]
) -> Sequence[EndpointName]:
    """The endpoints that a series may be about, by its labels; those that fit best.

    Our own names decide where the series has them. Else `instance` is compared with URL and
    target of each endpoint as they are written, and then without scheme and final slash.
    """
    if SERVICE in labels and ENDPOINT in labels:
        name = (labels[SERVICE], labels[ENDPOINT])
        return [name] if name in endpoints else []
    instance = labels.get(INSTANCE)
    if not instance:
        return []
    exact = [name for name, each in endpoints.items() if instance in {each.url, each.target}]
    if exact:
        return exact
    wanted = _bare(instance)
    return [
        name
        for name, each in endpoints.items()
        if wanted in {_bare(each.url), _bare(each.target)} and _scheme(instance) in {"", _scheme(each.url)}
    ]


def _joined(found: Mapping[EndpointName, Sequence[Samples]], source: str) -> Mapping[EndpointName, Samples]:
    joined, problems = dict[EndpointName, Samples](), list[Problem]()
    for name, series in found.items():
        try:
            joined[name] = merged(series)
        except ValueError as error:
            problems.append(Problem(source, 0, f"{_said(name)}: {error}"))
    if problems:
        raise ConfigError(list(_first(problems, source)))
    return joined


def _misfit(samples: Samples, names: Sequence[EndpointName]) -> str:
    if not names:
        return f"{samples} is about no endpoint of the configuration"
    return f"{samples} may be about {' or '.join(map(_said, names))}; ask for it alone, and name one with --endpoint"


def _first(problems: Sequence[Problem], source: str) -> Iterator[Problem]:
    yield from problems[:MOST_NAMED]
    if len(problems) > MOST_NAMED:
        yield Problem(source, 0, f"and {len(problems) - MOST_NAMED} more series")


def _listed(names: Iterator[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return ", ".join(listed[:MOST_NAMED]) + more


def _said(name: EndpointName) -> str:
    return "/".join(name)


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower() if "://" in url else ""


def _bare(url: str) -> str:
    return url.rpartition("://")[2].rstrip("/")
