"""The schema of a ledger: which migrations it has, which this version knows, and the way from one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pkgutil import iter_modules, resolve_name
from typing import TYPE_CHECKING

from django.db import DatabaseError, connections, transaction

if TYPE_CHECKING:
    from django.apps.registry import Apps

APP = "ledger"


def known() -> frozenset[str]:
    """Return the names of the migrations that this version has; none of them is loaded."""
    from django.conf import settings

    package = resolve_name(settings.MIGRATION_MODULES.get(APP) or "scheduler.ledger.migrations")
    return frozenset(item.name for item in iter_modules(package.__path__) if item.name[0] not in "_~")


def applied(alias: str) -> frozenset[str]:
    """Return the names of the migrations that a ledger has been through; none for a new database.

    Raises:
        DatabaseError: the database cannot be read.
    """
    connection = connections[alias]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM django_migrations WHERE app = %s", [APP])
            return frozenset(str(name) for (name,) in cursor.fetchall())
    except DatabaseError:
        if "django_migrations" in connection.introspection.table_names():
            raise
        return frozenset()


def migrate(alias: str, to: str | None = None) -> None:
    """Bring the tables to a migration, or to the last one, in one transaction: whole, or not at all."""
    from django.core.management import call_command

    target = [APP, to] if to else []
    with _foreign_keys_wait(alias), transaction.atomic(using=alias):
        if connections[alias].vendor == "postgresql":  # a table with checks still to be made cannot be altered
            with connections[alias].cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        call_command("migrate", *target, database=alias, verbosity=0, interactive=False)


def is_empty(alias: str) -> bool:
    """Tell whether a ledger has no tables, or nothing in any of them."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for table in _tables(alias):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608  (a table's name)
            if cursor.fetchone():
                return False
    return True


def drop(alias: str) -> None:
    """Take the ledger's tables away with all that is in them; other tables of the database stay."""
    connection, tables = connections[alias], _tables(alias)
    cascade = " CASCADE" if connection.vendor == "postgresql" else ""
    with _foreign_keys_wait(alias), transaction.atomic(using=alias), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{cascade}")
        if "django_migrations" in connection.introspection.table_names(cursor):
            cursor.execute("DELETE FROM django_migrations WHERE app = %s", [APP])


def models_at(alias: str, migration: str) -> Apps:
    """Return the models as they were at a migration."""
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(connections[alias]).project_state((APP, migration)).apps


def _tables(alias: str) -> list[str]:
    return [name for name in connections[alias].introspection.table_names() if name.startswith(f"{APP}_")]


@contextmanager
def _foreign_keys_wait(alias: str) -> Iterator[None]:
    """Switch SQLite's foreign keys off around a transaction that makes tables anew; Django checks them itself."""
    if connections[alias].vendor != "sqlite":
        yield
        return
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = ON")
