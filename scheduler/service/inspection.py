"""An archive is read from end to end before anything of it is used: everything that is wrong with it, at once."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

from scheduler.errors import Problem, SourceError, UserError
from scheduler.locale import text
from scheduler.service import backup_form
from scheduler.service.backup_form import FORM, LONGEST_MANIFEST, MANIFEST, Entry, Manifest

DAMAGE = (OSError, EOFError, tarfile.TarError, zlib.error, ValueError)  # what reading an archive may raise
PIECE = 1 << 20  # bytes


def files_of(source: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    """Yield what an archive holds, in order, with its content where it is a plain file, up to the last check sum."""
    with gzip.open(source) as file:
        with tarfile.open(fileobj=file, mode="r|") as members:
            for info in members:
                plain = info.type in (tarfile.REGTYPE, tarfile.AREGTYPE)
                yield info, members.extractfile(info) if plain else None
        while file.read(PIECE):
            pass


class Inspection:
    """Looks through one archive."""

    def __init__(self, source: Path, lang: str) -> None:
        self.source = source
        self.lang = lang
        self.problems: list[Problem] = []
        self.seen: dict[str, Entry] = {}
        self.manifest = b""

    def manifest_of(self, known: Collection[str]) -> Manifest:
        """Return the manifest of an archive in which every file is as it was saved; nothing is written anywhere.

        Raises:
            SourceError: with everything that is wrong with the archive.
            UserError: nothing is wrong with it, but a newer version wrote it.
        """
        try:
            for info, content in files_of(self.source):
                self._look(info, content)
        except DAMAGE as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            self._wrong("", "restore.unreadable", reason=reason)
        manifest = self._manifest()
        if manifest is not None and manifest.form == FORM:
            self._compare(manifest)
        if self.problems or manifest is None:
            raise SourceError(tuple(self.problems))
        self._refuse_newer(manifest, known)
        return manifest

    def _look(self, info: tarfile.TarInfo, content: IO[bytes] | None) -> None:
        name = info.name
        if not backup_form.belongs(name):
            self._wrong(name, "restore.name")
        elif content is None:
            self._wrong(name, "restore.kind")
        elif name in self.seen or (name == MANIFEST and self.manifest):
            self._wrong(name, "restore.twice")
        elif name == MANIFEST:
            self.manifest = content.read(LONGEST_MANIFEST)
        else:
            digest, size = hashlib.sha256(), 0
            while piece := content.read(PIECE):
                digest.update(piece)
                size += len(piece)
            self.seen[name] = Entry(digest.hexdigest(), size)

    def _manifest(self) -> Manifest | None:
        if not self.manifest:
            self._wrong("", "restore.not-backup")
            return None
        try:
            return backup_form.read(self.manifest)
        except ValueError as error:
            self._wrong(MANIFEST, "restore.manifest", reason=str(error))
            return None

    def _compare(self, manifest: Manifest) -> None:
        for name in sorted({*manifest.files, *self.seen}):
            if name not in self.seen:
                self._wrong(name, "restore.missing")
            elif name not in manifest.files:
                self._wrong(name, "restore.stranger")
            elif self.seen[name] != manifest.files[name]:
                self._wrong(name, "restore.damaged")
        if not manifest.ledger:
            self._wrong("", "restore.no-ledger")

    def _refuse_newer(self, manifest: Manifest, known: Collection[str]) -> None:
        if manifest.form != FORM:
            self._wrong("", "restore.form", form=manifest.form, program=manifest.program)
        newer = sorted(set(manifest.migrations) - set(known))
        if newer:
            self._wrong("", "restore.newer", migration=newer[0], program=manifest.program)
        if self.problems:
            raise UserError(tuple(self.problems))

    def _wrong(self, name: str, code: str, **facts: object) -> None:
        where = f"{self.source}: {name}" if name else str(self.source)
        what, remedy = text(self.lang, code, **facts), text(self.lang, f"{code}.remedy", **facts)
        self.problems.append(Problem(where, what, remedy))
