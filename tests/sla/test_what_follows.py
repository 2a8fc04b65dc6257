"""What follows when it keeps going wrong, and what versions say otherwise."""

from fractions import Fraction

import pytest

from exporter.sla.differences import differences
from exporter.sla.incidents.escalation import EscalationStep, escalated, level
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.sla.termination import Past, TerminationRule, rights
from exporter.units import DAY, HOUR, MINUTE


def months(told: str) -> list[Past]:
    """`m` missed, `.` met, `?` undetermined; the figure of shop is 99.9 less as many tenths as a digit says."""
    words = {"m": "missed", ".": "met", "?": "undetermined"}
    return [
        Past(number, number + 1, words[each], {"shop": words[each]}, {"shop": Fraction("0.999")})
        for number, each in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("rule", "told", "said"),
    [
        (TerminationRule(missed=3, of=6), "m..m.m", "3 of the last 6 periods were missed; 3 are enough"),
        (TerminationRule(missed=3, of=6), "mm....m", None),
        (TerminationRule(missed=3, of=6), "m?m", None),
        (TerminationRule(missed=2), "m....m", "2 of the last 6 periods were missed; 2 are enough"),
        (TerminationRule(consecutive=2), ".mm", "2 periods in a row were missed"),
        (TerminationRule(consecutive=2), "mm.", None),
        (TerminationRule(consecutive=2), "m", None),
        (TerminationRule(consecutive=2, target="shop"), "mm", "2 periods of shop in a row were missed"),
        (TerminationRule(consecutive=2, target="mail"), "mm", None),
        (TerminationRule(below=Fraction("0.9991")), "m", "shop was below 99.91 %"),
        (TerminationRule(below=Fraction("0.9991")), "?", None),
        (TerminationRule(below=Fraction("0.999")), ".", None),
        (TerminationRule(below=Fraction(1), target="mail"), ".", None),
        (TerminationRule(below=Fraction(1)), "", None),
    ],
)
def test_a_party_may_leave(rule: TerminationRule, told: str, said: str | None) -> None:
    assert list(rights([rule], months(told))) == ([] if said is None else [said])


def test_of_what_has_no_figure_nothing_is_below() -> None:
    nothing = Past(0, 1, "undetermined", {"shop": "undetermined"}, {"shop": None})
    assert list(rights([TerminationRule(below=Fraction(1))], [nothing])) == []


STEPS = (EscalationStep(HOUR, "head of operations"), EscalationStep(4 * HOUR, "the board", ("sev1",)))


@pytest.mark.parametrize(
    ("severity", "after", "steps"),
    [("sev1", HOUR - 1, 0), ("sev1", HOUR, 1), ("sev1", 4 * HOUR, 2), ("sev2", 9 * HOUR, 1)],
)
def test_steps_are_due_of_what_is_open(severity: str, after: int, steps: int) -> None:
    assert level(STEPS, Incident("i1", "shop", Kind.OUTAGE, 0), severity, after) == steps
    assert level(STEPS, Incident("i1", "shop", Kind.OUTAGE, 0, after), severity, after) == 0


def test_steps_that_were_due_stand_with_the_instant_at_which_they_were() -> None:
    """Also of what is over; reopened, the time in between does not count."""
    again = tuple(Entry(at * HOUR, "mara", act) for at, act in ((1, Act.RESOLVE), (5, Act.REOPEN)))
    told = Incident("i1", "shop", Kind.REQUEST, 0, entries=again)
    assert [(step.to, at) for step, at in escalated(STEPS, told, "sev1", 9 * HOUR)] == [
        ("head of operations", HOUR),
        ("the board", 8 * HOUR),
    ]
    over = Incident("i2", "shop", Kind.OUTAGE, 0, HOUR)
    assert [at for _, at in escalated(STEPS, over, "sev1", DAY)] == [HOUR]


def test_waiting_for_the_customer_escalates_nothing() -> None:
    waited = Entry(0, "mara", Act.PAUSE, span=(0, 50 * MINUTE))
    assert level(STEPS, Incident("i1", "shop", Kind.OUTAGE, 0, entries=(waited,)), "sev1", HOUR) == 0


def test_versions_differ_in_what_is_promised() -> None:
    before = {
        "version": "1",
        "from": "2026-01-01",
        "targets": [{"name": "shop", "availability": "99.9"}, {"name": "mail", "availability": "99"}],
        "scope": {"in": ["shop", "mail"]},
        "purpose": "Hosting",
    }
    after = {
        "version": "2",
        "from": "2026-07-01",
        "targets": [
            {"name": "calls", "recorded": "first_call", "at_least": "70"},
            {"name": "shop", "availability": "99.95"},
        ],
        "scope": {"in": ["shop"]},
        "purpose": "Hosting",
    }
    assert list(map(str, differences(before, after))) == [
        "targets.calls: new, {recorded: first_call, at_least: 70}",
        "targets.shop.availability: 99.95, it was 99.9",
        "targets.mail: removed, it was {availability: 99}",
        "scope.in: [shop], it was [shop, mail]",
    ]
    assert differences(before, {**before, "version": "3"}) == []
