"""The audit trail in a real database: everything that ends is told, and whatever is changed past it is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections

from scheduler.core.audit import Broken, Flaw
from scheduler.core.ledger import Act, ActKind, Delivery
from scheduler.ledger import database, models
from scheduler.ledger.store import Store

KEY = "a/2025"
NOW = datetime(2025, 2, 10, 8, tzinfo=UTC)
MAIL = Delivery("<1@x>", "a/2025/reminder-7d", "a/2025", "s@x.example", ("a@x.example",), "x", "mail/1", "0" * 64, NOW)
ACT = Act(ActKind.SUBMISSION, KEY, NOW, "Anna", date(2025, 2, 10), "0001234")


def deliver(store: Store, mail: Delivery = MAIL) -> None:
    store.deliveries.plan(mail)
    assert store.deliveries.claim(mail.message_id, "node/1", NOW, NOW + timedelta(minutes=10))
    assert store.deliveries.dot(mail.message_id, "node/1", NOW, NOW + timedelta(minutes=15))
    store.deliveries.sent(mail.message_id, "node/1", NOW, "250 ok", {})


@pytest.fixture
def told(store: Store) -> Store:
    """A ledger with an act, a mail that was sent, and an act that takes the first one back."""
    store.record_act(ACT)
    deliver(store)
    store.record_act(replace(ACT, kind=ActKind.REOPENING, reason="errore"))
    return store


def test_everything_that_ends_is_told_in_order(told: Store) -> None:
    assert told.trail.first_broken() is None
    number, seal = told.trail.head()
    assert number == 3
    assert told.trail.has(seal)
    rows = models.Audit.objects.using(told.alias).order_by("number")
    assert [(row.kind, row.key) for row in rows] == [
        ("act", "a/2025"),
        ("delivery", MAIL.action_key),
        ("act", "a/2025"),
    ]
    assert "250 ok" in rows[1].facts


def test_a_mail_that_is_tried_again_is_told_again(store: Store) -> None:
    store.deliveries.plan(MAIL)
    store.deliveries.claim(MAIL.message_id, "node/1", NOW, NOW + timedelta(minutes=10))
    store.deliveries.fail(MAIL.message_id, "node/1", NOW, "550 no", {"a@x.example": "550 no"})
    assert store.trail.head()[0] == 1
    assert store.deliveries.retry(MAIL.message_id, NOW)
    assert store.trail.first_broken() is None, "while it is open, it may differ"
    store.deliveries.cancel(MAIL.message_id, NOW)
    assert store.trail.head()[0] == 2
    assert store.trail.first_broken() is None


def change(store: Store, sql: str) -> None:
    with connections[store.alias].cursor() as cursor:
        cursor.execute(sql)


CHANGES = {
    "an entry is taken out": ("DELETE FROM ledger_audit WHERE number = 2", Broken(2, Flaw.MISSING)),
    "the last entry is taken out": ("DELETE FROM ledger_audit WHERE number = 3", Broken(3, Flaw.MISSING)),
    "all are": ("DELETE FROM ledger_audit", Broken(1, Flaw.MISSING)),
    "an entry is changed": (
        "UPDATE ledger_audit SET facts = REPLACE(facts, 'Anna', 'Aldo') WHERE number = 1",
        Broken(1, Flaw.CHANGED, KEY),
    ),
    "an entry is not JSON any more": (
        "UPDATE ledger_audit SET facts = 'x' WHERE number = 2",
        Broken(2, Flaw.CHANGED, MAIL.action_key),
    ),
    "a kind is invented": ("UPDATE ledger_audit SET kind = 'x' WHERE number = 1", Broken(1, Flaw.CHANGED, KEY)),
    "an act is changed": ("UPDATE ledger_act SET protocol = '0009999'", Broken(1, Flaw.DIFFERS, KEY)),
    "an act is taken out": ("DELETE FROM ledger_act WHERE reason <> ''", Broken(3, Flaw.DIFFERS, KEY)),
    "an act is put in": (
        "INSERT INTO ledger_act (id, occurrence_key, kind, at, who, protocol, evidence, evidence_sha256, reason) "
        "VALUES (99, 'b/2025', 'waiver', '2025-01-01 00:00:00+00:00', 'x', '', '', '', '')",
        Broken(0, Flaw.UNTOLD, "b/2025"),
    ),
    "a mail's state is changed": (
        "UPDATE ledger_delivery SET state = 'failed'",
        Broken(2, Flaw.DIFFERS, MAIL.action_key),
    ),
    "a mail's fate is changed": ("UPDATE ledger_recipient SET fate = 'x'", Broken(2, Flaw.DIFFERS, MAIL.action_key)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_changed_past_the_program_is_found_at_its_first_place(told: Store, name: str) -> None:
    sql, broken = CHANGES[name]
    change(told, sql)
    assert told.trail.first_broken() == broken


def test_several_at_once_make_one_chain(store: Store) -> None:
    def work(number: int) -> None:
        deliver(store, replace(MAIL, message_id=f"<{number}@x>", action_key=f"a/2025/reminder-{number}d"))
        store.record_act(replace(ACT, occurrence_key=f"k{number}/2025"))
        database.close(store.alias)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(12)))
    assert store.trail.head()[0] == 24
    assert store.trail.first_broken() is None
