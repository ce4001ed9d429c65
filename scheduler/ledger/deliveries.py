"""The mails in the ledger: one performer at a time, `sent` never changes, every recipient has a fate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet

from scheduler.core.ledger import Delivery, DeliveryState
from scheduler.ledger import models
from scheduler.ledger.database import spoken

OPEN = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.DOTTED)


@spoken
class Deliveries:
    """The rows of the mails in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def plan(self, mail: Delivery) -> None:
        """Add a mail to send; one that is there already (same Message-ID) stays as it is."""
        row, created = self._rows.get_or_create(
            message_id=mail.message_id,
            defaults={
                "action_key": mail.action_key,
                "occurrence_key": mail.occurrence_key,
                "sender": mail.sender,
                "subject": mail.subject,
                "path": mail.path,
                "sha256": mail.sha256,
                "planned_at": mail.planned_at,
                "next_try_at": mail.planned_at,
            },
        )
        if created:
            recipients = models.Recipient.objects.using(self.alias)
            recipients.bulk_create([models.Recipient(delivery=row, address=item) for item in mail.recipients])

    def ready(self, now: datetime) -> tuple[Delivery, ...]:
        """Return the mails whose turn has come, in the order they were planned.

        A claim whose lease has run out is ready again. A mail that stands at the final dot is ambiguous: it is ready
        when its pause is over, and the same bytes go again.
        """
        free = Q(state=DeliveryState.PLANNED) | Q(state__in=OPEN, lease_until__lte=now)
        rows = self._rows.filter(free, next_try_at__lte=now).order_by("planned_at", "id")
        return tuple(_delivery(row) for row in rows.prefetch_related("recipients"))

    def claim(self, message_id: str, claim: str, now: datetime, lease_until: datetime) -> bool:
        """Take a mail for this performer; False where another one holds it or it is done."""
        free = Q(state=DeliveryState.PLANNED) | Q(state__in=OPEN, lease_until__lte=now)
        rows = self._rows.filter(free, message_id=message_id)
        changes = {"state": DeliveryState.CLAIMED, "claim": claim, "lease_until": lease_until}
        return bool(rows.update(attempts=F("attempts") + 1, **changes))

    def dot(self, message_id: str, claim: str, now: datetime, lease_until: datetime) -> bool:
        """Say that the final dot is about to go: the fence. False where the claim is not mine any more.

        The lease then covers the wait for the reply: until it has run out nobody sends the same bytes again.
        """
        mine = self._rows.filter(message_id=message_id, claim=claim, state=DeliveryState.CLAIMED, lease_until__gt=now)
        return bool(mine.update(state=DeliveryState.DOTTED, lease_until=lease_until))

    def sent(self, message_id: str, claim: str, at: datetime, reply: str, refused: Mapping[str, str]) -> None:
        """Record the server's acceptance and each recipient's fate."""
        changes = {"state": DeliveryState.SENT, "ambiguous": False, "finished_at": at, "reply": reply}
        with transaction.atomic(using=self.alias):
            if self._mine(message_id, claim).update(lease_until=None, **changes):
                self._fates(message_id, refused)

    def accepted(self, message_id: str, claim: str, addresses: Iterable[str], refused: Mapping[str, str]) -> None:
        """Record the fate of some recipients; the others stay pending."""
        with transaction.atomic(using=self.alias):
            if self._mine(message_id, claim).exists():
                recipients = models.Recipient.objects.using(self.alias).filter(delivery__message_id=message_id)
                recipients.filter(address__in=list(addresses)).update(fate="accepted")
                for address, reply in refused.items():
                    recipients.filter(address=address).update(fate="refused", reply=reply)

    def put_back(self, message_id: str, claim: str, next_try_at: datetime, reply: str, *, ambiguous: bool) -> None:
        """Record a fault after which the mail is tried again at `next_try_at`."""
        self._mine(message_id, claim).update(
            state=DeliveryState.DOTTED if ambiguous else DeliveryState.PLANNED,
            ambiguous=ambiguous,
            next_try_at=next_try_at,
            lease_until=next_try_at,
            reply=reply,
        )

    def fail(self, message_id: str, claim: str, at: datetime, reply: str, refused: Mapping[str, str]) -> None:
        """Record that trying again is useless."""
        changes = {"state": DeliveryState.FAILED, "finished_at": at, "reply": reply}
        with transaction.atomic(using=self.alias):
            if self._mine(message_id, claim).update(lease_until=None, **changes):
                self._fates(message_id, refused, others="pending")

    def waiting(self) -> tuple[Delivery, ...]:
        """Return the mails of which no byte can have left yet."""
        rows = self._rows.filter(state=DeliveryState.PLANNED).order_by("planned_at", "id")
        return tuple(_delivery(row) for row in rows.prefetch_related("recipients"))

    def cancel(self, message_id: str) -> None:
        """Take back a mail that nobody has begun to send."""
        self._rows.filter(message_id=message_id, state=DeliveryState.PLANNED).update(state=DeliveryState.CANCELLED)

    def next_try(self, after: datetime) -> datetime | None:
        """Return the first instant strictly after `after` at which a waiting mail is tried, or None."""
        waiting = self._rows.filter(state__in=OPEN, next_try_at__gt=after)
        first: datetime | None = waiting.aggregate(first=Min("next_try_at"))["first"]
        return first

    def all(self, occurrence_key: str = "") -> tuple[Delivery, ...]:
        """Return the mails, of one occurrence or all of them, in the order they were planned."""
        rows = self._rows.order_by("planned_at", "id").prefetch_related("recipients")
        return tuple(_delivery(row) for row in (rows.filter(occurrence_key=occurrence_key) if occurrence_key else rows))

    def some(self, message_ids: Sequence[str]) -> tuple[Delivery, ...]:
        """Return the mails of those ids, in the order they were planned."""
        rows = self._rows.filter(message_id__in=message_ids).order_by("planned_at", "id")
        return tuple(_delivery(row) for row in rows.prefetch_related("recipients"))

    def troubled(self) -> tuple[Delivery, ...]:
        """Return the mails that failed, wait after a fault, or whose fate is not known."""
        wrong = Q(state=DeliveryState.FAILED) | Q(state__in=OPEN, attempts__gt=0)
        refused = Q(recipients__fate="refused")
        rows = self._rows.filter(wrong | refused).distinct().order_by("planned_at", "id")
        return tuple(_delivery(row) for row in rows.prefetch_related("recipients"))

    @property
    def _rows(self) -> QuerySet[models.Delivery]:
        return models.Delivery.objects.using(self.alias)

    def _mine(self, message_id: str, claim: str) -> QuerySet[models.Delivery]:
        """Return the mail's row while this claim holds it: what is finished is out of everyone's reach."""
        held = (DeliveryState.CLAIMED, DeliveryState.DOTTED)
        return self._rows.filter(message_id=message_id, claim=claim, state__in=held)

    def _fates(self, message_id: str, refused: Mapping[str, str], others: str = "accepted") -> None:
        recipients = models.Recipient.objects.using(self.alias).filter(delivery__message_id=message_id)
        recipients.filter(fate="pending").exclude(address__in=list(refused)).update(fate=others)
        for address, reply in refused.items():
            recipients.filter(address=address).update(fate="refused", reply=reply)


def _delivery(row: models.Delivery) -> Delivery:
    return Delivery(
        message_id=row.message_id,
        action_key=row.action_key,
        occurrence_key=row.occurrence_key,
        sender=row.sender,
        recipients=tuple(item.address for item in row.recipients.all()),
        pending=tuple(item.address for item in row.recipients.all() if item.fate == "pending"),
        subject=row.subject,
        path=row.path,
        sha256=row.sha256,
        planned_at=row.planned_at,
        state=DeliveryState(row.state),
        ambiguous=row.ambiguous,
        attempts=row.attempts,
        reply=row.reply,
    )
