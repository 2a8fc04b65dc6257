"""Who may write into the ledger, and what is right."""

import json
from dataclasses import replace
from datetime import date

import pytest

from exporter.errors import UsageError
from exporter.output.incidents import story
from exporter.record.incidents.batch import batch
from exporter.record.incidents.ledger import Ledger, Written, fold_of, folded, text_of
from exporter.record.incidents.writing import Desk, ForbiddenError, known
from exporter.sla.agreement import Agreement, ContractTerm, Party
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.incident import Act, Kind
from exporter.sla.incidents.severity import SeverityRule
from exporter.sla.recorded import groups
from exporter.sla.terms import RecordedTerms, Target
from exporter.store.base import LogEntry
from exporter.timeline.spans import FOREVER
from exporter.units import DAY, HOUR, MINUTE, format_instant, parse_instant
from tests.support.agreed import percent
from tests.support.contracts import agreement

NOW = parse_instant("2026-11-05T12:00:00Z")
START = NOW - 2 * HOUR
ANSWERS = Target(
    "sev1", "", (), percent("95"), answers=AnswerTerms(("sev1",), "", ((Task.RESPOND, 15 * MINUTE),))
)
CALLS = Target("calls", "", (), percent("100"), recorded=RecordedTerms("first_call", percent("7000")))
SHOP = Target("shop", "shop", (), percent("99.9"))
MADE = agreement(SHOP, ANSWERS, CALLS)
ACME = replace(
    MADE,
    terms=replace(MADE.terms, severities=(SeverityRule("sev1", 0), SeverityRule("sev2", 1))),
    channels={"phone": 15 * MINUTE},
    parties={
        "provider": Party("Hosting", people=("mara",), automation=("pager",)),
        "customer": Party("ACME", people=("jo",)),
    },
)
OUTAGE = LogEntry(START, "", Written.OUTAGE, "i1", text_of({"service": "shop", "start": START, "end": None}))


def desk(who: str = "mara", *log: LogEntry) -> Desk:
    return Desk([ACME], ["shop", "mail"], fold_of([OUTAGE, *log]), who, NOW)


def then(*entries: LogEntry) -> Ledger:
    return folded([OUTAGE, *entries])


def test_a_person_of_the_agreement_answers() -> None:
    entry = desk().act("i1", Act.ACKNOWLEDGE, {"text": "on it"})
    (found,) = then(entry).incidents["i1"].entries
    assert (found.by, found.at, found.text, found.entered_at) == ("mara", NOW, "on it", NOW)


def test_a_program_may_acknowledge_but_decides_nothing() -> None:
    assert desk("pager").act("i1", Act.ACKNOWLEDGE, {}).who == "pager"
    with pytest.raises(ForbiddenError, match="`pager` is a program, and only people may do that"):
        desk("pager").act("i1", Act.RESOLVE, {})


def test_who_may_not_is_told_so_and_the_attempt_is_kept() -> None:
    with pytest.raises(ForbiddenError) as caught:
        desk("eve").act("i1", Act.ACKNOWLEDGE, {})
    told = "`eve` may not write here; who may is named under `parties` of the agreement"
    assert str(caught.value) == told, "a stranger is told no names"
    entry = caught.value.entry
    assert (entry.who, entry.action, entry.ident) == ("eve", "refused", "i1")
    assert json.loads(entry.body) == {"action": "acknowledge"}
    assert then(entry).incidents["i1"].entries == ()


def test_a_value_is_of_one_of_the_groups_that_are_named() -> None:
    backups = RecordedTerms("backups", percent("100"), groups=("shop", "mail"))
    made = replace(ACME, terms=replace(ACME.terms, targets=(replace(CALLS, recorded=backups),)))
    at = replace(desk(), agreements=[made])
    value = {"value": "100", "evidence": "backup.log"}
    assert json.loads(at.record("backups", value | {"group": "mail"}).body)["group"] == "mail"
    for group, told in (("mial", "group: there is no `mial`; did you mean"), ("", "group: is missing")):
        with pytest.raises(UsageError, match=told):
            at.record("backups", value | {"group": group})
    anybody = replace(made, name="other", terms=replace(made.terms, targets=(CALLS, _asks("backups"))))
    assert replace(at, agreements=[made, anybody]).record("backups", value | {"group": "files"})


def _asks(measure: str) -> Target:
    return replace(CALLS, recorded=RecordedTerms(measure, percent("100")))


def elsewhere() -> Agreement:
    """One on the shop, too, of other people."""
    parties = {"provider": Party("Mailers", people=("tom", "ann")), "customer": Party("ACME", people=("jo",))}
    return replace(ACME, name="other", parties=parties)


def test_who_may_elsewhere_is_told_no_names_of_those_who_may() -> None:
    mail = replace(
        elsewhere(), terms=replace(ACME.terms, targets=(Target("mail", "mail", (), percent("99")),))
    )
    with pytest.raises(ForbiddenError) as caught:
        replace(desk("tom"), agreements=[ACME, mail]).act("i1", Act.ACKNOWLEDGE, {})
    assert str(caught.value) == "`tom` may not write here; who may is named under `parties` of the agreement"
    with pytest.raises(ForbiddenError, match=r"people of its agreements on it are jo, mara$"):
        replace(desk("pager"), agreements=[ACME, elsewhere()]).act("i1", Act.RESOLVE, {})


def test_parties_of_another_agreement_are_told_without_names() -> None:
    log = [desk().act("i1", act, {"text": "x"}) for act in (Act.UPDATE, Act.DISPUTE)]
    at = replace(desk("tom", *log), agreements=[ACME, elsewhere()])
    with pytest.raises(UsageError, match=r"one of that party may withdraw it$"):
        at.act("i1", Act.WITHDRAW, {"value": "2", "text": "x"})
    with pytest.raises(
        UsageError, match=r"`mara` disputes it; it is settled once one of that party says so$"
    ):
        at.act("i1", Act.SETTLE, {"text": "x"})


@pytest.mark.parametrize(
    ("act", "wanted", "said"),
    [
        (Act.UPDATE, {}, "text: is missing; say what is new"),
        (Act.UPDATE, {"text": "x", "at": format_instant(NOW + 1000)}, "is still to come"),
        (
            Act.UPDATE,
            {"text": "x", "at": format_instant(START - 1000)},
            "at: is before the incident, which began at",
        ),
        (Act.UPDATE, {"text": "x", "at": "noon"}, "at: "),
        (
            Act.UPDATE,
            {"text": "x\x1b[2K"},
            "text: has the control character U+001B; of these there may only be line ends and tabs",
        ),
        (Act.UPDATE, {"text": "x\u2028y"}, "text: has the control character U+2028"),
        (Act.UPDATE, {"text": "x\ud83d"}, "text: has half of a character, U+D83D, which is no text"),
        (Act.UPDATE, {"txt": "x"}, "txt: is not a key here; did you mean `text`?"),
        (
            Act.PAUSE,
            {"text": "x", "from": format_instant(NOW - HOUR), "to": format_instant(NOW - HOUR - 1000)},
            "a pause ends after it starts",
        ),
        (Act.RESUME, {"text": "x"}, "nobody waits then; `pause` without an end says when somebody does"),
        (Act.PAUSE, {"to": format_instant(NOW)}, "text: is missing; say what is waited for"),
        (Act.SEVERITY, {"value": "sev9", "text": "x"}, "value: there is no `sev9`; did you mean `sev2`?"),
        (
            Act.FAULT,
            {"value": "custmer", "text": "x"},
            "value: there is no `custmer`; did you mean `customer`?",
        ),
        (
            Act.ACTION,
            {"text": "more disks", "due": "soon"},
            "due: must be a day such as 2026-12-31, not `soon`",
        ),
        (Act.DONE, {"value": "a1"}, "value: there is no `a1`; there are none"),
        (Act.RESOLVE, {}, "probes still see it; it is over when they do not, so write an update instead"),
        (Act.SETTLE, {"text": "x"}, "nobody disputes it; there is nothing to settle"),
        (Act.REOPEN, {"text": "x"}, "it is open; only what is over can be reopened"),
    ],
)
def test_what_is_not_right_is_told(act: Act, wanted: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        desk().act("i1", act, wanted)
    assert said in str(caught.value)


def test_a_text_has_lines_and_tabs_and_is_shown_as_one_line() -> None:
    entry = desk().act("i1", Act.UPDATE, {"text": "on it\r\n\n2  now\tmara: over\n"})
    (found,) = then(entry).incidents["i1"].entries
    assert found.text == "on it\n\n2  now\tmara: over"
    told = replace(then(entry).incidents["i1"], title="Slow\nbegan \x1b[1mnever")
    lines = list(story(told, NOW))
    assert lines[1] == "  Slow / began \N{REPLACEMENT CHARACTER}[1mnever"
    assert lines[-1].endswith("mara  on it / 2 now mara: over")
    assert len(lines) == 4


def test_what_is_wrong_is_told_once() -> None:
    later, early = format_instant(NOW + 1000), format_instant(START - DAY)
    opening = {"service": "shop", "kind": "fault", "title": "x", "severity": "sev2"}
    for wanted in ({"start": later}, {"start": later, "reported_at": later}):
        with pytest.raises(UsageError) as caught:
            desk().open({**opening, **wanted})
        assert len(str(caught.value).splitlines()) == len(wanted)
    opened = desk().open(opening | {"start": format_instant(START)})
    for at, told in ((later, "is still to come"), (early, "is before the incident")):
        with pytest.raises(UsageError) as caught:
            desk("mara", opened).act("i2", Act.RESOLVE, {"at": at})
        (line,) = str(caught.value).splitlines()
        assert told in line


def test_an_incident_that_is_not_named_is_missing() -> None:
    for asked in (
        lambda: desk().act("", Act.UPDATE, {"text": "x"}),
        lambda: known(then(), ""),
    ):
        with pytest.raises(UsageError, match="id: is missing; `incident list` has them"):
            asked()
    with pytest.raises(UsageError, match="id: is missing; `measure list` has them"):
        desk().record(" ", {"value": "1"})


def test_an_incident_that_is_not_known_is_none() -> None:
    with pytest.raises(UsageError, match="there is no incident `i9`; `incident list` has them"):
        desk().act("i9", Act.UPDATE, {"text": "x"})


def test_what_no_probe_sees_is_opened_by_hand() -> None:
    wanted = {
        "service": "shop",
        "kind": "request",
        "title": "A new mailbox",
        "severity": "sev2",
        "channel": "phone",
        "start": format_instant(NOW - HOUR),
        "reported_at": format_instant(NOW - 50 * MINUTE),
    }
    found = then(desk("jo").open(wanted)).incidents["i2"]
    assert (found.kind, found.start, found.reported_at, found.opened_by) == (
        Kind.REQUEST,
        NOW - HOUR,
        NOW - 50 * MINUTE,
        "jo",
    )
    with pytest.raises(UsageError) as caught:
        desk().open(
            {
                "service": "shpo",
                "kind": "outage",
                "start": format_instant(NOW),
                "reported_at": format_instant(NOW - 1000),
            }
        )
    assert str(caught.value).splitlines() == [
        "service: there is no `shpo`; did you mean `shop`?",
        "kind: there is no `outage`; there are fault, request",
        "title: is missing; say in a few words what it is",
        "reported_at: is before start; nobody reports what has not begun",
    ]


def test_a_value_of_a_measure_has_its_author_and_its_evidence() -> None:
    entry = desk().record(
        "first_call", {"value": "71.5", "weight": "200", "group": "mail", "evidence": "desk.csv"}
    )
    (found,) = then(entry).records["first_call"]
    assert (found.by, str(found.value), str(found.weight), found.group) == ("mara", "143/2", "200", "mail")
    for wanted, said in (
        ({"value": "71,5", "evidence": "x"}, "value: must be a number such as 70.5, not `71,5`"),
        ({"evidence": "x"}, "value: is missing"),
        ({"value": "1e99999999", "evidence": "x"}, "value: must be a number such as 70.5, not `1e99999999`"),
        ({"value": "9" * 99, "evidence": "x"}, "value: must be a number"),
        ({"value": "1"}, "evidence: is missing; say where the value is from"),
        ({"value": "1", "evidence": "x", "weight": "0"}, "weight: must be more than 0"),
    ):
        with pytest.raises(UsageError, match=said):
            desk().record("first_call", wanted)
    with pytest.raises(UsageError, match="no agreement asks for the measure `calls`"):
        desk().record("calls", {"value": "1", "evidence": "x"})


def test_rows_are_written_all_or_none() -> None:
    rows = [
        {
            "do": "open",
            "id": "T-1",
            "service": "shop",
            "kind": "fault",
            "title": "Slow",
            "severity": "sev2",
            "text": "",
        },
        {"do": "ack", "id": "T-1", "text": "on it"},
        {"do": "record", "id": "first_call", "value": "80", "evidence": "desk.csv"},
    ]
    ledger = then(*batch(desk(), rows))
    (entry,) = ledger.incidents["i2"].entries
    assert (entry.by, entry.act) == ("mara", Act.ACKNOWLEDGE)
    with pytest.raises(UsageError) as caught:
        batch(desk(), [*rows, {"do": "answer", "id": "T-1"}, {"do": "update", "id": "T-1"}], [2, 3, 4, 5, 6])
    assert str(caught.value).splitlines() == [
        "line 5: do: must be one of open, record, " + ", ".join(Act) + ", not `answer`",
        "line 6: text: is missing; say what is new",
    ]


def test_a_key_that_no_row_can_have_is_told_once() -> None:
    rows = [{"do": "update", "id": "i1", "text": "x", "Text": "x", "prio": "1", "empty": ""}] * 2
    with pytest.raises(UsageError) as caught:
        batch(desk(), [*rows, {"do": "ack", "id": "i1", "value": "x"}])
    first, second, third = str(caught.value).splitlines()
    assert first == "Text: is not a key of any row; did you mean `text`?"
    assert second.startswith("prio: is not a key of any row; there are do, id, service, ")
    assert third.startswith("row 3: value: is not a key here"), "of this one, but of others"


def test_nobody_else_opens_or_records() -> None:
    with pytest.raises(ForbiddenError):
        desk("eve").open({"service": "shop"})
    with pytest.raises(ForbiddenError):
        desk("eve").record("first_call", {})


def test_actions_come_back_until_they_are_done() -> None:
    named = desk().act("i1", Act.ACTION, {"text": "more disks", "due": "2026-11-01"})
    assert list(then(named).incidents["i1"].actions()) == ["i1.1"]
    done = desk("mara", named).act("i1", Act.DONE, {"value": "i1.1"})
    assert then(named, done).incidents["i1"].actions() == {}


def test_a_second_file_speaks_of_the_tickets_of_the_first_and_doubles_none() -> None:
    opened = {
        "do": "open",
        "id": "T-1",
        "service": "shop",
        "kind": "fault",
        "title": "Slow",
        "severity": "sev2",
    }
    first = batch(desk(), [opened])
    (more,) = batch(desk("mara", *first), [{"do": "acknowledge", "id": "T-1"}])
    assert more.ident == "i2"
    with pytest.raises(UsageError, match="row 1: ref: `T-1` is there already"):
        batch(desk("mara", *first), [opened])
    with pytest.raises(UsageError, match="ref: `i7` is how incidents are called here"):
        desk().open({**opened, "ref": "i7"})
    with pytest.raises(ForbiddenError, match="row 1: `eve` may not write here"):
        batch(desk("eve"), [opened])


def test_what_closes_and_opens_comes_in_order() -> None:
    opened = desk().open(
        {
            "service": "shop",
            "kind": "fault",
            "title": "x",
            "severity": "sev2",
            "start": format_instant(NOW - 3 * HOUR),
        }
    )
    closed = desk("mara", opened).act("i2", Act.RESOLVE, {"at": format_instant(NOW - HOUR)})
    early = {"text": "not over", "at": format_instant(NOW - 2 * HOUR)}
    with pytest.raises(UsageError, match="when it was last closed or opened"):
        desk("mara", opened, closed).act("i2", Act.REOPEN, early)
    again = desk("mara", opened, closed).act("i2", Act.REOPEN, {"text": "not over"})
    assert then(opened, closed, again).incidents["i2"].is_open(NOW)


def test_a_report_may_be_of_what_began_before() -> None:
    entry = desk().open(
        {
            "service": "shop",
            "kind": "fault",
            "title": "x",
            "severity": "sev2",
            "reported_at": format_instant(NOW - HOUR),
        }
    )
    assert then(entry).incidents["i2"].start == NOW - HOUR


def test_a_dispute_is_settled_by_the_party_that_raised_it() -> None:
    raised = desk("jo").act("i1", Act.DISPUTE, {"text": "nobody called"})
    with pytest.raises(
        UsageError, match="`jo` disputes it; it is settled once one of that party says so: jo"
    ):
        desk("mara", raised).act("i1", Act.SETTLE, {"text": "we did"})
    assert (
        not then(raised, desk("jo", raised).act("i1", Act.SETTLE, {"text": "they did"}))
        .incidents["i1"]
        .disputed
    )


def test_of_what_is_not_there_a_stranger_learns_nothing() -> None:
    with pytest.raises(ForbiddenError) as caught:
        desk("eve").act("i99", Act.UPDATE, {})
    assert caught.value.entry.ident == "i99"
    with pytest.raises(ForbiddenError) as caught:
        desk("eve").act("\ud83d" * 300, Act.UPDATE, {})
    assert caught.value.entry.ident == "\\ud83d" * 200
    with pytest.raises(ForbiddenError):
        desk("eve").record("nothing", {})
    with pytest.raises(ForbiddenError):
        desk("eve").open({"service": "nowhere"})


def test_what_was_written_by_mistake_is_withdrawn_by_its_own_party_and_stays_in_sight() -> None:
    log = [
        desk().act("i1", Act.PAUSE, {"from": format_instant(START), "to": format_instant(NOW), "text": "x"})
    ]
    with pytest.raises(UsageError, match="`mara` wrote 2; one of that party may withdraw it: mara"):
        desk("jo", *log).act("i1", Act.WITHDRAW, {"value": "2", "text": "not so"})
    log.append(desk("mara", *log).act("i1", Act.WITHDRAW, {"value": "2", "text": "meant for i8"}))
    found = then(*log).incidents["i1"]
    assert not found.paused
    assert [(each.act, each.number, each.withdrawn_by, each.withdrawn) for each in found.entries] == [
        (Act.PAUSE, 2, "mara", "meant for i8"),
        (Act.WITHDRAW, 3, "", ""),
    ]
    for number in ("2", "3", "9"):  # no longer there, no entry to withdraw, never there
        with pytest.raises(UsageError, match=f"value: there is no `{number}`"):
            desk("mara", *log).act("i1", Act.WITHDRAW, {"value": number, "text": "x"})
    with pytest.raises(UsageError, match="text: is missing; say why it is withdrawn"):
        desk("mara", log[0]).act("i1", Act.WITHDRAW, {"value": "2"})


def test_what_was_written_of_an_incident_that_turned_out_to_be_another_one_is_withdrawn_and_done() -> None:
    named = {"value": "line", "text": "a second line", "due": "2026-12-31"}
    log = [desk().act("i1", Act.ACTION, named)]
    later = {"service": "shop", "start": START - HOUR, "end": None}
    log.append(LogEntry(NOW, "", Written.OUTAGE, "i2", text_of(later)))
    log.append(LogEntry(NOW, "", Written.MERGE, "i1", text_of({"into": "i2"})))
    done = desk("mara", *log).act("i2", Act.DONE, {"value": "line"})
    assert then(*log, done).incidents["i2"].actions() == {}
    gone = desk("mara", *log).act("i1", Act.WITHDRAW, {"value": "2", "text": "not needed"})
    assert then(*log, gone).incidents["i2"].actions() == {}


def test_a_value_of_a_measure_is_withdrawn() -> None:
    typo = desk().record("first_call", {"value": "745", "evidence": "desk.csv"})
    with pytest.raises(UsageError, match="`mara` wrote 2; one of that party"):
        desk("jo", typo).withdraw("first_call", {"value": "2", "text": "x"})
    (row,) = batch(
        desk("mara", typo), [{"do": "withdraw", "id": "first_call", "value": "2", "text": "a typo"}]
    )
    (found,) = then(typo, row).records["first_call"]
    assert (found.withdrawn_by, found.withdrawn) == ("mara", "a typo")
    assert groups(CALLS.recorded or RecordedTerms(""), [found], (0, NOW + 1)) == []
    with pytest.raises(ForbiddenError):
        desk("eve", typo).withdraw("first_call", {"value": "2", "text": "x"})
    with pytest.raises(UsageError, match="no agreement asks for the measure `calls`"):
        desk().withdraw("calls", {"value": "2", "text": "x"})


def test_what_one_customer_opened_is_not_for_the_other_one_to_write_on() -> None:
    parties = {"provider": Party("Hosting", people=("tom",)), "customer": Party("Other", people=("ann",))}
    agreements = [ACME, replace(ACME, name="other", parties=parties)]
    wanted = {"service": "shop", "kind": "fault", "title": "Slow", "severity": "sev2"}
    opened = replace(desk("jo"), agreements=agreements).open(wanted)

    def act(who: str, ident: str) -> LogEntry:
        return replace(desk(who, opened), agreements=agreements).act(ident, Act.UPDATE, {"text": "x"})

    with pytest.raises(ForbiddenError, match="`ann` may not write here; who may is named under `parties`"):
        act("ann", "i2")
    assert (act("ann", "i1").who, act("mara", "i2").who) == ("ann", "mara"), "the outage is of both"


def test_a_file_that_is_brought_in_twice_doubles_no_measure() -> None:
    row = {
        "do": "record",
        "id": "first_call",
        "value": "80",
        "at": format_instant(NOW),
        "evidence": "desk.csv",
    }
    rows = [row, {**row, "value": "80.0", "group": "mail"}]
    log = [entry._replace(seq=seq) for seq, entry in enumerate(batch(desk(), rows), 17)]
    with pytest.raises(UsageError) as caught:
        batch(desk("mara", *log), [*rows, {**row, "value": "81"}, {**row, "value": "81.0", "weight": "1"}])
    told = "this value of `first_call` is written down {}; leave it out, as it would count once more"
    assert str(caught.value).splitlines() == [
        f"row 1: {told.format('already, as number 17')}",
        f"row 2: {told.format('already, as number 18')}",
        f"row 4: {told.format('twice here')}",
    ]
    for other in ({"weight": "2"}, {"evidence": "x"}, {"group": "web"}, {"at": format_instant(NOW - 1000)}):
        assert len(batch(desk("mara", *log), [{**row, **other}])) == 1
    assert len(batch(desk("jo", *log), rows)) == 2, "another author says it, too"

    gone = batch(
        desk("mara", *log), [{"do": "withdraw", "id": "first_call", "value": "17", "text": "a slip"}]
    )
    (again,) = batch(desk("mara", *log, *gone), [row])
    found = then(*log, *gone, again).records["first_call"]
    assert [(each.number, each.withdrawn_by) for each in found] == [(17, "mara"), (18, ""), (20, "")]


def test_neither_party_ends_a_dispute_of_the_other() -> None:
    """Not by disputing it, too, and settling that."""
    log = [desk(who).act("i1", Act.DISPUTE, {"text": "not so"}) for who in ("jo", "mara", "jo")]
    log.append(desk("mara", *log).act("i1", Act.SETTLE, {"text": "we were wrong"}))
    assert then(*log).incidents["i1"].disputants() == ["jo"]
    with pytest.raises(UsageError, match="`jo` disputes it"):
        desk("mara", *log).act("i1", Act.SETTLE, {"text": "x"})
    log.append(desk("jo", *log).act("i1", Act.SETTLE, {"text": "we talked"}))
    assert not then(*log).incidents["i1"].disputed


def test_a_pause_goes_on_until_it_is_resumed() -> None:
    log = [desk().act("i1", Act.PAUSE, {"from": format_instant(START + MINUTE), "text": "waits for a key"})]
    assert list(then(*log).incidents["i1"].paused) == [(START + MINUTE, FOREVER)]
    with pytest.raises(UsageError, match="nobody waits then"):
        desk("jo", *log).act("i1", Act.RESUME, {"at": format_instant(START)})
    log.append(desk("jo", *log).act("i1", Act.RESUME, {"at": format_instant(START + HOUR)}))
    assert list(then(*log).incidents["i1"].paused) == [(START + MINUTE, START + HOUR)]
    with pytest.raises(UsageError, match="nobody waits then"):
        desk("jo", *log).act("i1", Act.RESUME, {})


def test_what_was_withdrawn_while_two_were_one_stays_withdrawn_when_they_part() -> None:
    """The withdrawal goes with what it is about, which falls to the other incident again."""
    span = {"service": "shop", "start": START - HOUR, "end": START - HOUR // 2}
    log = [LogEntry(NOW, "", Written.OUTAGE, "i2", text_of(span)), desk().act("i1", Act.ACKNOWLEDGE, {})]
    log.append(LogEntry(NOW, "", Written.MERGE, "i1", text_of({"into": "i2"})))
    log.append(desk("mara", *log).act("i2", Act.WITHDRAW, {"value": "3", "text": "not so"}))
    log.append(LogEntry(NOW, "", Written.OUTAGE, "i1", OUTAGE.body))
    first, second = (then(*log).incidents[ident].entries for ident in ("i1", "i2"))
    assert [(each.act, each.withdrawn_by) for each in first] == [
        (Act.ACKNOWLEDGE, "mara"),
        (Act.WITHDRAW, ""),
    ]
    assert second == ()


def test_a_second_pause_goes_on_after_the_first_was_resumed() -> None:
    log = [desk().act("i1", Act.PAUSE, {"from": format_instant(START + MINUTE), "text": "a key"})]
    log.append(desk("jo", *log).act("i1", Act.RESUME, {"at": format_instant(START + HOUR)}))
    log.append(desk("mara", *log).act("i1", Act.PAUSE, {"text": "another key"}))
    assert list(then(*log).incidents["i1"].paused) == [(START + MINUTE, START + HOUR), (NOW, FOREVER)]


def test_no_action_takes_the_name_of_another_one() -> None:
    wanted = {"text": "x", "due": "2026-12-31"}
    log = [desk().act("i1", Act.ACTION, wanted)]
    log.append(desk("mara", *log).act("i1", Act.ACTION, wanted))
    log.append(desk("mara", *log).act("i1", Act.WITHDRAW, {"value": "2", "text": "x"}))
    log.append(desk("mara", *log).act("i1", Act.ACTION, wanted))
    assert list(then(*log).incidents["i1"].actions()) == ["i1.2", "i1.3"]
    with pytest.raises(UsageError, match=r"value: `i1\.3` is still to be done; give this one another name"):
        desk("mara", *log).act("i1", Act.ACTION, {"value": "i1.3", **wanted})


def test_nothing_is_opened_again_before_it_was_over() -> None:
    over = LogEntry(
        NOW, "", Written.OUTAGE, "i1", text_of({"service": "shop", "start": START, "end": NOW - HOUR})
    )
    with pytest.raises(UsageError, match=r"at: is before .*, when it was last closed or opened"):
        desk("jo", over).act("i1", Act.REOPEN, {"at": format_instant(START + 1000), "text": "x"})


def test_of_those_who_have_left_their_party_answers() -> None:
    """In a version that ended by its term, too, while its incidents are followed."""
    parties = {"provider": Party("Hosting", people=("lena",)), "customer": Party("ACME", people=("jo",))}
    second = replace(
        ACME,
        version="2",
        start=NOW - 10 * DAY,
        parties=parties,
        contract=ContractTerm(date(2026, 1, 1), date(2026, 11, 1)),
    )
    wrote = desk().act("i1", Act.PAUSE, {"text": "a key"})

    def at(who: str) -> Desk:
        return Desk([ACME, second], ["shop"], fold_of([OUTAGE, wrote]), who, NOW)

    assert at("lena").act("i1", Act.WITHDRAW, {"value": "2", "text": "we did not wait"}).who == "lena"
    with pytest.raises(ForbiddenError):
        at("mara").act("i1", Act.UPDATE, {"text": "x"})
    with pytest.raises(UsageError, match="one of that party may withdraw it"):
        at("jo").act("i1", Act.WITHDRAW, {"value": "2", "text": "x"})
