"""A workspace in trouble: commands in processes of their own, a mail server that says no, and a running service."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mail.servers import Inbox, mail_server
from tests.processes import Forked, run

PATIENCE = 60.0  # seconds; only how long a test waits before it gives up
NOW = ("--now", "2025-02-10T09:00")


@dataclass
class Office:
    """A workspace and the environment of its commands."""

    workspace: Path
    environ: dict[str, str] = field(default_factory=dict)
    service: int = 0  # the process id of the one that runs

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command."""
        return run((*arguments, "--workspace", self.workspace), self.environ)

    def json(self, *arguments: str) -> Any:
        """Run one command with `--json` and return what it prints."""
        return json.loads(self.command(*arguments, "--json").stdout)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Run the service and yield its address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        line = ["run", *NOW, "--workspace", str(self.workspace)]
        log = self.workspace.parent / "run.log"
        process = Forked(line, {**self.environ, "SCADENZARIO_LISTEN": address}, log)
        self.service = process.pid
        try:
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)

    def reread(self) -> None:
        """Have the service read its files again at once."""
        os.kill(self.service, signal.SIGHUP)

    @property
    def log(self) -> str:
        """What the service has said."""
        return (self.workspace.parent / "run.log").read_text("utf-8")


@contextmanager
def office_with_server(workspace: Path, inbox: Inbox) -> Iterator[Office]:
    """Give a workspace whose mails go to a real server."""
    with mail_server(inbox) as port:
        environ = {
            "SCADENZARIO_SMTP_HOST": "127.0.0.1",
            "SCADENZARIO_SMTP_PORT": str(port),
            "SCADENZARIO_SMTP_SECURITY": "none",
            "SCADENZARIO_MAIL_FROM": "scadenzario@cmm.example",
        }
        yield Office(workspace, environ)


def get(address: str, path: str) -> tuple[int, str]:
    """Ask a running service; 0 while it does not listen yet."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def until(found: Callable[[], bool]) -> bool:
    """Wait until something is so; False where it never is."""
    deadline = time.monotonic() + PATIENCE
    while not found():
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True
