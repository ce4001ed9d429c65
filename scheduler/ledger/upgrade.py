"""A ledger's way to this version's tables: nothing where it is there, else a backup first, once, under a lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connections

from scheduler.errors import UserError
from scheduler.ledger import schema
from scheduler.ledger.faults import first_line, refused, unusable

_LOCK = 7_402_019  # PostgreSQL's advisory locks are numbers; this one is ours


def bring_up_to_date(alias: str, backups: Path, lang: str) -> None:
    """Bring a ledger to this version's tables; where it is there already, this costs one query.

    A ledger with content is copied into the folder `backups` before it is changed. A failed upgrade changes nothing.

    Raises:
        UserError: the database cannot be used, its upgrade fails, or a newer version has written it.
    """
    try:
        if _is_up_to_date(alias, backups, lang):
            return
        with _alone(alias, lang):
            if not _is_up_to_date(alias, backups, lang, sure=True):
                _upgrade(alias, backups, lang)
    except DatabaseError as error:
        raise unusable(_name(alias), first_line(error), lang) from error


def _is_up_to_date(alias: str, backups: Path, lang: str, *, sure: bool = False) -> bool:
    known = schema.known()
    try:
        applied = schema.applied(alias)
    except DatabaseError:
        if sure or connections[alias].vendor != "sqlite":
            raise
        return False  # another process is making the file just now: look again when it is done
    newer = sorted(applied - known)
    if newer:
        raise _newer(alias, newer[0], backups, lang)
    return applied == known


def _upgrade(alias: str, backups: Path, lang: str) -> None:
    applied = schema.applied(alias)
    pending = sorted(schema.known() - applied)
    backup = _backup(alias, backups / f"ledger-before-{pending[0]}", lang) if applied else None
    try:
        schema.migrate(alias)
    except Exception as error:  # a migration may raise anything; whatever it was, the ledger is as it was
        if backup is None:
            raise
        facts = {"migrations": ", ".join(pending), "reason": first_line(error), "backup": str(backup)}
        raise refused(_name(alias), "ledger.upgrade-failed", lang, **facts) from error


def _backup(alias: str, name: Path, lang: str) -> Path:
    """Copy the ledger beside the backups that are there; one with the very same content serves as well."""
    from scheduler.ledger.copy import copy_out, sha256_of, suffix

    end = suffix(alias)
    target, number = name.with_name(name.name + end), 1
    while target.exists():
        number += 1
        target = name.with_name(f"{name.name}-{number}{end}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_out(alias, target, lang)
        made = sha256_of(target)
        for other in sorted(target.parent.glob(f"{name.name}*{end}")):
            if other != target and sha256_of(other) == made:  # an upgrade that failed is tried again and again
                target.unlink()
                return other
    except OSError as error:
        raise unusable(str(target), first_line(error), lang) from error
    return target


@contextmanager
def _alone(alias: str, lang: str) -> Iterator[None]:
    """Hold the right to upgrade; others wait, and it goes with the process, however that ends."""
    if connections[alias].vendor == "postgresql":
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    file = Path(_name(alias))
    lock = file.with_name(f"{file.stem}.upgrade.lock")
    try:
        handle = lock.open("a+")
    except OSError as error:
        raise unusable(str(lock), first_line(error), lang) from error
    with handle:
        _wait_for(handle.fileno())
        yield


def _wait_for(handle: int) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
    else:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]  # exists on Windows only


def _newer(alias: str, migration: str, backups: Path, lang: str) -> UserError:
    """Return the refusal of a ledger that a newer version has written, with the backup it made of it, if it is here."""
    found = sorted(backups.glob(f"ledger-before-{migration}*"), key=lambda path: path.stat().st_mtime)
    if found:
        return refused(_name(alias), "ledger.newer", lang, migration=migration, backup=str(found[-1]))
    return refused(_name(alias), "ledger.newer-no-backup", lang, migration=migration)


def _name(alias: str) -> str:
    return str(connections[alias].settings_dict["NAME"])
