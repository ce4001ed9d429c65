"""Mails that failed, on both databases: tried again for those who lack them, or given up; and what is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.core.ledger import Delivery, DeliveryState, Outcome, Performance
from scheduler.errors import UserError
from scheduler.ledger.soundness import Standing, check_whole, standing
from scheduler.ledger.store import Store

NOW = datetime(2025, 2, 10, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
ID, ANNA, BRUNO = "<1@cmm.example>", "anna@cmm.example", "bruno@cmm.example"
MAIL = Delivery(ID, "a/2025/draft-20d", "a/2025", "s@cmm.example", (ANNA, BRUNO), "x", "mail/1.eml", "0" * 64, NOW)


def claimed(store: Store, at: datetime = NOW) -> Delivery:
    mail = store.deliveries.claim(ID, "node/1", at, at + timedelta(minutes=10))
    assert mail is not None
    return mail


def state(store: Store) -> tuple[DeliveryState, tuple[str, ...]]:
    [mail] = store.deliveries.some([ID])
    return mail.state, mail.pending


@pytest.fixture
def refused(store: Store) -> Store:
    """A ledger with a mail that Anna has got and Bruno's server did not take."""
    store.deliveries.plan(MAIL)
    claimed(store)
    store.deliveries.sent(ID, "node/1", NOW, "250 ok", {BRUNO: "550 unknown"})
    return store


@pytest.fixture
def failed(store: Store) -> Store:
    """A ledger with a mail that nobody has got, after the server left three final dots unanswered."""
    store.deliveries.plan(MAIL)
    for number in range(3):
        at = NOW + timedelta(minutes=20 * number)
        claimed(store, at)
        store.deliveries.dot(ID, "node/1", at, at + timedelta(minutes=15))
    store.deliveries.fail(ID, "node/1", NOW, "no reply", {BRUNO: "550 unknown"})
    return store


def test_only_who_was_refused_gets_it_again(refused: Store) -> None:
    assert refused.deliveries.retry(ID, LATER)
    assert state(refused) == (DeliveryState.PLANNED, (BRUNO,))
    assert [mail.message_id for mail in refused.deliveries.ready(LATER)] == [ID]
    assert refused.deliveries.failed() == ()
    claimed(refused, LATER)
    refused.deliveries.sent(ID, "node/1", LATER, "250 ok", {})
    assert state(refused) == (DeliveryState.SENT, ())
    assert refused.deliveries.troubled() == ()
    assert not refused.deliveries.retry(ID, LATER), "there is nobody left"


def test_whoever_is_refused_again_is_told_again_and_the_others_stay(refused: Store) -> None:
    refused.deliveries.retry(ID, LATER)
    claimed(refused, LATER)
    refused.deliveries.fail(ID, "node/1", LATER, "550 unknown", {BRUNO: "550 unknown"})
    assert len(refused.deliveries.failed()) == 1
    assert refused.deliveries.give_up(ID, LATER)
    assert state(refused) == (DeliveryState.SENT, ()), "Anna has got it"
    assert refused.deliveries.failed() == refused.deliveries.troubled() == ()


def test_what_somebody_has_got_stays_sent_when_it_is_taken_back(refused: Store) -> None:
    refused.deliveries.retry(ID, LATER)
    refused.deliveries.cancel(ID, LATER)
    assert state(refused) == (DeliveryState.SENT, ())
    assert refused.deliveries.troubled() == ()


def test_who_never_got_an_answer_gets_the_whole_number_of_tries_again(failed: Store) -> None:
    assert failed.deliveries.retry(ID, LATER)
    assert state(failed) == (DeliveryState.PLANNED, (ANNA, BRUNO))
    again = claimed(failed, LATER)
    assert (again.unanswered, again.attempts, again.ambiguous) == (0, 1, True)


def test_giving_up_takes_a_mail_out_of_sight(failed: Store) -> None:
    assert failed.deliveries.give_up(ID, LATER)
    assert state(failed) == (DeliveryState.CANCELLED, ())
    assert failed.deliveries.failed() == failed.deliveries.troubled() == ()
    assert not failed.deliveries.give_up(ID, LATER)
    assert not failed.deliveries.retry(ID, LATER)


def test_what_did_not_fail_is_left_alone(store: Store) -> None:
    store.deliveries.plan(MAIL)
    assert not store.deliveries.retry(ID, LATER)
    assert not store.deliveries.give_up(ID, LATER)
    assert state(store) == (DeliveryState.PLANNED, (ANNA, BRUNO))


def test_mails_stand_still_where_none_is_tried(store: Store) -> None:
    store.deliveries.plan(MAIL)
    assert store.deliveries.stalled(NOW - timedelta(seconds=1)) == 0, "not so long yet"
    assert store.deliveries.stalled(NOW) == 1
    claimed(store, LATER)
    assert store.deliveries.stalled(NOW) == 0, "it is being tried"
    assert store.deliveries.stalled(LATER) == 1, "for a long time now"


def test_open_actions_are_counted_by_state(store: Store) -> None:
    for key, outcome in (
        ("a", Outcome.PLANNED),
        ("b", Outcome.FAILED),
        ("c", Outcome.PERFORMED),
        ("d", Outcome.FAILED),
    ):
        store.record(Performance(key, "", outcome, NOW))
    assert store.actions.open_counts() == {"planned": 1, "failed": 2}


def test_a_ledger_in_order(store: Store) -> None:
    store.check()
    check_whole(store.alias, "it")
    assert standing(store.alias, "it") is Standing.CURRENT


def test_a_newer_ledger_is_refused(store: Store) -> None:
    from django.db import connections

    with connections[store.alias].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_later', '2030-01-01')"
        )
    with pytest.raises(UserError, match="9999_later"):
        standing(store.alias, "it")
