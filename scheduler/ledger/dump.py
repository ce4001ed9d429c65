"""The portable form of a ledger: a compressed file of JSON lines that either kind of database writes and reads.

The first line names the form and the migrations; each table is a line with its name and columns, then a line for each
row; the last line counts the rows, so that a file that was cut off is seen.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connections, models, transaction

from scheduler.ledger import schema
from scheduler.ledger.faults import refused

FORM = "scadenzario-ledger/1"
_AT_ONCE = 500  # rows
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, ValueError, LookupError, TypeError, ValidationError)


def write(alias: str, target: Path) -> None:
    """Write all that is in the ledger at one instant; the same content gives the same bytes."""
    connection = connections[alias]
    with target.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file, transaction.atomic(alias):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        migrations, count = sorted(schema.applied(alias)), 0
        file.write(_line({"form": FORM, "migrations": migrations}))
        for model in _models(alias, migrations[-1]):
            columns = [field.attname for field in model._meta.concrete_fields]
            file.write(_line({"table": model.__name__, "columns": columns}))
            rows = model._base_manager.using(alias).order_by("pk").values_list(*columns)
            for row in rows.iterator(chunk_size=_AT_ONCE):
                file.write(_line(row))
                count += 1
        file.write(_line({"rows": count}))


def load(alias: str, source: Path, lang: str) -> None:
    """Put what a file holds into a ledger that has nothing in it, and bring it to this version's tables.

    Raises:
        UserError: the file is damaged, a newer version has written it, or the ledger has something in it.
    """
    if not schema.is_empty(alias):
        raise refused(str(connections[alias].settings_dict["NAME"]), "ledger.not-empty", lang)
    try:
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            migrations = json.loads(lines.readline())["migrations"]
            newer = sorted(set(migrations) - schema.known())
            if newer:
                raise refused(str(source), "ledger.newer-no-backup", lang, migration=newer[0])
            schema.drop(alias)
            schema.migrate(alias, migrations[-1])
            with transaction.atomic(using=alias):
                _fill(alias, lines, {model.__name__: model for model in _models(alias, migrations[-1])})
    except _DAMAGE as error:
        raise refused(str(source), "ledger.damaged", lang, reason=str(error)) from error
    schema.migrate(alias)


def _fill(alias: str, lines: Iterator[str], tables: dict[str, type[models.Model]]) -> None:
    count = 0
    entry = json.loads(next(lines, ""))
    while "rows" not in entry:
        model, columns = tables[entry["table"]], entry["columns"]
        known = {field.attname: field for field in model._meta.concrete_fields}
        fields = [known[name] for name in columns]
        rows = _Rows(lines)
        while chunk := list(islice(rows, _AT_ONCE)):
            made = [model(**_values(columns, fields, row)) for row in chunk]
            model._base_manager.using(alias).bulk_create(made)
            count += len(made)
        entry = rows.after
    if entry["rows"] != count:
        raise ValueError(f"{count} != {entry['rows']}")
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables.values())):
            cursor.execute(statement)


class _Rows:
    """The rows of one table, and the line that comes after them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.after: dict[str, Any] = {}

    def __iter__(self) -> Iterator[list[Any]]:
        return self

    def __next__(self) -> list[Any]:
        if self.after:
            raise StopIteration
        entry = json.loads(next(self.lines, ""))
        if isinstance(entry, dict):
            self.after = entry
            raise StopIteration
        return entry  # type: ignore[no-any-return]  # a line is an object or an array, and it is not an object


def _values(columns: list[str], fields: list[Any], row: list[Any]) -> dict[str, Any]:
    return {name: field.to_python(value) for name, field, value in zip(columns, fields, row, strict=True)}


def _models(alias: str, migration: str) -> list[type[models.Model]]:
    found = schema.models_at(alias, migration).get_app_config(schema.APP).get_models()
    return sorted(found, key=lambda model: model.__name__)


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_text).encode() + b"\n"


def _text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no form for {type(value).__name__}")
