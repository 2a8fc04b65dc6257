"""A year of the agreement in `config/agreements/service-desk.yml`: history, incidents and tickets, each month issued and proved."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exporter.sla.wire import digest
from exporter.units import DAY, HOUR, MINUTE, format_instant
from tests.support.called import called
from tests.support.desk_year import ME, MONTHS, lived, start_of, written_down

Run = Callable[..., str]
Year = Callable[[str], Any]
Forged = Callable[[str, Callable[[Any], None]], str]
VENDORS = [month for month in MONTHS if month >= "2026"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year, with each month issued in turn."""
    found = tmp_path_factory.mktemp("year")
    written_down(lived(found))
    run = runs_in(found)
    at = format_instant(start_of("2026-10") + DAY)
    run("measure", "record", "waiting_seconds", "--value=35", f"--at={at}", "--evidence=a call to jo")
    run("measure", "record", "waiting_seconds", "--value=350", f"--at={at}", "--evidence=a slip")
    slip = next(line.split()[0] for line in run("measure", "list").splitlines() if "a slip" in line)
    run("measure", "withdraw", "waiting_seconds", f"--value={slip}", "--text=350 was 35")
    entry = next(line.split()[0] for line in run("incident", "show", "i2").splitlines() if " fault " in line)
    run("incident", "withdraw", "i2", f"--value={entry}", "--text=it was ours")
    for month in VENDORS:
        run("report", "machines-in-zones", f"--period={month}", "--issue", f"--out=machines-{month}.json")
    for month in MONTHS:
        run("report", "service-desk", f"--period={month}", "--issue", f"--out={month}.json")
    return found


def runs_in(folder: Path) -> Run:
    def run(*arguments: str, status: int = 0) -> str:
        done = called(*arguments, cwd=folder)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def run(folder: Path) -> Run:
    return runs_in(folder)


@pytest.fixture
def year(folder: Path) -> Year:
    """Gives a month as JSON."""
    return lambda month: json.loads((folder / f"{month}.json").read_text())


@pytest.fixture
def forged(year: Year, folder: Path) -> Forged:
    """Changes the report of a month, and seals it again; gives its file."""

    def forged(month: str, forge: Callable[[Any], None]) -> str:
        told = year(month)
        forge(told)
        told["sha256"] = digest(told)
        (folder / "forged.json").write_text(json.dumps(told))
        return "forged.json"

    return forged


def target(told: Any, name: str) -> Any:
    return next(each for each in told["targets"] if each["name"] == name)


def clocks(told: Any, name: str) -> dict[str, dict[str, bool | None]]:
    found = target(told, name)["incidents"]
    return {each["id"]: {clock["task"]: clock["met"] for clock in each["clocks"]} for each in found}


def test_all_of_it_is_proved(run: Run) -> None:
    files = [*(f"{month}.json" for month in MONTHS), *(f"machines-{month}.json" for month in VENDORS)]
    said = run("verify", *files)
    assert said.count("True: service-desk") == len(MONTHS)
    assert said.count("True: machines-in-zones") == len(VENDORS)


def test_january_was_answered_and_rests_on_the_machines(year: Year) -> None:
    told = year("2026-01")
    assert clocks(told, "sev1") == {"i1": {"respond": True, "update": True, "repair": True}}
    (machines,) = told["rests_on"]
    assert machines["shared_ms"]["shop"] == 2 * HOUR
    assert (told["credit"]["percent"], machines["credit_percent_without"]) == ("5.000000", "0.000000")
    (owes,) = (each for each in machines["owes"] if each["verdict"] == "missed")
    assert (owes["amount"], owes["issue"]["number"]) == ("100.00", 1)


def test_what_the_vendor_owes_is_claimed(run: Run, folder: Path) -> None:
    run("claim", "machines-in-zones", "--period=2026-01", "--out=claim")
    letter = (folder / "claim" / "claim.md").read_text()
    assert "We claim **100.00 USD**, 10 % of the fee of the period." in letter
    assert run("verify", "claim/report.json").startswith("True: machines-in-zones")


def test_after_an_hour_the_head_of_operations_was_to_be_told(year: Year, run: Run) -> None:
    (found,) = target(year("2026-01"), "sev1")["incidents"]
    at = format_instant(start_of("2026-01") + 9 * DAY + HOUR)
    assert found["escalated"] == [{"to": "head of operations, by phone", "after_ms": HOUR, "at": at}]
    page = run("report", "service-desk", "--period=2026-03")
    assert "both managements" in page[page.index("Escalated") :]


def test_what_is_to_be_done_comes_back_until_it_is(year: Year) -> None:
    """One action was done, the other never; what is overdue is told of the day of the issue."""
    for month in ("2026-03", "2026-10"):
        assert [(each["name"], each["overdue"]) for each in year(month)["actions"]] == [("line", True)]


def test_a_program_that_answers_at_once_answers_nothing(year: Year, run: Run) -> None:
    told = year("2026-03")
    entries = told["evidence"]["sev2"]["incidents"][0]["entries"]
    assert [(each["by"], each["act"]) for each in entries][:2] == [
        ("pagerbot", "acknowledge"),
        (ME, "acknowledge"),
    ]
    assert clocks(told, "sev2") == {"i2": {"respond": False, "repair": True}}
    assert target(told, "sev2")["credit"]["percent_of_fee"] == "2.000000"
    page = run("report", "service-desk", "--period=2026-03")
    assert "a program, or nobody of the parties" in page
    assert "seen now" in page


def test_in_june_it_was_the_customers_fault(year: Year) -> None:
    (found,) = target(year("2026-06"), "sev1")["incidents"]
    assert (found["id"], found["ignored"]) == ("i4", "both parties say that it was the fault of the customer")


def test_what_a_version_changed_stands_in_the_reports_after_it(year: Year, run: Run) -> None:
    assert [each["version"] for each in year("2026-06")["versions"]] == ["1"]
    first, second = year("2026-08")["versions"]
    assert (first["version"], second["version"]) == ("1", "2")
    assert second["changes"] == ["targets.phone.share: 80, it was 90"]
    assert run("agreement", "diff", "service-desk", "1", "2", status=1) == f"{second['changes'][0]}\n"


def test_in_april_the_customer_was_waited_for(year: Year, run: Run) -> None:
    """Both parties have made a sev1 of it, whose answer is due within a quarter of an hour."""
    told = year("2026-04")
    assert target(told, "sev2")["incidents"] == []
    (found,) = target(told, "sev1")["incidents"]
    (clock,) = (each for each in found["clocks"] if each["task"] == "respond")
    assert (clock["elapsed_ms"], clock["limit_ms"], clock["met"]) == (14 * MINUTE, 15 * MINUTE, True)
    assert (found["met"], target(told, "sev1")["verdict"]) == (True, "met")
    (waited,) = found["paused"]
    page = run("report", "service-desk", "--period=2026-04")
    assert "waits for a password of the customer" in page
    assert "clocks stood still" in page
    assert waited == [
        format_instant(start_of("2026-04") + 4 * DAY + after) for after in (10 * MINUTE, 2 * HOUR)
    ]


def test_requests_by_phone(year: Year) -> None:
    """Of the pause in May that hour counts in which both parties waited; reopened, it took an hour more."""
    assert target(year("2026-05"), "phone")["verdict"] == "met"
    disputed = target(year("2026-06"), "phone")
    assert (disputed["verdict"], disputed["incidents"][0]["disputed"]) == ("missed", True)
    (reopened,) = target(year("2026-05"), "requests")["incidents"]
    assert [(each["elapsed_ms"], each["met"]) for each in reopened["clocks"]] == [(4 * HOUR, True)]


def test_what_was_withdrawn_stays_in_sight_and_counts_for_nothing(run: Run) -> None:
    assert "350; withdrawn by" in run("report", "service-desk", "--period=2026-10")
    page = run("report", "service-desk", "--period=2026-03")
    assert "withdrawn by" in page
    assert "it was ours" in page


def test_what_was_promised_stands_beside_what_became_of_it(run: Run) -> None:
    page = run("report", "service-desk", "--period=2026-05")
    assert "of incidents of all services; answered within 15m, told every 30m, repaired within 4h" in page
    assert "of incidents of all services; answered within 15m, by phone" in page
    assert "of what is written down; first_call_resolution at least 70" in page
    assert "waiting_seconds at most 30" in page
    assert "1 incident, 0 of them not in time." in page
    assert "1 incident, 1 of them not in time." in run("report", "service-desk", "--period=2026-03")
    assert "1 of them without counting" in run("report", "service-desk", "--period=2026-06")


def test_what_is_suspended_has_no_part_in_the_verdict(run: Run) -> None:
    page = run("report", "service-desk", "--period=2026-07")
    assert "**● Met**: 8 of 9 targets met, 1 suspended." in page
    assert "The verdict of the agreement is that of the others." in page


def test_what_was_recorded(year: Year) -> None:
    assert target(year("2026-02"), "first-call")["verdict"] == "missed"
    assert target(year("2026-03"), "first-call")["groups"] == [
        {"name": "", "value": "79", "holds": True, "count": 1}
    ]
    assert year("2026-07")["verdict"] == "met"
    july = target(year("2026-07"), "first-call")
    assert (july["suspended"], july["verdict"]) == (
        "tickets came to 650, and above 500 nothing is promised",
        "undetermined",
    )
    assert [each["holds"] for each in target(year("2026-08"), "backups")["groups"]] == [True, False]
    assert target(year("2026-10"), "waiting")["groups"] == [
        {"name": "", "value": "30", "holds": True, "count": 2}
    ]


def test_a_group_that_was_left_out_leaves_it_open(year: Year, run: Run) -> None:
    found = target(year("2026-09"), "backups")
    assert (found["verdict"], found["coverage"]) == ("undetermined", "50.000000")
    assert (found["figures"]["best"], found["figures"]["worst"]) == ("100.000000", "50.000000")
    assert found["groups"][1] == {"name": "mail", "value": None, "holds": None, "count": 0}
    page = run("report", "service-desk", "--period=2026-09")
    assert "nothing written down" in page


def test_an_incident_over_the_months_end_belongs_to_the_one_in_which_it_began(year: Year) -> None:
    """It was reported half an hour later, at night: nobody had promised an answer before the morning, when it was over."""
    assert [list(clocks(year(month), "sev1")) for month in ("2026-08", "2026-09")] == [["i5"], []]
    (found,) = target(year("2026-08"), "mail-reported")["incidents"]
    (clock,) = found["clocks"]
    reported = start_of("2026-09") - HOUR // 2
    assert (clock["start"], clock["elapsed_ms"], clock["met"]) == (format_instant(reported), 0, True)


def test_what_keeps_going_wrong_gives_the_right_to_leave(year: Year) -> None:
    verdicts = [year(month)["verdict"] for month in MONTHS]
    assert verdicts[2:6] == ["missed", "missed", "missed", "missed"]
    assert year("2026-01")["termination"] == []
    assert year("2026-03")["termination"] == ["3 of the last 5 periods were missed; 3 are enough"]
    assert "2 periods of shop in a row were missed" in year("2026-04")["termination"]


def test_what_keeps_going_wrong_calls_for_a_review(year: Year, run: Run) -> None:
    assert [year(month)["reviews"] for month in ("2026-01", "2026-02")] == [
        [],
        ["2 periods in a row were missed"],
    ]
    page = run("report", "service-desk", "--period=2026-02")
    assert "A review is called for: 2 periods in a row were missed." in page


def test_before_signing_the_year_says_what_would_have_been(run: Run) -> None:
    asked = ("agreement", "simulate", "service-desk", "--at=2026-11-01T00:00:00Z", "--format=json")
    told = {each["name"]: each for each in json.loads(run(*asked))}
    assert told["shop"]["verdicts"] == {"met": 9, "at_risk": 0, "missed": 3, "undetermined": 0}
    assert (told["shop"]["counted_ms"], told["shop"]["credit_percent"]) == (11 * HOUR, "15.000000")
    assert told["phone"]["verdicts"]["missed"] == 1
    assert (told["phone"]["counted_ms"], told["phone"]["outages"]) == (None, None), "it has none, and not 0"
    table = run("agreement", "compare", "service-desk", "shop", "shop", "machines", asked[3])
    assert [line.split()[:4] for line in table.splitlines()] == [
        ["SERVICE", "MET", "MISSED", "UNDETERMINED"],
        ["shop", "9", "of", "12"],
        ["machines", "11", "of", "12"],
    ]


def _cheaper_vendor(told: Any) -> None:
    told["rests_on"][0]["credit_percent_without"] = "5.000000"


def _vendor_always_up(told: Any) -> None:
    told["rests_on"][0]["down"] = []


def _vendor_left_out(told: Any) -> None:
    told["rests_on"] = []


def _other_version(told: Any) -> None:
    told["versions"][-1]["terms_sha256"] = "0" * 64


def _taken_back(told: Any) -> None:
    for name in ("sev1", "sev2", "requests", "phone"):
        told["evidence"][name]["incidents"][0]["entries"][1]["withdrawn_by"] = ME


def _nothing_to_do(told: Any) -> None:
    told["actions"] = []


def _endpoints_left_out(told: Any) -> None:
    for name in ("sev1", "sev2", "requests", "phone"):
        del told["evidence"][name]["lanes"]["shop/web"]


def _incident_left_out(told: Any) -> None:
    told["evidence"]["phone"]["incidents"] = []


def _invented(told: Any) -> None:
    for name in ("sev1", "sev2", "mail-reported"):
        incidents = told["evidence"][name]["incidents"]
        incidents.append({**incidents[0], "start": told["computed"]["span"][0] + DAY, "id": "i99"})


def _outage_left_out(told: Any) -> None:
    for name in ("sev1", "sev2", "mail-reported"):
        told["evidence"][name]["incidents"] = []


def _written_before(told: Any) -> None:
    for name in ("sev1", "sev2", "requests", "phone"):
        told["evidence"][name]["incidents"][0]["entries"][0]["entered_at"] = 0


def _others_invented(told: Any) -> None:
    told["others"] = [{"id": "i99"}]


def _reported_later(told: Any) -> None:
    for name in ("sev1", "sev2", "requests", "phone", "mail-reported"):
        for each in told["evidence"][name]["incidents"]:
            if each["kind"] == "outage":
                each["reported_at"] += 1


@pytest.mark.parametrize(
    ("month", "forge", "said"),
    [
        ("2026-01", _cheaper_vendor, "rests_on[0].credit_percent_without says '5.000000', and comes to"),
        ("2026-01", _vendor_always_up, "rests_on[0].shared_ms.shop says 7200000, and comes to 0"),
        ("2026-01", _vendor_left_out, "it cannot be computed again: 'machines-in-zones'"),
        ("2026-08", _other_version, "versions[1].terms_sha256 says '0000"),
        ("2026-03", _taken_back, "has entries of i2 that were withdrawn otherwise than its entries say"),
        ("2026-03", _nothing_to_do, "actions says [], and comes to [{"),
        ("2026-03", _others_invented, "others says [{'id': 'i99'}], and comes to []"),
        ("2026-05", _endpoints_left_out, "has other endpoints of `shop` than that of another target"),
        ("2026-05", _incident_left_out, "has other incidents of `shop` than that of another target"),
        ("2026-10", _outage_left_out, "has not the outages that its lanes have"),
        ("2026-08", _invented, "has not the outages that its lanes have"),
        ("2026-03", _written_before, "has an entry that was written down before what it is about"),
        ("2026-08", _reported_later, "was reported at another time than its reports say"),
    ],
)
def test_what_was_changed_afterwards_is_seen(
    month: str, forge: Callable[[Any], None], said: str, run: Run, forged: Forged
) -> None:
    assert said in run("verify", forged(month, forge), status=1)


def _owes_less(told: Any) -> None:
    told["rests_on"][0]["owes"][0]["percent"] = "1.000000"


def _more_people(told: Any) -> None:
    for seen in told["evidence"].values():
        for later in seen["later"]:
            later["people"]["provider"] = sorted([*later["people"]["provider"], "pagerbot"])


def _changed_nothing(told: Any) -> None:
    told["versions"][-1]["changes"] = []


@pytest.mark.parametrize(
    ("forging", "other", "said"),
    [
        (
            ("2026-01", _owes_less),
            "machines-2026-01",
            "issue 3 of service-desk says otherwise what machines-in-zones owes than this issue 1",
        ),
        (
            ("2026-06", _more_people),
            "2026-07",
            "issue 8 of service-desk names other people of version 2 than that does",
        ),
        (
            ("2026-07", _changed_nothing),
            "2026-06",
            "issue 9 of service-desk says otherwise what version 2 changed than the texts of it and of version 1",
        ),
    ],
)
def test_what_other_issues_say_otherwise_is_seen(
    forging: tuple[str, Callable[[Any], None]], other: str, said: str, run: Run, forged: Forged
) -> None:
    month, forge = forging
    file = forged(month, forge)
    assert run("verify", file).startswith("True")  # by itself
    assert said in run("verify", file, f"{other}.json", status=1)
