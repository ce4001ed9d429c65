"""The folder `bozze/` of a workspace, if there is one: edited drafts in it are taken back by the next sweep."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.core.upload import Upload, safe_name
from scheduler.documents.refresh import marks
from scheduler.documents.ties import mark_of
from scheduler.errors import ScadenzarioError
from scheduler.locale import text
from scheduler.service.evidence import LARGEST
from scheduler.service.refreshing import DAMAGE

if TYPE_CHECKING:
    from scheduler.service.acts import Acts

FOLDER, TAKEN, REFUSED = "bozze", "registrate", "respinte"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Returns:
    """Takes back what stands in the folder: each file is moved to where it can be seen what became of it."""

    acts: Acts

    def take(self, now: datetime) -> None:
        """Look at every document in the folder; one that is still being written is left for the next time."""
        folder = self.acts.workspace.root / FOLDER
        if self.acts.workspace.state is not None:  # a simulation has the real workspace's files, and moves none
            return
        for path in sorted(folder.glob("*.docx")) if folder.is_dir() else ():
            try:
                if not path.name.startswith(("~", ".")) and zipfile.is_zipfile(path):
                    self._take(path, now)
            except OSError as error:
                log.warning("edited draft not taken back: %s", error.strerror)

    def _take(self, path: Path, now: datetime) -> None:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        who = text(self.acts.lang, "returns.who")
        try:
            made = self.acts.give_back(self._key(content), Upload(path.name, content), "", who, None, now)
        except ScadenzarioError as error:
            _moved(path, REFUSED, now).with_suffix(".txt").write_text(f"{error}\n", "utf-8")
            log.warning("edited draft refused", extra={"action": ""})
            return
        _moved(path, TAKEN, now)
        log.info("edited draft taken back", extra={"action": made.draft.occurrence_key})

    def _key(self, content: bytes) -> str:
        """Return the deadline whose draft a document was edited from; of a stranger, any one: it is refused there."""
        try:
            borne = marks(content)
        except DAMAGE:
            borne = frozenset()
        keys = sorted(self.acts.store.drafted())
        return next((key for key in keys if not borne.isdisjoint(self._marks(key))), keys[0] if keys else "")

    def _marks(self, key: str) -> Iterator[str]:
        return (mark_of(key, item.document, item.version) for item in self.acts.store.drafts(key))


def _moved(path: Path, folder: str, now: datetime) -> Path:
    """Move a file to a folder beside it, under a name that no other has there, and return where it is."""
    target = path.parent / folder / f"{now:%Y%m%dT%H%M%S}-{safe_name(path.name)}"
    target.parent.mkdir(exist_ok=True)
    number = 1
    while target.exists():
        number += 1
        target = target.with_name(f"{now:%Y%m%dT%H%M%S}-{number}-{safe_name(path.name)}")
    return path.rename(target)
