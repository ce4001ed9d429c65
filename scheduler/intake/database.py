"""A query to a database → its rows as the bytes of a .csv, which are read, fingerprinted and kept like any other file.

Nothing is ever written: SQLite is opened read only, PostgreSQL in a transaction that is.
"""

from __future__ import annotations

import csv
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scheduler.intake.messages import source_error

if TYPE_CHECKING:  # imported when a database is asked, so that every command starts at once
    from sqlalchemy import URL, Engine, TextClause

SECONDS = 30.0  # that a query may take
MOST_ROWS = 100_000
_CONNECT_SECONDS = 10
_STEPS = 10_000  # of SQLite's own machine, between two looks at the time


@dataclass(frozen=True)
class Query:
    """A query, and what its parameters stand for: `:start <= day < :end`, and `:key`."""

    database: str
    table: str
    sql: str
    start: date
    end: date
    key: str

    @property
    def name(self) -> str:
        """What tells its rows from others of the same database: the table's name and the period's key."""
        return f"{self.table} {self.key}"


class Databases:
    """The databases that the environment names, and how they are asked."""

    def __init__(self, urls: Mapping[str, str], root: Path, seconds: float = SECONDS, most: int = MOST_ROWS) -> None:
        """`urls`: by name; the path of a SQLite file is relative to `root`. `most`: rows that a query may give."""
        self._urls, self._root, self._seconds, self._most = urls, root, seconds, most

    def answer(self, query: Query, shown: str, lang: str) -> bytes:
        """Return the rows of a query as text, names first, separated by semicolons, as an Italian office writes them.

        Raises:
            SourceError: the database is not known, cannot be reached or refuses the query; or there are too many rows.
        """
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError, SQLAlchemyError

        written = self._urls.get(query.database, "")
        variable = f"SCADENZARIO_SOURCE_{query.database.upper()}"
        try:
            url = make_url(written.replace("postgres://", "postgresql://", 1))
        except ArgumentError:
            raise source_error(lang, shown, "sql.url" if written else "sql.unset", variable=variable) from None
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise source_error(lang, shown, "sql.url", variable=variable)
        try:
            names, rows = self._rows(url, query)
        except SQLAlchemyError as error:
            raise source_error(lang, shown, "sql.failed", value=_reason(error, url)) from None
        if len(rows) > self._most:
            raise source_error(lang, shown, "sql.rows", most=self._most)
        return _as_text(names, rows)

    def _rows(self, url: URL, query: Query) -> tuple[list[str], Sequence[Sequence[object]]]:
        engine = self._sqlite(url) if url.get_backend_name() == "sqlite" else self._postgresql(url)
        try:
            with (
                engine.connect().execution_options(stream_results=True) as connection,  # else all rows come at once
                closing(connection.execute(_statement(query))) as result,
            ):
                return list(result.keys()), [tuple(row) for row in result.fetchmany(self._most + 1)]
        finally:
            engine.dispose()

    def _sqlite(self, url: URL) -> Engine:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        def connect() -> sqlite3.Connection:
            path = self._root / (url.database or "")
            connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
            end = monotonic() + self._seconds
            connection.set_progress_handler(lambda: monotonic() > end, _STEPS)
            return connection

        return create_engine("sqlite://", creator=connect, poolclass=NullPool)

    def _postgresql(self, url: URL) -> Engine:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        rules = f"-c default_transaction_read_only=on -c statement_timeout={int(self._seconds * 1000)}"
        arguments = {"connect_timeout": _CONNECT_SECONDS, "options": rules}
        return create_engine(url.set(drivername="postgresql+psycopg"), connect_args=arguments, poolclass=NullPool)


def _statement(query: Query) -> TextClause:
    from sqlalchemy import Date, String, bindparam, text

    statement = text(query.sql)
    known = (
        bindparam("start", query.start, type_=Date()),
        bindparam("end", query.end, type_=Date()),
        bindparam("key", query.key, type_=String()),
    )
    used = statement.compile().params
    return statement.bindparams(*(item for item in known if item.key in used))


def _reason(error: Exception, url: URL) -> str:
    """Return what the database says, in one line and without the password."""
    said = str(getattr(error, "orig", None) or error).strip()
    line = said.splitlines()[0] if said else type(error).__name__
    return line.replace(str(url.password), "…") if url.password else line


def _as_text(names: Iterable[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return the same bytes for the same rows, on whatever machine."""
    made = StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_written(value) for value in row] for row in rows)
    return made.getvalue().encode()


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "VERO" if value else "FALSO"
        case float() if math.isfinite(value):
            return _written(Decimal(f"{value:.15g}"))
        case Decimal() if value.is_finite():
            whole, _, rest = f"{value:f}".partition(".")
            return f"{whole},{rest.rstrip('0')}".rstrip(",")
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            return str(value)
