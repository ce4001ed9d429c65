"""A look from where the last one ended owes what a plan over every occurrence and the whole ledger owes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.agenda import Agenda
from scheduler.core.ledger import Outcome, Performance
from scheduler.core.obligation import Obligation
from scheduler.core.occurrence import all_occurrences
from scheduler.core.plan import Action, plan
from scheduler.core.workdays import WorkCalendar
from scheduler.ledger import database
from scheduler.ledger.store import Store
from scheduler.service.look import Lookout, owed
from tests.core.arbitrary import acts_of, calendars, instants_near, obligations
from tests.core.duties import OFFICE
from tests.core.performing import Desk

RETRY = timedelta(hours=1)
Said = set[tuple[str, frozenset[str]]]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """New ledgers, as many as are asked for."""
    folder: Path = tmp_path_factory.mktemp("ledgers")

    def made() -> Iterator[Store]:
        for number in itertools.count():
            alias = database.connect(f"sqlite:///{number}.sqlite3", folder, "it")
            yield Store(alias)
            database.close(alias)

    return made()


def said(actions: tuple[Action, ...]) -> Said:
    return {(action.key, frozenset(action.supersedes)) for action in actions if action.kind != "alive"}


def look(store: Store, duties: list[Obligation], workdays: WorkCalendar, now: datetime) -> tuple[Action, ...]:
    """Look as a pass does, hold it against the plan over everything, and write down what is owed."""
    agenda = Agenda(duties, workdays)
    lookout = Lookout(agenda, store, OFFICE)
    store.start(now, "prova")
    view = lookout.look(now)
    found = lookout.actions(view)
    everything = plan(all_occurrences(duties, workdays), workdays, store.snapshot(), now)
    assert said(found) == said(everything)
    followed = {item.id: (agenda.digests[item.id], item.title) for item in duties}
    store.settle(owed(found, now), view.mark, followed, now)
    return found


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_between_two_looks(stores: Iterator[Store], data: st.DataObject) -> None:
    store, workdays = next(stores), data.draw(calendars())
    duties = [data.draw(obligations("dovere-0", longest=4)), data.draw(obligations("dovere-1", longest=4))]
    now = data.draw(instants_near(Desk(all_occurrences(duties, workdays), workdays)))
    for _ in range(data.draw(st.integers(3, 7))):
        for action in look(store, duties, workdays, now):
            became = data.draw(st.sampled_from([Outcome.PERFORMED, Outcome.PERFORMED, Outcome.FAILED, Outcome.PLANNED]))
            if became is not Outcome.PLANNED:
                retry_at = now + RETRY if became is Outcome.FAILED else None
                key = "/".join(action.key.split("/")[:2]) if len(action.items) == 1 else ""
                done = Performance(action.key, key, became, now, retry_at=retry_at)
                store.record(done, () if retry_at else action.supersedes)
        for _ in range(data.draw(st.integers(0, 3))):
            occurrence = data.draw(st.sampled_from(all_occurrences(duties, workdays)))
            store.record_act(data.draw(acts_of(occurrence, now)))
        if data.draw(st.integers(0, 3)) == 0:
            changed = data.draw(st.integers(0, 1))
            duties = [*duties[:changed], data.draw(obligations(f"dovere-{changed}", longest=4)), *duties[changed + 1 :]]
        store.swept(now)
        now += data.draw(st.timedeltas(timedelta(minutes=5), timedelta(days=40)))
