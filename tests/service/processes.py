"""Real `scadenzario run` processes, a mail server they send to, and what their ledger says."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

import psycopg

from tests.conftest import missing
from tests.mail.servers import Inbox
from tests.processes import Forked, executed, tell
from tests.service.offices import NOW
from tests.service.waiting import PATIENCE, Found, wait_for

SQLITE = "var/ledger.sqlite3"
SENDER = "scadenzario@ente.example"


def smtp(port: int) -> dict[str, str]:
    """The settings of a plain mail server on this machine."""
    return {
        "SCADENZARIO_SMTP_HOST": "127.0.0.1",
        "SCADENZARIO_SMTP_PORT": str(port),
        "SCADENZARIO_SMTP_SECURITY": "none",
        "SCADENZARIO_MAIL_FROM": SENDER,
    }


class Service:
    """One process of the service; its words and log go to a file."""

    def __init__(
        self,
        workspace: Path,
        environ: Mapping[str, str] = {},
        now: str = NOW,
        before: Sequence[str] = (),
        lease: float = 0,
    ) -> None:
        """Start `run`, or with a lease (seconds) the same with short pauses; see `node_process`.

        `before`: a program that starts the service, such as strace with its options.
        """
        count = len(list(workspace.parent.glob("*.log")))
        self.log = workspace.parent / f"{workspace.name}-{count}.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        environ = {"SCADENZARIO_LISTEN": self.address, **environ}
        ours = ["scheduler", "run", "--workspace", str(workspace), "--now", now]
        if lease:
            ours = ["tests.service.node_process", str(workspace), now, str(lease)]
        self.log.touch()
        self.process: Forked | subprocess.Popen[bytes]
        if before:
            self.process = executed([*before, sys.executable, "-m", *ours], environ, self.log)
        else:
            self.process = Forked(ours[1:], environ, self.log, module=ours[0])

    @property
    def said(self) -> str:
        """All it has printed and logged."""
        return self.log.read_text("utf-8", "replace")

    def wait_for(self, condition: Callable[[], Found]) -> Found:
        """Wait for a condition while the process lives."""

        def checked() -> Found:
            found = condition()
            assert found or self.process.poll() is None, self.said
            return found

        return wait_for(checked, lambda: self.said)

    def wait_until_said(self, words: str) -> str:
        """Wait for words; return all that was said."""
        self.wait_for(lambda: words in self.said)
        return self.said

    def tell(self, number: int) -> None:
        """Send a signal, also to what started it."""
        tell(self.process, number)

    def kill(self) -> None:
        """End it, and what started it, as a power cut would."""
        if self.process.poll() is None:
            tell(self.process, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        if self.process.poll() is None:
            self.tell(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; return its exit code."""
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(self.said) from None


@dataclass(frozen=True)
class MailRow:
    """A mail as the ledger knows it."""

    message_id: str
    action_key: str
    state: str
    ambiguous: bool
    attempts: int


@dataclass(frozen=True)
class ActionRow:
    """An action as the ledger knows it."""

    key: str
    outcome: str
    attempts: int
    claim: str


@dataclass(frozen=True)
class LedgerFile:
    """What a ledger says, read past the service's own code."""

    place: Path | str  # a workspace, or the URL of a database

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query; none where there is no ledger yet."""
        if isinstance(self.place, str):
            with psycopg.connect(self.place) as server:
                try:
                    return server.execute(sql).fetchall()
                except psycopg.errors.UndefinedTable:
                    return []
        if not (self.place / SQLITE).exists():
            return []
        connection = sqlite3.connect(self.place / SQLITE, timeout=10)
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise
        finally:
            connection.close()

    def mails(self) -> list[MailRow]:
        """Return the mails, in the order they were planned."""
        wanted = "message_id, action_key, state, ambiguous, attempts"
        return [MailRow(*row) for row in self.rows(f"SELECT {wanted} FROM ledger_delivery ORDER BY id")]  # noqa: S608

    def actions(self) -> list[ActionRow]:
        """Return the actions."""
        wanted = "action_key, outcome, attempts, claim"
        return [ActionRow(*row) for row in self.rows(f"SELECT {wanted} FROM ledger_performance ORDER BY 1")]  # noqa: S608

    def sent(self) -> int:
        """Return how many mails are sent."""
        return sum(mail.state == "sent" for mail in self.mails())

    def is_settled(self, actions: int) -> bool:
        """Tell whether so many actions are performed, no other one is owed, and every mail is sent."""
        performed = [row.outcome for row in self.actions()] == ["performed"] * actions
        return performed and self.sent() == len(self.mails()) >= actions

    def is_whole(self) -> bool:
        """Let SQLite check its file."""
        return self.rows("PRAGMA integrity_check") == [("ok",)] and self.rows("PRAGMA foreign_key_check") == []


@dataclass
class Sink(Inbox):
    """A mail server's inbox that tells a test of each mail before it answers."""

    before_reply: Callable[[str], str | None] = field(default=lambda message_id: None)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        reply = self.before_reply(message_id_of(bytes(envelope.content)))
        if reply:
            return reply
        return await super().handle_DATA(server, session, envelope)

    @property
    def arrived(self) -> Counter[str]:
        """How often each Message-ID has been taken."""
        return Counter(message_id_of(mail.content) for mail in self.mails)


def message_id_of(content: bytes) -> str:
    """Return a mail's Message-ID."""
    return str(BytesHeaderParser().parsebytes(content)["Message-ID"])


def outbox(workspace: Path) -> Counter[str]:
    """Return how often each Message-ID is in the Maildir."""
    files = (workspace / "var/outbox/new").glob("*")
    return Counter(message_id_of(path.read_bytes()) for path in files)


def assert_nothing_lost_or_repeated(ledger: LedgerFile, arrived: Counter[str], actions: int) -> None:
    """Hold the ledger against what arrived: every action performed and mailed once, or flagged."""
    mails = [mail for mail in ledger.mails() if "/trouble-" not in mail.action_key]
    assert [row.outcome for row in ledger.actions()] == ["performed"] * actions
    assert sorted(mail.action_key for mail in mails) == [row.key for row in ledger.actions()], "one mail for an action"
    assert {mail.state for mail in mails} == {"sent"}
    assert set(arrived) == {mail.message_id for mail in ledger.mails()}, "nothing lost"
    flagged = {mail.message_id for mail in ledger.mails() if mail.ambiguous}
    assert {name for name, count in arrived.items() if count > 1} <= flagged, "nothing repeated without a flag"


def strace(trace: Path, inject: str, *paths: Path) -> list[str]:
    """Return how to start a program with a fault in a system call (of any file, or of those paths alone)."""
    if shutil.which("strace") is None:
        missing("strace")
    call = inject.split(":")[0]
    only = [option for path in paths for option in ("-P", str(path))]
    faster = [] if ":signal=" in inject else ["--seccomp-bpf"]  # with which no signal arrives
    return ["strace", "-f", *faster, "-o", str(trace), "-e", f"trace={call}", "-e", f"inject={inject}", *only]


def injected(trace: Path) -> bool:
    """Tell whether the fault has come about."""
    return trace.exists() and "INJECTED" in trace.read_text("utf-8", "replace")


def assert_plain_words(said: str) -> None:
    """No trace of the code in what the user sees."""
    assert "Traceback" not in said, said
    assert not re.search(r"^\s+File \"", said, re.MULTILINE), said
