"""A leap year with both changes of the hour, on a clock that jumps about: nothing is sent twice or left out."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.app import App
from tests.service.stumbling import Fate
from tests.service.year import Year, lived, make_year

JUMPS = (-720, -61, -60, -1, 1, 60, 61, 720)  # minutes: an hour's change, a time server, a machine that slept


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> App:
    return make_year(tmp_path_factory.mktemp("leap") / "office", 2028)


@pytest.fixture(scope="module")
def quiet(office: App, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The year on a clock that is right."""
    return lived(office, tmp_path_factory.mktemp("right"), Fate())


def test_the_wall_clock_shows_the_same_hour_all_year(quiet: Year, office: App) -> None:
    zone = office.register.workdays.zone
    local = [mail.planned_at.astimezone(zone) for mail in quiet.mails.values()]
    assert {(at.hour, at.minute) for at in local if at.weekday() > 0} == {(9, 0)}
    assert {at.utcoffset() for at in local} == {timedelta(hours=1), timedelta(hours=2)}
    assert any((at.month, at.day) == (2, 29) for at in local)


@pytest.mark.parametrize("seed", range(2))
def test_a_clock_that_jumps_repeats_and_loses_nothing(office: App, quiet: Year, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    jumps: list[timedelta] = []

    def drift() -> timedelta:
        if chance.random() > 0.5:
            return timedelta()
        jumps.append(timedelta(minutes=chance.choice(JUMPS)))
        return jumps[-1]

    year = lived(office, tmp_path, Fate(drift=drift))
    assert set(year.life.post.arrived.values()) == {1}
    said = {mail.action: mail.state for mail in year.mails.values()}
    assert set(said.values()) == {"sent"}
    assert len(said) == len(year.mails)
    assert {key for key in quiet.actions if not key.startswith("alive")} <= set(year.actions)
    assert set(year.actions.values()) <= {"performed", "superseded"}
    assert len(jumps) > 20
