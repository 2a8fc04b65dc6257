"""The made-up past, and what goes wrong live: the same at every start."""

from itertools import islice, pairwise
from pathlib import Path

import pytest

from exporter.config.load import load
from exporter.demo.agreement import FILE, agreement
from exporter.demo.certificate import write_certificate
from exporter.demo.configuration import configuration
from exporter.demo.incidents import BROKEN, HANGS, SLOW, Round, scripts
from exporter.demo.past import nights, past_of
from exporter.demo.servers import WELL
from exporter.demo.stories import STORIES, Story
from exporter.timeline.tally import State
from exporter.units import DAY, HOUR, MINUTE

NOW = 1_790_000_000_000
PORTS = {story.service: 8000 for story in STORIES}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.service)
def test_the_past_is_the_same_at_every_start_but_for_when_it_is(story: Story) -> None:
    first, later = past_of(story, NOW, 2), past_of(story, NOW + 7777, 2)

    assert [each._replace(at=each.at + 7777) for each in first] == later
    assert first[0].at == NOW - 2 * DAY
    assert first[-1].at < NOW


def test_more_days_only_add_to_the_beginning() -> None:
    (website,) = (story for story in STORIES if story.service == "website")
    month, longer = ([each[:3] for each in past_of(website, NOW, days)] for days in (30, 31))

    assert longer[-len(month) :] == month
    assert {vote for _, vote, _ in longer[: DAY // MINUTE]} == {State.UP}


def test_the_job_was_expected_each_night_and_once_did_not_come() -> None:
    found = list(nights(NOW, 30))

    assert len(found) == 30
    assert [each.reason for each in found if each.vote is State.DOWN] == ["missed"]
    assert [later.at - each.at for each, later in pairwise(found)].count(DAY) == 27


def test_a_job_is_not_missed_before_it_was_expected() -> None:
    assert {each.vote for each in nights(NOW, 7)} == {State.UP}


@pytest.mark.parametrize("length", [10_000, 300_000, HOUR])
def test_the_configuration_is_free_of_problems_and_doubts(tmp_path: Path, length: int) -> None:
    file = tmp_path / "uptime.yml"
    write_certificate(tmp_path, NOW)
    (tmp_path / FILE).write_text(agreement(NOW))
    file.write_text(configuration(PORTS, NOW, length))

    assert load([str(file)], {}).warnings == ()


def test_incidents_come_again_in_every_round() -> None:
    rounds = Round(100_000)

    for begins in (0, 100, 700):
        assert rounds.behaviour("checkout", begins + 9.999) == WELL
        assert rounds.behaviour("checkout", begins + 10) == BROKEN
        assert rounds.behaviour("checkout", begins + 30) == WELL
        assert rounds.behaviour("search", begins + 50) == SLOW
        assert rounds.behaviour("website", begins + 10) == WELL


def test_what_is_said_of_incidents_is_in_order_and_goes_on() -> None:
    said = list(islice(Round(100_000).happenings(), 10))

    assert said[0] == (10.0, "checkout answers 503 to everybody, for 20s")
    assert said[8] == (110.0, "checkout answers 503 to everybody, for 20s")
    assert [at for at, _ in said] == sorted(at for at, _ in said)


def test_what_leaks_never_answers_one_request_in_a_hundred() -> None:
    script = scripts(["mail"], Round(100_000))["mail"]

    assert [number for number in range(1, 301) if script(10.0, number) == HANGS] == [100, 200, 300]
