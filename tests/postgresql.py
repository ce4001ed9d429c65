"""A real PostgreSQL of our own, for tests and measurements."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path


def installed() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


class PostgreSQL:
    """A server of our own, on a port of its own."""

    def __init__(self, binaries: Path, options: str = "") -> None:
        """Start it; `options` are of the server's own command line."""
        self._folder = Path(tempfile.mkdtemp(prefix="scadenzario-pg-"))
        self._as_user: list[str] = []
        if getpass.getuser() == "root":  # PostgreSQL refuses to run as root
            self._as_user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(self._folder, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"postgresql://tester@127.0.0.1:{port}"  # without a database name
        where = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={self._folder}"
        self._options = f"{where} {options}"
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
        self._run("pg_ctl", "-D", "data", "-o", self._options, "-l", "log", "-w", *what)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._binaries / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)


def new_database(server: str, template: str = "template1") -> str:
    """Make a new database on a server, empty or as another one that nobody is connected to; return its URL."""
    import psycopg

    name = f"ledger_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"{server}/{name}"
