"""How the other party finds out by itself whether a report is right."""

from exporter.output.reports.blocks import Cell, Code, Facts, Points, Section, Text
from exporter.output.reports.document import Document
from exporter.output.reports.words import NOT_KNOWN, known

_STEPS = (
    "It takes the SHA-256 of the document (JSON with sorted keys, no spaces, UTF-8, without its key sha256): that above.",
    "From the terms and the evidence in the document it works out all figures, outages, exclusions and credits again.",
    "It says yes, or what is different. It asks no database and no network, so that either party can run it.",
)


def recompute(document: Document) -> Section:
    """How to compute all of it again."""
    software = document.get("software")
    made = f"{software['name']} {software['version']}" if software else NOT_KNOWN
    facts = Facts((("SHA-256 of the document", Cell(known(document.get("sha256")))), ("Made by", Cell(made))))
    intro = Text(
        "All that stands here is in one JSON document, the same report with the format json. Keep it as FILE, and run:"
    )
    return Section(
        "recompute",
        "How to compute it again",
        (facts, intro, Code("uptime-slo-exporter verify FILE"), Points(_STEPS)),
    )
