"""What several tests need: a real PostgreSQL, ledgers on both databases, workspaces."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scheduler import framework

framework.configure()

from scheduler.ledger import database  # noqa: E402  (Django must be set up before its models are imported)
from scheduler.ledger.store import Store  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


def missing(what: str) -> None:
    """Skip where a system part is missing on a developer's machine; fail where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is not installed")


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


class PostgreSQL:
    """A server of our own, on a port of its own."""

    def __init__(self, binaries: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="scadenzario-pg-"))
        self._as_user: list[str] = []
        if getpass.getuser() == "root":  # PostgreSQL refuses to run as root
            self._as_user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(self._folder, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"postgresql://tester@127.0.0.1:{port}"  # without a database name
        self._options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={self._folder}"
        self._binaries = binaries
        self._run("initdb", "-D", "data", "-U", "tester", "--auth=trust", "-E", "UTF8")
        self._control("start")

    def restart(self) -> None:
        """Stop and start it as an administrator would: whoever is connected is cut off."""
        self._control("restart", "-m", "fast")

    def stop(self) -> None:
        """End it and leave nothing of it."""
        self._control("stop", "-m", "immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, *what: str) -> None:
        options = f"{self._options} -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-o", options, "-l", "log", "-w", *what)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._binaries / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)


def new_database(server: str) -> str:
    """Make a new, empty database on a server; return its URL."""
    import psycopg

    name = f"ledger_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


@contextmanager
def own_postgresql() -> Iterator[PostgreSQL]:
    """A new server; skips or fails where PostgreSQL is missing."""
    binaries = _binaries()
    if binaries is None:
        missing("PostgreSQL")
        return
    server = PostgreSQL(binaries)
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
