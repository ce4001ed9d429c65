"""The state of an occurrence on each side of each boundary, and what closes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scheduler.core.ledger import Act, ActKind, Ledger, Outcome, Performance
from scheduler.core.obligation import Override
from scheduler.core.occurrence import extended
from scheduler.core.plan import in_force
from scheduler.core.status import State, state, status

from .duties import PLAIN, declared, duty, rome, the, with_acts

ITEM = the(duty(milestones=["reminder-7d", "draft-20d", "overdue+1d"]), "2025-Q1")  # Sunday: legal 26, target 23 May
START = rome(2025, 1, 1, 0)
LEDGER = Ledger(started_at=START)
MOMENT = timedelta(microseconds=1)
NOW = rome(2025, 6, 15, 12)


def _act(kind: ActKind, on: date | None = None) -> Act:
    return declared(ITEM, kind, NOW - timedelta(days=1), on)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (START, State.SCHEDULED),
        (rome(2025, 5, 6, 9) - MOMENT, State.SCHEDULED),
        (rome(2025, 5, 6, 9), State.OPEN),  # the draft of 6 May
        (rome(2025, 5, 23, 0) - MOMENT, State.OPEN),
        (rome(2025, 5, 23, 0), State.DUE_SOON),
        (rome(2025, 5, 27, 0) - MOMENT, State.DUE_SOON),  # the legal date lasts until its midnight in Rome
        (rome(2025, 5, 27, 0), State.OVERDUE),
        (rome(2030, 1, 1, 0), State.OVERDUE),
    ],
)
def test_each_side_of_each_boundary(now: datetime, expected: State) -> None:
    assert state(ITEM, PLAIN, LEDGER, now) is expected


def test_without_milestones_it_is_open_at_once() -> None:
    bare = the(duty(), "2025-Q1")
    assert state(bare, PLAIN, LEDGER, START) is State.OPEN


@pytest.mark.parametrize(
    ("started_at", "expected"),
    [
        (rome(2025, 5, 26, 0), State.OVERDUE),
        (rome(2025, 5, 27, 0) - MOMENT, State.OVERDUE),
        (rome(2025, 5, 27, 0), State.UNTRACKED),
        (None, State.OVERDUE),
    ],
)
def test_what_was_due_before_the_first_start_is_not_followed(started_at: datetime | None, expected: State) -> None:
    assert state(ITEM, PLAIN, Ledger(started_at=started_at), NOW) is expected


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([_act(ActKind.SUBMISSION, date(2025, 5, 26))], State.SUBMITTED),
        ([_act(ActKind.SUBMISSION, date(2025, 5, 27))], State.SUBMITTED_LATE),
        ([_act(ActKind.SUBMISSION)], State.SUBMITTED),
        ([_act(ActKind.WAIVER)], State.WAIVED),
        ([_act(ActKind.WAIVER), _act(ActKind.SUBMISSION, date(2025, 5, 2))], State.SUBMITTED),
        ([_act(ActKind.SUBMISSION, date(2025, 5, 2)), _act(ActKind.WAIVER)], State.WAIVED),
        ([_act(ActKind.SUBMISSION, date(2025, 5, 2)), _act(ActKind.REOPENING)], State.OVERDUE),
        ([_act(ActKind.WAIVER), _act(ActKind.REOPENING)], State.OVERDUE),
        (
            [_act(ActKind.WAIVER), _act(ActKind.REOPENING), _act(ActKind.SUBMISSION, date(2025, 6, 1))],
            State.SUBMITTED_LATE,
        ),
        ([_act(ActKind.REOPENING)], State.OVERDUE),
        ([_act(ActKind.EXTENSION, date(2025, 6, 14))], State.OVERDUE),
        ([_act(ActKind.EXTENSION, date(2025, 6, 15))], State.DUE_SOON),
        ([_act(ActKind.EXTENSION, date(2025, 6, 30))], State.OPEN),
        ([_act(ActKind.EXTENSION, date(2025, 7, 31))], State.SCHEDULED),
        ([_act(ActKind.EXTENSION, date(2025, 7, 31)), _act(ActKind.EXTENSION, date(2025, 6, 30))], State.OPEN),
        ([_act(ActKind.EXTENSION, date(2025, 6, 2)), _act(ActKind.SUBMISSION, date(2025, 6, 2))], State.SUBMITTED),
        ([_act(ActKind.EXTENSION, date(2025, 6, 2)), _act(ActKind.SUBMISSION, date(2025, 6, 3))], State.SUBMITTED_LATE),
    ],
)
def test_acts(acts: list[Act], expected: State) -> None:
    ledger = with_acts(LEDGER, *acts)
    [item] = in_force([ITEM], PLAIN, ledger)
    assert state(item, PLAIN, ledger, NOW) is expected


def test_acts_of_another_occurrence_say_nothing() -> None:
    ledger = with_acts(LEDGER, declared("dovere/2025-Q2", ActKind.SUBMISSION, NOW, date(2025, 5, 2)))
    assert state(ITEM, PLAIN, ledger, NOW) is State.OVERDUE


def test_an_extension_brings_an_old_occurrence_back() -> None:
    late_start = Ledger(started_at=rome(2025, 6, 1, 8))
    assert state(ITEM, PLAIN, late_start, NOW) is State.UNTRACKED
    assert state(extended(ITEM, date(2025, 6, 30), PLAIN), PLAIN, late_start, NOW) is State.OPEN


def test_the_file_itself_may_waive() -> None:
    override = Override("2025-Q1", None, "non dovuto", waived=True)
    waived = replace(ITEM, obligation=replace(ITEM.obligation, overrides={"2025-Q1": override}))
    assert state(waived, PLAIN, LEDGER, NOW) is State.WAIVED
    assert state(waived, PLAIN, with_acts(LEDGER, _act(ActKind.SUBMISSION, date(2025, 5, 2))), NOW) is State.SUBMITTED


def test_the_problems_of_failed_actions_are_shown_once() -> None:
    rows = [
        Performance(f"{ITEM.key}/draft-20d", ITEM.key, Outcome.FAILED, NOW, problems=("manca il foglio", "e la riga")),
        Performance(f"{ITEM.key}/draft-1d", ITEM.key, Outcome.FAILED, NOW, problems=("manca il foglio",)),
        Performance(f"{ITEM.key}/request-9d", ITEM.key, Outcome.PERFORMED, NOW, problems=("lettera non fatta",)),
        Performance("dovere/2025-Q2/draft-20d", "dovere/2025-Q2", Outcome.FAILED, NOW, problems=("altro",)),
    ]
    ledger = replace(LEDGER, performances={row.action_key: row for row in rows})
    found = status(ITEM, PLAIN, ledger, NOW)
    assert (found.state, found.problems) == (State.OVERDUE, ("manca il foglio", "e la riga"))
    assert found.occurrence is ITEM
