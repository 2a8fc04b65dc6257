"""What agreements show of their running periods."""

import pytest

from exporter.output.agreements import agreement_columns
from exporter.output.column import plain_texts
from exporter.output.style import TEXT
from exporter.sla.judge import Verdict
from tests.support.contracts import running
from tests.support.live import NOW

MONTH = 31 * 86_400


def shown() -> str:
    columns = agreement_columns([running(NOW)], NOW)
    return "".join(text for column in columns for text in column.slices(TEXT, plain_texts))


@pytest.mark.parametrize(
    ("sample", "value"),
    [
        ('uptime_sla_info{agreement="acme",version="1",kind="customer"}', 1),
        ('uptime_sla_target_ratio{agreement="acme",target="shop"}', 0.999),
        ('uptime_sla_downtime_seconds{agreement="acme",target="shop"}', 60),
        ('uptime_sla_allowance_remaining_seconds{agreement="acme",target="shop"}', MONTH / 1000 - 60),
        ('uptime_sla_next_step_seconds{agreement="acme",target="shop"}', MONTH / 1000 - 60),
        ('uptime_sla_credit_ratio{agreement="acme",target="shop"}', 0),
        ('uptime_sla_period_end_timestamp_seconds{agreement="acme"}', 1_801_440_000),
        ('uptime_sla_evaluated_timestamp_seconds{agreement="acme"}', NOW / 1000),
        ('uptime_sla_claim_deadline_timestamp_seconds{agreement="acme"}', NOW / 1000 + 86_400),
    ],
)
def test_a_running_period_has_its_figures(sample: str, value: float) -> None:
    found = dict(line.rsplit(" ", 1) for line in shown().splitlines() if not line.startswith("#"))
    assert float(found[sample]) == pytest.approx(value)


def test_one_verdict_holds() -> None:
    lines = [line for line in shown().splitlines() if line.startswith("uptime_sla_verdict{")]
    assert len(lines) == len(Verdict)
    assert [line for line in lines if line.endswith(" 1")] == [
        'uptime_sla_verdict{agreement="acme",target="shop",verdict="met"} 1'
    ]


def test_no_name_of_a_party_and_no_amount_is_shown() -> None:
    for private in ("ACME", "jo", "mara", "1000", "EUR"):
        assert private not in shown()
