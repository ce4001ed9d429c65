"""What the pages show of mails and of the audit trail, a part at a time, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from scheduler.core.audit import Entry
from scheduler.core.ledger import Delivery, DeliveryState, Draft
from scheduler.ledger import models
from scheduler.ledger.database import spoken
from scheduler.ledger.rows import delivery, draft
from scheduler.ledger.trail import kind_of


@dataclass(frozen=True)
class Fate:
    """What became of a mail for one of its recipients."""

    address: str
    fate: str  # pending, accepted, refused, abandoned
    reply: str


@dataclass(frozen=True)
class Mail:
    """A mail with all that is known of its way."""

    number: int
    delivery: Delivery
    fates: tuple[Fate, ...]
    finished_at: datetime | None

    @property
    def went_wrong(self) -> bool:
        """Tell whether somebody did not get it, or nobody knows."""
        lost = any(item.fate in ("refused", "abandoned") for item in self.fates)
        return self.delivery.state is DeliveryState.FAILED or self.delivery.ambiguous or lost


@spoken
class History:
    """The rows of one database, for reading."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def mails(self, chosen: str = "", occurrence_key: str = "", first: int = 0, most: int = 50) -> tuple[Mail, ...]:
        """Return mails: of a state, or `wrong` for those with a fault; of one occurrence, or of all."""
        rows = self._chosen(chosen, occurrence_key).order_by("-planned_at", "-id").prefetch_related("recipients")
        return tuple(map(_mail, rows[first : first + most]))

    def count(self, chosen: str = "", occurrence_key: str = "") -> int:
        """Return how many such mails there are."""
        return self._chosen(chosen, occurrence_key).count()

    def drafts_after(self, last: int | None) -> tuple[int, tuple[Draft, ...]]:
        """Return the number of the newest draft, and those that are newer than another one; without one, none."""
        rows = models.Draft.objects.using(self.alias)
        newest = rows.aggregate(last=Max("id"))["last"] or 0
        if last is None or newest == last:
            return newest, ()
        return newest, tuple(map(draft, rows.filter(id__gt=last).order_by("id").prefetch_related("inputs")))

    def mail(self, number: int) -> Mail | None:
        """Return a mail by its number."""
        row = self._mails.filter(pk=number).prefetch_related("recipients").first()
        return _mail(row) if row else None

    def entries(self, first: int = 0, most: int = 50) -> tuple[Entry, ...]:
        """Return entries of the audit trail."""
        rows = models.Audit.objects.using(self.alias).order_by("-number")[first : first + most]
        return tuple(
            Entry(row.number, row.at, kind_of(row.kind), row.key, row.facts, row.previous, row.seal) for row in rows
        )

    def _chosen(self, chosen: str, occurrence_key: str) -> QuerySet[models.Delivery]:
        rows = self._mails.filter(occurrence_key=occurrence_key) if occurrence_key else self._mails
        if chosen != "wrong":
            return rows.filter(state=chosen) if chosen else rows
        lost = models.Recipient.objects.using(self.alias).filter(fate__in=("refused", "abandoned"))
        faults = Q(state=DeliveryState.FAILED) | Q(ambiguous=True) | Q(pk__in=lost.values("delivery_id"))
        return rows.filter(faults | Q(state__in=("planned", "claimed", "dotted"), attempts__gt=0))

    @property
    def _mails(self) -> QuerySet[models.Delivery]:
        return models.Delivery.objects.using(self.alias)


def _mail(row: models.Delivery) -> Mail:
    fates = tuple(Fate(item.address, item.fate, item.reply) for item in row.recipients.all())
    return Mail(row.pk, delivery(row), fates, row.finished_at)
