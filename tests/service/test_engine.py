"""What every engine promises: one contract, kept in line, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.service.durable import DurableEngine, Limits
from scheduler.service.engine import Engine, Errand, InlineEngine, Kind, Progress
from tests.service.waiting import PATIENCE, wait_for

FIRST = Errand(Kind.PERFORM, "costi/2025-Q1/reminder-7d", 1)
POLL = 0.05


@dataclass
class Desk:
    """The handlers, and what they were asked to do, in order."""

    done: list[str] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)  # shut: an errand `slow` waits for it

    def perform(self, key: str) -> None:
        if key == "bad":
            raise RuntimeError("a fault of a handler")
        if key == "slow":
            self.begun.set()
            assert self.gate.wait(PATIENCE)
        self.done.append(key)

    def deliver(self, key: str) -> None:
        self.done.append(f"mail {key}")

    def start(self, engine: Engine) -> None:
        engine.start({Kind.PERFORM: self.perform, Kind.DELIVER: self.deliver})


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(params=["inline", "sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Engine]:
    """Return an engine of one kind; the durable ones go on with what an earlier one has left."""
    if request.param == "inline":
        return InlineEngine
    return durable_maker(request.param, request, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def make_durable(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], DurableEngine]:
    return durable_maker(request.param, request, tmp_path)


def durable_maker(kind: str, request: pytest.FixtureRequest, folder: Path) -> Callable[[], DurableEngine]:
    url = f"sqlite:///{folder / 'engine.sqlite3'}" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    return lambda: DurableEngine(url, "node-1", Limits(), poll_seconds=POLL)


@pytest.fixture
def engine(make: Callable[[], Engine], desk: Desk) -> Iterator[Engine]:
    engine = make()
    desk.start(engine)
    yield engine
    desk.gate.set()
    engine.stop(PATIENCE)


def ended(engine: Engine, errand: Errand) -> bool:
    return engine.progress(errand) is Progress.ENDED


def test_each_id_is_carried_once_and_the_next_generation_anew(engine: Engine, desk: Desk) -> None:
    mail = Errand(Kind.DELIVER, "<a@ente.example>", 1)
    for errand in (FIRST, FIRST, mail):
        engine.submit(errand)
    assert engine.drain(PATIENCE)
    assert sorted(desk.done) == [FIRST.key, "mail <a@ente.example>"]
    assert ended(engine, FIRST)
    engine.submit(FIRST)
    engine.submit(mail)
    assert engine.drain(PATIENCE)
    assert len(desk.done) == 2, "also after it ended"
    engine.submit(Errand(Kind.PERFORM, FIRST.key, 2))
    assert engine.drain(PATIENCE)
    assert desk.done.count(FIRST.key) == 2
    assert ended(engine, Errand(Kind.PERFORM, "never heard of", 1))


def test_a_handler_that_fails_harms_nothing_else(engine: Engine, desk: Desk) -> None:
    keys = ["a", "b", "bad", "c", "d", "e"]
    for key in keys:
        engine.submit(Errand(Kind.PERFORM, key, 1))
    assert engine.drain(PATIENCE)
    assert sorted(desk.done) == [key for key in keys if key != "bad"]
    assert ended(engine, Errand(Kind.PERFORM, "bad", 1))


def test_after_stop_nothing_is_taken(engine: Engine, desk: Desk) -> None:
    assert engine.stop(PATIENCE)
    engine.submit(FIRST)
    assert desk.done == []
    desk.start(engine)  # so that the fixture has something to stop


def test_an_id_that_ended_is_known_after_a_restart_too(make_durable: Callable[[], DurableEngine], desk: Desk) -> None:
    for _ in range(2):
        engine = make_durable()
        desk.start(engine)
        engine.submit(FIRST)
        assert engine.drain(PATIENCE)
        assert engine.stop(PATIENCE)
    assert desk.done == [FIRST.key]


def test_stop_lets_the_running_one_end_and_what_waits_is_carried_after_a_restart(
    make_durable: Callable[[], DurableEngine], desk: Desk
) -> None:
    engine = make_durable()
    desk.start(engine)
    waiting = Errand(Kind.PERFORM, "waiting", 1)
    engine.submit(Errand(Kind.PERFORM, "slow", 1))
    wait_for(desk.begun.is_set)
    engine.submit(waiting)
    assert engine.progress(waiting) is Progress.WAITING
    assert engine.progress(Errand(Kind.PERFORM, "slow", 1)) is Progress.RUNNING
    assert not engine.drain(0.1), "one runs and one waits"
    assert engine.busy_seconds() > 0
    stopper = threading.Thread(target=engine.stop, args=(PATIENCE,))
    stopper.start()
    desk.gate.set()
    stopper.join(PATIENCE)
    assert desk.done == ["slow"]

    again = make_durable()
    desk.start(again)
    assert again.drain(PATIENCE)
    again.stop(PATIENCE)
    assert desk.done == ["slow", "waiting"]


def test_what_is_turned_away_while_stopping_is_carried_after_a_restart(
    make_durable: Callable[[], DurableEngine], desk: Desk
) -> None:
    """A mail hangs, and the other queue goes on handing out meanwhile."""
    engine, keys = make_durable(), [f"action-{number}" for number in range(4)]
    hung = threading.Event()

    def hang(key: str) -> None:
        hung.set()
        assert desk.gate.wait(PATIENCE)

    engine.start({Kind.PERFORM: desk.perform, Kind.DELIVER: hang})
    engine.submit(Errand(Kind.DELIVER, "<a@ente.example>", 1))
    wait_for(hung.is_set)
    stopper = threading.Thread(target=engine.stop, args=(0.5,))
    for key in keys:
        engine.submit(Errand(Kind.PERFORM, key, 1))
    stopper.start()
    stopper.join(PATIENCE)
    desk.gate.set()

    again = make_durable()
    desk.start(again)
    assert again.drain(PATIENCE)
    again.stop(PATIENCE)
    assert sorted(item for item in desk.done if "mail" not in item) == keys, "each once"


def test_stop_does_not_wait_for_ever(make_durable: Callable[[], DurableEngine], desk: Desk) -> None:
    engine = make_durable()
    desk.start(engine)
    engine.submit(Errand(Kind.PERFORM, "slow", 1))
    wait_for(desk.begun.is_set)
    assert not engine.stop(0.1)
    desk.gate.set()
    wait_for(lambda: desk.done)


@pytest.mark.parametrize("fault", ["deleted", "garbage", "half"])
def test_an_engine_file_that_is_gone_or_broken_is_made_anew(tmp_path: Path, desk: Desk, fault: str) -> None:
    file = tmp_path / "engine.sqlite3"

    def carried() -> int:
        engine = DurableEngine(f"sqlite:///{file}", "node-1", Limits(), poll_seconds=POLL)
        desk.start(engine)
        engine.submit(FIRST)
        assert engine.drain(PATIENCE)
        assert engine.stop(PATIENCE)
        return len(desk.done)

    assert carried() == 1
    content = file.read_bytes()
    broken = {"deleted": None, "garbage": b"\x00garbage\xff" * 500, "half": content[: len(content) // 2]}[fault]
    if broken is None:
        for part in tmp_path.glob("engine.sqlite3*"):
            part.unlink()
    else:
        file.write_bytes(broken)
    assert carried() == 2, "the ledger, not the engine, keeps it from being done twice"


def test_tidy_forgets_what_ended_and_nothing_else(make_durable: Callable[[], DurableEngine], desk: Desk) -> None:
    engine = make_durable()
    desk.start(engine)
    engine.submit(FIRST)
    assert engine.drain(PATIENCE)
    engine.submit(Errand(Kind.PERFORM, "slow", 1))
    engine.submit(Errand(Kind.PERFORM, "waiting", 1))
    wait_for(desk.begun.is_set)
    engine.tidy(datetime.now(UTC) - timedelta(days=1))
    engine.submit(FIRST)
    engine.tidy(datetime.now(UTC) + timedelta(days=1))
    engine.submit(FIRST)
    desk.gate.set()
    assert engine.drain(PATIENCE)
    engine.stop(PATIENCE)
    assert desk.done == [FIRST.key, "slow", "waiting", FIRST.key]


def test_an_errand_submitted_by_another_one_is_its_own(make: Callable[[], Engine]) -> None:
    """As an action hands out its mail: it runs although the first one ends in a fault."""
    done: list[str] = []
    engine = make()

    def perform(key: str) -> None:
        engine.submit(Errand(Kind.DELIVER, key, 1))
        raise RuntimeError("after the mail was handed out")

    engine.start({Kind.PERFORM: perform, Kind.DELIVER: done.append})
    engine.submit(FIRST)
    assert engine.drain(PATIENCE)
    assert engine.stop(PATIENCE)
    assert done == [FIRST.key]
