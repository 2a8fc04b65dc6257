"""Agreements: a place that is kept for them, so that links to it hold."""

from grafana_foundation_sdk.builders import dashboard, text
from grafana_foundation_sdk.models.text import TextMode

from exporter.output.dashboards import variables
from exporter.output.dashboards.page import AGREEMENTS, page

_SAYS = """\
# Agreements

Here will be what has been agreed with customers and vendors, and how each stands. This exporter does not
reckon with agreements yet; until then the dashboard *Uptime: SLOs* has what there is.
"""


def agreements() -> dashboard.Dashboard:
    """Build it."""
    panel = text.Panel().title("Agreements").description("What is to come here.").mode(TextMode.MARKDOWN)
    return page(
        AGREEMENTS,
        "Uptime: agreements",
        [variables.data_source(), variables.sites()],
        [(8, [(24, panel.content(_SAYS))])],
    )
