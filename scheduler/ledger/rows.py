"""What goes into a row, and a row of the mails as the value that the rest of the project knows."""

from __future__ import annotations

from datetime import UTC, datetime

from scheduler.core.ledger import Delivery, DeliveryState
from scheduler.ledger import models


def delivery(row: models.Delivery) -> Delivery:
    """Return a mail with its envelope; its recipients are asked for, unless they were fetched with it."""
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
        unanswered=row.unanswered,
        reply=row.reply,
        generation=row.generation,
        handed_until=row.handed_until,
        lease_until=row.lease_until,
        next_try_at=row.next_try_at,
    )


def utc(instant: datetime) -> datetime:
    """Return the instant in UTC; a naive one is a programming error and never reaches the tables."""
    if instant.tzinfo is None:
        raise ValueError(f"naive instant: {instant}")
    return instant.astimezone(UTC)
