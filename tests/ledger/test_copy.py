"""A ledger's copy: whole, of one instant, while others write; and back again, into either kind of database."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.core.ledger import Act, ActKind
from scheduler.errors import UserError
from scheduler.ledger import copy, database, dump, models, schema
from scheduler.ledger.store import Store
from tests.conftest import ROOT
from tests.ledger import first_release
from tests.ledger.first_release import AT, DRAFTS, KEY, MAILS
from tests.postgresql import new_database

WRITER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from scheduler import framework
framework.configure()
from scheduler.core.ledger import Delivery, Outcome, Performance
from scheduler.ledger import database
from scheduler.ledger.store import Store
store, at, number = Store(database.connect(sys.argv[1], Path(sys.argv[2]), "it")), datetime(2025, 2, 10, tzinfo=UTC), 0
while True:
    number += 1
    key = f"a/2025/{number}"
    mail = Delivery(f"<{number}>", key, "a/2025", "s@x.example", ("a@x.example",), "x" * 900, "mail/x", "0" * 64, at)
    store.record(Performance(key, "a/2025", Outcome.PERFORMED, at), mails=[mail])
    print(number, flush=True)
"""


@contextmanager
def writing(url: str, workspace: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process write pairs of rows, each pair in one transaction, all the time."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITER, url, str(workspace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            yield process
        finally:
            process.kill()


def written(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


@pytest.fixture
def full(store: Store, tmp_path: Path) -> Store:
    """A ledger with this version's tables and the first release's content, on either kind of database."""
    source = tmp_path / "first.sqlite3"
    first_release.make(source)
    if database.file_of(store.alias) is not None:
        database.close(store.alias)
        Path(str(database.file_of(store.alias))).unlink()
    copy.copy_in(store.alias, source)
    return store


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The alias of a second, empty ledger."""
    url = "sqlite:///other.sqlite3"
    if request.param == "postgresql":
        url = new_database(str(request.getfixturevalue("postgresql_server")))
    alias = database.known_as(url, tmp_path, "it")
    yield alias
    database.close(alias)


def test_a_copy_goes_into_either_kind_of_database_and_nothing_is_lost(full: Store, other: str, tmp_path: Path) -> None:
    target = tmp_path / f"copy{copy.suffix(full.alias)}"
    copy.copy_out(full.alias, target)
    copy.copy_in(other, target)
    first_release.check(Store(other))
    assert schema.applied(other) == schema.known()
    again, first = tmp_path / "again.json.gz", tmp_path / "first.json.gz"
    dump.write(other, again)
    dump.write(full.alias, first)
    assert again.read_bytes() == first.read_bytes(), "not only what the rules ask for: every column of every row"


def test_what_was_copied_in_can_be_written_on(full: Store, other: str, tmp_path: Path) -> None:
    """New rows get numbers of their own: the sequences go on after the rows that came in."""
    target = tmp_path / "copy.json.gz"
    dump.write(full.alias, target)
    copy.copy_in(other, target)
    store = Store(other)
    store.record_act(Act(ActKind.WAIVER, KEY, AT + timedelta(days=1), "ada", reason="x"))
    store.record_draft(replace(DRAFTS[0], version=3))
    store.deliveries.plan(replace(MAILS[0], message_id="<3>"))
    assert len(store.snapshot().acts[KEY]) == 3
    assert len(store.deliveries.all()) == 3


def test_a_copy_of_a_file_is_of_one_instant_while_another_process_writes(tmp_path: Path) -> None:
    url = "sqlite:///ledger.sqlite3"
    alias = database.connect(url, tmp_path, "it")
    with writing(url, tmp_path) as process:
        for number in range(5):
            before = written(process)
            target = tmp_path / f"copy-{number}.sqlite3"
            copy.copy_out(alias, target)
            assert process.poll() is None
            with closing(sqlite3.connect(target)) as connection:
                [mails] = connection.execute("SELECT count(*) FROM ledger_delivery").fetchone()
                [actions] = connection.execute("SELECT count(*) FROM ledger_performance").fetchone()
                [recipients] = connection.execute("SELECT count(*) FROM ledger_recipient").fetchone()
                [mode] = connection.execute("PRAGMA journal_mode").fetchone()
            assert mails == actions == recipients >= before
            assert mode == "delete", "one file, with nothing beside it"
    assert {path.name for path in tmp_path.iterdir() if "partial" in path.name} == set()
    database.close(alias)


def test_a_copy_of_a_server_is_of_one_instant_while_another_process_writes(tmp_path: Path, postgresql_url: str) -> None:
    alias = database.connect(postgresql_url, tmp_path, "it")
    with writing(postgresql_url, tmp_path) as process:
        for number in range(5):
            before = written(process)
            target = tmp_path / f"copy-{number}.json.gz"
            copy.copy_out(alias, target)
            assert process.poll() is None
            store = Store(database.known_as(f"sqlite:///copy-{number}.sqlite3", tmp_path, "it"))
            copy.copy_in(store.alias, target)
            assert len(store.deliveries.all()) == len(store.snapshot().performances) >= before
            assert all(mail.recipients for mail in store.deliveries.all())
            database.close(store.alias)
    database.close(alias)


def test_a_ledger_with_content_is_never_loaded_over(full: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.json.gz"
    dump.write(full.alias, target)
    with pytest.raises(UserError, match="contiene già un registro con dei dati; creare un database nuovo e vuoto"):
        copy.copy_in(full.alias, target)
    first_release.check(full)


@pytest.mark.parametrize("fault", ["cut", "short", "garbage", "table", "column", "value", "plain"])
def test_a_damaged_copy_is_refused_whole(full: Store, other: str, tmp_path: Path, fault: str) -> None:
    target = tmp_path / "copy.json.gz"
    dump.write(full.alias, target)
    lines = gzip.decompress(target.read_bytes()).splitlines(keepends=True)
    broken = {
        "cut": target.read_bytes()[:-30],
        "short": gzip.compress(b"".join(lines[:-2])),
        "garbage": gzip.compress(b"".join(lines[:-1]) + b"{nothing\n"),
        "table": gzip.compress(b"".join(lines).replace(b'"table": "Act"', b'"table": "User"')),
        "column": gzip.compress(b"".join(lines).replace(b'"who"', b'"whom"')),
        "value": gzip.compress(b"".join(lines).replace(b"2025-02-10T08", b"2025-02-31T08")),
        "plain": b"".join(lines),
    }
    target.write_bytes(broken[fault])
    with pytest.raises(UserError, match="il file del registro è danneggiato"):
        copy.copy_in(other, target)
    assert schema.is_empty(other)
    target.write_bytes(gzip.compress(b"".join(lines)))
    copy.copy_in(other, target)
    first_release.check(Store(other))


def test_a_newer_versions_copy_is_refused(full: Store, other: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.json.gz"
    dump.write(full.alias, target)
    head, *rest = gzip.decompress(target.read_bytes()).splitlines(keepends=True)
    newer = {**json.loads(head), "migrations": [*sorted(schema.known()), "9007_x"]}
    target.write_bytes(gzip.compress(json.dumps(newer).encode() + b"\n" + b"".join(rest)))
    with pytest.raises(UserError, match="versione più nuova del programma \\(migrazione 9007_x\\)"):
        copy.copy_in(other, target)


def test_a_damaged_file_is_not_taken_for_a_backup(tmp_path: Path) -> None:
    alias = database.connect("sqlite:///ledger.sqlite3", tmp_path, "it")
    store = Store(alias)
    for number in range(200):
        store.record_act(Act(ActKind.WAIVER, KEY, AT, "ada", reason=f"{number} " * 200))
    database.close(alias)
    path = tmp_path / "ledger.sqlite3"
    content = bytearray(path.read_bytes())
    content[40_960:45_056] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"danneggiato|malformed"):
        copy.copy_out(alias, tmp_path / "copy.sqlite3")
    assert not list(tmp_path.glob("*copy*"))


def test_a_restored_ledger_says_so(store: Store) -> None:
    copy.mark_restored(store.alias, AT)
    copy.mark_restored(store.alias, AT + timedelta(hours=1))
    fact = models.Fact.objects.using(store.alias).get(name="restored_at")
    assert fact.value == "2025-02-10T09:00:00.123456+00:00"
