"""The connection to the ledger's database: SQLite in a file by default, or PostgreSQL, by URL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connections

from scheduler.errors import Problem, UserError
from scheduler.locale import text

Ours = TypeVar("Ours")


class _Spoken(Protocol):
    alias: str
    lang: str


SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def connect(url: str, workspace: Path, lang: str) -> str:
    """Make the database known to Django, bring its tables up to date, and return the alias it is known by.

    Given `sqlite:///var/ledger.sqlite3` (relative to the workspace) or `postgresql://user:password@host:port/name`.

    Raises:
        UserError: the URL is of no known kind, or the database cannot be reached or written.
    """
    options = _options(url, workspace, lang)
    alias = f"ledger-{hashlib.sha256(repr(sorted(options.items())).encode()).hexdigest()[:16]}"
    if alias not in connections.settings:
        connections.settings[alias] = connections.configure_settings({"default": {}, alias: options})[alias]
    try:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    except DatabaseError as error:
        raise _unusable(str(options["NAME"]), _first_line(error), lang) from error
    return alias


def close(alias: str) -> None:
    """Close this thread's connection."""
    connections[alias].close()


def _options(url: str, workspace: Path, lang: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = workspace / unquote(parts.path.removeprefix("/"))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(str(path), error.strerror or "", lang) from error
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
    problem = Problem(
        "SCADENZARIO_DATABASE_URL", text(lang, "ledger.url", value=shown), text(lang, "ledger.url.remedy")
    )
    raise UserError((problem,))


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
        except DatabaseError as error:
            name = str(connections[self.alias].settings_dict["NAME"])
            raise _unusable(name, _first_line(error), self.lang) from error

    return speak


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _unusable(where: str, reason: str, lang: str) -> UserError:
    problem = Problem(where, text(lang, "ledger.unusable", reason=reason), text(lang, "ledger.unusable.remedy"))
    return UserError((problem,))
