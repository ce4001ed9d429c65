"""A ledger's whole content, copied out while the service writes, and put back into another ledger."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.db import DatabaseError, connections

from scheduler.core.kept import KeptFile
from scheduler.ledger import dump, schema
from scheduler.ledger.database import close, connect, file_of, known_as, sqlite_url
from scheduler.ledger.faults import first_line, refused, unusable

FILE_END, DUMP_END = ".sqlite3", ".json.gz"
RESTORED_AT = "restored_at"
_PAGES = 256  # copied at a time


def suffix(alias: str) -> str:
    """Return the end of the name of a ledger's copy: a SQLite file, or the portable form."""
    return FILE_END if connections[alias].vendor == "sqlite" else DUMP_END


def copy_out(alias: str, target: Path, lang: str = "it") -> None:
    """Write a copy of all that is in the ledger at one instant; others go on writing meanwhile.

    Raises:
        UserError: the ledger cannot be read or is damaged, or the copy cannot be written; then there is none.
    """
    partial = target.with_name(f".{target.name}.partial")
    source = file_of(alias)
    try:
        partial.unlink(missing_ok=True)
        if source is not None:
            _copy_file(source, partial, lang)
        else:
            dump.write(alias, partial)
        with partial.open("rb+") as handle:
            os.fsync(handle.fileno())
        partial.replace(target)
    except (OSError, sqlite3.Error, DatabaseError) as error:
        raise unusable(str(target), first_line(error), lang) from error
    finally:
        partial.unlink(missing_ok=True)


def copy_in(alias: str, source: Path, lang: str = "it") -> None:
    """Put a copy, of either form, into a ledger that has nothing in it.

    Raises:
        UserError: the copy is damaged or a newer version's, the ledger has something in it or cannot be written.
    """
    try:
        if source.name.endswith(DUMP_END):
            dump.load(alias, source, lang)
            return
        other = connect(sqlite_url(source), source.parent, lang)
        portable = source.with_name(f".{source.name}{DUMP_END}.partial")
        try:
            dump.write(other, portable)
            dump.load(alias, portable, lang)
        finally:
            close(other)
            portable.unlink(missing_ok=True)
    except (OSError, DatabaseError) as error:
        raise unusable(str(connections[alias].settings_dict["NAME"]), first_line(error), lang) from error


def mark_restored(alias: str, at: datetime) -> None:
    """Remember that the ledger's content comes from a backup: mails that it shows as open may have gone since.

    Nobody is signed in by it: whoever has signed out since would be in again.
    """
    from scheduler.ledger import models

    value = at.astimezone(UTC).isoformat()
    models.Fact.objects.using(alias).update_or_create(name=RESTORED_AT, defaults={"value": value})
    models.Session.objects.using(alias).all().delete()
    models.SignInLink.objects.using(alias).all().delete()


def sha256_of(path: Path) -> str:
    """Return the fingerprint of a file, however long it is."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _copy_file(source: Path, target: Path, lang: str) -> None:
    """Copy a SQLite file in steps, on a connection of its own, in one reading transaction: writers cannot delay it."""
    with closing(sqlite3.connect(source, timeout=10, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(target, isolation_level=None)) as writer:
            reader.backup(writer, pages=_PAGES)
            writer.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            [found] = writer.execute("PRAGMA quick_check(1)").fetchone()
        reader.execute("ROLLBACK")
    if found != "ok":
        raise refused(str(source), "ledger.damaged", lang, reason=found)


class Copier:
    """The ledger of one workspace for backup and restore; it is opened only when it is asked for something."""

    def __init__(self, url: str, workspace: Path, lang: str) -> None:
        self.url = url
        self.workspace = workspace
        self.lang = lang
        self.alias = known_as(url, workspace, lang)
        self._filled = False

    @property
    def file(self) -> Path | None:
        """The ledger's file, or None on PostgreSQL."""
        return file_of(self.alias)

    @property
    def name(self) -> str:
        """The name of the ledger's copy in an archive."""
        return f"ledger{suffix(self.alias)}"

    def copy_out(self, target: Path) -> None:
        """Write a copy; see the function of this name."""
        connect(self.url, self.workspace, self.lang)
        copy_out(self.alias, target, self.lang)

    def migrations(self) -> tuple[str, ...]:
        """Return the migrations that this version knows, which a ledger that was opened has been through."""
        return tuple(sorted(schema.known()))

    def named(self) -> tuple[KeptFile, ...]:
        """Return every file that the ledger names."""
        from scheduler.ledger.kept_files import KeptFiles

        return KeptFiles(self.alias, self.workspace, self.lang).all()

    def refuse_content(self) -> None:
        """Refuse a PostgreSQL database that has something in it; a file is moved aside instead.

        Raises:
            UserError: it is not empty, or cannot be reached.
        """
        if self.file is not None:
            return
        try:
            empty = schema.is_empty(self.alias)
        except DatabaseError as error:
            raise unusable(self._shown, first_line(error), self.lang) from error
        if not empty:
            raise refused(self._shown, "ledger.not-empty", self.lang)

    def put(self, copy: Path, place: Path, at: datetime) -> None:
        """Make the ledger from a copy, mark it as restored, and take the copy away.

        On SQLite it is made in the file `place`, from where the caller moves it; on PostgreSQL where it is to be.
        """
        if self.file is None:
            copy_in(self.alias, copy, self.lang)
            self._filled = True
            self._mark(self.alias, at)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            if copy.name.endswith(FILE_END) and copy != place:
                copy.replace(place)
            alias = known_as(sqlite_url(place), place.parent, self.lang)
            if copy.name.endswith(FILE_END):
                connect(sqlite_url(place), place.parent, self.lang)
            else:
                copy_in(alias, copy, self.lang)
            self._mark(alias, at)
            close(alias)
        if copy != place:
            copy.unlink(missing_ok=True)

    def take_back(self) -> None:
        """Empty a PostgreSQL ledger again, if it was filled just now; a file is the caller's to move."""
        if self._filled:
            self._filled = False
            schema.drop(self.alias)

    def _mark(self, alias: str, at: datetime) -> None:
        try:
            mark_restored(alias, at)
        except DatabaseError as error:
            raise unusable(self._shown, first_line(error), self.lang) from error

    @property
    def _shown(self) -> str:
        return str(connections[self.alias].settings_dict["NAME"])
