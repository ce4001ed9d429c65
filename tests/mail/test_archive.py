"""Mails looked for on a real IMAP server: found by their exact Message-ID, and nothing changed by looking."""

import imaplib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from scheduler.errors import DeliveryError
from scheduler.mail.archive import Archive, ImapArchive, ImapSettings
from scheduler.mail.body import Body, Paragraph
from scheduler.mail.message import Letter, compose, message_id

from .imap import PASSWORD, Dovecot, ScriptedImap

ID = "<f38348fe-0de3-5c3c-b01d-549da5438044@example.it>"
MAIL = f"Message-ID: {ID}\r\nSubject: prova\r\n\r\nCiao.\r\n".encode()

ScriptedImaps = Callable[..., ScriptedImap]


@pytest.fixture
def user() -> str:
    return f"u{uuid4().hex}"


@pytest.fixture
def settings(imap_server: Dovecot, ca_file: Path, user: str) -> ImapSettings:
    return ImapSettings("localhost", imap_server.tls, "ssl", user, PASSWORD, ca_file=ca_file, timeout_seconds=10.0)


def error_of(archive: Archive) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        archive.check()
    assert (caught.value.permanent, caught.value.after_dot) == (False, False)
    return caught.value


@pytest.mark.parametrize("security", ["ssl", "starttls", "none"])
def test_finds_a_mail_by_its_id(imap_server: Dovecot, settings: ImapSettings, user: str, security: Any) -> None:
    port = imap_server.tls if security == "ssl" else imap_server.plain
    archive = ImapArchive(replace(settings, security=security, port=port))
    archive.check()
    assert not archive.holds(ID)
    imap_server.keep(user, MAIL)
    assert archive.holds(ID)
    assert not archive.holds(ID.replace("f", "e"))


@pytest.mark.parametrize(
    ("header", "held"),
    [
        (f"Message-ID: {ID}", True),
        (f"message-id:{ID}", True),
        (f"Message-ID:\r\n {ID}", True),
        (f"Message-ID: {ID} {ID}", False),
        (f"Message-ID: <other@example.it> {ID}", False),
        (f"Message-ID: <{ID}>", False),
        (f"Message-ID: {ID.upper()}", False),
        (f"In-Reply-To: {ID}", False),
        (f"Subject: {ID}", False),
    ],
)
def test_the_id_must_be_exactly_the_same(
    imap_server: Dovecot, settings: ImapSettings, user: str, header: str, held: bool
) -> None:
    imap_server.keep(user, f"{header}\r\n\r\n{ID}\r\n".encode())
    assert ImapArchive(settings).holds(ID) is held


def test_a_mail_among_others_that_look_like_it(imap_server: Dovecot, settings: ImapSettings, user: str) -> None:
    for header in (f"x {ID}", ID, ID, f"<x>{ID}"):
        imap_server.keep(user, MAIL.replace(ID.encode(), header.encode(), 1))
    assert ImapArchive(settings).holds(ID)


@pytest.mark.parametrize("odd", ['<a"b@x>', "<a\\b@x>", "<a\\@x>", "<*%{3}(@x>", "<a@[10.0.0.1]>"])
def test_odd_ids_are_quoted(imap_server: Dovecot, settings: ImapSettings, user: str, odd: str) -> None:
    archive = ImapArchive(settings)
    imap_server.keep(user, MAIL)
    assert not archive.holds(odd)
    imap_server.keep(user, MAIL.replace(ID.encode(), odd.encode()))
    assert archive.holds(odd)


@pytest.mark.parametrize("malformed", ["", "a@b", "<>", "<a b@c>", "<a@b>\r\nX LOGOUT", "<à@b>", '<a@b> "x'])
def test_an_id_that_is_none_is_the_caller_s_mistake(malformed: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        ImapArchive(ImapSettings("localhost", 1, "none", "utente", "segreta-42")).holds(malformed)


def test_finds_what_we_compose(imap_server: Dovecot, settings: ImapSettings, user: str) -> None:
    identity = message_id("costi-personale-annuale/2025/reminder-7d", "città.it", "w1")
    letter = Letter("a@example.it", ("b@example.it",), "Promemoria", Body((Paragraph("è ora"),)))
    imap_server.keep(user, compose(letter, message_id=identity, sent_at=datetime(2025, 1, 1, tzinfo=UTC), lang="it"))
    assert ImapArchive(settings).holds(identity)


@pytest.mark.parametrize(
    ("name", "on_the_wire"),
    [
        ("Sent", '"Sent"'),
        ("Posta inviata", '"Posta inviata"'),
        ("Inviate – città & C", '"Inviate &IBM- citt&AOA- &- C"'),
        ('dette "inviate"', '"dette \\"inviate\\""'),
        ("📤", '"&2D3c5A-"'),
    ],
)
def test_looks_into_the_folder_named(
    imap_server: Dovecot, settings: ImapSettings, user: str, name: str, on_the_wire: str
) -> None:
    imap_server.keep(user, MAIL, on_the_wire)
    assert ImapArchive(replace(settings, folder=name)).holds(ID)
    assert not ImapArchive(settings).holds(ID)


def test_nothing_is_changed_by_looking(imap_server: Dovecot, settings: ImapSettings, user: str) -> None:
    imap_server.keep(user, MAIL)
    assert ImapArchive(settings).holds(ID)
    with imaplib.IMAP4("127.0.0.1", imap_server.plain, timeout=10) as client:
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
        assert client.status("INBOX", "(MESSAGES UNSEEN RECENT)")[1] == [b"INBOX (MESSAGES 1 RECENT 1 UNSEEN 1)"]


def test_threads_may_ask_at_once(imap_server: Dovecot, settings: ImapSettings, user: str) -> None:
    imap_server.keep(user, MAIL)
    archive = ImapArchive(settings)
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(archive.holds, [ID] * 8))


def test_a_wrong_password_is_told_without_it(settings: ImapSettings, caplog: pytest.LogCaptureFixture) -> None:
    archive = ImapArchive(replace(settings, password="sbagliata-99"))
    error = error_of(archive)
    assert "non accetta utente e password ([AUTHENTICATIONFAILED]" in str(error)
    assert "IMAP_PASSWORD" in error.problems[0].remedy
    for place in (str(error), repr(error), repr(archive.settings), repr(vars(archive)), caplog.text):
        assert "sbagliata-99" not in place


def test_an_unknown_folder_is_named(settings: ImapSettings) -> None:
    error = error_of(ImapArchive(replace(settings, folder="Inviatà"), "en"))
    assert "the folder “Inviatà” cannot be opened on the IMAP server (" in str(error)
    assert error.problems[0].where == settings.where


@pytest.mark.parametrize("security", ["ssl", "starttls"])
@pytest.mark.parametrize("fault", ["name", "authority"])
def test_a_wrong_certificate_is_refused(
    imap_server: Dovecot, settings: ImapSettings, security: Any, fault: str
) -> None:
    port = imap_server.tls if security == "ssl" else imap_server.plain
    wrong: dict[str, Any] = {"host": "127.0.0.1"} if fault == "name" else {"ca_file": None}
    error = error_of(ImapArchive(replace(settings, security=security, port=port, **wrong)))
    assert ("è di un altro server" if fault == "name" else "non è affidabile") in str(error)
    assert "la password non è stata inviata" in error.problems[0].remedy


def test_an_expired_certificate_is_refused(
    scripted_imap: ScriptedImaps, expired: ssl.SSLContext, ca_file: Path
) -> None:
    server = scripted_imap(tls=expired)
    error = error_of(
        ImapArchive(ImapSettings("localhost", server.port, "ssl", "utente", "segreta-42", ca_file=ca_file))
    )
    assert "non è affidabile (certificate has expired)" in str(error)
    server.stop()
    assert server.commands == []


@pytest.mark.parametrize("text", [None, "non è PEM"])
def test_an_unusable_ca_file_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    assert str(path) in str(
        error_of(ImapArchive(ImapSettings("localhost", 1, "ssl", "utente", "segreta-42", ca_file=path)))
    )


def test_tls_where_the_server_speaks_none(imap_server: Dovecot, settings: ImapSettings) -> None:
    assert "TLS con il server IMAP non è riuscita" in str(
        error_of(ImapArchive(replace(settings, port=imap_server.plain)))
    )
