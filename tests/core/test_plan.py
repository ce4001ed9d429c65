"""What is due, case by case: instants, desks, latest mails, what closes an occurrence, when to look next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler.core.ledger import ActKind
from scheduler.core.obligation import Override
from scheduler.core.occurrence import occurrences
from scheduler.core.plan import DIGEST, in_force, is_closed

from .duties import DIRECTOR, PLAIN, SUPPLIER, declared, duty, milestone, rome, with_acts
from .performing import Desk, accounted, perform
from .quarter import ALL, DESK, HOUR, KEY, MOMENT, START, STARTED, desk_of, seen, served


def test_a_whole_life_each_milestone_at_its_instant_to_its_desk() -> None:
    found = [(sweep.at, *seen(sweep.actions)) for sweep in DESK.sweeps(STARTED, START, rome(2026, 1, 1, 0))]
    assert found == [
        (START,),
        (rome(2025, 7, 26, 9), ("request-30d", "fornitore")),
        (rome(2025, 8, 5, 9), ("draft-20d", "ufficio")),
        (rome(2025, 8, 18, 9), ("reminder-7d", "ufficio")),
        (rome(2025, 8, 21, 9), ("reminder-2wd", "ufficio")),
        (rome(2025, 8, 26, 9), ("overdue+1d", "ufficio")),
        (rome(2025, 8, 28, 9), ("escalation+3wd", "direzione")),
    ]


def test_nothing_a_moment_before_and_due_at_the_instant() -> None:
    at = rome(2025, 7, 26, 9)
    assert DESK.plan(STARTED, at - MOMENT) == ()
    [action] = DESK.plan(STARTED, at)
    assert (action.key, action.kind, action.due_at) == ("dovere/2025-Q2/request-30d", "request", at)
    assert (action.role, action.supersedes) == (SUPPLIER, ())
    assert [(due.key, due.at) for due in action.items] == [(action.key, at)]


def test_what_was_performed_is_not_due_again() -> None:
    at = rome(2025, 7, 26, 9)
    ledger = perform(STARTED, DESK.plan(STARTED, at), at)
    assert DESK.plan(ledger, at) == ()
    assert DESK.plan(ledger, at + 2 * HOUR) == ()


def test_late_within_a_day_and_a_half_it_is_the_same_mail() -> None:
    ledger = served(DESK, rome(2025, 8, 10, 0))
    at = rome(2025, 8, 18, 9)
    assert seen(DESK.plan(ledger, at + timedelta(hours=36))) == [("reminder-7d", "ufficio")]
    [digest] = DESK.plan(ledger, at + timedelta(hours=36) + MOMENT)
    assert (digest.kind, digest.supersedes) == (DIGEST, ("dovere/2025-Q2/reminder-7d",))


def test_several_unsent_mails_to_a_desk_become_the_latest() -> None:
    close = desk_of(duty(milestones=["reminder-3d", "reminder-2d", "overdue+1d", "escalation+1d"]))
    ledger = served(close, rome(2025, 8, 21, 0))
    [mail] = close.plan(ledger, rome(2025, 8, 23, 12))
    assert (mail.key, mail.supersedes) == ("dovere/2025-Q2/reminder-2d", ("dovere/2025-Q2/reminder-3d",))
    assert [item.key for item in mail.items] == [mail.key]


def test_two_mails_of_one_instant_go_to_two_desks() -> None:
    both = desk_of(duty(milestones=["overdue+1d", "escalation+1d"]))
    assert seen(both.plan(STARTED, rome(2025, 8, 26, 9))) == [
        ("escalation+1d", "direzione"),
        ("overdue+1d", "ufficio"),
    ]


def test_one_desk_that_is_owner_and_director_gets_one_mail() -> None:
    both = desk_of(duty(milestones=["overdue+1d", "escalation+1d"], owner=DIRECTOR))
    [mail] = both.plan(STARTED, rome(2025, 8, 26, 9))
    assert (mail.key, mail.supersedes) == ("dovere/2025-Q2/overdue+1d", ("dovere/2025-Q2/escalation+1d",))


def test_drafts_come_first_and_stand_beside_the_mails() -> None:
    found = seen(desk_of(duty(milestones=["reminder-6d", "draft-5d"])).plan(STARTED, rome(2025, 8, 20, 9)))
    assert found == [("draft-5d", "ufficio"), ("reminder-6d", "ufficio")]


def test_the_latest_draft_stands_for_the_earlier_ones_of_the_same_documents() -> None:
    first, second = milestone("draft-20d", documents=("convocazione",)), milestone("draft-1wd", documents=("verbale",))
    desk = desk_of(duty(milestones=["draft-15d", "draft-10d", first, second]))
    found = desk.plan(STARTED, rome(2025, 8, 25, 0))
    assert [(action.key, action.supersedes) for action in found] == [
        ("dovere/2025-Q2/draft-20d", ()),
        ("dovere/2025-Q2/draft-10d", ("dovere/2025-Q2/draft-15d",)),
        ("dovere/2025-Q2/draft-1wd", ()),
    ]


def test_a_request_without_a_supplier_speaks_to_nobody() -> None:
    alone = desk_of(duty(milestones=["request-30d"], supplier=None))
    assert alone.plan(STARTED, rome(2026, 1, 1, 0)) == ()


# What closes an occurrence


@pytest.mark.parametrize(
    ("kinds", "closed"),
    [
        ((), False),
        ((ActKind.SUBMISSION,), True),
        ((ActKind.WAIVER,), True),
        ((ActKind.EXTENSION,), False),
        ((ActKind.SUBMISSION, ActKind.REOPENING), False),
        ((ActKind.SUBMISSION, ActKind.REOPENING, ActKind.WAIVER), True),
        ((ActKind.SUBMISSION, ActKind.EXTENSION), True),
    ],
)
def test_nothing_is_due_for_what_is_closed(kinds: tuple[ActKind, ...], closed: bool) -> None:
    now = rome(2025, 8, 22, 10)
    acts = [declared(KEY, kind, now, date(2025, 8, 26)) for kind in kinds]
    ledger = with_acts(STARTED, *acts)
    assert is_closed(DESK.occurrences[0], ledger) is closed
    assert bool(DESK.plan(ledger, now)) is not closed


def test_nothing_is_due_for_what_the_file_waives() -> None:
    waived = duty(milestones=ALL, overrides={"2025-Q2": Override("2025-Q2", None, "non dovuto", waived=True)})
    desk = Desk(list(occurrences(waived, PLAIN)), PLAIN)
    assert {key.split("/")[1] for key in accounted(served(desk, rome(2026, 1, 1, 0)))} == {"2025-Q1", "2025-Q3"}


# The next look


def test_the_next_wake_is_the_first_instant_strictly_after() -> None:
    at = rome(2025, 7, 26, 9)
    assert DESK.next_wake(STARTED, at - MOMENT) == at
    assert DESK.next_wake(STARTED, at) == rome(2025, 8, 5, 9)
    assert DESK.next_wake(STARTED, rome(2025, 8, 28, 9)) is None
    assert Desk([], PLAIN).next_wake(STARTED, at) is None


def test_the_next_wake_follows_an_extension() -> None:
    extension = declared(KEY, ActKind.EXTENSION, START, date(2025, 9, 30))
    ledger = with_acts(STARTED, extension)
    assert DESK.next_wake(ledger, START) == rome(2025, 8, 31, 9)
    [item] = in_force(DESK.occurrences, PLAIN, ledger)
    assert (item.legal_due_on, item.target_on) == (date(2025, 9, 30), date(2025, 9, 29))
    assert in_force(DESK.occurrences, PLAIN, STARTED) == tuple(DESK.occurrences)
