"""Properties of a life of sweeps: whatever the duties, the outages, the acts and the failures."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.ledger import ActKind, Ledger
from scheduler.core.occurrence import milestone_at
from scheduler.core.plan import DIGEST, MISSED_AFTER, Action, action_key, in_force, is_closed, is_tracked, recipient

from .arbitrary import History, acts_of, desks, histories, instants_near
from .duties import with_acts
from .performing import Desk, Sweep, accounted, attempts, covered, fail, last, mails, perform, started

FEW = settings(max_examples=60, deadline=None)
MOMENT = timedelta(microseconds=1)
EVER = timedelta(days=900)
FRACTIONS = st.floats(0, 1)


def _instants(desk: Desk, ledger: Ledger) -> dict[str, datetime]:
    """Return the instant of every milestone of every occurrence, extensions applied, by action key."""
    return {
        action_key(item, entry): milestone_at(item, entry, desk.workdays)
        for item in in_force(desk.occurrences, desk.workdays, ledger)
        for entry in item.obligation.milestones
    }


def _owed(desk: Desk, ledger: Ledger, now: datetime) -> set[str]:
    """Return every key that must be accounted for at an instant: what `plan` says, said once more in plain words."""
    return {
        action_key(item, entry)
        for item in in_force(desk.occurrences, desk.workdays, ledger)
        if is_tracked(item, desk.workdays, ledger) and not is_closed(item, ledger)
        for entry in item.obligation.milestones
        if milestone_at(item, entry, desk.workdays) <= now
        and (entry.kind != "request" or item.obligation.supplier is not None)
    }


def _before_outage(history: History) -> Ledger:
    """Return the ledger as the outage begins: every wake until then was swept, then people declared their acts."""
    sweeps = history.desk.sweeps(Ledger(), history.start, history.outage_from)
    return with_acts(last(sweeps, started(Ledger(), history.start)), *history.acts)


@FEW
@given(desks(), st.data())
def test_wakes_strictly_advance_and_are_the_instants_themselves(desk: Desk, data: st.DataObject) -> None:
    start = data.draw(instants_near(desk))
    ledger = Ledger(started_at=start)
    wakes, now = [], desk.next_wake(ledger, start)
    while now is not None:
        wakes.append(now)
        now = desk.next_wake(ledger, now)
    assert all(one < other for one, other in pairwise([start, *wakes]))
    assert wakes == sorted({at for at in _instants(desk, ledger).values() if at > start})


@FEW
@given(histories())
def test_after_performing_nothing_is_due_until_the_next_wake(history: History) -> None:
    desk, ledger = history.desk, _before_outage(history)
    for now in (history.outage_until, history.outage_until + timedelta(days=10)):
        sweep = desk.sweep(ledger, now)
        ledger = sweep.ledger
        assert desk.plan(ledger, now) == ()
        following = desk.next_wake(ledger, now)
        assert desk.plan(ledger, (following or now + EVER) - MOMENT) == ()


@FEW
@given(desks(), st.data())
def test_nothing_becomes_due_between_two_wakes_even_where_actions_fail(desk: Desk, data: st.DataObject) -> None:
    now: datetime | None = data.draw(instants_near(desk))
    assert now is not None
    ledger = started(Ledger(), now)
    while now is not None:
        for action in desk.plan(ledger, now):
            ledger = _tried(ledger, action, now, data)
        following = desk.next_wake(ledger, now)
        until = following or now + EVER
        for instant in (now, now + (until - now) * data.draw(FRACTIONS), until):
            assert desk.plan(ledger, min(instant, until - MOMENT)) == ()
        now = following
    assert accounted(ledger) == _owed(desk, ledger, until)


def _tried(ledger: Ledger, action: Action, now: datetime, data: st.DataObject) -> Ledger:
    """Perform an action, or let it fail, at most twice, to be tried again after up to five days."""
    if attempts(ledger, action.key) < 2 and data.draw(st.integers(0, 3)) == 0:
        return fail(ledger, action, now, now + timedelta(hours=data.draw(st.integers(1, 120))))
    return perform(ledger, [action], now)


@FEW
@given(histories(), st.data())
def test_a_failure_comes_back_exactly_at_its_retry(history: History, data: st.DataObject) -> None:
    desk, now = history.desk, history.outage_until
    ledger = started(_before_outage(history), now)
    actions = desk.plan(ledger, now)
    if not actions:
        return
    failing = data.draw(st.sampled_from(actions))
    retry_at = now + timedelta(minutes=data.draw(st.integers(1, 3 * 24 * 60)))
    ledger = perform(ledger, [item for item in actions if item is not failing], now)
    ledger = fail(ledger, failing, now, retry_at)
    milestones = [at for at in _instants(desk, ledger).values() if now < at < retry_at]
    quiet_until = min((*milestones, retry_at))
    assert desk.plan(ledger, quiet_until - MOMENT) == ()
    assert failing.key not in [item.key for item in desk.plan(ledger, retry_at - MOMENT)]
    wakes = [sweep.at for sweep in desk.sweeps(ledger, now, retry_at)]
    assert retry_at in wakes
    owed_again = set(covered(desk.plan(ledger, retry_at)))
    assert set(covered([failing])) <= owed_again


@FEW
@given(histories())
def test_one_sweep_after_an_outage_accounts_for_what_every_wake_would_have(history: History) -> None:
    desk, before = history.desk, _before_outage(history)
    served = last(desk.sweeps(before, history.outage_from, history.outage_until), before)
    served = desk.sweep(served, history.outage_until).ledger
    caught_up = desk.sweep(before, history.outage_until).ledger
    assert accounted(caught_up) == accounted(served)
    assert _owed(desk, before, history.outage_until) <= accounted(served)


@FEW
@given(histories())
def test_after_an_outage_each_desk_that_missed_a_mail_gets_one_digest(history: History) -> None:
    desk, before, now = history.desk, _before_outage(history), history.outage_until
    missed = {
        action.role.id
        for sweep in desk.sweeps(before, history.outage_from, now)
        for action in mails(sweep.actions)
        if action.role and now - sweep.at > MISSED_AFTER
    }
    digests = [action for action in desk.plan(before, now) if action.kind == DIGEST]
    assert sorted(action.role.id for action in digests if action.role) == sorted(missed)


@FEW
@given(histories())
def test_a_service_that_never_stood_still_sends_no_digest(history: History) -> None:
    before = _before_outage(history)
    sweeps = history.desk.sweeps(before, history.outage_from, history.outage_from + EVER)
    assert DIGEST not in {action.kind for sweep in sweeps for action in sweep.actions}


@FEW
@given(histories())
def test_every_action_is_sound(history: History) -> None:
    """None before its instant, none for what is closed, no key twice, one mail for each occurrence and desk."""
    desk, ledger = history.desk, _before_outage(history)
    sweeps = [desk.sweep(ledger, history.outage_until)]
    sweeps += desk.sweeps(sweeps[0].ledger, history.outage_until, history.outage_until + EVER)
    instants = _instants(desk, ledger)
    for sweep in sweeps:
        keys = covered(sweep.actions)
        assert len(keys) == len(set(keys))
        assert all(instants[key] <= sweep.at for key in keys)
        assert not [item for action in sweep.actions for item in action.items if is_closed(item.occurrence, ledger)]
        _assert_one_mail_for_each_desk(sweep)
    everything = [key for sweep in sweeps for key in covered(sweep.actions)]
    assert len(everything) == len(set(everything))


def _assert_one_mail_for_each_desk(sweep: Sweep) -> None:
    told = [(item.occurrence.key, recipient(item)) for action in mails(sweep.actions) for item in action.items]
    assert len(told) == len(set(told))
    for action in mails(sweep.actions):
        assert {recipient(item) for item in action.items} == {action.role}


@FEW
@given(desks(), st.data())
def test_the_first_start_accounts_for_nothing_that_was_due_before(desk: Desk, data: st.DataObject) -> None:
    start = data.draw(instants_near(desk))
    first, *later = desk.sweeps(Ledger(), start, start + EVER)
    today = start.astimezone(desk.workdays.zone).date()
    old = {item.key for item in desk.occurrences if item.legal_due_on < today}
    touched = {item.occurrence.key for sweep in (first, *later) for action in sweep.actions for item in action.items}
    assert not touched & old
    assert DIGEST not in {action.kind for action in first.actions}


@FEW
@given(histories(with_acts=False), st.data())
def test_a_closed_occurrence_is_silent(history: History, data: st.DataObject) -> None:
    desk, now = history.desk, history.outage_until
    chosen = data.draw(st.sampled_from(desk.occurrences))
    act = data.draw(acts_of(chosen, now).filter(lambda item: item.kind in (ActKind.SUBMISSION, ActKind.WAIVER)))
    ledger = with_acts(desk.sweep(_before_outage(history), now).ledger, act)
    told = [
        item.occurrence.key
        for sweep in desk.sweeps(ledger, now, now + EVER)
        for action in sweep.actions
        for item in action.items
    ]
    assert chosen.key not in told
