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


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL of our own, on a port of its own; the URL of its server without a database name."""
    binaries = _binaries()
    if binaries is None:
        missing("PostgreSQL")
        return
    folder = Path(tempfile.mkdtemp(prefix="scadenzario-pg-"))
    as_user: list[str] = []
    if getpass.getuser() == "root":  # PostgreSQL refuses to run as root
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, log = folder / "data", folder / "log"
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    run = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run([*as_user, binaries / "initdb", "-D", data, "-U", "tester", "--auth=trust", "-E", "UTF8"], **run)
    start = [*as_user, binaries / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start"]
    subprocess.run(start, **run)
    yield f"postgresql://tester@127.0.0.1:{port}"
    subprocess.run([*as_user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)
    shutil.rmtree(folder, ignore_errors=True)


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
    import psycopg

    name = f"ledger_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{postgresql_server}/{name}"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The shipped workspace, copied."""
    folder = tmp_path / "office"
    folder.mkdir()
    for part in ("templates", "data"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy2(ROOT / "deadlines.yaml", folder)
    return folder
