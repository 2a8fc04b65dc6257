"""What a target of people promises, in words: its terms say it, and its figures do not."""

from collections.abc import Iterator, Mapping

from exporter.output.reports.document import Document

_TASKS = {"respond": "answered within", "update_every": "told every", "repair": "repaired within"}
_BOUNDS = {"at_least": "at least", "at_most": "at most"}


def promise(document: Document, name: str) -> str:
    """What is promised of answers, or of what is recorded; empty for a target of anything else, and where the terms are not there.

    Args:
        document: Has the terms.
        name: Of the target.
    """
    terms = _terms(document, name)
    measure = terms.get("recorded")
    if measure is not None:
        return f"{measure} {' and '.join(_said(terms, _BOUNDS))}"
    channel = terms.get("channel")
    within = _channels(document).get(str(channel)) if "respond" not in terms else None
    said = [*([f"answered within {within}"] if within else []), *_said(terms, _TASKS)]
    by = f", by {channel}" if channel else ""
    return f"{', '.join(said)}{by}" if said else ""


def _said(terms: Mapping[str, object], words: Mapping[str, str]) -> Iterator[str]:
    return (f"{word} {terms[key]}" for key, word in words.items() if key in terms)


def _terms(document: Document, name: str) -> Mapping[str, object]:
    targets = document["terms"].get("targets")
    found = (
        each
        for each in (targets if isinstance(targets, list) else ())
        if isinstance(each, Mapping) and each.get("name") == name
    )
    return next(found, {})


def _channels(document: Document) -> Mapping[str, object]:
    channels = document["terms"].get("channels")
    return channels if isinstance(channels, Mapping) else {}
