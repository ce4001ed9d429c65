"""The audit trail in the ledger: written in the transaction of what it tells of, and held against the ledger's rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.db.models import QuerySet

from scheduler.core.audit import AuditKind, Broken, Entry, Facts, Flaw, first_broken, following, written
from scheduler.core.ledger import DeliveryState
from scheduler.ledger import models
from scheduler.ledger.database import spoken
from scheduler.ledger.rows import utc

HEAD = "audit"  # the fact that holds the last number and seal, and that whoever adds an entry holds
OVER = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.CANCELLED)
_AT_ONCE = 1000  # rows


@spoken
class Trail:
    """The entries in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def tell_act(self, row: models.Act) -> None:
        """Add what a person has declared; within the transaction that records it."""
        self._add(row.at, AuditKind.ACT, row.occurrence_key, facts_of_act(row))

    def tell_mail(self, message_id: str, at: datetime) -> None:
        """Add what became of a mail; within the transaction that records it."""
        row = self._mails.get(message_id=message_id)
        self._add(at, AuditKind.DELIVERY, row.action_key, facts_of_mail(row))

    def head(self) -> tuple[int, str]:
        """Return the number and the seal of the last entry; (0, '') where there is none."""
        value = models.Fact.objects.using(self.alias).filter(name=HEAD).values_list("value", flat=True).first()
        number, _, seal = (value or "0 ").partition(" ")
        return int(number) if number.isascii() and number.isdigit() else 0, seal  # somebody may have changed it

    def has(self, seal: str) -> bool:
        """Tell whether an entry has a seal."""
        return models.Audit.objects.using(self.alias).filter(seal=seal).exists()

    def first_broken(self) -> Broken | None:
        """Return the first place at which the trail is broken in itself, or else does not agree with the ledger.

        Of a mail that was tried again counts the last entry, and while it is open none.
        """
        last: dict[tuple[str, str | int], Entry] = {}
        if broken := first_broken(self._noting(last)):
            return broken
        highest = max(((entry.number, entry.seal) for entry in last.values()), default=(0, ""))
        if self.head() != highest:
            return Broken(highest[0] + 1, Flaw.MISSING)
        return next(self._disagreeing(last), None)

    def hold(self) -> str:
        """Hold the head to the end of the transaction: what is read from here on, nobody adds to before us."""
        heads = models.Fact.objects.using(self.alias).select_for_update()
        held, _ = heads.get_or_create(name=HEAD, defaults={"value": "0 "})
        return held.value

    def _add(self, at: datetime, kind: AuditKind, key: str, facts: Facts) -> None:
        number, _, seal = self.hold().partition(" ")
        entry = following((int(number), seal), utc(at), kind, key, facts)
        models.Audit.objects.using(self.alias).create(**vars(entry))
        models.Fact.objects.using(self.alias).filter(name=HEAD).update(value=f"{entry.number} {entry.seal}")

    def _entries(self) -> Iterator[Entry]:
        rows = models.Audit.objects.using(self.alias).order_by("number")
        for row in rows.iterator(chunk_size=_AT_ONCE):
            yield Entry(row.number, row.at, kind_of(row.kind), row.key, row.facts, row.previous, row.seal)

    def _noting(self, last: dict[tuple[str, str | int], Entry]) -> Iterator[Entry]:
        """Yield the entries, and note for each subject the last one."""
        for entry in self._entries():
            yield entry
            with suppress(ValueError, KeyError, TypeError):  # sealed anew by somebody: what it told of is missed below
                last[entry.kind, json.loads(entry.facts)["id"]] = entry

    def _disagreeing(self, last: dict[tuple[str, str | int], Entry]) -> Iterator[Broken]:
        """Yield where the ledger says something else than the entries."""
        for kind, key, facts in self._told():
            entry = last.pop((kind, facts["id"]), None)  # type: ignore[arg-type]  # every one has an id
            if entry is None:
                yield Broken(0, Flaw.UNTOLD, key)
            elif entry.facts != written(facts):
                yield Broken(entry.number, Flaw.DIFFERS, key)
        still = set(self._mails.exclude(state__in=OVER).values_list("message_id", flat=True))
        gone = [entry for (_, name), entry in last.items() if name not in still]
        yield from (Broken(entry.number, Flaw.DIFFERS, entry.key) for entry in gone)

    def _told(self) -> Iterator[tuple[AuditKind, str, Facts]]:
        """Yield what the entries must tell of."""
        for act in models.Act.objects.using(self.alias).order_by("id").iterator(chunk_size=_AT_ONCE):
            yield AuditKind.ACT, act.occurrence_key, facts_of_act(act)
        for mail in self._mails.filter(state__in=OVER).order_by("id").iterator(chunk_size=_AT_ONCE):
            yield AuditKind.DELIVERY, mail.action_key, facts_of_mail(mail)

    @property
    def _mails(self) -> QuerySet[models.Delivery]:
        return models.Delivery.objects.using(self.alias).prefetch_related("recipients")


def kind_of(word: str) -> AuditKind:
    """Return what a row says an entry is; a word that somebody has put there stays as it is, and breaks the seal."""
    return AuditKind(word) if word in set(AuditKind) else word  # type: ignore[return-value]  # only where changed


def facts_of_act(row: models.Act) -> Facts:
    """Return what an entry says of an act, by a row of the table as it was when entries began or later."""
    return {
        "id": row.pk,
        "act": row.kind,
        "occurrence": row.occurrence_key,
        "at": row.at.isoformat(),
        "who": row.who,
        "on": row.on.isoformat() if row.on else "",
        "protocol": row.protocol,
        "evidence": row.evidence,
        "evidence_sha256": row.evidence_sha256,
        "reason": row.reason,
    }


def facts_of_mail(row: models.Delivery) -> Facts:
    """Return what an entry says of a mail that is over, by a row of the table as it was when entries began or later."""
    return {
        "id": row.message_id,
        "action": row.action_key,
        "state": row.state,
        "ambiguous": row.ambiguous,
        "sender": row.sender,
        "sha256": row.sha256,
        "reply": row.reply,
        "recipients": [[item.address, item.fate, item.reply] for item in row.recipients.all()],
    }
