"""The ledger's questions and records: acts, performances and drafts. Mails are in `deliveries`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from scheduler.core.data import Source
from scheduler.core.ledger import Act, ActKind, Delivery, Draft, Ledger, Outcome, Performance
from scheduler.ledger import models
from scheduler.ledger.database import spoken
from scheduler.ledger.deliveries import Deliveries

_PERFORMANCE = tuple(field.name for field in fields(Performance))  # the table's columns have the same names
_SWEPT_AT = "swept_at"
_STARTED_AT, _IDENTITY = "started_at", "identity"


@spoken
class Store:
    """The ledger in one database, known to Django by an alias."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang
        self.deliveries = Deliveries(alias, lang)

    def start(self, now: datetime, identity: str) -> datetime:
        """Remember the first sweep and the workspace's identity; return the instant of the first one."""
        facts = models.Fact.objects.using(self.alias)
        facts.get_or_create(name=_IDENTITY, defaults={"value": identity})
        fact, _ = facts.get_or_create(name=_STARTED_AT, defaults={"value": _utc(now).isoformat()})
        return datetime.fromisoformat(fact.value)

    def swept(self, at: datetime) -> None:
        """Remember that a sweep came to its end."""
        facts = models.Fact.objects.using(self.alias)
        facts.update_or_create(name=_SWEPT_AT, defaults={"value": _utc(at).isoformat()})

    def identity(self) -> str:
        """Return the workspace's identity, or '' before its first sweep."""
        return self._fact(_IDENTITY)

    def snapshot(self) -> Ledger:
        """Return what the rules need to know."""
        facts = dict(models.Fact.objects.using(self.alias).values_list("name", "value"))
        acts: dict[str, list[Act]] = defaultdict(list)
        for row in models.Act.objects.using(self.alias).order_by("id"):
            acts[row.occurrence_key].append(_act(row))
        rows = models.Performance.objects.using(self.alias).values_list(*_PERFORMANCE)
        performances = {item.action_key: item for item in map(_performance, rows)}
        started_at, swept_at = (
            datetime.fromisoformat(facts[name]) if name in facts else None for name in (_STARTED_AT, _SWEPT_AT)
        )
        return Ledger(started_at, swept_at, {key: tuple(value) for key, value in acts.items()}, performances)

    def record_act(self, act: Act, evidence_sha256: str = "") -> None:
        """Add a person's declaration."""
        models.Act.objects.using(self.alias).create(
            occurrence_key=act.occurrence_key,
            kind=act.kind,
            at=_utc(act.at),
            who=act.who,
            on=act.on,
            protocol=act.protocol,
            evidence=act.evidence,
            evidence_sha256=evidence_sha256,
            reason=act.reason,
        )

    def record(
        self,
        performance: Performance,
        superseded: Sequence[str] = (),
        drafts: Sequence[Draft] = (),
        mails: Sequence[Delivery] = (),
    ) -> None:
        """Record an action with all it made, as one transaction: either everything is in the ledger, or nothing."""
        with transaction.atomic(using=self.alias):
            self._put(performance)
            for key in superseded:
                self._put(_superseded(key, performance))
            for draft in drafts:
                self.record_draft(draft)
            for mail in mails:
                self.deliveries.plan(mail)

    def record_draft(self, draft: Draft) -> None:
        """Add one version of a document with the fingerprints of its inputs."""
        with transaction.atomic(using=self.alias):
            row = models.Draft.objects.using(self.alias).create(
                occurrence_key=draft.occurrence_key,
                document=draft.document,
                version=draft.version,
                path=draft.path,
                sha256=draft.sha256,
                size=draft.size,
                template_sha256=draft.template_sha256,
                at=_utc(draft.at),
            )
            inputs = models.Input.objects.using(self.alias)
            for source in draft.inputs:
                inputs.create(draft=row, path=source.path, sheet=source.sheet, sha256=source.sha256, size=source.size)

    def next_version(self, occurrence_key: str, document: str) -> int:
        """Return the number of the next version of a document."""
        rows = models.Draft.objects.using(self.alias).filter(occurrence_key=occurrence_key, document=document)
        return (rows.aggregate(last=Max("version"))["last"] or 0) + 1

    def drafts(self, occurrence_key: str) -> tuple[Draft, ...]:
        """Return all versions of all documents of an occurrence, oldest first."""
        rows = models.Draft.objects.using(self.alias).filter(occurrence_key=occurrence_key).order_by("at", "id")
        return tuple(_draft(row) for row in rows.prefetch_related("inputs"))

    def drafted(self) -> frozenset[str]:
        """Return the keys of the occurrences that have a draft."""
        rows = models.Draft.objects.using(self.alias).values_list("occurrence_key", flat=True)
        return frozenset(rows.distinct())

    def _fact(self, name: str) -> str:
        row = models.Fact.objects.using(self.alias).filter(name=name).first()
        return row.value if row else ""

    def _put(self, item: Performance) -> None:
        values = {
            "occurrence_key": item.occurrence_key,
            "outcome": item.outcome,
            "at": _utc(item.at),
            "attempts": item.attempts,
            "retry_at": item.retry_at,
            "superseded_by": item.superseded_by,
            "problems": list(item.problems),
        }
        models.Performance.objects.using(self.alias).update_or_create(action_key=item.action_key, defaults=values)


def _superseded(key: str, by: Performance) -> Performance:
    occurrence_key = "/".join(key.split("/")[:2])
    return Performance(key, occurrence_key, Outcome.SUPERSEDED, by.at, superseded_by=by.action_key)


def _act(row: models.Act) -> Act:
    return Act(
        kind=ActKind(row.kind),
        occurrence_key=row.occurrence_key,
        at=row.at,
        who=row.who,
        on=row.on,
        protocol=row.protocol,
        evidence=row.evidence,
        reason=row.reason,
    )


def _performance(row: tuple[Any, ...]) -> Performance:
    key, occurrence_key, outcome, at, attempts, retry_at, superseded_by, problems = row
    return Performance(key, occurrence_key, Outcome(outcome), at, attempts, retry_at, superseded_by, tuple(problems))


def _draft(row: models.Draft) -> Draft:
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
    )


def _utc(instant: datetime) -> datetime:
    """Return the instant in UTC; a naive one is a programming error and never reaches the tables."""
    if instant.tzinfo is None:
        raise ValueError(f"naive instant: {instant}")
    return instant.astimezone(UTC)
