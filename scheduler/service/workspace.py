"""The workspace on disk: where things are, how a file is kept, and the lock that one service holds."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scheduler.errors import Problem, SourceError, UserError
from scheduler.locale import text

LOCKED = 7  # the exit code


@dataclass(frozen=True)
class Workspace:
    """A folder with `deadlines.yaml`, `templates/`, `data/` and `var/`."""

    root: Path
    lang: str = "it"
    state: Path | None = None  # another place for what is in `var/`: a simulation's

    @property
    def templates(self) -> Path:
        """The folder of Word templates."""
        return self.root / "templates"

    @property
    def var(self) -> Path:
        """The folder of the service's state; never in version control."""
        return self.state or self.root / "var"

    @property
    def outbox(self) -> Path:
        """The Maildir that receives mail where no SMTP host is set."""
        return self.var / "outbox"

    def template(self, document: str) -> Path:
        """Return the path of a document's template."""
        return self.templates / f"{document}.docx"

    def keep(self, relative: str, content: bytes) -> str:
        """Write a file under `var/` durably (whole or not at all) and return its SHA-256.

        Raises:
            SourceError: the disk is full, or the folder cannot be written.
        """
        path = self.var / relative
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, content)
        except OSError as error:
            what = text(self.lang, "workspace.unwritable", reason=error.strerror or "")
            remedy = text(self.lang, "workspace.unwritable.remedy")
            raise SourceError((Problem(str(path), what, remedy),)) from error
        return hashlib.sha256(content).hexdigest()

    def read(self, relative: str) -> bytes:
        """Return the bytes of a file kept under `var/`.

        Raises:
            SourceError: it is gone or cannot be read.
        """
        path = self.var / relative
        try:
            return path.read_bytes()
        except OSError as error:
            what = text(self.lang, "workspace.unreadable", reason=error.strerror or "")
            raise SourceError((Problem(str(path), what, text(self.lang, "workspace.unreadable.remedy")),)) from error

    def drafting(self) -> contextlib.AbstractContextManager[None]:
        """Hold the right to give drafts their numbers, from choosing one to recording it; others wait."""
        return waited_for(self.var / "drafting.lock")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the workspace's lock; it goes with the process, however that ends.

        Raises:
            UserError: another process holds it.
            SourceError: `var/` cannot be written.
        """
        path = self.var / "lock"
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            handle = path.open("a+")
        except OSError as error:
            what = text(self.lang, "workspace.unwritable", reason=error.strerror or "")
            remedy = text(self.lang, "workspace.unwritable.remedy")
            raise SourceError((Problem(str(path), what, remedy),)) from error
        with handle:
            if not _lock(handle.fileno()):
                handle.seek(0)
                what = text(self.lang, "workspace.locked", holder=handle.read().strip() or "?")
                problem = Problem(str(self.root.resolve()), what, text(self.lang, "workspace.locked.remedy"))
                raise UserError((problem,), exit_code=LOCKED)
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield


@contextlib.contextmanager
def waited_for(path: Path) -> Iterator[None]:
    """Hold a lock that others wait for; it goes with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as handle:
        _lock(handle.fileno(), wait=True)
        yield


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # a folder cannot be opened for syncing elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(handle: int, *, wait: bool = False) -> bool:
    """Take an exclusive lock; without waiting, False where another process holds it."""
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # exists on Windows only
    except OSError:
        return False
    return True
