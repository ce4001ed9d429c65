"""What several tests need: a real PostgreSQL, ledgers on both databases, workspaces."""

from __future__ import annotations

import os
import shutil
import tempfile
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
MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108  (a folder without a disk; the bytes that must be free in it)

# What most tests would wait for is the disk: the ledger and the workspace have each write confirmed.
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    tempfile.tempdir = str(MEMORY)


@pytest.fixture(scope="session", autouse=True)
def _memory_given_back(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave no files behind where all went well."""
    yield
    if not request.session.testsfailed:
        shutil.rmtree(tmp_path_factory.getbasetemp(), ignore_errors=True)


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
    # what is lost in a power cut is no test's concern; shared memory in its own folder goes when that goes
    server = PostgreSQL(binaries, "-c fsync=off -c dynamic_shared_memory_type=mmap")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The PostgreSQL that the tests of one process share: its URL without a database name."""
    with own_postgresql() as server:
        yield server.url


@pytest.fixture(scope="session")
def new_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger with this version's tables and nothing in them, to be copied: making it takes a while."""
    folder = tmp_path_factory.mktemp("new-ledger")
    database.close(database.connect("sqlite:///ledger.sqlite3", folder, "it"))
    return folder / "ledger.sqlite3"


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with this version's tables and nothing in them, to be copied."""
    url = new_database(postgresql_server)
    database.close(database.connect(url, tmp_path_factory.mktemp("template"), "it"))
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty ledger, once on SQLite and once on PostgreSQL."""
    url = "sqlite:///var/ledger.sqlite3"
    if request.param == "sqlite":
        (tmp_path / "var").mkdir()
        shutil.copy2(request.getfixturevalue("new_ledger"), tmp_path / "var/ledger.sqlite3")
    else:
        server, template = (str(request.getfixturevalue(f"postgresql_{name}")) for name in ("server", "template"))
        url = new_database(server, template)
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
