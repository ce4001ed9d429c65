"""Real mail servers on this machine: aiosmtpd with TLS and logins, and one that misbehaves as told."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "cpi-scadenze", "segreta-42"


@dataclass(frozen=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    peer: object  # the client's address and port: one for each connection


@dataclass
class Inbox:
    """What a server does with mails, and the mails it has taken."""

    refusals: dict[str, str] = field(default_factory=dict)
    final_reply: str = "250 2.0.0 Ok: queued as 4711"
    login_wanted: bool = False
    mails: list[Mail] = field(default_factory=list)
    logins: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.login_wanted and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 2.1.0 Ok"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.final_reply.startswith("2"):
            mail = Mail(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content), session.peer)
            self.mails.append(mail)
        return self.final_reply

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        self.logins.append((mechanism, data.login))
        success = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=success, handled=False)


@contextmanager
def mail_server(inbox: Inbox, *, implicit_tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    """Serve the inbox on a free port of 127.0.0.1 and yield the port."""
    loop = asyncio.new_event_loop()
    protocols: list[SMTP] = []

    def protocol() -> SMTP:
        protocols.append(SMTP(inbox, hostname="posta.prova", loop=loop, authenticator=inbox.authenticate, **options))
        return protocols[-1]

    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0, ssl=implicit_tls))
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_wind_up(server, protocols), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _wind_up(server: asyncio.Server, protocols: Sequence[SMTP]) -> None:
    server.close()
    for protocol in protocols:
        if isinstance(protocol.transport, asyncio.WriteTransport):
            protocol.transport.abort()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class Hang:
    """The server says nothing more until the test is over."""


class Close:
    """The server closes the connection."""


Action = str | type[Hang] | type[Close] | Callable[[socket.socket], None]


class ScriptedServer:
    """A mail server that answers each verb (and BANNER, BODY, DOT) with the script's next action, else politely.

    The last action of a verb is repeated. A callable does what it likes with the connection, which is then closed.
    """

    polite: Mapping[str, str] = {
        "BANNER": "220 posta.prova ESMTP",
        "EHLO": "250 posta.prova",
        "DATA": "354 go on",
        "QUIT": "221 bye",
    }

    def __init__(self, script: Mapping[str, Sequence[Action]]) -> None:
        self.script = {verb: list(actions) for verb, actions in script.items()}
        self.commands: list[str] = []
        self.complete: list[bytes] = []  # bodies as they crossed the line, with the final dot
        self.broken: list[bytes] = []  # bodies that ended without it
        self.connections = 0
        self._over = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        """End all connections, and wait until everything that crossed the line is on record."""
        if self._over.is_set():
            return
        self._over.set()
        # closing alone does not wake a thread that is in accept()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(5)
            self._threads.append(Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            try:
                going = self._act("BANNER", connection)
                while going and (line := lines.readline()):
                    self.commands.append(line.decode().strip())
                    verb = line.split()[0].decode().upper()
                    going = self._act(verb, connection)
                    if going and verb == "DATA":
                        going = self._take_body(connection, lines)
                    going = going and verb != "QUIT"
            except OSError:
                return

    def _take_body(self, connection: socket.socket, lines: Any) -> bool:
        if "BODY" in self.script:
            return self._act("BODY", connection)
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            if not (line := lines.readline()):
                self.broken.append(body)
                return False
            body += line
        self.complete.append(body)
        return self._act("DOT", connection)

    def _act(self, verb: str, connection: socket.socket) -> bool:
        actions = self.script.get(verb) or [None]
        action = actions.pop(0) if len(actions) > 1 else actions[0]
        if action is None or isinstance(action, str):
            connection.sendall(f"{self._said(verb, action)}\r\n".encode())
            return True
        if action is Hang:
            self._over.wait(10)
        elif action is not Close:
            action(connection)  # type: ignore[call-arg]
        return False

    def _said(self, verb: str, action: str | None) -> str:
        return self.polite.get(verb, "250 ok") if action is None else action
