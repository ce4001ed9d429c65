"""The rows of the calendar's addresses and of its events' revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from scheduler.core.feed import Reach, Revision, Scope, Subscription, Variant
from scheduler.ledger import models
from scheduler.ledger.actions import chunks
from scheduler.ledger.database import spoken
from scheduler.ledger.rows import utc


@spoken
class Subscriptions:
    """Who may read the calendar, and which revision each of its events has, in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def all(self) -> tuple[Subscription, ...]:
        """Return every token that was ever made, oldest first."""
        return tuple(map(_subscription, models.FeedToken.objects.using(self.alias).order_by("id")))

    def add(self, subscription: Subscription, at: datetime) -> int:
        """Remember a new token; return the number by which people call it."""
        row = models.FeedToken.objects.using(self.alias).create(
            sha256=subscription.sha256,
            label=subscription.label,
            reach=subscription.scope.reach,
            name=subscription.scope.name,
            variants=",".join(sorted(subscription.variants)),
            owner=subscription.owner,
            made_at=utc(at),
            revoked_at=utc(subscription.revoked_at) if subscription.revoked_at else None,
        )
        return row.pk

    def revoke(self, number: int, at: datetime) -> bool:
        """Revoke a token; False where there is no such one, or it was revoked before."""
        rows = models.FeedToken.objects.using(self.alias).filter(pk=number, revoked_at=None)
        return bool(rows.update(revoked_at=utc(at)))

    def revisions(self, keys: Iterable[str] | None = None) -> dict[str, Revision]:
        """Return the revisions of some occurrences, or of all that were ever in a calendar, by key."""
        columns = ("occurrence_key", "digest", "sequence", "changed_at")
        parts = [None] if keys is None else list(chunks(sorted(set(keys))))
        found: dict[str, Revision] = {}
        for part in parts:
            rows = self._revisions if part is None else self._revisions.filter(occurrence_key__in=part)
            found |= {row[0]: Revision(*row) for row in rows.values_list(*columns)}
        return found

    def settle(self, wanted: Mapping[str, Revision], known: Mapping[str, Revision]) -> dict[str, Revision]:
        """Remember revisions, each only where nobody else has since `known`; return those that hold now.

        So all nodes give an event the same sequence, whichever comes first.
        """
        changed = {key: item for key, item in wanted.items() if known.get(key) != item}
        new = [models.FeedRevision(**vars(item)) for key, item in changed.items() if key not in known]
        self._revisions.bulk_create(new, batch_size=200, ignore_conflicts=True)
        for key in changed.keys() & known.keys():
            rows = self._revisions.filter(occurrence_key=key, sequence=known[key].sequence)
            rows.update(**{name: value for name, value in vars(changed[key]).items() if name != "occurrence_key"})
        return {**wanted, **(self.revisions(changed) if changed else {})}

    @property
    def _revisions(self) -> QuerySet[models.FeedRevision]:
        return models.FeedRevision.objects.using(self.alias)


def _subscription(row: models.FeedToken) -> Subscription:
    variants = frozenset(Variant(name) for name in row.variants.split(",") if name)
    scope = Scope(Reach(row.reach), row.name)
    return Subscription(row.sha256, scope, variants, row.label, row.made_at, row.revoked_at, row.pk, row.owner)
