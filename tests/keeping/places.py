"""A workspace in use, on either kind of database, and what backup and restore are asked to do with it."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scheduler.ledger import database
from scheduler.ledger.store import Store
from scheduler.parts import copier
from scheduler.service.backup import Backup
from scheduler.service.restore import Restore
from scheduler.service.workspace import Workspace
from scheduler.settings import read_settings
from tests.processes import run, variables

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LOCAL = ("--now", "2026-11-23T09:30")
KEY = "costi-personale-annuale/2026"


@dataclass(frozen=True)
class Place:
    """A workspace with the database of its ledger ('' for the default file)."""

    root: Path
    url: str = ""

    @property
    def environ(self) -> dict[str, str]:
        """The settings of its commands."""
        return {"SCADENZARIO_DATABASE_URL": self.url} if self.url else {}

    def run(self, *arguments: str | Path, limit: int = 0) -> subprocess.CompletedProcess[str]:
        """Run one command in a process of its own; with a limit (bytes) no file can grow beyond it: a full disk."""
        words = [*map(str, arguments), "--workspace", str(self.root)]
        if not limit:
            return run(words, self.environ)
        command = ["prlimit", f"--fsize={limit}", sys.executable, "-m", "scheduler", *words]
        environ = variables(self.environ)
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=120)

    @property
    def backup(self) -> Backup:
        """Its backup."""
        return Backup(Workspace(self.root), copier(read_settings(self.environ, self.root), "it"))

    @property
    def restore(self) -> Restore:
        """The way back."""
        return Restore(Workspace(self.root), copier(read_settings(self.environ, self.root), "it"))

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open its ledger."""
        alias = database.connect(self.url or "sqlite:///var/ledger.sqlite3", self.root, "it")
        yield Store(alias)
        database.close(alias)


def tree(root: Path) -> dict[str, bytes]:
    """Return every file under a folder but the locks and the ledger, which a reader changes as well."""
    files = (path for path in root.rglob("*") if path.is_file() and "lock" not in path.name)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files if "ledger.sqlite3" not in path.name}


def names(archive: Path) -> set[str]:
    """Return the names that an archive holds, as another program reads them."""
    with tarfile.open(archive) as file:
        return set(file.getnames())
