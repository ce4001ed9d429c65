"""What is kept no longer than the office has set: bytes of old mails, drafts and what drafts were made of.

Rows and evidence stay for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from scheduler.core.kept import KeptFile, KeptKind, may_go, months_before
from scheduler.errors import Problem
from scheduler.locale import text
from scheduler.service.workspace import Workspace

HOMES = {
    KeptKind.MAIL: "mail",
    KeptKind.DRAFT: "drafts",
    KeptKind.INPUT: "inputs",
}  # nothing outside these folders is ever removed
BACKUPS, KEPT_BACKUPS = "ledger-before-*", 5


class KeptFiles(Protocol):
    """What retention needs of the ledger."""

    @property
    def backups(self) -> Path: ...
    def all(self) -> tuple[KeptFile, ...]: ...


@dataclass(frozen=True)
class Tidied:
    """What was removed."""

    mails: int = 0
    drafts: int = 0
    inputs: int = 0  # workbooks, templates and the like of those drafts
    backups: int = 0
    bytes: int = 0
    problems: tuple[Problem, ...] = ()  # files that could not be removed; they are tried again


class Retention:
    """Removes what one workspace needs no longer; with `keep_months` 0 it removes nothing."""

    def __init__(self, workspace: Workspace, kept: KeptFiles, keep_months: int) -> None:
        self.workspace = workspace
        self.kept = kept
        self.keep_months = keep_months

    def tidy(self, now: datetime, closed: Callable[[str], bool]) -> Tidied:
        """Remove the files of closed occurrences that are older than the months to keep.

        These are mails that were sent or taken back, versions of documents that a later one replaces with what only
        they were made of, and automatic backups of the ledger but the newest five. Their rows stay, with their
        fingerprints.
        """
        if not self.keep_months:
            return Tidied()
        before = months_before(now, self.keep_months)
        old = may_go(self.kept.all(), closed, before)
        done = _Removal(self.workspace.lang)
        mails = done.remove([self._path(item) for item in old if item.kind is KeptKind.MAIL])
        drafts = done.remove([self._path(item) for item in old if item.kind is KeptKind.DRAFT])
        inputs = done.remove([self._input(item, before) for item in old if item.kind is KeptKind.INPUT])
        backups = done.remove(self._old_backups())
        return Tidied(mails, drafts, inputs, backups, done.bytes, tuple(done.problems))

    def _path(self, item: KeptFile) -> Path | None:
        """Return where a file is, or None where the ledger names a place that is not the kind's own."""
        parts = PurePosixPath(item.path).parts
        own = parts[:1] == (HOMES[item.kind],) and len(parts) > 1 and ".." not in parts
        return self.workspace.var / item.path if own else None

    def _input(self, item: KeptFile, before: datetime) -> Path | None:
        """Return where bytes are that a draft was made of, unless one that is being made just now needs them too."""
        path = self._path(item)
        try:
            return path if path is not None and path.stat().st_mtime < before.timestamp() else None
        except OSError:
            return None

    def _old_backups(self) -> list[Path | None]:
        found = [(path.stat().st_mtime, path.name, path) for path in self.kept.backups.glob(BACKUPS)]
        return [path for *_, path in sorted(found)[:-KEPT_BACKUPS]]


class _Removal:
    """Files removed one by one; one that cannot be removed does not stop the others."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.bytes = 0
        self.problems: list[Problem] = []

    def remove(self, paths: list[Path | None]) -> int:
        """Remove files and the folders that are empty then; return how many files were there."""
        count = 0
        for path in dict.fromkeys(paths):
            try:
                if path is None or not path.is_file():
                    continue
                size = path.lstat().st_size
                path.unlink()
            except OSError as error:
                what = text(self.lang, "workspace.unwritable", reason=error.strerror or "")
                remedy = text(self.lang, "workspace.unwritable.remedy")
                self.problems.append(Problem(str(path), what, remedy))
                continue
            count, self.bytes = count + 1, self.bytes + size
            with suppress(OSError):  # it is not empty
                path.parent.rmdir()
        return count
