"""The JSON schema of an agreement's document, for editors: `python -m exporter.config.agreements.schema > config/agreement.schema.json`.

Made of the models that check the file, so that it cannot say anything else; what a document has from another one may be missing.
"""

import json
import sys

from exporter.config.agreements.hours import REST
from exporter.config.agreements.sections import (
    AgreementSection,
    CreditSection,
    EscalationSection,
    FeeSection,
    MeasureSection,
    RecognitionSection,
    ReviewsSection,
    StepSection,
    TargetSection,
    TerminationSection,
)
from exporter.config.choices import CATEGORIES
from exporter.config.editors import DRAFT, Schema, either, list_of, parts_of, put, ref
from exporter.config.hours import DAY_KEY
from exporter.config.sections import CombineSection, HoursSection

_MODELS = (
    AgreementSection,
    CombineSection,
    CreditSection,
    EscalationSection,
    EscalationSection,
    FeeSection,
    HoursSection,
    MeasureSection,
    RecognitionSection,
    StepSection,
    TargetSection,
    TerminationSection,
)
_OWN = ["name"]
"""What every document has itself, templates too."""


def schema() -> Schema:
    """Make the schema of the whole document."""
    parts = parts_of(_MODELS)
    _nest(parts)
    root = parts.pop(AgreementSection.__name__)
    return {
        "$schema": DRAFT,
        "title": "Agreement of uptime-slo-exporter",
        **root,
        "required": _OWN,
        "$defs": dict(sorted(parts.items())),
    }


def _nest(parts: dict[str, Schema]) -> None:
    """Put the sections into each other, which the models leave open."""
    root, target, credit, measure = (
        parts[model.__name__]["properties"]
        for model in (AgreementSection, TargetSection, CreditSection, MeasureSection)
    )
    put(root, "targets", list_of(ref(TargetSection)))
    put(root, "termination", list_of(ref(TerminationSection)))
    texts_or_rules = {"anyOf": [{"type": "string"}, ref(TerminationSection)]}
    put(parts[ReviewsSection.__name__]["properties"], "triggers", list_of(texts_or_rules))
    put(root, "escalation", list_of(ref(EscalationSection)))
    hours = {"anyOf": [{"const": REST}, ref(HoursSection)]}
    put(root, "hours", {"type": "object", "additionalProperties": hours})
    put(root, "measure", ref(MeasureSection))
    recognised = dict.fromkeys(CATEGORIES, ref(RecognitionSection))
    put(root, "exclusions", {"type": "object", "additionalProperties": False, "properties": recognised})
    put(root, "credits", {"type": "object", "additionalProperties": ref(CreditSection)})
    put(target, "endpoints", list_of({"type": "string"}))
    put(target, "measure", ref(MeasureSection))
    put(credit, "steps", list_of(ref(StepSection)))
    either(measure, "combine", CombineSection)
    shares = {"type": "object", "additionalProperties": {"type": ["number", "string"]}}
    put(parts[FeeSection.__name__]["properties"], "shares", shares)
    parts[CombineSection.__name__]["properties"].pop("weighted")
    parts[HoursSection.__name__]["patternProperties"] = {DAY_KEY: {"type": "string"}}


def text() -> str:
    """Write the schema as the file in `config/` has it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
