"""The states kept in step are those that computing all anew would give, whatever acts, fails or passes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.app import App
from scheduler.core.agenda import Agenda
from scheduler.core.ledger import Act, ActKind, Outcome, Performance
from scheduler.core.status import State, Status
from scheduler.ledger import database, models
from scheduler.service.standing import Standing
from scheduler.settings import read_settings

KEY = "costi-personale-annuale/2024"
START = datetime(2025, 2, 10, 8, tzinfo=UTC)
TABLES = (models.Act, models.Performance, models.Fact, models.Audit)


class Office:
    """The shipped workspace with a clock that a test moves."""

    def __init__(self, workspace: Path) -> None:
        self.now = START
        self.app = App(read_settings({}, workspace), lambda: self.now)
        self.standing = Standing(self.app.store)

    def begin(self) -> None:
        """Forget everything."""
        for table in TABLES:
            table.objects.using(self.app.store.alias).all().delete()
        self.now, self.standing = START, Standing(self.app.store)

    def act(self, kind: ActKind, key: str = KEY, days: int = 10) -> None:
        on = (self.now + timedelta(days=days)).date()
        self.app.store.record_act(Act(kind, key, self.now, "Anna", on, reason="x"))

    def perform(self, outcome: Outcome, key: str = KEY, problem: str = "il file non c'è") -> None:
        self.app.store.record(Performance(f"{key}/draft-20d", key, outcome, self.now, problems=(problem,)))

    def kept(self) -> list[Status]:
        return in_order(self.standing.statuses(self.app.agenda, self.now))

    def anew(self) -> list[Status]:
        return in_order(self.app.statuses())

    def state(self, key: str = KEY) -> State | None:
        status = self.standing.status(key, self.app.agenda, self.now)
        return status and status.state


def in_order(statuses: tuple[Status, ...]) -> list[Status]:
    """The problems of one occurrence stand in the order in which the database has them."""
    return [replace(item, problems=tuple(sorted(item.problems))) for item in statuses]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    (folder / "deadlines.yaml").write_text((Path(__file__).parents[2] / "deadlines.yaml").read_text("utf-8"), "utf-8")
    office = Office(folder)
    yield office
    database.close(office.app.store.alias)


MOVES = st.one_of(
    st.tuples(st.just("clock"), st.sampled_from([1, 60, 24 * 60, 9 * 24 * 60, 200 * 24 * 60, -3 * 24 * 60])),
    st.tuples(st.just("turn"), st.integers(-1, 0)),
    st.tuples(st.just("act"), st.tuples(st.sampled_from(ActKind), st.integers(0, 400), st.integers(-20, 80))),
    st.tuples(st.just("perform"), st.tuples(st.sampled_from(Outcome), st.integers(0, 400), st.sampled_from("ab"))),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("files"), st.none()),
)


def make(office: Office, name: str, what: object) -> None:
    app = office.app
    keys = [item.key for item in app.occurrences]
    match name, what:
        case "clock", int(minutes):
            office.now += timedelta(minutes=minutes)
        case "turn", int(microseconds):
            office.now = (app.agenda.following(office.now) or office.now) + timedelta(microseconds=microseconds)
        case "act", (kind, int(index), int(days)):
            office.act(ActKind(str(kind)), keys[index % len(keys)], days)
        case "perform", (outcome, int(index), problem):
            office.perform(Outcome(str(outcome)), keys[index % len(keys)], str(problem))
        case "sweep", _:
            app.store.start(office.now, "x")
        case _:
            app.__dict__["agenda"] = Agenda(app.register.obligations, app.register.workdays)


@given(st.lists(MOVES, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_is_what_would_be_computed(office: Office, moves: list[tuple[str, object]]) -> None:
    office.begin()
    for name, what in moves:
        make(office, name, what)
        assert office.kept() == office.anew(), name


def test_the_midnights_count_too(office: Office) -> None:
    office.begin()
    office.app.store.start(START, "x")
    [status] = [item for item in office.app.statuses() if item.occurrence.key == KEY]
    assert office.state() is State.OPEN
    zone = office.app.register.workdays.zone
    for day, before, after in (
        (status.occurrence.target_on, State.OPEN, State.DUE_SOON),
        (status.occurrence.legal_due_on + timedelta(days=1), State.DUE_SOON, State.OVERDUE),
    ):
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        office.now = midnight - timedelta(microseconds=1)
        assert office.state() is before
        office.now = midnight
        assert office.state() is after


def test_what_nothing_has_changed_is_the_same_object(office: Office) -> None:
    office.begin()
    office.app.store.start(START, "x")
    first = office.standing.statuses(office.app.agenda, START)
    assert office.standing.statuses(office.app.agenda, START + timedelta(seconds=1)) is first
    office.act(ActKind.WAIVER)
    second = office.standing.statuses(office.app.agenda, START + timedelta(seconds=2))
    changed = [new.occurrence.key for old, new in zip(first, second, strict=True) if old is not new]
    assert changed == [KEY]


def test_a_clock_that_was_read_a_little_earlier_computes_nothing_anew(office: Office) -> None:
    office.begin()
    office.app.store.start(START, "x")
    office.standing.statuses(office.app.agenda, START)
    later = office.standing.statuses(office.app.agenda, START + timedelta(seconds=2))
    assert office.standing.statuses(office.app.agenda, START + timedelta(seconds=1)) is later


def test_many_threads_see_one_state_after_the_other(office: Office) -> None:
    office.begin()
    office.app.store.start(START, "x")

    def ask(number: int) -> bool:
        if number % 5 == 0:
            office.act(ActKind.WAIVER if number % 10 else ActKind.REOPENING)
        statuses = office.standing.statuses(office.app.agenda, START + timedelta(seconds=number))
        database.close(office.app.store.alias)
        return len(statuses) == len(office.app.occurrences)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(60)))
    office.now = START + timedelta(seconds=60)
    assert office.kept() == office.anew()


def test_an_occurrence_that_is_not_there_has_no_status(office: Office) -> None:
    assert office.state("nessuna/2025") is None
