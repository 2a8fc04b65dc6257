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
    series,
    values,
)
from exporter.output.rules.rule import EXPORTER, OTHER, Alert, Case, Labels, Subject, firing
from exporter.slo.objective import Objective
from exporter.slo.tiers import HOUR, LENGTHS, PACES, Pace, Tier
from exporter.units import SECOND

_MINUTE = 60 * SECOND
_LEAD = 4
"""Minutes of an outage that a history shows before the alert fires."""

_KUBERNETES = EXPORTER | {"namespace": "monitoring", "pod": "uptime-0", "service": "uptime"}
"""The first exporter as Kubernetes labels it."""

_HOURS = "{{ $hours := 1 }}" + "".join(
    f'{{{{ if eq $labels.long "{pace.long}" }}}}{{{{ $hours = {LENGTHS[pace.long] // HOUR} }}}}{{{{ end }}}}'
    for pace in PACES
    if LENGTHS[pace.long] != HOUR
)
"""Template that sets `$hours` to those of the long window, of which the label has only the name."""


def burn_of_all(subject: Subject) -> Alert:
    """The one rule that is right for every SLO of every exporter, by the ratio that the exporter works out."""
    expr = f"max by ({SLO_KEY}, tier, severity, long, short) ({subject.over(names.SLO_ALERT)}) > 1"
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
    one, two = (series(names.SLO_ALERT, labels | exporter) for exporter in (_KUBERNETES, OTHER))
    burns = (Fraction(72, 5), Fraction(100))
    told, shown = words.told(pace, burns, Fraction(1, 2), 30 * 24 * HOUR)
    ratios = {one: values([0, 1, 1.01, STALE, STALE, 0.2]), two: values([0, 0.9, STALE, STALE, 0.5, 0.5])}
    return Case(
        "it fires strictly above 1, once for two exporters, and goes on while scrapes are missed",
        ratios | shown,
        silent=(0, 1, 5),
        fires=tuple(firing(minute, labels, words.annotations, told) for minute in (2, 3, 4)),
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
        {series(names.SLO_ALERT, labels | _KUBERNETES): values([0.2, 1, 1, 1])},
        silent=(1, 3),
    )


def burn_of_tier(subject: Subject, objective: Objective, tier: Tier) -> Alert:
    """A tier of one SLO with its windows, threshold and guard spelled out."""
    pace = tier.pace
    keys = f"{SLO_KEY}, {EXPORTER_KEY}"
    parts = (
        *(
            f"{subject.over(names.SLO_BURN, window=window)} > {number(tier.factor)}"
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


def _guard(subject: Subject, objective: Objective, tier: Tier) -> str:
    """The bad amount that the long window needs at least."""
    family, least = _guarded(objective, tier)
    sign = ">" if family is names.SLO_BAD_SECONDS else ">="
    return f"{subject.over(family, window=tier.pace.long)} {sign} {number(least)}"


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
    factor, a_little = tier.factor, tier.factor / 1_000_000
    cases = [
        history.outage(),
        history.just_enough(
            "the least that is too much fires it, and goes on while scrapes are missed", a_little
        ),
        history.silent("burning at exactly the threshold over the long window", factor, 2 * factor),
        history.silent("burning at exactly the threshold over the short window", 2 * factor, factor),
        history.halves("two exporters of which each sees a half"),
    ]
    if tier.guard > 1:
        few = "fewer bad beats than its guard wants fire nothing, however fast the budget burns"
        cases.append(history.silent(few, 2 * factor, 2 * factor, guarded=False))
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

    def outage(self) -> Case:
        """The last minutes of a full outage before the tier fires, and the first in which it does."""
        tier, objective = self._tier, self._objective
        at_once = objective.method == "timeslices"
        last_silent = int((tier.fires_after - at_once) // _MINUTE)
        minutes = [max(0, last_silent - _LEAD + each) for each in range(_LEAD + 2)]
        past = [_bad_time(objective, minute * _MINUTE) for minute in minutes]
        long, short = (
            [min(length, Fraction(window)) / window / (1 - objective.ratio) for length in past]
            for window in (LENGTHS[tier.pace.long], LENGTHS[tier.pace.short])
        )
        unit = SECOND if objective.method == "time" else _apart(objective)
        bad = [min(length, Fraction(tier.long)) / unit for length in past]
        share = long[-1] * tier.long / objective.length
        told, shown = self._words.told(tier.pace, (long[-1], short[-1]), 1 - share, objective.length)
        return Case(
            "a full outage fires it at the minute at which it has burnt that much",
            shown | self._series(long, short, bad),
            silent=(0, _LEAD),
            fires=(firing(_LEAD + 1, self._labels, self._annotations, told),),
        )

    def just_enough(self, about: str, more: Fraction) -> Case:
        """Both windows a little above the threshold, with no more bad beats than the guard wants, and two scrapes missed."""
        factor = self._tier.factor + more
        share = factor * self._tier.long / self._objective.length
        told, shown = self._words.told(self._tier.pace, (factor, factor), 1 - share, self._objective.length)
        shown |= self._series([factor] * 2, [factor] * 2, [self._enough()] * 2)
        lost = {name: f"{written} {STALE} {STALE}" for name, written in shown.items()}
        fires = tuple(firing(minute, self._labels, self._annotations, told) for minute in (1, 3))
        return Case(about, lost, fires=fires)

    def silent(self, about: str, long: Fraction, short: Fraction, *, guarded: bool = True) -> Case:
        """Three minutes in which nothing changes."""
        family, least = _guarded(self._objective, self._tier)
        few = least if family is names.SLO_BAD_SECONDS else least - 1
        bad = self._enough() if guarded else few
        return Case(about, self._series([long] * 4, [short] * 4, [bad] * 4), silent=(0, 3))

    def halves(self, about: str) -> Case:
        """One burns over the long window only, the other over the short one."""
        above, below = 2 * self._tier.factor, self._tier.factor / 2
        bad = self._enough()
        one = self._series([above] * 4, [below] * 4, [bad] * 4)
        other = self._series([below] * 4, [above] * 4, [bad] * 4, OTHER)
        return Case(about, one | other, silent=(0, 3))

    def _enough(self) -> Fraction:
        """The least bad amount that the guard takes."""
        family, least = _guarded(self._objective, self._tier)
        return least + Fraction(1, SECOND) if family is names.SLO_BAD_SECONDS else least

    def _series(
        self, long: list[Fraction], short: list[Fraction], bad: list[Fraction], exporter: Labels = _KUBERNETES
    ) -> dict[str, str]:
        family, _ = _guarded(self._objective, self._tier)
        pace, own = self._tier.pace, self._identity | dict(exporter)
        return {
            series(names.SLO_BURN, own | {"window": pace.long}): values(long),
            series(names.SLO_BURN, own | {"window": pace.short}): values(short),
            series(family, own | {"window": pace.long}): values(bad),
        }


def _apart(objective: Objective) -> Fraction:
    """Milliseconds from one event, or slice, to the next."""
    spacing: Fraction | None = objective.spacing
    return spacing or Fraction(objective.interval)


def _bad_time(objective: Objective, length: int) -> Fraction:
    """Milliseconds that an outage has cost once it has lasted for `length` of them: what its beats, or the slices that have ended, stand for."""
    if objective.method == "time":
        return Fraction(length)
    apart = _apart(objective)
    return (-(-length // apart) if objective.method == "events" else length // apart) * apart


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
        left = f"min(last_over_time({names.SLO_REMAINING_RATIO.name}{{{own}}}{over}))"
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
        rest = _asked(f"{left} * {window} / {burn}", (*key, *key, *key, short), "Duration")
        braced = [f"{{{{ {name} }}}}" if name.startswith("$") else name for name in (long, short)]
        self._left = _if(
            f"{left} > 0",
            key,
            f" {{{{ . | first | value | humanizePercentage }}}} of it is left: at the pace of the last {braced[1]} that is gone in {rest}.",
        ) + _if(f"{left} <= 0", key, " Nothing of it is left.")
        self.annotations = {
            "summary": f"{who} burns its error budget: tier {tier}",
            "description": f"{self._share} of the error budget went in the last {braced[0]}.{self._left}",
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
        own = self.subject.example(names.SERVICE, names.SLO) | _KUBERNETES
        long, short = map(float, burns)
        whole, rest = window / SECOND, float(left)
        empty = f"at the pace of the last {pace.short} that is gone in {duration(rest * whole / short)}."
        told = {
            self._share: percentage(long * 3600 * (LENGTHS[pace.long] / HOUR) / whole),
            self._left: f" {percentage(rest)} of it is left: {empty}"
            if rest > 0
            else " Nothing of it is left.",
        }
        shown = {
            series(names.SLO_BURN, own | {"window": pace.long}): f"{number(long)}x9",
            series(names.SLO_BURN, own | {"window": pace.short}): f"{number(short)}x9",
            series(names.SLO_WINDOW, own): f"{number(whole)}x9",
            series(names.SLO_REMAINING_RATIO, own): f"{number(float(left))}x9",
        }
        return told, shown


def _if(query: str, words: tuple[str, ...], then: str, otherwise: str = "") -> str:
    """A template that says something of what Prometheus answers, if it answers anything."""
    other = f"{{{{ else }}}}{otherwise}" if otherwise else ""
    return f"{{{{ with {_query(query, words)} }}}}{then}{other}{{{{ end }}}}"


def _asked(query: str, words: tuple[str, ...], kind: str) -> str:
    """A template that says a figure that Prometheus knows."""
    return _if(query, words, f"{{{{ . | first | value | humanize{kind} }}}}", "an unknown part")


def _query(query: str, words: tuple[str, ...]) -> str:
    """Ask with the alert's labels where a word is a variable, else with the words themselves."""
    if any(word.startswith("$") for word in words):
        return f'printf "{query}" {" ".join(words)} | query'
    return f'query "{query % words}"'
