"""The whole term of the shipped `deadlines.yaml`, swept at every wake from the decree to the last report."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from scheduler.core.ledger import Ledger, Outcome
from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence, all_occurrences, milestone_at
from scheduler.core.plan import DIGEST, action_key
from scheduler.core.status import State, state

from .duties import rome
from .performing import Desk, Sweep, covered, last

FIRST, LAST = rome(2024, 2, 16, 9), rome(2027, 3, 31, 23, 59)


@pytest.fixture(scope="module")
def term(register: Register) -> tuple[Desk, list[Sweep], Ledger]:
    """The desk, every sweep of the term, and the ledger at its end."""
    desk = Desk(all_occurrences(register.obligations, register.workdays), register.workdays)
    sweeps: list[Sweep] = []
    return desk, sweeps, last(desk.sweeps(Ledger(), FIRST, LAST), Ledger(), sweeps.append)


def _followed(desk: Desk) -> list[Occurrence]:
    return [item for item in desk.occurrences if item.legal_due_on >= date(2024, 2, 16)]


def test_every_milestone_is_accounted_for_exactly_once(term: tuple[Desk, list[Sweep], Ledger]) -> None:
    desk, sweeps, _ = term
    expected = {
        action_key(item, entry)
        for item in _followed(desk)
        for entry in item.obligation.milestones
        if milestone_at(item, entry, desk.workdays) <= LAST
    }
    times = Counter(key for sweep in sweeps for key in covered(sweep.actions))
    assert set(times) == expected
    assert set(times.values()) == {1}
    assert len(expected) > 800


def test_every_milestone_after_the_first_day_is_performed_at_its_instant(
    term: tuple[Desk, list[Sweep], Ledger],
) -> None:
    """As a mail of its own, but for two reminders of December 2025 that the bridge of the 8th puts on one instant."""
    desk, sweeps, ledger = term
    superseded = set()
    for item in _followed(desk):
        for entry in item.obligation.milestones:
            at, key = milestone_at(item, entry, desk.workdays), action_key(item, entry)
            if FIRST < at <= LAST:
                row = ledger.performances[key]
                assert row.at == at
                superseded |= {(key, row.superseded_by)} if row.outcome is Outcome.SUPERSEDED else set()
    month = "elenco-personale-mensile/2025-11"
    assert superseded == {(f"{month}/reminder-2wd", f"{month}/reminder-5d")}
    assert DIGEST not in {action.kind for sweep in sweeps for action in sweep.actions}
    assert all(sweep.actions for sweep in sweeps[1:])  # no wake for nothing


def test_the_first_day_says_once_what_is_open(term: tuple[Desk, list[Sweep], Ledger]) -> None:
    _, [first, *_], _ = term
    assert [action.key for action in first.actions] == [
        "tavolo-accreditati/2024-02/draft-20d",
        "cabina-regia-afol/2024-01/draft-10d",
        "cabina-regia-afol/2024-01/request-20d",
    ]


def test_what_nobody_files_is_overdue_and_what_was_before_is_not_followed(
    term: tuple[Desk, list[Sweep], Ledger],
) -> None:
    desk, _, ledger = term
    found = {item.key: state(item, desk.workdays, ledger, LAST) for item in desk.occurrences}
    followed = {item.key for item in _followed(desk)}
    assert {found[key] for key in followed if found[key] is State.UNTRACKED} == set()
    assert {value for key, value in found.items() if key not in followed} == {State.UNTRACKED}
    assert found["costi-personale-annuale/2026"] is State.OVERDUE
