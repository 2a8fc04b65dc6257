"""The alert that fires while an error budget burns too fast: one for all SLOs, or spelled out for each tier of one."""

from fractions import Fraction

from exporter.output import names
from exporter.output.rules.promql import (
    EXPORTER_KEY,
    SLO_KEY,
    STALE,
    duration,
    number,
    percentage,
    selected,
    series,
    spoken,
    values,
)
from exporter.output.rules.rule import Alert, Case, Firing, Labels, Subject
from exporter.slo.objective import Objective
from exporter.slo.tiers import HOUR, LENGTHS, PACES, Pace, Tier
from exporter.units import SECOND

_MINUTE = 60 * SECOND
_LEAD = 4
"""Minutes of an outage that a history shows before the alert fires."""

_EXPORTERS = (
    {
        "job": "uptime",
        "instance": "a:9895",
        "namespace": "monitoring",
        "pod": "uptime-0",
        "service": "uptime",
    },
    {"job": "uptime", "instance": "b:9895"},
)
"""Two side by side, one of them as Kubernetes labels it."""

_HOURS = "{{ $hours := 1 }}" + "".join(
    f'{{{{ if eq $labels.long "{pace.long}" }}}}{{{{ $hours = {LENGTHS[pace.long] // HOUR} }}}}{{{{ end }}}}'
    for pace in PACES
    if LENGTHS[pace.long] != HOUR
)
"""Template that sets `$hours` to those of the long window, of which the label has only the name."""


def burn_of_all(subject: Subject) -> Alert:
    """The one rule that is right for every SLO of every exporter, by the ratio that the exporter works out."""
    expr = (
        f"max by ({SLO_KEY}, tier, severity, long, short) "
        f"(last_over_time({names.SLO_ALERT.name}[{subject.bridge}])) > 1"
    )
    words = _Words(subject, None)
    return Alert(
        subject.alerting.name,
        expr,
        {},
        words.annotations,
        cases=(_fires_for_all(words, PACES[0]), _silent_for_all(PACES[1])),
    )


def _fires_for_all(words: "_Words", pace: Pace) -> Case:
    """A history of two exporters of which one sees more; each misses scrapes."""
    labels = {
        **words.subject.example(names.SERVICE, names.SLO),
        "tier": pace.tier,
        "severity": pace.severity,
        "long": pace.long,
        "short": pace.short,
    }
    one, two = (series(names.SLO_ALERT, labels | exporter) for exporter in _EXPORTERS)
    burns = (Fraction(72, 5), Fraction(100))
    told, shown = words.told(pace, burns, Fraction(1, 2), 30 * 24 * HOUR)
    firing = tuple(
        Firing(minute, labels, {name: spoken(text, labels, told) for name, text in words.annotations.items()})
        for minute in (2, 3, 4)
    )
    ratios = {one: values([0, 1, 1.01, STALE, STALE, 0.2]), two: values([0, 0.9, STALE, STALE, 0.5, 0.5])}
    return Case(
        "it fires strictly above 1, once for two exporters, and goes on while scrapes are missed",
        ratios | shown,
        silent=(0, 1, 5),
        fires=firing,
    )


def _silent_for_all(pace: Pace) -> Case:
    labels = {
        names.SERVICE: "shop",
        names.SLO: "availability",
        "tier": pace.tier,
        "severity": pace.severity,
        "long": pace.long,
        "short": pace.short,
    }
    return Case(
        "a ratio of exactly 1 fires nothing",
        {series(names.SLO_ALERT, labels | _EXPORTERS[0]): values([0.2, 1, 1, 1])},
        silent=(1, 3),
    )


def burn_of_tier(subject: Subject, objective: Objective, tier: Tier) -> Alert:
    """A tier of one SLO with its windows, threshold and guard spelled out."""
    pace = tier.pace
    keys = f"{SLO_KEY}, {EXPORTER_KEY}"
    parts = (
        *(
            f"{_bridged(subject, names.SLO_BURN, window)} > {number(tier.factor)}"
            for window in (pace.long, pace.short)
        ),
        _guard(subject, objective, tier),
    )
    condition = f"\n  and on ({keys})\n  ".join(parts)
    words = _Words(subject, pace)
    annotations = words.annotations | subject.links(subject.alerting.name)
    labels = subject.labels(pace.severity, tier=pace.tier, long=pace.long, short=pace.short)
    return Alert(
        subject.alerting.name,
        f"max by ({SLO_KEY}) (\n  {condition}\n)",
        labels,
        annotations,
        cases=_spelled_out_cases(words, objective, tier, labels, annotations),
    )


def _bridged(subject: Subject, family: names.Family, window: str) -> str:
    return f"last_over_time({selected(family, subject.matchers(window=window))}[{subject.bridge}])"


def _guard(subject: Subject, objective: Objective, tier: Tier) -> str:
    """The bad amount that the long window needs at least."""
    family, least = _guarded(objective, tier)
    sign = ">" if family is names.SLO_BAD_SECONDS else ">="
    return f"{_bridged(subject, family, tier.pace.long)} {sign} {number(least)}"


def _guarded(objective: Objective, tier: Tier) -> tuple[names.Family, Fraction]:
    """What the guard looks at, and its limit: of time to be exceeded, else to be reached."""
    if objective.method == "time":
        return names.SLO_BAD_SECONDS, Fraction(tier.guard_ms, SECOND)
    return names.SLO_BAD_EVENTS, Fraction(tier.guard)


def _spelled_out_cases(
    words: "_Words", objective: Objective, tier: Tier, labels: dict[str, str], annotations: Labels
) -> tuple[Case, ...]:
    """A full outage after a clean past; burning at exactly the threshold; past outages; too few failures."""
    history = _History(words, objective, tier, labels, annotations)
    cases = [
        history.outage(),
        history.silent("burning at exactly the threshold fires nothing", tier.factor, tier.factor),
        history.silent("an outage that is over fires nothing", 2 * tier.factor, tier.factor / 2),
    ]
    if tier.guard > 1:
        few = "fewer bad beats than its guard wants fire nothing, however fast the budget burns"
        cases.append(history.silent(few, 2 * tier.factor, 2 * tier.factor, guarded=False))
    return tuple(cases)


class _History:
    """Makes the histories of one tier of one SLO."""

    def __init__(
        self, words: "_Words", objective: Objective, tier: Tier, labels: dict[str, str], annotations: Labels
    ) -> None:
        self._words = words
        self._objective = objective
        self._tier = tier
        self._annotations = annotations
        self._identity = words.subject.example(names.SERVICE, names.SLO)
        self._labels = self._identity | labels
        self._exporter = _EXPORTERS[0]

    def outage(self) -> Case:
        """The last minutes of a full outage before the tier fires, and the first in which it does."""
        tier, objective = self._tier, self._objective
        at_once = objective.method == "timeslices"
        last_silent = int((tier.fires_after - at_once) // _MINUTE)
        minutes = [max(0, last_silent - _LEAD + each) for each in range(_LEAD + 2)]
        past = [_bad_time(objective, minute * _MINUTE) for minute in minutes]
        long, short = (
            [
                Fraction(min(length, LENGTHS[window]), LENGTHS[window]) / (1 - objective.ratio)
                for length in past
            ]
            for window in (tier.pace.long, tier.pace.short)
        )
        unit = SECOND if objective.method == "time" else objective.interval
        bad = [Fraction(min(length, tier.long), unit) for length in past]
        share = long[-1] * tier.long / objective.length
        told, shown = self._words.told(tier.pace, (long[-1], short[-1]), 1 - share, objective.length)
        annotations = {name: spoken(text, self._labels, told) for name, text in self._annotations.items()}
        return Case(
            "a full outage fires it at the minute that `check` gives",
            shown | self._series(long, short, bad),
            silent=(0, _LEAD),
            fires=(Firing(_LEAD + 1, self._labels, annotations),),
        )

    def silent(self, about: str, long: Fraction, short: Fraction, *, guarded: bool = True) -> Case:
        """Three minutes in which nothing changes."""
        family, least = _guarded(self._objective, self._tier)
        enough = least + 1
        few = least if family is names.SLO_BAD_SECONDS else least - 1
        bad = enough if guarded else few
        return Case(about, self._series([long] * 4, [short] * 4, [bad] * 4), silent=(0, 3))

    def _series(self, long: list[Fraction], short: list[Fraction], bad: list[Fraction]) -> dict[str, str]:
        family, _ = _guarded(self._objective, self._tier)
        pace, own = self._tier.pace, self._identity | self._exporter
        return {
            series(names.SLO_BURN, own | {"window": pace.long}): values(long),
            series(names.SLO_BURN, own | {"window": pace.short}): values(short),
            series(family, own | {"window": pace.long}): values(bad),
        }


def _bad_time(objective: Objective, length: int) -> int:
    """Milliseconds that an outage has cost once it has lasted for `length` of them: what its beats, or the slices that have ended, stand for."""
    if objective.method == "time":
        return length
    interval = objective.interval
    return (-(-length // interval) if objective.method == "events" else length // interval) * interval


class _Words:
    """What the alert says in plain words: what share of the budget went in what time, and when the rest is gone.

    Args:
        subject: Whom it is about.
        pace: The tier; None where the labels of the alert say which it is.
    """

    def __init__(self, subject: Subject, pace: Pace | None) -> None:
        self.subject = subject
        own = f"{names.SERVICE}='%s',{names.SLO}='%s'"
        over = f"[{subject.bridge}]"
        burn = f"max(last_over_time({names.SLO_BURN.name}{{{own},window='%s'}}{over}))"
        window = f"max(last_over_time({names.SLO_WINDOW.name}{{{own}}}{over}))"
        left = f"clamp_min(min(last_over_time({names.SLO_REMAINING_RATIO.name}{{{own}}}{over})), 0)"
        if pace is None:
            key = ("$labels.uptime_service", "$labels.slo")
            long, short, hours = "$labels.long", "$labels.short", "$hours"
            who, tier = "{{ $labels.uptime_service }}/{{ $labels.slo }}", "{{ $labels.tier }}"
            opening, times = _HOURS, "%d"
        else:
            key = (subject.service, subject.slo)
            long, short, hours = pace.long, pace.short, number(Fraction(LENGTHS[pace.long], HOUR))
            who, tier, opening, times = "/".join(key), pace.tier, "", "%s"
        self._share = opening + _asked(
            f"{burn} * 3600 * {times} / {window}", (*key, long, hours, *key), "Percentage"
        )
        self._left = _asked(left, key, "Percentage")
        self._empty = _asked(f"{left} * {window} / {burn}", (*key, *key, *key, short), "Duration")
        braced = [f"{{{{ {name} }}}}" if name.startswith("$") else name for name in (long, short)]
        self.annotations = {
            "summary": f"{who} burns its error budget: tier {tier}",
            "description": (
                f"{self._share} of the error budget went in the last {braced[0]}. {self._left} of it is left: "
                f"at the pace of the last {braced[1]} that is gone in {self._empty}."
            ),
        }

    def told(
        self, pace: Pace, burns: tuple[Fraction, Fraction], left: Fraction, window: int
    ) -> tuple[dict[str, str], dict[str, str]]:
        """What the parts of the template come to, and the series that they come from.

        Args:
            pace: The tier.
            burns: Burn rates over its long and its short window.
            left: The share of the budget that is left.
            window: Milliseconds of the SLO's window.
        """
        own = self.subject.example(names.SERVICE, names.SLO) | _EXPORTERS[0]
        long, short = map(float, burns)
        whole, rest = window / SECOND, max(float(left), 0.0)
        told = {
            self._share: percentage(long * 3600 * (LENGTHS[pace.long] / HOUR) / whole),
            self._left: percentage(rest),
            self._empty: duration(rest * whole / short),
        }
        shown = {
            series(names.SLO_BURN, own | {"window": pace.long}): f"{number(long)}x9",
            series(names.SLO_BURN, own | {"window": pace.short}): f"{number(short)}x9",
            series(names.SLO_WINDOW, own): f"{number(whole)}x9",
            series(names.SLO_REMAINING_RATIO, own): f"{number(float(left))}x9",
        }
        return told, shown


def _asked(query: str, words: tuple[str, ...], kind: str) -> str:
    """A template that asks Prometheus: with the alert's labels where a word is a variable, else with the words."""
    asking = (
        f'printf "{query}" {" ".join(words)} | query'
        if any(word.startswith("$") for word in words)
        else f'query "{query % words}"'
    )
    return f"{{{{ {asking} | first | value | humanize{kind} }}}}"
