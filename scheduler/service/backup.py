"""`backup`: the whole workspace in one archive, while the service works. The way back is in `restore`."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from scheduler import __version__
from scheduler.core.kept import KeptFile, may_go
from scheduler.errors import Problem, SourceError, UserError
from scheduler.locale import text
from scheduler.service.backup_form import FOLDERS, MANIFEST, SETTINGS, Entry, Manifest, belongs, left_out, written
from scheduler.service.workspace import Workspace


class LedgerCopies(Protocol):
    """What backup needs of the ledger."""

    @property
    def file(self) -> Path | None: ...
    @property
    def name(self) -> str: ...
    def copy_out(self, target: Path) -> None: ...
    def migrations(self) -> tuple[str, ...]: ...
    def named(self) -> tuple[KeptFile, ...]: ...


@dataclass(frozen=True)
class Saved:
    """What was saved, and what the ledger names that was not."""

    files: int
    absent: tuple[str, ...] = ()  # retention removes the bytes of old mails and drafts
    problems: tuple[Problem, ...] = ()  # damaged or lost files, links that lead out


Watch = Callable[[Sequence[str]], Iterable[str]]


class Backup:
    """Writes the archive of one workspace.

    The ledger is copied first and the files after it. A file is always written before its row, so what the copy names
    is there by then; what comes in meanwhile is in the archive without a row, which harms nobody.
    """

    def __init__(self, workspace: Workspace, ledger: LedgerCopies) -> None:
        self.workspace = workspace
        self.ledger = ledger
        self.problems: list[Problem] = []

    def write(self, target: Path, now: datetime, watch: Watch = iter) -> Saved:
        """Write the archive, whole or not at all; `watch` may follow the names as they are saved.

        Raises:
            UserError: there is no workspace, the file exists already, or the ledger cannot be copied.
            SourceError: a file cannot be read, or the archive cannot be written.
        """
        if not (self.workspace.root / SETTINGS).is_file():
            raise UserError((self._problem(str(self.workspace.root.resolve()), "backup.no-workspace"),))
        self._refuse_existing(target)
        self.problems = []
        try:
            folder = Path(tempfile.mkdtemp(prefix=".backup-", suffix=".partial", dir=target.parent))
        except OSError as error:
            raise self._unwritable(target, error) from error
        try:
            return self._write(folder, target, now, watch)
        except OSError as error:
            raise self._unwritable(target, error) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _write(self, folder: Path, target: Path, now: datetime, watch: Watch) -> Saved:
        ledger, partial = folder / self.ledger.name, folder / "archive"
        self.ledger.copy_out(ledger)
        named = self.ledger.named()
        with partial.open("xb") as raw:
            partial.chmod(0o600)  # it holds mails and the calendar's secret
            with gzip.GzipFile("", "wb", fileobj=raw, mtime=now.timestamp()) as file:
                files = self._fill(file, ledger, now, watch)
            raw.flush()
            os.fsync(raw.fileno())
        self._refuse_existing(target)
        partial.replace(target)
        _sync(target.parent)
        absent = self._compare(named, files)
        return Saved(len(files), absent, tuple(self.problems))

    def _fill(self, file: gzip.GzipFile, ledger: Path, now: datetime, watch: Watch) -> dict[str, Entry]:
        files: dict[str, Entry] = {}
        with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            name = f"var/{ledger.name}"
            with ledger.open("rb") as content:
                info = archive.gettarinfo(arcname=name, fileobj=content)
                files[name] = Entry(hashlib.file_digest(content, "sha256").hexdigest(), info.size)
                content.seek(0)
                archive.addfile(_anonymous(info), content)
            for name in watch(sorted(self._names())):
                found = self._read(name)
                if found is not None:
                    info, read = found
                    archive.addfile(_anonymous(info), io.BytesIO(read))
                    files[name] = Entry(hashlib.sha256(read).hexdigest(), len(read))
            manifest = written(Manifest(__version__, self.ledger.migrations(), now, files))
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mtime, info.mode = len(manifest), int(now.timestamp()), 0o600
            archive.addfile(info, io.BytesIO(manifest))
        return files

    def _names(self) -> Iterator[str]:
        """Yield the files of the workspace, by the name they have in an archive."""
        yield SETTINGS
        root = self.workspace.root
        for top in FOLDERS:
            for folder, folders, files in os.walk(root / top, onerror=self._unlisted):
                for name in sorted(folders):
                    path = Path(folder, name)
                    if path.is_symlink() and not left_out(self._name(path)):
                        self.problems.append(self._problem(str(path), "backup.left-out"))
                yield from (self._name(path) for name in files if self._wanted(path := Path(folder, name)))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.workspace.root).as_posix()

    def _wanted(self, path: Path) -> bool:
        if left_out(self._name(path)) or self._is_ledgers(path):
            return False
        if not belongs(self._name(path)):
            self.problems.append(self._problem(str(path), "backup.name"))
            return False
        if not path.is_file() and (path.is_symlink() or path.exists()):
            self.problems.append(self._problem(str(path), "backup.left-out"))
            return False
        return True

    def _is_ledgers(self, path: Path) -> bool:
        """Tell whether a file is the live ledger, its lock, or one of its automatic backups, wherever it is kept."""
        if self.ledger.file is None:
            return False
        live, found = self.ledger.file.resolve(), path.resolve()
        beside = {f"{live.name}{end}" for end in ("", "-wal", "-shm", "-journal")} | {f"{live.stem}.upgrade.lock"}
        return found.parent == live.parent / "backups" or (found.parent == live.parent and found.name in beside)

    def _read(self, name: str) -> tuple[tarfile.TarInfo, bytes] | None:
        """Return a file; None where it has gone meanwhile, as a mail in the Maildir may that somebody reads."""
        path = self.workspace.root / name
        try:
            with path.open("rb") as file:
                facts, content = os.fstat(file.fileno()), file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._unlisted(error)
            raise
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = len(content), int(facts.st_mtime), facts.st_mode & 0o777
        return info, content

    def _unlisted(self, error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            place = str(error.filename)
            raise SourceError((self._problem(place, "backup.unreadable", reason=error.strerror or ""),)) from error

    def _compare(self, named: Sequence[KeptFile], files: Mapping[str, Entry]) -> tuple[str, ...]:
        """Return what the ledger names and retention may have removed; what else is wrong becomes a problem."""
        old = {item.path for item in may_go(named, lambda _: True, datetime.max.replace(tzinfo=UTC))}
        absent = []
        for item in named:
            found, place = files.get(f"var/{item.path}"), str(self.workspace.var / item.path)
            if found is None and item.path in old:
                absent.append(item.path)
            elif found is None:
                self.problems.append(self._problem(place, "backup.lost"))
            elif found.sha256 != item.sha256:
                facts = {"found": found.sha256[:12], "wanted": item.sha256[:12]}
                self.problems.append(self._problem(place, "backup.damaged", **facts))
        return tuple(absent)

    def _refuse_existing(self, target: Path) -> None:
        if target.exists() or target.is_symlink():
            raise UserError((self._problem(str(target), "backup.exists"),))

    def _unwritable(self, target: Path, error: OSError) -> SourceError:
        reason = error.strerror or str(error)
        return SourceError((self._problem(str(target), "backup.unwritable", reason=reason),))

    def _problem(self, where: str, code: str, **facts: object) -> Problem:
        lang = self.workspace.lang
        return Problem(where, text(lang, code, **facts), text(lang, f"{code}.remedy", **facts))


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who owns the file on this machine."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def _sync(folder: Path) -> None:
    """Make a rename in the folder outlive a power cut."""
    if os.name == "posix":  # a folder cannot be opened for syncing elsewhere
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
