"""What the ledger remembers of the nightly rehearsals: when the next one is due, and which reasons have been told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from scheduler.ledger import models
from scheduler.ledger.database import spoken
from scheduler.ledger.rows import utc

_DUE_AT, _TOLD = "rehearsal_due_at", "rehearsal_told"


@spoken
class Nights:
    """The facts about them in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def due_at(self) -> datetime | None:
        """Return from when the next rehearsal is due; None where nobody has ever looked."""
        known = self._rows.filter(name=_DUE_AT).first()
        return datetime.fromisoformat(known.value) if known else None

    def move(self, before: datetime | None, to: datetime) -> bool:
        """Move the next rehearsal to another instant; False where another node has moved it from there already."""
        value = utc(to).isoformat()
        if before is None:
            return self._rows.get_or_create(name=_DUE_AT, defaults={"value": value})[1]
        return self._rows.filter(name=_DUE_AT, value=utc(before).isoformat()).update(value=value) == 1

    def told(self) -> frozenset[str]:
        """Return the reasons that the last rehearsal has found, all of which were told."""
        known = self._rows.filter(name=_TOLD).first()
        return frozenset(json.loads(known.value)) if known else frozenset()

    def remember(self, reasons: Iterable[str]) -> None:
        """Remember the reasons that were told."""
        self._rows.update_or_create(name=_TOLD, defaults={"value": json.dumps(sorted(reasons))})

    @property
    def _rows(self) -> QuerySet[models.Fact]:
        return models.Fact.objects.using(self.alias)
