"""What is due after an outage, at the first start, after a failure: case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from scheduler.core.ledger import ActKind, Ledger, Outcome
from scheduler.core.plan import DIGEST, MISSED_AFTER, is_tracked

from .duties import DIRECTOR, OFFICE, PLAIN, declared, duty, rome, with_acts
from .performing import Desk, covered, fail, last, perform
from .quarter import ALL, DESK, HOUR, KEY, MOMENT, STARTED, desk_of, seen, served

# Outages


def _two() -> Desk:
    return desk_of(*(duty(milestones=ALL, id=f"dovere-{index}") for index in (1, 2)))


def test_after_an_outage_each_desk_gets_one_digest_of_everything() -> None:
    desk = _two()
    back = rome(2025, 8, 30, 12)
    found = desk.plan(served(desk, rome(2025, 8, 1, 0)), back)
    assert [(action.kind, action.role) for action in found] == [
        ("draft", OFFICE),
        ("draft", OFFICE),
        (DIGEST, DIRECTOR),
        (DIGEST, OFFICE),
    ]
    *_, office = found
    assert [item.key for item in office.items] == ["dovere-1/2025-Q2/overdue+1d", "dovere-2/2025-Q2/overdue+1d"]
    mailed = {
        f"dovere-{index}/2025-Q2/{name}" for index in (1, 2) for name in ("reminder-7d", "reminder-2wd", "overdue+1d")
    }
    assert office.supersedes == tuple(sorted(mailed))
    assert office.due_at == rome(2025, 8, 26, 9)
    ledger = perform(served(desk, rome(2025, 8, 1, 0)), found, back)
    assert desk.plan(ledger, back) == ()
    assert {row.superseded_by for key, row in ledger.performances.items() if key in mailed} == {office.key}


def test_a_digest_speaks_of_occurrences_in_order_of_their_instants() -> None:
    desk = desk_of(duty(milestones=["reminder-5d"], id="primo"), duty(milestones=["reminder-7d"], id="secondo"))
    [digest] = desk.plan(STARTED, rome(2025, 8, 25, 9))
    assert [item.occurrence.key for item in digest.items] == ["secondo/2025-Q2", "primo/2025-Q2"]
    assert digest.due_at == rome(2025, 8, 18, 9)


def test_who_asked_for_a_draft_since_made_nothing_owed_anew() -> None:
    desk, back = desk_of(duty(milestones=["reminder-7d"])), rome(2025, 8, 23, 12)
    [missed] = desk.plan(served(desk, rome(2025, 8, 1, 0)), back)
    assert missed.kind == DIGEST
    asked = declared(KEY, ActKind.DRAFTING, back)
    assert desk.plan(with_acts(served(desk, rome(2025, 8, 1, 0)), asked), back) == (missed,)


def test_what_is_on_time_stays_out_of_the_digest() -> None:
    one, other = duty(milestones=["reminder-7d"], id="uno"), duty(milestones=["reminder-4d"], id="altro")
    desk = desk_of(one, other)
    found = desk.plan(served(desk, rome(2025, 8, 1, 0)), rome(2025, 8, 21, 10))
    assert [(action.kind, [item.key for item in action.items]) for action in found] == [
        ("reminder", ["altro/2025-Q2/reminder-4d"]),
        (DIGEST, ["uno/2025-Q2/reminder-7d"]),
    ]


def test_a_digest_is_named_after_all_that_it_covers() -> None:
    desk = _two()
    ledger = served(desk, rome(2025, 8, 10, 0))
    one = desk.plan(ledger, rome(2025, 8, 20, 10))
    assert one == desk.plan(ledger, rome(2025, 8, 20, 11))
    assert one[-1].key.startswith(f"{DIGEST}/ufficio/")
    assert one[-1].key != desk.plan(ledger, rome(2025, 8, 21, 10))[-1].key


def test_an_extension_is_no_outage() -> None:
    """Milestones that an extension puts into the past are mailed as themselves: nobody has missed anything."""
    desk = desk_of(duty(milestones=["request-30d", "reminder-7d", "overdue+1d"]))
    ledger = served(desk, rome(2025, 8, 20, 9))
    extension = declared(KEY, ActKind.EXTENSION, rome(2025, 8, 20, 9), date(2025, 8, 29))
    found = desk.plan(with_acts(ledger, extension), rome(2025, 8, 20, 9))
    assert seen(found) == [("request-30d~2025-08-29", "fornitore")]
    found = desk.plan(with_acts(ledger, extension), rome(2025, 8, 24, 9))
    assert [action.kind for action in found] == [DIGEST, DIGEST]


def test_a_reopening_is_no_outage() -> None:
    filed, again = rome(2025, 8, 10, 12), rome(2025, 9, 10, 12)
    closed = with_acts(served(DESK, filed), declared(KEY, ActKind.SUBMISSION, filed, filed.date()))
    quiet = last(DESK.sweeps(closed, filed, again), closed)
    opened = with_acts(quiet, declared(KEY, ActKind.REOPENING, again))
    assert seen(DESK.plan(opened, again)) == [("overdue+1d", "ufficio"), ("escalation+3wd", "direzione")]


# The first start


def test_a_first_start_says_once_what_is_open_and_calls_it_no_outage() -> None:
    now = rome(2025, 8, 22, 10)
    [draft, request, reminder] = DESK.plan(Ledger(started_at=now), now)
    assert (draft.key, request.key) == ("dovere/2025-Q2/draft-20d", "dovere/2025-Q2/request-30d")
    assert (reminder.key, reminder.supersedes) == ("dovere/2025-Q2/reminder-2wd", ("dovere/2025-Q2/reminder-7d",))


@pytest.mark.parametrize(
    ("start", "tracked"),
    [(rome(2025, 8, 25, 23, 59), True), (rome(2025, 8, 26, 0), False), (rome(2025, 8, 26, 1, 59), False)],
)
def test_what_was_due_before_the_first_start_is_not_ours(start: datetime, tracked: bool) -> None:
    [item] = DESK.occurrences
    ledger = Ledger(started_at=start)
    assert is_tracked(item, PLAIN, ledger) is tracked
    assert bool(DESK.plan(ledger, rome(2025, 9, 1, 0))) is tracked


def test_an_extension_past_the_first_start_brings_an_occurrence_in() -> None:
    now = rome(2025, 9, 1, 10)
    ledger = with_acts(Ledger(started_at=now), declared(KEY, ActKind.EXTENSION, now, date(2025, 9, 3)))
    found = DESK.plan(ledger, now)
    assert [action.key.split("/")[-1] for action in found] == [
        "draft-20d~2025-09-03",
        "request-30d~2025-09-03",
        "reminder-2wd~2025-09-03",
    ]


# Failures


def test_a_failed_action_comes_back_at_its_retry() -> None:
    at = rome(2025, 8, 5, 9)
    ledger = served(DESK, at - MOMENT)
    [draft] = DESK.plan(ledger, at)
    failed = fail(ledger, draft, at, at + HOUR)
    assert DESK.plan(failed, at + HOUR - MOMENT) == ()
    assert DESK.next_wake(failed, at) == at + HOUR
    assert DESK.next_wake(failed, at + HOUR) == rome(2025, 8, 18, 9)
    assert DESK.plan(failed, at + HOUR) == (draft,)
    assert DESK.plan(perform(failed, [draft], at + HOUR), at + HOUR) == ()


def test_a_failed_action_without_a_retry_comes_back_at_once() -> None:
    at = rome(2025, 8, 5, 9)
    ledger = served(DESK, at - MOMENT)
    [draft] = DESK.plan(ledger, at)
    failed = fail(ledger, draft, at, at)
    row = replace(failed.performances[draft.key], retry_at=None)
    assert DESK.plan(replace(failed, performances={**failed.performances, draft.key: row}), at) == (draft,)


def test_what_a_failed_action_would_have_superseded_waits_with_it() -> None:
    now = rome(2025, 8, 22, 10)
    first = Ledger(started_at=now)
    reminder = DESK.plan(first, now)[-1]
    assert reminder.supersedes
    failed = fail(perform(first, DESK.plan(first, now)[:-1], now), reminder, now, now + HOUR)
    assert DESK.plan(failed, now + HOUR - MOMENT) == ()
    assert DESK.plan(failed, now + HOUR) == (reminder,)


def test_a_later_milestone_takes_over_from_a_failed_one() -> None:
    desk = desk_of(duty(milestones=["draft-20d", "draft-10d"]))
    at, later = rome(2025, 8, 5, 9), rome(2025, 8, 15, 9)
    [first] = desk.plan(STARTED, at)
    failed = fail(STARTED, first, at, later + HOUR)
    [second] = desk.plan(failed, later)
    assert (second.key, second.supersedes) == ("dovere/2025-Q2/draft-10d", (first.key,))
    done = perform(failed, [second], later)
    assert done.performances[first.key].outcome is Outcome.SUPERSEDED
    assert desk.plan(done, later + HOUR) == ()
    again = fail(failed, second, later, later + 2 * HOUR)
    assert desk.plan(again, later + HOUR) == ()
    assert desk.plan(again, later + 2 * HOUR) == (second,)


def test_a_failed_digest_comes_back_at_its_retry() -> None:
    desk = _two()
    ledger = served(desk, rome(2025, 8, 10, 0))
    back = rome(2025, 8, 20, 10)
    [digest] = desk.plan(ledger, back)
    failed = fail(ledger, digest, back, back + HOUR)
    assert desk.plan(failed, back) == desk.plan(failed, back + HOUR - MOMENT) == ()
    assert desk.next_wake(failed, back) == back + HOUR
    assert desk.plan(failed, back + HOUR) == (digest,)
    assert desk.plan(perform(failed, [digest], back + HOUR), back + HOUR) == ()


def test_a_mail_that_waits_for_its_retry_is_not_missed_meanwhile() -> None:
    desk = desk_of(duty(milestones=["reminder-7d"]))
    at = rome(2025, 8, 18, 9)
    [reminder] = desk.plan(STARTED, at)
    failed = fail(STARTED, reminder, at, at + 3 * MISSED_AFTER)
    assert desk.plan(failed, at + 2 * MISSED_AFTER) == ()
    [digest] = desk.plan(failed, at + 3 * MISSED_AFTER)
    assert covered([digest]) == [reminder.key]
