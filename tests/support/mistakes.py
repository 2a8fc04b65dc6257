"""Configurations that are right but for what a test puts into them."""

SERVICE = """\
services:
  - name: shop
    endpoints:
      - url: https://example.com/
"""


def service(more: str) -> str:
    """Put further keys into the service that is right, from line 5 on."""
    return SERVICE + more


def endpoint(more: str) -> str:
    """Put further keys into its endpoint, from line 5 on."""
    return SERVICE + "".join(f"        {line}\n" for line in more.splitlines())


def slo(more: str) -> str:
    """Put keys into an SLO, whose first line is line 6."""
    return SERVICE + "    slos:\n      - " + "\n        ".join(more.splitlines()) + "\n"


def probe(more: str) -> str:
    """Put keys into a named probe that the endpoint uses, from line 8 on."""
    return (
        endpoint("probe: p")
        + "probes:\n  p:\n"
        + "".join(f"    {line}\n" for line in ("type: http\n" + more).splitlines())
    )


def exclusion(more: str, services: str = SERVICE) -> str:
    """Put keys into an exclusion of the category maintenance, from line 8 on."""
    keys = ("name: patching\ncategory: maintenance\n" + more).splitlines()
    return services + "exclusions:\n  - {" + ",\n     ".join(keys) + "}\n"
