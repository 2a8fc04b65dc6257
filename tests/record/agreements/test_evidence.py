"""What the record has of targets of answers and of measures."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from exporter.record.agreements.evidence import gather
from exporter.record.incidents.ledger import NOTHING_WRITTEN
from exporter.sla.agreement import Party
from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Period, Record
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.judge import Verdict
from exporter.sla.terms import RecordedTerms, Target
from exporter.units import HOUR
from tests.support.agreed import percent
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, OCTOBER, SHOP, made_past, sources

NEW = '  - {name: new, endpoints: [{name: web, url: "http://127.0.0.2/"}]}\n'
JOBS = '  - {name: jobs, endpoints: [{name: nightly, url: "heartbeat://nightly?every=24h&grace=1h", token: let-me-tell-too}]}\n'
ANSWERS = Target("answers", "", (), percent("100"), answers=AnswerTerms((), "", ((Task.RESPOND, HOUR),)))
PERIOD = (OCTOBER, NOVEMBER)


def test_of_a_service_that_was_never_measured_nothing_is_known(tmp_path: Path) -> None:
    """Of one of which there is nothing to probe people tell."""
    past = made_past(tmp_path)
    past.reconfigure(SHOP + NEW + JOBS)
    seen = sources(past)
    for scope, verdict, lanes in (
        (("new",), Verdict.UNDETERMINED, {"new/"}),
        (("shop", "new"), Verdict.UNDETERMINED, {"shop/web", "shop/db", "new/"}),
        (("jobs",), Verdict.MET, set()),
    ):
        made = replace(agreement(ANSWERS), scope_in=scope)
        found = gather(seen, made, ANSWERS, PERIOD)
        assert set(found.lanes) == lanes
        judged = evaluate(made.terms, ANSWERS, found, Period(PERIOD, NOVEMBER))
        assert judged.verdict is verdict, scope


def test_people_of_a_later_version_write_values_of_an_earlier_period_too(tmp_path: Path) -> None:
    calls = Target("calls", "", (), percent("100"), recorded=RecordedTerms("calls", percent("9000")))
    first = agreement(
        calls, parties={"provider": Party("Hosting", people=("mara",)), "customer": Party("ACME")}
    )
    lena = {"provider": Party("Hosting", people=("lena",)), "customer": Party("ACME")}
    second = replace(first, version="2", start=OCTOBER + HOUR, parties=lena)
    seen = sources(made_past(tmp_path))
    values = [
        Record(OCTOBER, "mara", "", Fraction(10), withdrawn_by="lena", withdrawn="a slip"),
        Record(OCTOBER, "lena", "", Fraction(90)),
        Record(OCTOBER, "eve", "", Fraction(1)),
        Record(OCTOBER, "mara", "", Fraction(95), withdrawn_by="eve", withdrawn="not hers"),
    ]
    seen = replace(
        seen,
        config=replace(seen.config, agreements=(first, second)),
        ledger=NOTHING_WRITTEN._replace(records={"calls": values}),
    )
    found = gather(seen, first, calls, PERIOD).records
    assert [(int(each.value), each.withdrawn_by) for each in found] == [(10, "lena"), (90, ""), (95, "")]
