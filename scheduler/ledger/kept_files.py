"""The ledger's questions for backup and retention: which files its rows name. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scheduler.core.kept import KeptFile, KeptKind
from scheduler.core.ledger import DeliveryState
from scheduler.ledger import models
from scheduler.ledger.database import backups_of, spoken

OVER = (DeliveryState.SENT, DeliveryState.CANCELLED)


@spoken
class KeptFiles:
    """The files that the rows of one database name."""

    def __init__(self, alias: str, workspace: Path, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang
        self.backups = backups_of(alias, workspace)  # the folder of the ledger's automatic backups

    def all(self) -> tuple[KeptFile, ...]:
        """Return every file that a row names, with its fingerprint: mails, drafts, evidence."""
        return (*self._mails(), *self._drafts(), *self._evidence())

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

    def _evidence(self) -> Iterator[KeptFile]:
        columns = ("evidence", "evidence_sha256", "at", "occurrence_key")
        rows = models.Act.objects.using(self.alias).exclude(evidence="").order_by("id")
        for row in rows.values_list(*columns):
            yield KeptFile(KeptKind.EVIDENCE, *row)
