import json

from exporter.slo.answer import answer
from exporter.slo.figures import figures
from exporter.slo.tiers import DAY, HOUR
from exporter.timeline.tally import State
from tests.support.history import ListedHistory, objective, put

NOW = 1_800_000_000_000


def test_an_answer_has_every_key_of_the_contract_and_survives_json() -> None:
    history = ListedHistory(
        [(NOW - 10 * DAY, State.UP), (NOW - HOUR, State.DOWN), (NOW - HOUR + 1500, State.UP)]
    )
    question = put(objective("99.9", 30 * DAY, "down"), history)
    shown = answer("shop", "availability", question, figures(question, NOW), settled_until=NOW - 1)
    assert json.loads(json.dumps(shown)) == {
        "service": "shop",
        "slo": "availability",
        "method": "time",
        "window": {"start": "2026-12-16T08:00:00Z", "end": "2027-01-15T08:00:00Z"},
        "period": None,
        "seconds": {"up": 863998.5, "down": 1.5, "excluded": 0.0, "unknown": 1728000.0},
        "events": {"good": 2, "bad": 1, "excluded": 0},
        "slices": None,
        "sli": 863998500 / 864000000,
        "bounds": {"best": 863998500 / 864000000, "worst": 863998500 / 864000000},
        "coverage": 1 / 3,
        "objective": 0.999,
        "met": True,
        "error_budget": {
            "allowed_seconds": 2592.0,
            "remaining_seconds": 2590.5,
            "remaining_ratio": 2590.5 / 2592,
        },
        "pace": None,
        "burn_rate": {
            "5m": 0.0,
            "30m": 0.0,
            "1h": 1080 / 2592,
            "2h": 540 / 2592,
            "6h": 180 / 2592,
            "1d": 45 / 2592,
            "3d": 15 / 2592,
        },
        "at": "2027-01-15T08:00:00Z",
        "settled_until": "2027-01-15T07:59:59.999Z",
        "kept_from": None,
        "unknown": "down",
    }


def test_no_value_is_null() -> None:
    question = put(objective("99.9", HOUR), ListedHistory([]))
    shown = answer("shop", "availability", question, figures(question, NOW))
    assert shown["events"] == {"good": 0, "bad": 0, "excluded": 0}
    assert (shown["sli"], shown["met"], shown["settled_until"]) == (None, None, None)
    assert shown["error_budget"] == {
        "allowed_seconds": 3.6,
        "remaining_seconds": None,
        "remaining_ratio": None,
    }
    assert shown["burn_rate"] == {"5m": None, "30m": None, "1h": None}
