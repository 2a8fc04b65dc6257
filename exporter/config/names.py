"""Names and ids that must differ."""

from exporter.config.report import Report


class Names:
    """What is taken already, among services or within one.

    Args:
        what: Whose names these are, for messages, e.g. `service`.
        report: Gets the problems.
    """

    def __init__(self, what: str, report: Report) -> None:
        self._what = what
        self._report = report
        self._names: dict[str, int] = {}
        self._ids: dict[str, int] = {}

    def take(self, name: str, identity: str, name_mark: int, id_mark: int) -> None:
        """Note a name and an id; one that is taken is a problem that says where."""
        if name in self._names:
            self._twice(f"is called `{name}` too", self._names[name], name_mark, "a `name`")
            return
        self._names[name] = name_mark
        if identity in self._ids:
            self._twice(f"has the id `{identity}` too", self._ids[identity], id_mark, "an `id`")
            return
        self._ids[identity] = id_mark

    def _twice(self, message: str, first: int, second: int, cure: str) -> None:
        place = self._report.place(first)
        self._report.problem(
            second, f"another {self._what} {message}, in {place}; give this one {cure} of its own"
        )
