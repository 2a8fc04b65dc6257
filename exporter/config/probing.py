"""The named probes of a configuration, and which settings an endpoint gets."""

from collections.abc import Sequence

from exporter.config.fields import shape
from exporter.config.filled import filled
from exporter.config.report import Report
from exporter.config.targets import scheme_of
from exporter.config.tree import Expanded, Map
from exporter.config.validate import validate
from exporter.errors import nearest
from exporter.probes.base import ProbeSettings
from exporter.probes.registry import by_kind, by_scheme

COMMAND = "command"
"""The type, and the scheme, that runs programs."""


class Probes:
    """Settings by name, and the built-in ones by scheme.

    Args:
        node: The section `probes`.
        report: Gets the problems.
        commands: Whether programs of this machine may be run.
    """

    def __init__(self, node: Map, report: Report, *, commands: bool) -> None:
        self._report = report
        self._commands = commands
        self._node = node
        self._named = {name: self._settings(name, node.mark_of(name)) for name in node}
        self._built_in: dict[str, ProbeSettings] = {}
        self._used: set[str] = set()

    def choose(  # noqa: PLR0911 -- a reason each
        self, url: str, name: str | None, url_mark: int, name_mark: int
    ) -> ProbeSettings | None:
        """Pick an endpoint's settings; None and a problem where there are none that fit.

        Args:
            url: The endpoint's.
            name: Of the probe that it refers to, if any.
            url_mark: Place of the URL.
            name_mark: Place of the reference.
        """
        scheme = scheme_of(url) or ""
        if not scheme:
            self._report.problem(
                url_mark, "`url`: its scheme picks the type of probe and must not come from `${NAME}`"
            )
            return None
        if scheme not in by_scheme:
            self._report.problem(url_mark, _unserved("URLs with", f"{scheme}://", scheme))
            return None
        if scheme == COMMAND and (obstacle := self._obstacle(name)):
            self._report.problem(url_mark, obstacle)
            return None
        if name is None:
            if scheme not in self._built_in:
                self._built_in[scheme] = by_scheme[scheme]()
            return self._built_in[scheme]
        if name not in self._named:
            hint = nearest(name, list(self._named)) or "; define it under `probes`"
            self._report.problem(name_mark, f"`probe`: there is no probe `{name}`{hint}")
            return None
        self._used.add(name)
        settings = self._named[name]
        if settings is not None and scheme not in settings.schemes:
            self._report.problem(
                name_mark,
                f"`probe`: `{name}` is of type {settings.kind}, which does not probe {scheme}:// URLs",
            )
            return None
        return settings

    def _obstacle(self, name: str | None) -> str:
        """Why a program may not be run; empty where it may."""
        if not self._commands:
            return "`url`: programs are run only where the command line allows it: --probe.enable-commands"
        return "`probe` is missing: it has the program, as `argv`" if name is None else ""

    def named(self) -> dict[str, ProbeSettings]:
        """All named settings that have no problem."""
        return {name: settings for name, settings in self._named.items() if settings is not None}

    def warn_unused(self, modules: Sequence[str] = ()) -> None:
        """Warn of every named probe that neither an endpoint refers to nor anybody may ask for."""
        for name in self._named:
            if name not in self._used and name not in modules:
                self._report.warn(self._node.mark_of(name), f"no endpoint uses the probe `{name}`")

    def _settings(self, name: str, mark: int) -> ProbeSettings | None:
        """Type one named probe; None where that fails, which is a problem."""
        node = self._node[name]
        if not isinstance(node, Map):
            self._report.problem(mark, f"`{name}` must be a map (`key: value`), not {shape(node)}")
            return None
        kind = node.get("type")
        if kind is None:
            if "type" not in node.empty:
                self._report.problem(
                    mark, f"`type` is missing; write the type of `{name}`, such as `type: http`"
                )
            return None
        if not isinstance(kind, str) or kind not in by_kind:
            shown = kind if isinstance(kind, str) else shape(kind)
            shown = kind.masked if isinstance(kind, Expanded) else shown
            self._report.problem(node.mark_of("type"), _unserved("`type`:", shown, shown))
            return None
        data = filled(node, self._report)
        del data["type"]
        return validate(by_kind[kind], node, self._report, "probe", data=data)[0]


def _unserved(what: str, shown: str, word: str) -> str:
    """Say that a scheme or type is not served."""
    known = sorted(by_kind if what.startswith("`") else by_scheme)
    hint = nearest(word, known) or f"; write {' or '.join(known)}"
    return f"{what} `{shown}` cannot be probed{hint}"
