"""Work that changes hands: from a performer that died, over the engine's queue, to the next one; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scheduler.core.ledger import Delivery, Outcome, Performance
from scheduler.ledger.store import Store

NOW = datetime(2026, 3, 24, 8, tzinfo=UTC)
LEASE = timedelta(minutes=10)
LATER = NOW + LEASE  # when a lease of `NOW` has run out
KEY, MAIL = "relazione/2026/reminder-7d", "<1@ente.example>"


def planned(store: Store) -> None:
    store.actions.register([Performance(KEY, "relazione/2026", Outcome.PLANNED, NOW)])
    recipients = ("ufficio@ente.example",)
    store.deliveries.plan(Delivery(MAIL, KEY, "relazione/2026", "s@ente.example", recipients, "s", "p", "0" * 64, NOW))


def take(store: Store, claim: str, now: datetime) -> tuple[bool, bool]:
    """Claim the action and the mail."""
    mail = store.deliveries.claim(MAIL, claim, now, now + LEASE)
    return store.actions.claim(KEY, claim, now, now + LEASE), mail is not None


def hand_on(store: Store, generation: int, now: datetime) -> tuple[bool, bool]:
    """Hand the action and the mail on."""
    mail = store.deliveries.hand_on(MAIL, generation, now, now + LEASE)
    return store.actions.hand_on({KEY: generation}, now, now + LEASE) == {KEY}, mail


BOTH, NONE = (True, True), (False, False)


def test_what_a_dead_performer_held_goes_to_the_next_one_at_once(store: Store) -> None:
    planned(store)
    assert take(store, "node-1/a", NOW) == BOTH
    assert take(store, "node-2/b", NOW) == NONE
    assert hand_on(store, 0, NOW) == NONE, "it is held"
    assert hand_on(store, 0, LATER) == BOTH
    assert hand_on(store, 0, LATER) == NONE, "somebody else was faster"
    assert take(store, "node-2/b", LATER) == BOTH, "and not only when the queue's own lease has run out"
    assert take(store, "node-1/a", LATER) == NONE
    assert not store.deliveries.dot(MAIL, "node-1/a", LATER, LATER + LEASE), "the fence"


def test_a_mail_that_stood_at_the_dot_is_handed_on_flagged(store: Store) -> None:
    planned(store)
    take(store, "node-1/a", NOW)
    assert store.deliveries.dot(MAIL, "node-1/a", NOW, LATER)
    assert store.deliveries.hand_on(MAIL, 0, LATER, LATER + LEASE)
    [waiting] = store.deliveries.some([MAIL])
    assert not store.deliveries.waiting(), "its bytes may have left"
    mail = store.deliveries.claim(MAIL, "node-2/b", LATER, LATER + LEASE)
    assert waiting.state == "dotted"
    assert mail is not None
    assert (mail.ambiguous, mail.unanswered) == (True, 1)


def test_a_performer_whose_clock_is_behind_takes_what_was_handed_to_it(store: Store) -> None:
    planned(store)
    behind = NOW - timedelta(seconds=2)
    assert hand_on(store, 0, NOW) == BOTH
    assert take(store, "node-2/b", behind) == BOTH
    store.actions.put(Performance(KEY, "relazione/2026", Outcome.FAILED, NOW, retry_at=LATER), "node-2/b")
    store.deliveries.put_back(MAIL, "node-2/b", LATER, "451", ambiguous=False)
    assert take(store, "node-2/b", LATER - timedelta(seconds=2)) == NONE, "not before its turn"
    assert hand_on(store, 1, LATER) == BOTH
    assert take(store, "node-2/b", LATER - timedelta(seconds=2)) == BOTH


def test_what_waits_in_the_queue_is_held_and_what_has_begun_is_left_alone(store: Store) -> None:
    planned(store)
    hand_on(store, 0, NOW)
    store.actions.hold(KEY, LATER + LEASE)
    assert not store.actions.hand_on({KEY: 1}, LATER, LATER + LEASE)
    assert store.actions.claim(KEY, "node-1/a", NOW, LATER)
    store.actions.hold(KEY, LATER + LEASE)
    assert store.actions.hand_on({KEY: 1}, LATER, LATER + LEASE), "a hold that came late prolongs no claim"
