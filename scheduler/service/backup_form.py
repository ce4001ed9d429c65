"""The form of a backup: which names it may hold, and the manifest with which each file is proved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath, PureWindowsPath

FORM = 1
MANIFEST = "MANIFEST.json"
SETTINGS = "deadlines.yaml"
FOLDERS = ("templates", "data", "var")
LEDGERS = ("var/ledger.sqlite3", "var/ledger.json.gz")
LONGEST_MANIFEST = 256_000_000  # bytes


@dataclass(frozen=True)
class Entry:
    """One file of a backup."""

    sha256: str
    size: int  # bytes


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    program: str  # the version that wrote it
    migrations: tuple[str, ...]  # the ledger's
    at: datetime
    files: Mapping[str, Entry] = field(default_factory=dict)  # by name in the archive
    form: int = FORM

    @property
    def ledger(self) -> str:
        """The name of the ledger's copy, or '' where there is none."""
        return next((name for name in LEDGERS if name in self.files), "")


def written(manifest: Manifest) -> bytes:
    """Return a manifest as the archive holds it."""
    facts = {
        "form": manifest.form,
        "program": manifest.program,
        "migrations": manifest.migrations,
        "at": manifest.at.isoformat(),
        "files": {name: {"sha256": item.sha256, "size": item.size} for name, item in manifest.files.items()},
    }
    return json.dumps(facts, indent=1).encode()  # ASCII: a file's name need not be UTF-8


def read(content: bytes) -> Manifest:
    """Return the manifest that an archive holds.

    Raises:
        ValueError: it is none.
    """
    try:
        facts = json.loads(content)
        if int(facts["form"]) != FORM:  # what else a later form holds is not known here
            return Manifest(str(facts["program"]), (), datetime.min.replace(tzinfo=UTC), form=int(facts["form"]))
        files = {str(name): Entry(str(item["sha256"]), int(item["size"])) for name, item in facts["files"].items()}
        at = datetime.fromisoformat(facts["at"])
        migrations = tuple(str(name) for name in facts["migrations"])
        found = Manifest(str(facts["program"]), migrations, at, files)
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    if at.tzinfo is None:
        raise ValueError(f"at: {at}")
    return found


def belongs(name: str) -> bool:
    """Tell whether a name may stand in a backup: one of the workspace's own, plainly written, leading nowhere else."""
    if name in (MANIFEST, SETTINGS):
        return True
    parts = name.split("/")
    plain = all(part not in ("", ".", "..") for part in parts) and PurePosixPath(name).as_posix() == name
    strange = "\\" in name or PureWindowsPath(name).drive or any(ord(letter) < 32 for letter in name)
    return plain and not strange and len(parts) > 1 and parts[0] in FOLDERS


_MADE_ANEW = ("backups", "copies", "feed", "office", "secret-key")


def left_out(name: str) -> bool:
    """Tell whether a file of the workspace has no place in a backup.

    Locks, what is half written, what is made anew by itself, the live ledger (its copy goes in under that name), and
    what spreadsheet programs leave beside an open file.
    """
    top, *rest = name.split("/")
    if any(part.startswith(".") and part.endswith(".partial") for part in rest):
        return True
    if top != "var":
        return bool(rest) and rest[-1].startswith(("~$", ".~lock."))
    own = rest[0].startswith(("engine", "ledger.sqlite3", "ledger.json.gz")) or rest[0] in _MADE_ANEW
    return own or (len(rest) == 1 and is_lock(name)) or rest[:2] == ["outbox", "tmp"]


def is_lock(name: str) -> bool:
    """Tell whether a file is a lock."""
    last = name.rpartition("/")[2]
    return last == "lock" or last.endswith(".lock")
