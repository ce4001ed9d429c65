"""The name under which one of several machines works: its own for as long as it holds a lock in PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from scheduler.errors import Problem, UserError
from scheduler.locale import text

LOCKED = 7  # the exit code


class Node:
    """A name that is held, and the connection that holds it."""

    def __init__(self, name: str, connection: BaseDatabaseWrapper) -> None:
        self.name = name
        self._connection = connection

    def is_held(self) -> bool:
        """Tell whether the name is still ours; where PostgreSQL was restarted it is taken once more."""
        return self._answers() or self._is_taken_again()

    def _answers(self) -> bool:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            self._connection.close()
            return False
        return True

    def _is_taken_again(self) -> bool:
        try:
            return _take(self._connection, self.name)
        except DatabaseError:
            self._connection.close()
            return False


@contextmanager
def held(alias: str, names: Iterable[str], lang: str) -> Iterator[Node]:
    """Hold the first of some names that is free, until the end of the block or of the process.

    Raises:
        UserError: other processes hold all of them.
    """
    connection = connections.create_connection(alias)
    tried = []
    try:
        for name in names:
            if _take(connection, name):
                yield Node(name, connection)
                return
            tried.append(name)
        what = text(lang, "run.node-taken", name=", ".join(tried[:3]))
        raise UserError((Problem("SCADENZARIO_NODE", what, text(lang, "run.node-taken.remedy")),), exit_code=LOCKED)
    finally:
        connection.close()


def _take(connection: BaseDatabaseWrapper, name: str) -> bool:
    number = int.from_bytes(hashlib.sha256(f"scadenzario/{name}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        [taken] = cursor.fetchone()
    return bool(taken)
