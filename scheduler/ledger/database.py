"""The connection to the ledger's database: SQLite in a file by default, or PostgreSQL, by URL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote, urlsplit

from django.db import DatabaseError, IntegrityError, connections

from scheduler.errors import UserError
from scheduler.ledger.faults import first_line, refused, unusable
from scheduler.ledger.upgrade import bring_up_to_date

Ours = TypeVar("Ours")


class _Spoken(Protocol):
    alias: str
    lang: str


SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def connect(url: str, workspace: Path, lang: str) -> str:
    """Make the database known to Django, bring its tables up to date, and return the alias it is known by.

    Given `sqlite:///var/ledger.sqlite3` (relative to the workspace) or `postgresql://user:password@host:port/name`.

    Raises:
        UserError: the URL is of no known kind, the database cannot be reached or written, its upgrade fails, or a
            newer version has written it.
    """
    alias = known_as(url, workspace, lang)
    file = file_of(alias)
    try:
        if file is not None:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(str(file), first_line(error), lang) from error
    bring_up_to_date(alias, backups_of(alias, workspace), lang)
    return alias


def known_as(url: str, workspace: Path, lang: str) -> str:
    """Make the database known to Django as it is, without touching it, and return the alias it is known by."""
    options = _options(url, workspace, lang)
    alias = f"ledger-{hashlib.sha256(repr(sorted(options.items())).encode()).hexdigest()[:16]}"
    if alias not in connections.settings:
        connections.settings[alias] = connections.configure_settings({"default": {}, alias: options})[alias]
    return alias


def sqlite_url(path: Path) -> str:
    """Return the URL of a ledger in a file, wherever the file is."""
    return f"sqlite:///{quote(path.resolve().as_posix())}"


def file_of(alias: str) -> Path | None:
    """Return the file of a ledger on SQLite, or None for PostgreSQL."""
    return Path(connections[alias].settings_dict["NAME"]) if connections[alias].vendor == "sqlite" else None


def backups_of(alias: str, workspace: Path) -> Path:
    """Return the folder of the ledger's automatic backups: beside its file, or in the workspace's `var/`."""
    file = file_of(alias)
    return (file.parent if file else workspace / "var") / "backups"


def close(alias: str) -> None:
    """Close this thread's connection."""
    connections[alias].close()


def rest(alias: str) -> None:
    """Put a SQLite ledger's log into its file, as far as nobody reads; elsewhere there is nothing to do."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _options(url: str, workspace: Path, lang: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = workspace / unquote(parts.path.removeprefix("/"))
        options = {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": SQLITE_PRAGMAS}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    shown = parts.scheme or "–"  # never the whole URL: it may hold a password
    raise refused("SCADENZARIO_DATABASE_URL", "ledger.url", lang, value=shown)


def spoken(kind: type[Ours]) -> type[Ours]:
    """Let every method of a class with `alias` and `lang` raise a UserError where the database fails.

    A broken constraint stays what it is: it is a fault of ours, or a race that the caller knows how to settle.
    """
    for name, method in vars(kind).items():
        if callable(method) and not name.startswith("_"):
            setattr(kind, name, _speaking(method))
    return kind


def _speaking(method: Callable[..., object]) -> Callable[..., object]:
    @wraps(method)
    def speak(self: _Spoken, *arguments: object, **options: object) -> object:
        try:
            return method(self, *arguments, **options)
        except IntegrityError:
            raise
        except UserError:  # of another method within this one
            _leave_broken(self.alias)
            raise
        except DatabaseError as error:
            _leave_broken(self.alias)
            name = str(connections[self.alias].settings_dict["NAME"])
            raise unusable(name, first_line(error), self.lang) from error

    return speak


def _leave_broken(alias: str) -> None:
    """Close this thread's connection where it is of no more use, so that the next question opens a new one."""
    connection = connections[alias]
    if connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()
