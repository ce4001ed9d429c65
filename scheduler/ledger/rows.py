"""What goes into a row, and a row of the mails as the value that the rest of the project knows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from scheduler.core.data import Source
from scheduler.core.ledger import Delivery, DeliveryState, Draft
from scheduler.core.making import Annex, Making, Release
from scheduler.core.rework import Rework
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


def draft(row: models.Draft) -> Draft:
    """Return a version of a document; its inputs are asked for, unless they were fetched with it."""
    inputs: Iterable[models.Input] = row.inputs.all()
    return Draft(
        occurrence_key=row.occurrence_key,
        document=row.document,
        version=row.version,
        path=row.path,
        sha256=row.sha256,
        size=row.size,
        template_sha256=row.template_sha256,
        at=row.at,
        inputs=tuple(Source(item.path, item.sheet, item.sha256, item.size) for item in inputs),
        making=None if row.making is None else _making(row.making),
        rework=None if row.rework is None else Rework(**row.rework),
    )


def making_column(making: Making | None) -> dict[str, object] | None:
    """Return how a draft was made as its column holds it; days as ISO text."""
    return None if making is None else json.loads(json.dumps(asdict(making), default=date.isoformat))


def _making(facts: Mapping[str, Any]) -> Making:
    days = {name: date.fromisoformat(facts[name]) for name in ("extended_to", "request_by") if facts[name]}
    annexes = tuple(Annex(**item) for item in facts["annexes"])
    release = _release(facts["release"]) if facts.get("release") else None
    return Making(**{**facts, **days, "annexes": annexes, "release": release})


def _release(facts: Mapping[str, Any]) -> Release:
    return Release(facts["who"], date.fromisoformat(facts["on"]), facts["why"], tuple(facts["reasons"]))


def utc(instant: datetime) -> datetime:
    """Return the instant in UTC; a naive one is a programming error and never reaches the tables."""
    if instant.tzinfo is None:
        raise ValueError(f"naive instant: {instant}")
    return instant.astimezone(UTC)
