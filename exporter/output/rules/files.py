"""Rules as the files that Prometheus, its operator and promtool read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from exporter.output.rules.rule import Alert, Case, Group, Recording
from exporter.units import MINUTE, format_duration

HEADER = "# Written by `uptime-slo-exporter rules`; changes are lost when it runs again.\n"
_STEP = format_duration(MINUTE)


class _Dumper(yaml.SafeDumper):
    """Block text for what has several lines, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 -- as its base has it
        """Write what occurs twice twice."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def document(content: Mapping[str, Any], header: str = HEADER) -> str:
    """Write YAML, the same for the same content."""
    # Lines as long as they are: nobody should have to look for the space that a fold has eaten.
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=1_000_000, allow_unicode=True)
    return header + text


def rules_file(groups: Iterable[Group], header: str = HEADER) -> str:
    """Write a file for `rule_files`."""
    return document({"groups": list(map(_group, groups))}, header)


def operator_file(groups: Iterable[Group], name: str = "uptime-slo-exporter") -> str:
    """Write a PrometheusRule object for the operator."""
    return document(
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": name, "labels": {"app.kubernetes.io/name": name}},
            "spec": {"groups": list(map(_group, groups))},
        }
    )


def tests_file(groups: Sequence[Group], rules: str) -> str:
    """Write a file for `promtool test rules`.

    Args:
        groups: Those of the rules.
        rules: Where the rules are, relative to the file.
    """
    merged = dict[tuple[object, ...], list[Case]]()
    for group in groups:
        for alert in group.rules:
            if isinstance(alert, Recording):
                continue
            for case in alert.cases:
                minutes = tuple(firing.minute for firing in case.fires)
                key = alert.name, alert.labels.get("tier", ""), case.about, case.silent, minutes
                merged.setdefault(key, []).append(case)
    cases = [_test(f"{name} {tier}".rstrip(), cases) for (name, tier, *_), cases in merged.items()]
    return document({"rule_files": [rules], "evaluation_interval": _STEP, "tests": cases})


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "interval": format_duration(group.interval),
        "rules": [_recording(each) if isinstance(each, Recording) else _alert(each) for each in group.rules],
    }


def _recording(rule: Recording) -> dict[str, Any]:
    labels = {"labels": dict(rule.labels)} if rule.labels else {}
    return {"record": rule.record, "expr": rule.expr} | labels


def _alert(alert: Alert) -> dict[str, Any]:
    hold = {"for": format_duration(alert.hold)} if alert.hold else {}
    labels = {"labels": {name: _literal(text) for name, text in alert.labels.items()}} if alert.labels else {}
    return (
        {"alert": alert.name, "expr": alert.expr} | hold | labels | {"annotations": dict(alert.annotations)}
    )


def _literal(text: str) -> str:
    """A text as a template that gives it: labels are templates too."""
    return text.replace("{{", '{{ "{{" }}')


def _test(what: str, cases: Sequence[Case]) -> dict[str, Any]:
    """One test of histories that are alike but for whom they are about: promtool evaluates all rules in each test."""
    alike = cases[0]
    name = what.partition(" ")[0]
    expected: dict[int, list[dict[str, Any]]] = {minute: [] for minute in alike.silent}
    for case in cases:
        for firing in case.fires:
            alarm = {"exp_labels": dict(firing.labels), "exp_annotations": dict(firing.annotations)}
            expected.setdefault(firing.minute, []).append(alarm)
    series = {name: values for case in cases for name, values in case.series.items()}
    return {
        "name": f"{what}: {alike.about}",
        "interval": _STEP,
        "input_series": [{"series": each, "values": values} for each, values in series.items()],
        "alert_rule_test": [
            {"eval_time": f"{minute}m", "alertname": name, "exp_alerts": alarms}
            for minute, alarms in sorted(expected.items())
        ],
    }
