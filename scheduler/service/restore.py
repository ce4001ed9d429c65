"""`restore`: the files of an archive put in place, all of them or none; what was there before is moved aside."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from scheduler.errors import Problem, SourceError
from scheduler.locale import text
from scheduler.service.backup_form import FOLDERS, SETTINGS, Entry, Manifest, is_lock
from scheduler.service.inspection import DAMAGE, PIECE, Inspection, files_of
from scheduler.service.workspace import Workspace

VAR = "var"
_OWN = 0o600, 0o644  # for the owner alone, for all to read


class LedgerPlace(Protocol):
    """What restore needs of the ledger."""

    @property
    def file(self) -> Path | None: ...
    def migrations(self) -> tuple[str, ...]: ...
    def refuse_content(self) -> None: ...
    def put(self, copy: Path, place: Path, at: datetime) -> None: ...
    def take_back(self) -> None: ...


@dataclass(frozen=True)
class Restored:
    """What was put in place."""

    manifest: Manifest
    aside: tuple[Path, ...]  # where what was there before is now


class Restore:
    """Puts archives into one workspace, empty or not."""

    def __init__(self, workspace: Workspace, ledger: LedgerPlace) -> None:
        self.workspace = workspace
        self.ledger = ledger

    def put(self, source: Path, now: datetime) -> Restored:
        """Put an archive's files and its ledger in place, marked as restored.

        Raises:
            SourceError: the archive is not whole, or the workspace cannot be written; then it is as it was.
            UserError: a newer version wrote it, the service runs, or the database to restore into is not empty.
        """
        manifest = Inspection(source, self.workspace.lang).manifest_of(self.ledger.migrations())
        self.ledger.refuse_content()
        with self.workspace.locked():
            try:
                return Restored(manifest, self._put(source, manifest, now))
            except DAMAGE as error:
                raise self._unwritable(error) from error

    def _put(self, source: Path, manifest: Manifest, now: datetime) -> tuple[Path, ...]:
        with self._partial() as partial:
            _extract(source, manifest.files, partial)
            try:
                self.ledger.put(partial / manifest.ledger, self._ledger_in(partial), now)
                if hasattr(os, "sync"):
                    os.sync()  # one for thousands of files
                return self._replace(partial, f"before-restore-{now:%Y%m%dT%H%M%SZ}")
            except BaseException:
                self.ledger.take_back()
                raise

    def _ledger_in(self, partial: Path) -> Path:
        """Return where the ledger's file is made, so that it moves to its place with the rest of `var/`."""
        live = self.ledger.file
        if live is not None and self._is_in_var(live):
            return partial / VAR / live.resolve().relative_to(self.workspace.var.resolve())
        return partial / "ledger.sqlite3"

    def _replace(self, partial: Path, label: str) -> tuple[Path, ...]:
        """Move what is there aside and the new things in; where one move fails, every one before it is undone."""
        done: list[tuple[Path, Path]] = []
        old, aside = self._old(partial, label)
        try:
            for path, place in (*old, *self._new(partial)):
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _move(path, place)
                done.append((path, place))
        except BaseException:  # also where a person stops it
            for origin, moved in reversed(done):
                _move(moved, origin)
            for folder in aside:
                with suppress(OSError):  # it is empty again; a file that was renamed is back in its place
                    folder.rmdir()
            raise
        return aside

    def _old(self, partial: Path, label: str) -> tuple[list[tuple[Path, Path]], tuple[Path, ...]]:
        """Return what is in the way and where it goes, and the names of those places.

        A folder stays, and what is in it goes: it may be a disk of its own, and the locks in it are held.
        """
        root, live = self.workspace.root, self.ledger.file
        moves, aside = [], []
        for name in FOLDERS:
            away = _free(root / f"{name}.{label}")
            there = _entries(root / name) if (partial / name).exists() else []
            moves += [(path, away / path.name) for path in there]
            aside += [away] if there else []
        files = [root / SETTINGS]
        if live is not None and not self._is_in_var(live):
            files += [live.with_name(f"{live.name}{end}") for end in ("", "-wal", "-shm", "-journal")]
        for path in files:
            if path.exists() or path.is_symlink():
                aside.append(_free(path.with_name(f"{path.name}.{label}")))
                moves.append((path, aside[-1]))
        return moves, tuple(aside)

    def _new(self, partial: Path) -> list[tuple[Path, Path]]:
        root, made, live = self.workspace.root, self._ledger_in(partial), self.ledger.file
        moves = [(path, root / name / path.name) for name in FOLDERS for path in _entries(partial / name)]
        if (partial / SETTINGS).exists():
            moves.append((partial / SETTINGS, root / SETTINGS))
        if live is not None and not self._is_in_var(live):
            moves.append((made, live))
        return moves

    def _is_in_var(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.workspace.var.resolve())

    @contextmanager
    def _partial(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix=".restore-", suffix=".partial", dir=self.workspace.root))
        try:
            (folder / VAR).mkdir(mode=0o700)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _unwritable(self, error: Exception) -> SourceError:
        reason = getattr(error, "strerror", None) or str(error)
        lang = self.workspace.lang
        what, remedy = text(lang, "restore.unwritable", reason=reason), text(lang, "restore.unwritable.remedy")
        return SourceError((Problem(str(self.workspace.root), what, remedy),))


def _extract(source: Path, files: Mapping[str, Entry], folder: Path) -> None:
    """Write the files that the manifest names into a folder, and hold once more that they are those."""
    for info, content in files_of(source):
        if content is None or info.name not in files:
            continue
        place = folder / info.name
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            if _copied(content, file) != files[info.name].sha256:
                raise ValueError(info.name)
        place.chmod(_OWN[0] if info.mode & 0o077 == 0 else _OWN[1])
        with suppress(OSError, OverflowError):
            os.utime(place, (info.mtime, info.mtime))


def _copied(content: IO[bytes], file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(PIECE):
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest()


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, but the locks of `var/`."""
    there = folder.iterdir() if folder.exists() else ()
    return sorted(path for path in there if folder.name != VAR or not is_lock(path.name))


def _move(path: Path, place: Path) -> None:
    """Rename, or copy where the place is on another disk; then whole, or not at all."""
    try:
        path.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, place, symlinks=True)
            else:
                shutil.copy2(path, place, follow_symlinks=False)
        except OSError:
            _remove(place)
            raise
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _free(path: Path) -> Path:
    number, found = 1, path
    while found.exists() or found.is_symlink():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found
