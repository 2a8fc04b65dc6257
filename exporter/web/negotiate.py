"""What a client can read, from its headers."""

from exporter.output.style import OPENMETRICS, TEXT, Style


def style_for(accept: str) -> Style:
    """The exposition format that an `Accept` header likes best; text where it knows none of ours."""
    best, best_weight = TEXT, 0.0
    for media, parameters, weight in _weighted(accept):
        style = _style_of(media, parameters.get("version"))
        if style is not None and weight > best_weight:
            best, best_weight = style, weight
    return best


def takes_gzip(accept_encoding: str) -> bool:
    """Whether an `Accept-Encoding` header allows gzip."""
    weights = {coding: weight for coding, _, weight in _weighted(accept_encoding)}
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _style_of(media: str, version: str | None) -> Style | None:
    if media == "application/openmetrics-text" and version in {None, "1.0.0"}:
        return OPENMETRICS
    if media in {"text/plain", "text/*", "*/*"} and version in {None, "0.0.4"}:
        return TEXT
    return None


def _weighted(header: str) -> list[tuple[str, dict[str, str], float]]:
    """Each item of a header with its parameters and its weight, in order; what is malformed weighs 0."""
    items = []
    for item in header.split(","):
        name, *rest = (part.strip() for part in item.split(";"))
        pairs = (part.partition("=") for part in rest)
        parameters = {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}
        try:
            weight = float(parameters.pop("q", "1"))
        except ValueError:
            weight = 0.0
        if name:
            items.append((name.lower(), parameters, weight))
    return items
