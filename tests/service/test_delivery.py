"""From a due milestone to a mail at a real server with TLS and AUTH, on both databases; and what it may refuse."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from scheduler.app import App
from scheduler.core.ledger import Act, ActKind, DeliveryState
from scheduler.ledger import database
from scheduler.service.simulate import FalseClock
from scheduler.settings import read_settings

NOW = datetime(2025, 2, 10, 8, 0, tzinfo=UTC)
USER, PASSWORD = "scadenzario", "segreto"


class Mailbox:
    """A server's handler that keeps what it accepts and answers what it is told to."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.replies: dict[str, str] = {}  # recipient -> reply
        self.at_dot = "250 OK"

    async def handle_RCPT(  # noqa: N802  (the server's own name for it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.replies.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.at_dot.startswith("250"):
            self.mails.append(envelope)
        return self.at_dot


class MuteServer:
    """An SMTP server that takes a whole mail and hangs up instead of answering."""

    def __init__(self) -> None:
        self.dots = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> MuteServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: BinaryIO) -> None:
        connection.sendall(b"220 mute\r\n")
        data = False
        for line in lines:
            if data:
                if line == b".\r\n":
                    self.dots += 1
                    return
                continue
            data = line.upper().startswith(b"DATA")
            connection.sendall(b"354 go\r\n" if data else b"250 ok\r\n")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def environ(mailbox: Mailbox, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of a server that wants STARTTLS and a login, with a certificate of its own authority."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    (tmp_path / "password").write_text(PASSWORD, "ascii")

    def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right)

    with socket.socket() as probe:  # the controller wants to know its port beforehand
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(
        mailbox, "127.0.0.1", port, tls_context=context, require_starttls=True, authenticator=login, auth_required=True
    )
    controller.start()
    yield {
        "SCADENZARIO_SMTP_HOST": "localhost",
        "SCADENZARIO_SMTP_PORT": str(port),
        "SCADENZARIO_SMTP_USER": USER,
        "SCADENZARIO_SMTP_PASSWORD_FILE": str(tmp_path / "password"),
        "SCADENZARIO_SMTP_CA_FILE": str(tmp_path / "ca.pem"),
        "SCADENZARIO_MAIL_FROM": "Scadenzario <scadenzario@cmm.example>",
    }
    controller.stop()


@pytest.fixture
def clock() -> FalseClock:
    return FalseClock(NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, workspace: Path, environ: dict[str, str], clock: FalseClock) -> Iterator[App]:
    settings = read_settings(environ, workspace)
    if request.param == "postgresql":
        settings = replace(settings, database_url=request.getfixturevalue("postgresql_url"))
    app = App(settings, clock)
    yield app
    database.close(app.store.alias)


def test_drafts_and_reminders_reach_the_server_once(app: App, mailbox: Mailbox, clock: FalseClock) -> None:
    report = app.sweeper.sweep()
    assert {mail.state for mail in report.mails} == {DeliveryState.SENT}
    assert len(mailbox.mails) == len(report.mails) > 5
    for mail, envelope in zip(report.mails, mailbox.mails, strict=True):
        assert envelope.mail_from == "scadenzario@cmm.example"
        assert tuple(envelope.rcpt_tos) == mail.recipients
        assert envelope.original_content == app.workspace.read(mail.path), "the very bytes that were kept"
    clock.now += timedelta(minutes=5)
    assert app.sweeper.sweep().mails == ()


def test_one_refused_recipient_does_not_keep_the_mail_from_the_others(app: App, mailbox: Mailbox) -> None:
    mailbox.replies["direzione.lavoro@cmm.example"] = "550 5.1.1 no such user"
    app.sweeper.sweep()
    [mail] = [item for item in app.store.deliveries.troubled() if "costi-personale-annuale" in item.action_key]
    assert mail.state is DeliveryState.SENT
    drafts = [
        item for item in mailbox.mails if b"costi-personale-annuale-2024-v1.docx" in (item.original_content or b"")
    ]
    assert [item.rcpt_tos for item in drafts] == [["rendicontazione@cmm.example"]]


def test_a_deferred_recipient_gets_it_later_and_alone(app: App, mailbox: Mailbox, clock: FalseClock) -> None:
    mailbox.replies["direzione.lavoro@cmm.example"] = "451 4.7.1 greylisted"
    app.sweeper.sweep()
    before = len(mailbox.mails)
    mailbox.replies.clear()
    clock.now += timedelta(minutes=30)
    app.sweeper.sweep()
    assert {tuple(item.rcpt_tos) for item in mailbox.mails[before:]} == {("direzione.lavoro@cmm.example",)}
    assert app.store.deliveries.troubled() == ()


def test_a_server_that_is_busy_gets_the_same_mail_again_and_never_another(
    app: App, mailbox: Mailbox, clock: FalseClock
) -> None:
    mailbox.at_dot = "451 4.3.0 try later"
    waiting = app.sweeper.sweep().mails
    assert {mail.state for mail in waiting} == {DeliveryState.PLANNED}
    assert mailbox.mails == []
    clock.now += timedelta(minutes=1)
    assert app.sweeper.sweep().mails == (), "not before its pause is over"
    mailbox.at_dot = "250 OK"
    clock.now += timedelta(hours=1)
    sent = app.sweeper.sweep().mails
    assert [mail.message_id for mail in sent] == [mail.message_id for mail in waiting]
    assert {mail.state for mail in sent} == {DeliveryState.SENT}


def test_a_mail_that_waits_is_taken_back_when_its_deadline_is_closed(
    app: App, mailbox: Mailbox, clock: FalseClock
) -> None:
    mailbox.at_dot = "451 4.3.0 try later"
    app.sweeper.sweep()
    key = "costi-personale-annuale/2024"
    app.store.record_act(Act(ActKind.SUBMISSION, key, NOW, "anna", date(2025, 2, 10)))
    mailbox.at_dot = "250 OK"
    clock.now += timedelta(hours=1)
    app.sweeper.sweep()
    assert mailbox.mails
    states = {mail.state for mail in app.store.deliveries.all(key)}
    assert states == {DeliveryState.CANCELLED}


def test_a_final_no_is_final_and_stays_visible(app: App, mailbox: Mailbox, clock: FalseClock) -> None:
    mailbox.at_dot = "554 5.7.1 refused by policy"
    failed = app.sweeper.sweep().mails
    assert {mail.state for mail in failed} == {DeliveryState.FAILED}
    clock.now += timedelta(days=1)
    mailbox.at_dot = "250 OK"
    again = {mail.message_id for mail in app.sweeper.sweep().mails}
    assert not again & {mail.message_id for mail in failed}
    assert {mail.message_id for mail in failed} <= {mail.message_id for mail in app.store.deliveries.troubled()}


def test_a_server_that_never_answers_the_dot_gets_few_copies_and_then_a_person_looks(
    workspace: Path, clock: FalseClock
) -> None:
    with MuteServer() as server:
        environ = {
            "SCADENZARIO_SMTP_HOST": "127.0.0.1",
            "SCADENZARIO_SMTP_PORT": str(server.port),
            "SCADENZARIO_SMTP_SECURITY": "none",
            "SCADENZARIO_MAIL_FROM": "scadenzario@cmm.example",
        }
        app = App(read_settings(environ, workspace), clock)
        planned = len(app.sweeper.sweep().mails)
        for _ in range(8):
            clock.now += timedelta(hours=5)
            app.sweeper.send_ready(clock.now)
        assert server.dots == 3 * planned
        assert {mail.state for mail in app.store.deliveries.troubled()} == {DeliveryState.FAILED}
        assert all(mail.ambiguous for mail in app.store.deliveries.troubled())
        database.close(app.store.alias)
