"""The two text formats that Prometheus reads, as far as they differ."""

from dataclasses import dataclass

from exporter.output.names import Family, Kind


@dataclass(frozen=True, slots=True)
class Style:
    """One exposition format.

    Attributes:
        name: For people.
        content_type: Of a response.
        openmetrics: Whether a counter's family drops `_total`, and the last line is `# EOF`.
    """

    name: str
    content_type: str
    openmetrics: bool

    def head(self, family: Family) -> str:
        """The lines that introduce a family."""
        name = family.name
        if self.openmetrics and family.kind is Kind.COUNTER:
            name = name.removesuffix("_total")
        help_text = family.help.replace("\\", r"\\").replace("\n", r"\n")
        if self.openmetrics:
            help_text = help_text.replace('"', r"\"")
        return f"# HELP {name} {help_text}\n# TYPE {name} {family.kind}\n"

    @property
    def end(self) -> str:
        """What follows the last family."""
        return "# EOF\n" if self.openmetrics else ""


TEXT = Style("text", "text/plain; version=0.0.4; charset=utf-8", openmetrics=False)
OPENMETRICS = Style(
    "OpenMetrics", "application/openmetrics-text; version=1.0.0; charset=utf-8", openmetrics=True
)


Words = tuple[str, str]
"""Label texts of one thing: its identity, and all that its info metric says."""

WordsById = dict[int, Words]
"""By `id()` of what they are of, which lives as long as they do."""


def escape(value: str) -> str:
    """A label's value as both formats want it."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def labels(*pairs: tuple[str, str]) -> str:
    """Label text without braces, e.g. `slo="a",state="good"`; empty for no label."""
    return ",".join(f'{name}="{escape(value)}"' for name, value in pairs)


def sample(name: str, label_text: str, value: float) -> str:
    """One line."""
    braces = f"{{{label_text}}}" if label_text else ""
    return f"{name}{braces} {value!r}\n"
