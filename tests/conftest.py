"""What several tests need: a real PostgreSQL, ledgers on both databases, workspaces."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scheduler import framework

framework.configure()

from scheduler.ledger import database  # noqa: E402  (Django must be set up before its models are imported)
from scheduler.ledger.store import Store  # noqa: E402
from tests.postgresql import PostgreSQL, installed, new_database  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


def missing(what: str) -> None:
    """Skip where a system part is missing on a developer's machine; fail where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is not installed")


@contextmanager
def own_postgresql() -> Iterator[PostgreSQL]:
    """A new server; skips or fails where PostgreSQL is missing."""
    binaries = installed()
    if binaries is None:
        missing("PostgreSQL")
        return
    server = PostgreSQL(binaries, "-c fsync=off")  # what is lost in a power cut is no test's concern
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The PostgreSQL that the tests of one process share: its URL without a database name."""
    with own_postgresql() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty ledger, once on SQLite and once on PostgreSQL."""
    sqlite = "sqlite:///var/ledger.sqlite3"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    alias = database.connect(url, tmp_path, "it")
    yield Store(alias)
    database.close(alias)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """The URL of a new, empty database."""
    return new_database(postgresql_server)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The shipped workspace, copied."""
    folder = tmp_path / "office"
    folder.mkdir()
    for part in ("templates", "data"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy2(ROOT / "deadlines.yaml", folder)
    return folder
