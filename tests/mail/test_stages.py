"""Each stage of a mail's way, from the first word to the last: silence, 421, refusals that pass, and the next try."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scheduler.errors import DeliveryError
from scheduler.mail.transport import SmtpSettings, SmtpTransport

from .handing import ANNA, LUCA, MESSAGE, SARA, SENDER, settings
from .servers import PASSWORD, USER, Action, Close, Hang, Inbox, ScriptedServer

Scripted = Callable[..., ScriptedServer]
Serve = Callable[..., int]

ABILITIES = {"EHLO": ["250-posta.prova\r\n250-STARTTLS\r\n250 AUTH PLAIN"]}
LOGIN = {"user": USER, "password": PASSWORD}


def transport_to(server: ScriptedServer, **changes: Any) -> SmtpTransport:
    times: dict[str, Any] = {"security": "none", "timeout_seconds": 0.2, "dot_timeout_seconds": 0.2}
    return SmtpTransport(SmtpSettings("127.0.0.1", server.port, **times | changes))


def hand_over(transport: SmtpTransport, *recipients: str) -> Any:
    return transport.send(MESSAGE, SENDER, recipients or (ANNA,), lambda _: True)


def fault(transport: SmtpTransport) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        hand_over(transport)
    assert not caught.value.permanent
    return caught.value


def _say_yes_and_hang(connection: socket.socket) -> None:
    connection.sendall(b"220 go on\r\n")
    while connection.recv(1 << 16):
        pass


def _say_421_and_close(connection: socket.socket) -> None:
    connection.sendall(b"421 4.3.2 shutting down\r\n")


@pytest.mark.parametrize("action", [Hang, _say_yes_and_hang], ids=["command", "handshake"])
def test_silence_at_starttls(scripted: Scripted, action: Action) -> None:
    error = fault(transport_to(scripted(**ABILITIES, STARTTLS=[action]), security="starttls"))
    assert "non ha risposto in tempo (CONNECT)" in str(error)


def test_silence_at_the_handshake(scripted: Scripted) -> None:
    error = fault(transport_to(scripted(BANNER=[Hang]), security="ssl"))
    assert "non ha risposto in tempo (CONNECT)" in str(error)


@pytest.mark.parametrize(
    ("action", "words"), [(Hang, "non ha risposto in tempo (AUTH)"), (Close, "ha chiuso la connessione (AUTH)")]
)
def test_silence_at_the_login(scripted: Scripted, action: Action, words: str) -> None:
    error = fault(transport_to(scripted(**ABILITIES, AUTH=[action]), **LOGIN))
    assert words in str(error)
    assert PASSWORD not in repr(error)


def test_a_line_closed_at_starttls(scripted: Scripted) -> None:
    error = fault(transport_to(scripted(**ABILITIES, STARTTLS=[Close]), security="starttls"))
    assert "ha chiuso la connessione (CONNECT)" in str(error)


@pytest.mark.parametrize("action", ["421 4.3.2 shutting down", _say_421_and_close], ids=["stays", "closes"])
@pytest.mark.parametrize("verb", ["BANNER", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT"])
def test_421_at_every_stage_is_deferred(scripted: Scripted, verb: str, action: Action) -> None:
    server = scripted(**ABILITIES | {verb: [action]})
    changes: dict[str, Any] = {"STARTTLS": {"security": "starttls"}, "AUTH": LOGIN}.get(verb, {})
    error = fault(transport_to(server, **changes))
    assert (error.code, error.after_dot) == (421, False)
    assert "per ora" in str(error)
    server.stop()
    assert len(server.complete) == (1 if verb == "DOT" else 0)


@pytest.mark.parametrize(("action", "code"), [("421 no", 421), (_say_421_and_close, None)], ids=["stays", "closes"])
def test_421_at_the_greeting_is_deferred(scripted: Scripted, action: Action, code: int | None) -> None:
    # after a refused EHLO comes HELO, which a closed line no longer answers
    error = fault(transport_to(scripted(EHLO=[action], HELO=["421 no"])))
    assert (error.code, error.after_dot) == (code, False)


@pytest.mark.parametrize(
    ("verb", "first", "then"),
    [
        ("BANNER", "421 busy", "220 posta.prova"),
        ("AUTH", "454 4.7.0 temporary failure", "235 welcome"),
        ("MAIL", "451 later", "250 ok"),
        ("RCPT", "451 4.7.1 greylisted", "250 ok"),
        ("DATA", "451 later", "354 go on"),
        ("DOT", "451 later", "250 ok"),
        ("MAIL", Close, "250 ok"),
        ("RCPT", Hang, "250 ok"),
        ("DOT", Close, "250 ok"),
    ],
)
def test_what_failed_for_now_passes_the_next_time(scripted: Scripted, verb: str, first: Action, then: Action) -> None:
    server = scripted(**ABILITIES | {"AUTH": ["235 welcome"], verb: [first, then]})
    with transport_to(server, **LOGIN) as transport:
        assert fault(transport).after_dot is (verb == "DOT" and first is Close)
        assert hand_over(transport).accepted == (ANNA,)
    server.stop()
    assert server.connections == 2
    assert server.complete[-1] == MESSAGE + b".\r\n"


def test_a_login_refused_for_now_does_not_blame_the_password(scripted: Scripted) -> None:
    error = fault(transport_to(scripted(**ABILITIES, AUTH=["454 4.7.0 try later"]), **LOGIN))
    assert "per ora non accetta (AUTH: 454 4.7.0 try later)" in str(error)


def test_the_greylisted_one_of_three_is_taken_later(scripted: Scripted) -> None:
    server = scripted(RCPT=["250 ok", "451 4.7.1 greylisted", "550 5.1.1 no such user", "250 ok"])
    with transport_to(server) as transport:
        receipt = hand_over(transport, ANNA, LUCA, SARA)
        assert receipt.accepted == (ANNA,)
        assert receipt.deferred == (LUCA,)
        assert receipt.refused == {LUCA: "451 4.7.1 greylisted", SARA: "550 5.1.1 no such user"}
        assert hand_over(transport, *receipt.deferred).accepted == (LUCA,)
    server.stop()
    assert server.complete == [MESSAGE + b".\r\n"] * 2
    named = [line.lower() for line in server.commands if line.lower().startswith("rcpt")]
    assert named[3:] == ["rcpt to:<luca@example.it>"]


@pytest.mark.parametrize(
    "script",
    [
        {"RSET": ["421 one mail per connection"]},
        {"RSET": [_say_421_and_close]},
        {"RSET": ["500 what?"]},
        {"MAIL": ["250 ok", "421 one mail per connection"] * 2 + ["250 ok"]},
        {"MAIL": ["250 ok", _say_421_and_close] * 2 + ["250 ok"]},
        {"MAIL": ["250 ok", Close] * 2 + ["250 ok"]},
    ],
    ids=["RSET 421", "RSET 421 and closed", "RSET 500", "MAIL 421", "MAIL 421 and closed", "MAIL closed"],
)
def test_a_server_that_takes_one_mail_per_connection(scripted: Scripted, script: dict[str, list[Action]]) -> None:
    server = scripted(**script)
    with transport_to(server) as transport:
        for _ in range(3):
            assert hand_over(transport).accepted == (ANNA,)
    server.stop()
    assert len(server.complete) == server.connections == 3


@pytest.mark.parametrize(("reply", "permanent"), [("550 5.7.1 no", True), ("451 later", False)])
def test_a_mail_refused_over_a_used_connection_is_not_offered_again(
    scripted: Scripted, reply: str, permanent: bool
) -> None:
    server = scripted(MAIL=["250 ok", reply])
    with transport_to(server) as transport:
        hand_over(transport)
        with pytest.raises(DeliveryError) as caught:
            hand_over(transport)
    server.stop()
    assert caught.value.permanent is permanent
    assert server.connections == 1


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_an_expired_certificate_is_refused(serve: Serve, expired: ssl.SSLContext, ca_file: Path, security: Any) -> None:
    inbox = Inbox()
    port = serve(inbox, **({"implicit_tls": expired} if security == "ssl" else {"tls_context": expired}))
    error = fault(SmtpTransport(settings(port, security=security, ca_file=ca_file, **LOGIN)))
    assert "non è affidabile (certificate has expired)" in str(error)
    assert inbox.logins == []
