"""The ledger on SQLite and on PostgreSQL: what goes in comes out, all or nothing, and a claim has one owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError

from scheduler.core.data import Source
from scheduler.core.kept import KeptKind
from scheduler.core.ledger import Act, ActKind, Delivery, DeliveryState, Draft, Outcome, Performance
from scheduler.core.making import Annex, Making
from scheduler.ledger.kept_files import KeptFiles
from scheduler.ledger.store import Store

NOW = datetime(2025, 2, 10, 8, 0, tzinfo=UTC)
KEY = "costi-personale-annuale/2024"
LEASE = timedelta(minutes=10)


def mail(number: int = 1) -> Delivery:
    return Delivery(
        message_id=f"<{number}@cmm.example>",
        action_key=f"{KEY}/reminder-7d",
        occurrence_key=KEY,
        sender="s@cmm.example",
        recipients=("a@cmm.example", "b@cmm.example"),
        subject="Promemoria",
        path=f"mail/{number}.eml",
        sha256="0" * 64,
        planned_at=NOW,
    )


def draft(version: int = 1) -> Draft:
    source = Source("data/costi/2024-Q1.xlsx", "Costi", "1" * 64, 1234)
    return Draft(KEY, "report", version, f"drafts/v{version}.docx", "2" * 64, 10, "3" * 64, NOW, (source,))


def test_a_draft_comes_back_with_all_it_takes_to_make_it_again(store: Store) -> None:
    annexes = (Annex("report-v1.docx", "5" * 64), Annex("«è».docx", "6" * 64))
    makings = (
        Making("0.1.0", "7" * 64, "8" * 64, date(2025, 3, 15), annexes),
        Making("0.1.0", "7" * 64, request_by=date(2025, 2, 10)),
        None,
    )
    drafts = tuple(replace(draft(version), making=making) for version, making in enumerate(makings, start=1))
    for item in drafts:
        store.record_draft(item)
    assert store.drafts(KEY) == drafts
    assert drafts[0].made_of == ("7" * 64, "3" * 64, "8" * 64, "1" * 64)
    assert drafts[2].made_of == (), "nothing was kept for it"


def test_backup_and_retention_know_what_drafts_were_made_of(store: Store, tmp_path: Path) -> None:
    store.record_draft(replace(draft(), making=Making("0.1.0", "7" * 64)))
    store.record_draft(draft(2))
    files = [item for item in KeptFiles(store.alias, tmp_path).all() if item.kind is KeptKind.INPUT]
    assert [item.path for item in files] == [f"inputs/{sign * 64}" for sign in ("7", "3", "1")]
    assert {(item.occurrence_key, item.document, item.version, item.at) for item in files} == {(KEY, "report", 1, NOW)}


def test_first_start_is_remembered_for_ever(store: Store) -> None:
    assert store.snapshot().started_at is None
    assert store.start(NOW, "first") == NOW
    assert store.start(NOW + timedelta(days=9), "second") == NOW
    assert store.snapshot().started_at == NOW
    assert store.identity() == "first"


def test_acts_come_back_in_order_and_close_and_reopen(store: Store) -> None:
    submission = Act(ActKind.SUBMISSION, KEY, NOW, "anna", date(2025, 2, 10), "0015384", "evidence/x.pdf")
    reopening = Act(ActKind.REOPENING, KEY, NOW + timedelta(hours=1), "bruno", reason="file sbagliato")
    extension = Act(ActKind.EXTENSION, KEY, NOW + timedelta(hours=2), "anna", date(2025, 3, 15), reason="nota")
    store.record_act(submission, "4" * 64)
    assert store.snapshot().closing(KEY) == submission
    store.record_act(reopening)
    store.record_act(extension)
    ledger = store.snapshot()
    assert ledger.acts[KEY] == (submission, reopening, extension)
    assert ledger.closing(KEY) is None
    assert ledger.extended_to(KEY) == date(2025, 3, 15)


def test_naive_instants_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="naive"):
        store.record_act(Act(ActKind.WAIVER, KEY, datetime(2025, 2, 10), "anna", reason="x"))  # noqa: DTZ001


def test_an_action_is_recorded_with_everything_it_made(store: Store) -> None:
    performance = Performance(f"{KEY}/draft-20d", KEY, Outcome.PERFORMED, NOW)
    store.record(performance, [f"{KEY}/request-30d"], [draft()], [mail()])
    ledger = store.snapshot()
    assert ledger.performances[f"{KEY}/draft-20d"] == performance
    superseded = ledger.performances[f"{KEY}/request-30d"]
    assert (superseded.outcome, superseded.superseded_by) == (Outcome.SUPERSEDED, f"{KEY}/draft-20d")
    assert store.drafts(KEY) == (draft(),)
    assert store.deliveries.all() == (replace(mail(), pending=mail().recipients, next_try_at=NOW),)
    assert store.next_version(KEY, "report") == 2


def test_an_action_is_recorded_whole_or_not_at_all(store: Store) -> None:
    store.record_draft(draft())
    performance = Performance(f"{KEY}/draft-20d", KEY, Outcome.PERFORMED, NOW)
    with pytest.raises(IntegrityError):  # version 1 is there already
        store.record(performance, [], [draft()], [mail()])
    assert store.snapshot().performances == {}
    assert store.deliveries.all() == ()


def test_a_failed_action_keeps_its_reasons_and_its_retry(store: Store) -> None:
    retry_at = NOW + timedelta(hours=1)
    failed = Performance(f"{KEY}/draft-20d", KEY, Outcome.FAILED, NOW, 2, retry_at, problems=("manca il file",))
    store.record(failed)
    assert store.snapshot().performances[f"{KEY}/draft-20d"] == failed


def test_the_same_mail_is_planned_once(store: Store) -> None:
    store.deliveries.plan(mail())
    store.deliveries.plan(mail())
    assert len(store.deliveries.all()) == 1


def test_only_one_performer_gets_a_mail(store: Store) -> None:
    store.deliveries.plan(mail())
    deliveries, message_id = store.deliveries, mail().message_id
    assert deliveries.claim(message_id, "one", NOW, NOW + LEASE)
    assert not deliveries.claim(message_id, "two", NOW, NOW + LEASE)
    assert deliveries.ready(NOW) == ()
    later = NOW + LEASE
    assert [item.message_id for item in deliveries.ready(later)] == [message_id]
    assert deliveries.claim(message_id, "two", later, later + LEASE)
    assert not deliveries.dot(message_id, "one", later, later + LEASE), (
        "the fence lets nobody through whose claim is gone"
    )
    assert deliveries.dot(message_id, "two", later, later + LEASE)


def test_the_fence_holds_when_the_lease_has_run_out(store: Store) -> None:
    store.deliveries.plan(mail())
    store.deliveries.claim(mail().message_id, "one", NOW, NOW + LEASE)
    assert not store.deliveries.dot(mail().message_id, "one", NOW + LEASE, NOW + 2 * LEASE)


def test_sent_never_changes(store: Store) -> None:
    deliveries, message_id = store.deliveries, mail().message_id
    deliveries.plan(mail())
    deliveries.claim(message_id, "one", NOW, NOW + LEASE)
    deliveries.dot(message_id, "one", NOW, NOW + LEASE)
    deliveries.sent(message_id, "one", NOW, "250 ok", {"b@cmm.example": "550 no"})
    deliveries.fail(message_id, "one", NOW, "late news", {})
    deliveries.put_back(message_id, "one", NOW, "late news", ambiguous=True)
    [row] = deliveries.all()
    assert (row.state, row.reply) == (DeliveryState.SENT, "250 ok")
    assert not deliveries.claim(message_id, "two", NOW + LEASE, NOW + 2 * LEASE)
    assert deliveries.troubled() == (row,), "a refused recipient stays visible"


def test_an_ambiguous_mail_waits_and_goes_again(store: Store) -> None:
    deliveries, message_id = store.deliveries, mail().message_id
    deliveries.plan(mail())
    deliveries.claim(message_id, "one", NOW, NOW + LEASE)
    deliveries.dot(message_id, "one", NOW, NOW + LEASE)
    pause = NOW + timedelta(minutes=15)
    deliveries.put_back(message_id, "one", pause, "no reply", ambiguous=True)
    [row] = deliveries.troubled()
    assert row.ambiguous
    assert row.state is DeliveryState.DOTTED
    assert deliveries.next_try(NOW) == pause
    assert deliveries.ready(NOW) == ()
    assert [item.message_id for item in deliveries.ready(pause)] == [message_id]


def test_a_failed_mail_stays_visible_and_is_not_tried(store: Store) -> None:
    deliveries, message_id = store.deliveries, mail().message_id
    deliveries.plan(mail())
    deliveries.claim(message_id, "one", NOW, NOW + LEASE)
    deliveries.fail(message_id, "one", NOW, "550 no", {"a@cmm.example": "550 no", "b@cmm.example": "550 no"})
    assert deliveries.ready(NOW + timedelta(days=1)) == ()
    assert [item.state for item in deliveries.troubled()] == [DeliveryState.FAILED]


def test_only_the_claims_owner_writes(store: Store) -> None:
    deliveries, message_id = store.deliveries, mail().message_id
    deliveries.plan(mail())
    deliveries.claim(message_id, "one", NOW, NOW + LEASE)
    deliveries.sent(message_id, "two", NOW, "250 ok", {})
    assert deliveries.all()[0].state is DeliveryState.CLAIMED


def test_recipients_who_are_deferred_get_the_mail_later_and_alone(store: Store) -> None:
    deliveries, message_id = store.deliveries, mail().message_id
    deliveries.plan(mail())
    deliveries.claim(message_id, "one", NOW, NOW + LEASE)
    deliveries.dot(message_id, "one", NOW, NOW + LEASE)
    deliveries.accepted(message_id, "one", ["a@cmm.example"], {})
    deliveries.put_back(message_id, "one", NOW + LEASE, "451 greylisted", ambiguous=False)
    [row] = deliveries.ready(NOW + LEASE)
    assert row.pending == ("b@cmm.example",)
    assert row.recipients == ("a@cmm.example", "b@cmm.example")


def test_the_migrations_are_in_step_with_the_tables(store: Store) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "ledger", check=True, dry_run=True, verbosity=0)
