"""Whether a ledger can be used and is whole: found out without making, upgrading or changing anything in it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connections

from scheduler.ledger import schema
from scheduler.ledger.database import file_of
from scheduler.ledger.faults import first_line, refused, unusable

_PATIENCE = 5.0  # seconds that another process may hold the file


def check_reachable(alias: str, lang: str) -> None:
    """Find out whether the ledger can be read and written now.

    A file is opened afresh: a connection that is open already goes on working on a file that was taken away.

    Raises:
        UserError: it cannot.
    """
    file = file_of(alias)
    try:
        if file is not None:
            _read_file(file, "SELECT 1 FROM django_migrations LIMIT 1")
            if not os.access(file, os.W_OK):
                raise PermissionError(13, os.strerror(13))
        else:
            _read_server(alias)
    except (DatabaseError, InterfaceError, sqlite3.Error, OSError) as error:
        raise unusable(name_of(alias), first_line(error), lang) from error


def check_whole(alias: str, lang: str) -> None:
    """Find out whether a ledger's file is undamaged; a database server looks after its own.

    Raises:
        UserError: it is damaged, or cannot be read.
    """
    file = file_of(alias)
    if file is not None and (fault := fault_of(file)):
        raise refused(str(file), "ledger.damaged", lang, reason=fault)


def fault_of(file: Path) -> str:
    """Return what is wrong with a SQLite file, or ''."""
    try:
        found = _read_file(file, "PRAGMA quick_check(1)")
    except (sqlite3.Error, OSError) as error:
        return first_line(error)
    return "" if found == "ok" else str(found)


class Standing(StrEnum):
    """How a ledger stands to this version of the program."""

    ABSENT = "absent"  # the first pass makes it
    OLDER = "older"  # the next start upgrades it
    CURRENT = "current"


def standing(alias: str, lang: str) -> Standing:
    """Return how the ledger stands to this version.

    Raises:
        UserError: it cannot be read, or a newer version has written it.
    """
    file = file_of(alias)
    if file is not None and not file.exists():  # connecting would make it
        return Standing.ABSENT
    try:
        applied, known = schema.applied(alias), schema.known()
    except (DatabaseError, InterfaceError) as error:
        raise unusable(name_of(alias), first_line(error), lang) from error
    if applied - known:
        raise refused(name_of(alias), "ledger.newer-no-backup", lang, migration=min(applied - known))
    if not applied:
        return Standing.ABSENT
    return Standing.CURRENT if applied == known else Standing.OLDER


def name_of(alias: str) -> str:
    """Return the ledger's file, or the name of its database."""
    return str(connections[alias].settings_dict["NAME"])


def _read_file(file: Path, query: str) -> object:
    """Return the first value that a query gives, over a connection that can neither make nor change the file."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as connection:
        found = connection.execute(query).fetchone()
    return found[0] if found else None


def _read_server(alias: str) -> None:
    connection = connections[alias]
    connection.close_if_unusable_or_obsolete()  # one that broke while the server was away stays broken otherwise
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
