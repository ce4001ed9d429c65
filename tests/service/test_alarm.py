"""The alarm: it asks the rules for the next instant, always advances, and a false clock shifts it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Event

import pytest

from scheduler.core.agenda import Agenda
from scheduler.core.obligation import Register
from scheduler.deadlines import read_register
from scheduler.service.alarm import Alarm, ObligationTrigger, WakeTimes
from tests.conftest import ROOT

START = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(ROOT / "deadlines.yaml")


def wake_times(register: Register, ahead: timedelta = timedelta()) -> WakeTimes:
    obligation = register.obligation("costi-personale-trimestrale")
    assert obligation
    return WakeTimes(Agenda([obligation], register.workdays).following, ahead)


def fires(trigger: ObligationTrigger, now: datetime) -> Iterator[datetime]:
    previous = None
    while (following := trigger.get_next_fire_time(previous, now)) is not None:
        yield following
        previous = now = following


def test_every_wake_strictly_advances_and_the_last_one_ends(register: Register) -> None:
    found = list(fires(ObligationTrigger(wake_times(register)), START))
    assert len(found) > 40
    assert all(first < second for first, second in pairwise(found))
    assert found[-1] < datetime(2027, 4, 1, tzinfo=UTC)


def test_a_clock_that_is_set_back_asks_for_nothing_twice(register: Register) -> None:
    trigger = ObligationTrigger(wake_times(register))
    first = trigger.get_next_fire_time(None, START)
    assert first
    assert trigger.get_next_fire_time(first, first - timedelta(hours=2)) > first  # type: ignore[operator]


def test_a_false_clock_moves_every_wake_by_the_same_time(register: Register) -> None:
    ahead = timedelta(days=-500)
    real = wake_times(register).after(START)
    shifted = wake_times(register, ahead).after(START - ahead)
    assert real
    assert shifted == real - ahead


def test_it_wakes_its_owner_at_the_instant(register: Register) -> None:
    """A false clock that stands just before a milestone: the wake comes from the rules, not from the heartbeat."""
    milestone = wake_times(register).after(START)
    assert milestone
    ahead = milestone - timedelta(seconds=0.2) - datetime.now(UTC)
    woken = Event()
    alarm = Alarm([("one", wake_times(register, ahead))], woken.set)
    alarm.start()
    try:
        assert woken.wait(30)
    finally:
        alarm.stop()
