"""The mails in the ledger: one performer at a time, `sent` never changes, every recipient has a fate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import Case, Count, Exists, F, IntegerField, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest

from scheduler.core.ledger import Delivery, DeliveryState
from scheduler.ledger import lease, models
from scheduler.ledger.database import spoken
from scheduler.ledger.rows import delivery
from scheduler.ledger.trail import Trail

OPEN = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.DOTTED)


@spoken
class Deliveries:
    """The rows of the mails in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang
        self._trail = Trail(alias, lang)

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
        rows = self._rows.filter(lease.to_hand_out(now), state__in=OPEN, next_try_at__lte=now)
        rows = rows.order_by("planned_at", "id")
        return tuple(delivery(row) for row in rows.prefetch_related("recipients"))

    def hand_on(self, message_id: str, generation: int, now: datetime, until: datetime) -> bool:
        """Take a mail for its next generation, to be handed to the engine; False where it is held."""
        return lease.hand_on(self._rows.filter(message_id=message_id, state__in=OPEN), generation, now, until)

    def hold(self, message_id: str, until: datetime) -> None:
        """Leave a mail to the engine, which has it in its queue, until later."""
        self._rows.filter(message_id=message_id, state=DeliveryState.PLANNED).update(handed_until=until)

    def claim(self, message_id: str, claim: str, now: datetime, lease_until: datetime) -> Delivery | None:
        """Take a mail for this performer and return it; None where another one holds it, or it is done or not yet due.

        One that stood at the final dot has been offered to the server, and nobody knows with what result: ambiguous.
        """
        abandoned = Q(state__in=(DeliveryState.CLAIMED, DeliveryState.DOTTED)) & lease.abandoned(now)
        free = Q(state=DeliveryState.PLANNED) | abandoned
        its_turn = Q(next_try_at__lte=now) | lease.handed_on(now)
        rows = self._rows.filter(free, its_turn, message_id=message_id)
        dotted = {"state": DeliveryState.DOTTED}
        ambiguous = Case(When(**dotted, then=Value(value=True)), default=F("ambiguous"))
        unanswered = F("unanswered") + Case(When(**dotted, then=1), default=0, output_field=IntegerField())
        held = {"claim": claim, "lease_until": lease_until, "handed_until": None}
        changes = {"state": DeliveryState.CLAIMED, "tried_at": now, **held}
        if not rows.update(attempts=F("attempts") + 1, ambiguous=ambiguous, unanswered=unanswered, **changes):
            return None
        return self.some([message_id])[0]

    def release(self, node: str, *, alone: bool) -> None:
        """Give back what a node's earlier process held before the dot; `alone`: also what any engine had."""
        if alone:
            self._rows.filter(state__in=OPEN).exclude(handed_until=None).update(handed_until=None)
        mine = self._rows.filter(lease.of_node(node), state=DeliveryState.CLAIMED)
        mine.update(state=DeliveryState.PLANNED, lease_until=None, handed_until=None)

    def dot(
        self,
        message_id: str,
        claim: str,
        now: datetime,
        lease_until: datetime,
        refused: Mapping[str, str] = MappingProxyType({}),
    ) -> bool:
        """Say that the final dot is about to go: the fence. False where the claim is not mine any more.

        The lease then covers the wait for the reply: until it has run out nobody sends the same bytes again. Whom the
        server has refused is known already and stays written down: what arrives elsewhere says nothing of them.
        """
        mine = self._rows.filter(message_id=message_id, claim=claim, state=DeliveryState.CLAIMED, lease_until__gt=now)
        with transaction.atomic(using=self.alias):
            if not mine.update(state=DeliveryState.DOTTED, lease_until=lease_until):
                return False
            for address, reply in refused.items():
                self._recipients(message_id).filter(address=address, fate="pending").update(reply=reply)
            return True

    def sent(self, message_id: str, claim: str, at: datetime, reply: str, refused: Mapping[str, str]) -> None:
        """Record the server's acceptance and each recipient's fate; one that was ambiguous may have arrived twice."""
        changes = {"state": DeliveryState.SENT, "finished_at": at, "reply": reply}
        with transaction.atomic(using=self.alias):
            if self._mine(message_id, claim).update(lease_until=None, **changes):
                self._fates(message_id, refused)
                self._trail.tell_mail(message_id, at)

    def arrived(self, message_id: str, claim: str, at: datetime, reply: str) -> tuple[str, ...]:
        """Record that an ambiguous mail has been found where its copy goes; return those who are still to get it.

        It was sent to all whom no dot had left out, and once where a single dot had no reply: another one may be found
        later.
        """
        flag = Case(When(unanswered__gt=1, then=Value(value=True)), default=Value(value=False))
        changes = {"state": DeliveryState.SENT, "finished_at": at, "reply": reply}
        with transaction.atomic(using=self.alias):
            mine = self._mine(message_id, claim)
            if not mine.exists():
                return ()
            pending = self._recipients(message_id).filter(fate="pending")
            pending.filter(reply="").update(fate="accepted")
            left = tuple(pending.values_list("address", flat=True))
            if not left:
                mine.update(lease_until=None, ambiguous=flag, **changes)
                self._trail.tell_mail(message_id, at)
            return left

    def accepted(self, message_id: str, claim: str, addresses: Iterable[str], refused: Mapping[str, str]) -> None:
        """Record the fate of some recipients; the others stay pending."""
        with transaction.atomic(using=self.alias):
            if self._mine(message_id, claim).exists():
                recipients = self._recipients(message_id)
                recipients.filter(address__in=list(addresses)).update(fate="accepted")
                for address, reply in refused.items():
                    recipients.filter(address=address).update(fate="refused", reply=reply)

    def put_back(self, message_id: str, claim: str, next_try_at: datetime, reply: str, *, ambiguous: bool) -> None:
        """Record a fault after which the mail is tried again at `next_try_at`; once ambiguous, it stays so."""
        state = DeliveryState.DOTTED if ambiguous else DeliveryState.PLANNED
        flag = Value(value=True) if ambiguous else F("ambiguous")
        changes = {"next_try_at": next_try_at, "lease_until": next_try_at, "handed_until": None, "reply": reply}
        self._mine(message_id, claim).update(state=state, ambiguous=flag, **changes)

    def fail(self, message_id: str, claim: str, at: datetime, reply: str, refused: Mapping[str, str]) -> None:
        """Record that trying again is useless."""
        changes = {"state": DeliveryState.FAILED, "finished_at": at, "reply": reply}
        with transaction.atomic(using=self.alias):
            if self._mine(message_id, claim).update(lease_until=None, **changes):
                self._fates(message_id, refused, others="pending")
                self._trail.tell_mail(message_id, at)

    def withdraw(self, message_id: str, claim: str) -> None:
        """Put back a mail of which nothing was sent because the service is being stopped: no try was made."""
        mine = self._mine(message_id, claim).filter(state=DeliveryState.CLAIMED)
        mine.update(state=DeliveryState.PLANNED, lease_until=None, handed_until=None, attempts=F("attempts") - 1)

    def waiting(self) -> dict[str, str]:
        """Return the occurrence keys of the mails of which no byte can have left yet, by Message-ID."""
        rows = self._rows.filter(state=DeliveryState.PLANNED, ambiguous=False).exclude(occurrence_key="")
        return dict(rows.values_list("message_id", "occurrence_key"))

    def cancel(self, message_id: str, at: datetime) -> None:
        """Take back a mail that nobody has begun to send; one that somebody has got already stays sent."""
        self._leave(message_id, at, DeliveryState.PLANNED)

    def doubt(self, before: datetime, reply: str) -> None:
        """Leave to a person what was still to be sent when a backup was made, and may have gone since."""
        changes = {"state": DeliveryState.FAILED, "ambiguous": True, "reply": reply, "lease_until": None}
        with transaction.atomic(using=self.alias):
            open_then = self._rows.filter(state__in=OPEN, planned_at__lte=before)
            names = list(open_then.values_list("message_id", flat=True))
            open_then.update(next_try_at=before, finished_at=before, **changes)
            for name in names:
                self._trail.tell_mail(name, before)

    def retry(self, message_id: str, now: datetime) -> bool:
        """Let a mail that failed be tried again: a person has mended what was wrong. False where nothing failed.

        Only those go into its envelope who have not got it: whoever the server accepted it for stays as he is. Its next
        try is left where it was, in the past also for a service whose clock is not the caller's.
        """
        changes = {"state": DeliveryState.PLANNED, "attempts": 0, "unanswered": 0, "planned_at": now}
        with transaction.atomic(using=self.alias):
            rows = self._mail(message_id, DeliveryState.FAILED, DeliveryState.SENT)
            # an archive that has what others got says nothing of those who get it now
            ambiguous = Value(value=False) if self._has_reached(message_id) else F("ambiguous")
            free = {"lease_until": None, "handed_until": None, "finished_at": None}
            if not rows.update(ambiguous=ambiguous, **free, **changes):
                return False
            self._refused(message_id).update(fate="pending")
            return True

    def give_up(self, message_id: str, at: datetime) -> bool:
        """Take a mail that failed out of sight: a person has told its recipients otherwise. False where none failed."""
        return self._leave(message_id, at, DeliveryState.FAILED, DeliveryState.SENT)

    def next_try(self, after: datetime) -> datetime | None:
        """Return the first instant strictly after `after` at which a waiting mail is tried, or None.

        One that somebody has is tried when he has had it for too long.
        """
        held = [Coalesce(name, "next_try_at") for name in ("lease_until", "handed_until")]
        waiting = self._rows.filter(state__in=OPEN).annotate(at=Greatest("next_try_at", *held)).filter(at__gt=after)
        first: datetime | None = waiting.aggregate(first=Min("at"))["first"]
        return first

    def all(self, occurrence_key: str = "") -> tuple[Delivery, ...]:
        """Return the mails, of one occurrence or all of them, in the order they were planned."""
        rows = self._rows.order_by("planned_at", "id").prefetch_related("recipients")
        return tuple(delivery(row) for row in (rows.filter(occurrence_key=occurrence_key) if occurrence_key else rows))

    def some(self, message_ids: Sequence[str]) -> tuple[Delivery, ...]:
        """Return the mails of those ids, in the order they were planned."""
        rows = self._rows.filter(message_id__in=message_ids).order_by("planned_at", "id")
        return tuple(delivery(row) for row in rows.prefetch_related("recipients"))

    def tried_since(self, at: datetime) -> tuple[Delivery, ...]:
        """Return the mails that were tried at or after an instant, in the order they were planned."""
        rows = self._rows.filter(tried_at__gte=at).order_by("planned_at", "id").prefetch_related("recipients")
        return tuple(delivery(row) for row in rows)

    def failed(self) -> tuple[Delivery, ...]:
        """Return the mails that did not reach some recipient and are not tried any more."""
        wrong = Q(state=DeliveryState.FAILED) | Q(state=DeliveryState.SENT, recipients__fate="refused")
        rows = self._rows.filter(wrong).distinct().order_by("planned_at", "id").prefetch_related("recipients")
        return tuple(delivery(row) for row in rows)

    def counts(self) -> dict[str, int]:
        """Return the number of mails in each state."""
        return dict(self._rows.order_by().values_list("state").annotate(count=Count("id")))

    def stalled(self, since: datetime) -> int:
        """Return how many mails have had their turn since before an instant, if since then none at all was tried."""
        if self._rows.filter(tried_at__gt=since).exists():
            return 0
        return self._rows.filter(state__in=OPEN, next_try_at__lte=since, planned_at__lte=since).count()

    def troubled(self) -> tuple[Delivery, ...]:
        """Return the mails that failed, wait after a fault, or whose fate is not known."""
        wrong = Q(state=DeliveryState.FAILED) | Q(state__in=OPEN, attempts__gt=0)
        refused = Q(recipients__fate="refused")
        rows = self._rows.filter(wrong | refused).distinct().order_by("planned_at", "id")
        return tuple(delivery(row) for row in rows.prefetch_related("recipients"))

    @property
    def _rows(self) -> QuerySet[models.Delivery]:
        return models.Delivery.objects.using(self.alias)

    def _mine(self, message_id: str, claim: str) -> QuerySet[models.Delivery]:
        """Return the mail's row while this claim holds it: what is finished is out of everyone's reach."""
        held = (DeliveryState.CLAIMED, DeliveryState.DOTTED)
        return self._rows.filter(message_id=message_id, claim=claim, state__in=held)

    def _mail(self, message_id: str, *states: DeliveryState) -> QuerySet[models.Delivery]:
        """Return the mail's row where it is in one of some states; one that was sent, only if somebody was refused."""
        reached_all = Q(state=DeliveryState.SENT) & ~Q(Exists(self._refused(message_id)))
        return self._rows.filter(message_id=message_id, state__in=states).exclude(reached_all)

    def _refused(self, message_id: str) -> QuerySet[models.Recipient]:
        return self._recipients(message_id).filter(fate="refused")

    def _recipients(self, message_id: str) -> QuerySet[models.Recipient]:
        return models.Recipient.objects.using(self.alias).filter(delivery__message_id=message_id)

    def _has_reached(self, message_id: str) -> bool:
        """Tell whether the server has taken the mail for somebody."""
        return self._recipients(message_id).filter(fate="accepted").exists()

    def _leave(self, message_id: str, at: datetime, *states: DeliveryState) -> bool:
        """Send a mail to nobody any more; whoever has got it keeps it, and then it was sent."""
        recipients = self._recipients(message_id)
        with transaction.atomic(using=self.alias):
            rows = self._mail(message_id, *states)
            end = DeliveryState.SENT if self._has_reached(message_id) else DeliveryState.CANCELLED
            left = bool(rows.update(state=end, lease_until=None, finished_at=at))
            if left:
                recipients.filter(fate__in=("pending", "refused")).update(fate="abandoned")
                self._trail.tell_mail(message_id, at)
            return left

    def _fates(self, message_id: str, refused: Mapping[str, str], others: str = "accepted") -> None:
        recipients = self._recipients(message_id)
        recipients.filter(fate="pending").exclude(address__in=list(refused)).update(fate=others)
        for address, reply in refused.items():
            recipients.filter(address=address).update(fate="refused", reply=reply)
