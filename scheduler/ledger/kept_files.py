"""The ledger's questions for backup and retention: which files its rows name. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scheduler.core.kept import KeptFile, KeptKind, input_path
from scheduler.core.ledger import DeliveryState
from scheduler.ledger import models
from scheduler.ledger.database import backups_of, spoken
from scheduler.ledger.rows import draft

OVER = (DeliveryState.SENT, DeliveryState.CANCELLED)


@spoken
class KeptFiles:
    """The files that the rows of one database name."""

    def __init__(self, alias: str, workspace: Path, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang
        self.backups = backups_of(alias, workspace)  # the folder of the ledger's automatic backups

    def all(self) -> tuple[KeptFile, ...]:
        """Return every file that a row names, with its fingerprint: mails, drafts and their inputs, evidence."""
        return (*self._mails(), *self._drafts(), *self._own(), *self._inputs(), *self._evidence())

    def _mails(self) -> Iterator[KeptFile]:
        columns = ("path", "sha256", "planned_at", "finished_at", "occurrence_key", "state")
        rows = models.Delivery.objects.using(self.alias).order_by("id").values_list(*columns)
        for path, sha256, planned_at, finished_at, occurrence_key, state in rows:
            at, over = finished_at or planned_at, state in OVER
            yield KeptFile(KeptKind.MAIL, path, sha256, at, occurrence_key, over=over)

    def _drafts(self) -> Iterator[KeptFile]:
        columns = ("path", "sha256", "at", "occurrence_key", "document", "version")
        for row in models.Draft.objects.using(self.alias).order_by("id").values_list(*columns):
            yield KeptFile(KeptKind.DRAFT, *row)

    def _own(self) -> Iterator[KeptFile]:
        """Yield what the service itself had made of drafts that hold people's text."""
        for item in map(draft, models.Draft.objects.using(self.alias).filter(rework__isnull=False).order_by("id")):
            facts = (item.at, item.occurrence_key, item.document, item.version)
            yield KeptFile(KeptKind.DRAFT, item.own_path, item.own_sha256, *facts)

    def _inputs(self) -> Iterator[KeptFile]:
        """Yield what drafts were made of; those before `making` was recorded have nothing kept."""
        rows = models.Draft.objects.using(self.alias).filter(making__isnull=False).order_by("id")
        for item in map(draft, rows.prefetch_related("inputs")):
            facts = (item.at, item.occurrence_key, item.document, item.version)
            for sha256 in item.made_of:
                yield KeptFile(KeptKind.INPUT, input_path(sha256), sha256, *facts)

    def _evidence(self) -> Iterator[KeptFile]:
        columns = ("evidence", "evidence_sha256", "at", "occurrence_key")
        rows = models.Act.objects.using(self.alias).exclude(evidence="").order_by("id")
        for row in rows.values_list(*columns):
            yield KeptFile(KeptKind.EVIDENCE, *row)
