"""The workspace on disk: where things are, how a file is kept, and the lock that one service holds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
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
    shelf: Path | None = None  # the folder of the templates in force: the service's copies

    @property
    def templates(self) -> Path:
        """The folder of Word templates."""
        return self.shelf or self.root / "templates"

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
            self._make_var()
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, content)
        except OSError as error:
            raise self._unwritable(path, error) from error
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

    def keep_new(self, relative: str, content: bytes) -> bool:
        """Write a file as `keep` does, but only where none of that name is; False where one is.

        Raises:
            SourceError: the disk is full, or the folder cannot be written.
        """
        path = self.var / relative
        partial = f"{relative}.{secrets.token_hex(4)}"
        self.keep(partial, content)
        try:
            _name_anew(self.var / partial, path)
        except FileExistsError:
            return False
        except OSError as error:
            raise self._unwritable(path, error) from error
        finally:
            (self.var / partial).unlink(missing_ok=True)
        return True

    def secret(self, name: str, size: int) -> str:
        """Return a secret that this workspace has under `var/`, made by chance at the first call.

        Args:
            name: of the file, which only its owner reads.
            size: how many bytes of chance it has.
        """
        path = self.var / name
        if not path.exists() and self.keep_new(name, secrets.token_urlsafe(size).encode()):
            path.chmod(0o600)  # and where another node was faster, its secret is everybody's
        return path.read_text("ascii").strip()

    def discard(self, relatives: Iterable[str]) -> None:
        """Take away files that nothing refers to yet."""
        for relative in relatives:
            (self.var / relative).unlink(missing_ok=True)

    def damaged(self, relative: str) -> Problem:
        """Return what to say of a kept file whose bytes are not those that were written."""
        what, remedy = text(self.lang, "workspace.damaged"), text(self.lang, "workspace.damaged.remedy")
        return Problem(str(self.var / relative), what, remedy)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the workspace's lock; it goes with the process, however that ends.

        Raises:
            UserError: another process holds it.
            SourceError: `var/` cannot be written.
        """
        path = self.var / "lock"
        try:
            self._make_var()
            handle = path.open("a+")
        except OSError as error:
            raise self._unwritable(path, error) from error
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

    def is_locked(self) -> bool:
        """Tell whether a process works on this workspace now.

        Raises:
            SourceError: the lock cannot be read.
        """
        path = self.var / "lock"
        try:
            with path.open("r+") as handle:
                return not _lock(handle.fileno())  # taken for an instant; it goes with the handle
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unwritable(path, error) from error

    def _make_var(self) -> None:
        """Make the folder of the service's state, which is nobody else's to read."""
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _unwritable(self, path: Path, error: OSError) -> SourceError:
        what = text(self.lang, "workspace.unwritable", reason=error.strerror or "")
        return SourceError((Problem(str(path), what, text(self.lang, "workspace.unwritable.remedy")),))


def _name_anew(written: Path, path: Path) -> None:
    """Give a file its name, which must be free; by a link, which is at once or not at all, where there are links."""
    if os.name == "nt":
        written.rename(path)
        return
    try:
        os.link(written, path)
    except FileExistsError:
        raise
    except OSError:  # a network share without links
        with path.open("xb") as handle:
            handle.write(written.read_bytes())
            os.fsync(handle.fileno())
    _sync_folder(path.parent)


def _write_whole(path: Path, content: bytes) -> None:
    # a name of its own: on a shared folder another machine may write the same file just now
    partial = path.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with partial.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # a folder cannot be opened for syncing elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Take an exclusive lock; False where another process holds it."""
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # exists on Windows only
    except OSError:
        return False
    return True
