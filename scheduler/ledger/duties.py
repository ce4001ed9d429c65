"""The obligations that the ledger has followed: those that changed, and those that were taken out of the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet

from scheduler.ledger import models
from scheduler.ledger.database import spoken


@spoken
class Duties:
    """The rows of the obligations in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def digests(self) -> dict[str, str]:
        """Return the fingerprint of each obligation that is followed, by id."""
        return dict(self._rows.filter(retired_at=None).values_list("obligation_id", "digest"))

    def retired(self) -> dict[str, tuple[str, datetime]]:
        """Return the title of each obligation that was taken out of the file and when that was noticed, by id."""
        rows = self._rows.exclude(retired_at=None).order_by("obligation_id")
        return {row.obligation_id: (row.title, row.retired_at) for row in rows if row.retired_at}

    def follow(self, declared: Mapping[str, tuple[str, str]], at: datetime) -> None:
        """Remember what the file declares now (fingerprint and title by id); what it no longer declares is retired."""
        known = {row.obligation_id: row for row in self._rows}
        for obligation_id, (digest, title) in declared.items():
            row = known.get(obligation_id)
            if row is None or row.retired_at or (row.digest, row.title) != (digest, title):
                values = {"digest": digest, "title": title, "retired_at": None}
                self._rows.update_or_create(obligation_id=obligation_id, defaults=values)
        gone = [key for key, row in known.items() if key not in declared and row.retired_at is None]
        self._rows.filter(obligation_id__in=gone).update(retired_at=at)

    @property
    def _rows(self) -> QuerySet[models.Duty]:
        return models.Duty.objects.using(self.alias)
