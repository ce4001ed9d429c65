"""IMAP servers that hang, hang up, refuse or talk nonsense at every command; and what is never told about a login."""

import re
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scheduler.errors import DeliveryError
from scheduler.mail.archive import ImapArchive, ImapSettings

from .imap import ScriptedImap
from .servers import Action, Close, Hang

ID = "<a@example.it>"
FOUND = {"SEARCH": ["* SEARCH 7\r\nTAG OK done"]}
HEADER = f"Message-ID: {ID}\r\n\r\n"
HELD = {"FETCH": [f"* 1 FETCH (UID 7 BODY[HEADER.FIELDS (MESSAGE-ID)] {{{len(HEADER)}}}\r\n{HEADER})\r\nTAG OK done"]}
PLAIN = {"CAPABILITY": ["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done"]}
STARTTLS = {"CAPABILITY": ["* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done"]}
STEPS = {"BANNER": "CONNECT", "CAPABILITY": "CONNECT"}  # the others are named as their command

Scripted = Callable[..., ScriptedImap]


def archive_at(server: ScriptedImap, **changes: Any) -> ImapArchive:
    usual = {"security": "none", "user": "utente", "password": "segreta-42", "timeout_seconds": 0.2}
    return ImapArchive(ImapSettings("127.0.0.1", server.port, **usual | changes))


def fault(server: ScriptedImap, **changes: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        archive_at(server, **changes).holds(ID)
    server.stop()
    assert (caught.value.permanent, caught.value.after_dot) == (False, False)
    assert caught.value.problems[0].where == f"127.0.0.1:{server.port}"
    assert "segreta-42" not in repr(caught.value)
    return caught.value


def test_the_polite_server_holds_the_mail(scripted_imap: Scripted) -> None:
    server = scripted_imap(**FOUND, **HELD)
    assert archive_at(server).holds(ID)
    server.stop()
    assert [line.split(maxsplit=1)[1] for line in server.commands] == [
        "CAPABILITY",
        'LOGIN "utente" "segreta-42"',
        'EXAMINE "INBOX"',
        f'UID SEARCH HEADER Message-ID "{ID}"',
        "UID FETCH 7 (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])",
        "LOGOUT",
    ]


@pytest.mark.parametrize("command", ["BANNER", "CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH"])
@pytest.mark.parametrize(("action", "words"), [(Hang, "non ha risposto in tempo"), (Close, "ha chiuso la connessione")])
def test_silence_at_every_command(scripted_imap: Scripted, command: str, action: Action, words: str) -> None:
    error = fault(scripted_imap(**FOUND | {command: [action]}))
    assert f"{words} ({STEPS.get(command, command)})" in str(error)


@pytest.mark.parametrize(("action", "words"), [(Hang, "non ha risposto in tempo"), (Close, "ha chiuso la connessione")])
def test_silence_at_the_other_way_to_log_in(scripted_imap: Scripted, action: Action, words: str) -> None:
    assert f"{words} (LOGIN)" in str(fault(scripted_imap(**PLAIN, AUTHENTICATE=[action])))


@pytest.mark.parametrize("command", ["BANNER", "CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH"])
def test_a_farewell_at_every_command(scripted_imap: Scripted, command: str) -> None:
    error = fault(scripted_imap(**FOUND | {command: ["* BYE too many connections"]}))
    if command == "CAPABILITY":  # imaplib asks for it while it opens, and keeps the words to itself
        assert "ha risposto in modo incomprensibile (CONNECT)" in str(error)
    else:
        assert "too many connections" in str(error)
        assert f"({STEPS.get(command, command)}: " in str(error)


@pytest.mark.parametrize("command", ["BANNER", "CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH"])
@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "boh",
        "220 posta.prova ESMTP",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "* X {999999999999999999999999999999}",
        "* X {99999999999}",
        "TAG BAD what?",
        "ZZZ1 OK not your tag",
        "* " + "x" * 1_100_000,
    ],
    ids=lambda text: text[:20],
)
def test_nonsense_at_every_command(scripted_imap: Scripted, command: str, nonsense: str) -> None:
    fault(scripted_imap(**FOUND | {command: [nonsense]}))


def test_capabilities_that_are_no_words(scripted_imap: Scripted) -> None:
    assert "incomprensibile (CONNECT)" in str(fault(scripted_imap(CAPABILITY=["* CAPABILITY è\r\nTAG OK done"])))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("LOGIN", "non accetta utente e password (not today)"),
        ("EXAMINE", "la cartella «INBOX» non si può aprire sul server IMAP (not today)"),
        ("SEARCH", "non esegue la richiesta (SEARCH: not today)"),
        ("FETCH", "non esegue la richiesta (FETCH: not today)"),
    ],
)
def test_a_refusal_is_told_in_the_server_s_words(scripted_imap: Scripted, command: str, words: str) -> None:
    assert words in str(fault(scripted_imap(**FOUND | {command: ["TAG NO not today"]})))


@pytest.mark.parametrize(
    ("search", "fetch"),
    [
        ("TAG OK no answer", "TAG OK done"),
        ("* SEARCH\r\nTAG OK done", "TAG OK done"),
        ("* SEARCH 7 8\r\n* SEARCH 9\r\nTAG OK done", "TAG OK gone by now"),
        ("* SEARCH 7\r\nTAG OK done", "* 1 FETCH (UID 7)\r\nTAG OK done"),
        ("* SEARCH 7\r\nTAG OK done", '* 1 FETCH (UID 7 BODY[HEADER.FIELDS (MESSAGE-ID)] "")\r\nTAG OK done'),
    ],
)
def test_a_mail_that_is_not_there(scripted_imap: Scripted, search: str, fetch: str) -> None:
    assert not archive_at(scripted_imap(SEARCH=[search], FETCH=[fetch])).holds(ID)


@pytest.mark.parametrize("action", [Hang, Close, "boh", "TAG BAD no"])
def test_a_rude_farewell_does_not_change_the_answer(scripted_imap: Scripted, action: Action) -> None:
    assert archive_at(scripted_imap(**FOUND, **HELD, LOGOUT=[action])).holds(ID)


@pytest.mark.parametrize("action", [Hang, Close, "TAG NO not now", "TAG OK go on\r\nnot TLS at all"])
def test_starttls_that_fails_sends_no_password(scripted_imap: Scripted, action: Action) -> None:
    server = scripted_imap(**STARTTLS, STARTTLS=[action])
    fault(server, security="starttls")
    assert not [line for line in server.commands if "LOGIN" in line]


@pytest.mark.parametrize("banner", ["* OK ready", "* PREAUTH come in"])
def test_tls_is_never_given_up_silently(scripted_imap: Scripted, banner: str) -> None:
    server = scripted_imap(BANNER=[banner])
    assert "non offre STARTTLS" in str(fault(server, security="starttls"))
    server = scripted_imap(BANNER=[banner], **STARTTLS, STARTTLS=["TAG NO no"])
    fault(server, security="starttls")
    assert not [line for line in server.commands if "LOGIN" in line or "EXAMINE" in line]


def test_a_silent_server_hangs_no_handshake(scripted_imap: Scripted) -> None:
    assert "non ha risposto in tempo (CONNECT)" in str(fault(scripted_imap(BANNER=[Hang]), security="ssl"))


def test_an_early_welcome_needs_no_login(scripted_imap: Scripted) -> None:
    server = scripted_imap(BANNER=["* PREAUTH come in"])
    assert not archive_at(server).holds(ID)
    server.stop()
    assert not [line for line in server.commands if "LOGIN" in line]


def test_a_login_that_wants_tls_is_not_tried(scripted_imap: Scripted) -> None:
    server = scripted_imap(CAPABILITY=["* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK done"])
    assert "non ammette l'accesso senza TLS" in str(fault(server))
    assert [line.split()[1] for line in server.commands] == ["CAPABILITY"]


@pytest.mark.parametrize("password", ["perché-42", "a\r\nX LOGOUT", "a\0b"])
def test_a_login_that_cannot_be_written_is_not_tried(scripted_imap: Scripted, password: str) -> None:
    server = scripted_imap()
    error = fault(server, password=password)
    assert "contengono segni" in str(error)
    assert password not in repr(error)
    assert [line.split()[1] for line in server.commands] == ["CAPABILITY"]


def test_user_and_password_are_quoted(scripted_imap: Scripted) -> None:
    server = scripted_imap()
    archive_at(server, user='l\'"ufficio" \\', password='a"b\\c d').holds(ID)
    server.stop()
    assert server.commands[1].split(maxsplit=2)[2] == '"l\'\\"ufficio\\" \\\\" "a\\"b\\\\c d"'


def _repeat_the_login(answer: str) -> Callable[[socket.socket], None]:
    """Ask for the secret of AUTHENTICATE, and put the line that comes into the answer."""

    def act(connection: socket.socket) -> None:
        connection.sendall(b"+ \r\n")
        line = connection.recv(1000).decode().strip()
        connection.sendall(f"{answer.replace('LINE', line)}\r\n".encode())
        connection.recv(1000)

    return act


@pytest.mark.parametrize("answer", ["{tag} NO not LINE", "{tag} BAD not LINE", "* BYE not LINE", "* BAD LINE\r\nLINE"])
def test_a_server_that_repeats_a_secret_does_not_get_it_into_an_error(scripted_imap: Scripted, answer: str) -> None:
    secret = "AHV0ZW50ZQBzZWdyZXRhLTQy"  # as AUTHENTICATE PLAIN sends it

    def act(connection: socket.socket) -> None:
        tag = server.commands[-1].split()[0]
        _repeat_the_login(answer.format(tag=tag))(connection)

    server = scripted_imap(**PLAIN, AUTHENTICATE=[act])
    assert secret not in repr(fault(server))
    assert len(server.commands) == 2


@pytest.mark.parametrize("password", ["segreta-42", 'con "virgolette" \\ e altro', "l'apostrofo \" \\"])
@pytest.mark.parametrize("answer", ["TAG NO not {}", "TAG BAD not {}", "* BYE not {}", "{}", "* BAD {}\r\n* {}"])
def test_a_server_that_repeats_the_password(scripted_imap: Scripted, password: str, answer: str) -> None:
    quoted = password.replace("\\", "\\\\").replace('"', '\\"')
    for form in (password, quoted):
        error = fault(scripted_imap(LOGIN=[answer.replace("{}", form)]), password=password)
        for told in (str(error), *(problem.what for problem in error.problems)):
            assert password not in told
            assert quoted not in told
            assert repr(password)[1:-1] not in told


def test_answers_cannot_forge_lines_of_a_log(scripted_imap: Scripted) -> None:
    assert re.search(r"SEARCH: bad \[31m news", str(fault(scripted_imap(SEARCH=["TAG NO bad\x1b[31m  news"]))))


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DeliveryError, match="il server IMAP rifiuta la connessione"):
        ImapArchive(ImapSettings("127.0.0.1", port, "none", "utente", "segreta-42")).check()


@pytest.mark.parametrize("host", ["imap..example.it", "x" * 64 + ".example.it"])
def test_a_host_that_is_no_name(host: str) -> None:
    with pytest.raises(DeliveryError, match="IMAP_HOST"):
        ImapArchive(ImapSettings(host, 143, "none", "utente", "segreta-42")).check()


def test_a_line_that_breaks_under_tls(
    scripted_imap: Scripted, certificate: Callable[[str], ssl.SSLContext], ca_file: Path
) -> None:
    server = scripted_imap(tls=certificate("localhost"), EXAMINE=[Close])
    settings = ImapSettings("localhost", server.port, "ssl", "utente", "segreta-42", ca_file=ca_file)
    with pytest.raises(DeliveryError, match=r"ha chiuso la connessione \(EXAMINE\)"):
        ImapArchive(settings).check()
