"""Servers that hang, hang up or talk nonsense at every step of the dialogue."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from scheduler.errors import DeliveryError
from scheduler.mail.transport import SmtpSettings, SmtpTransport
from scheduler.mail.wording import MESSAGES

from .servers import Close, Hang, ScriptedServer

MESSAGE = b"Subject: prova\r\n\r\nCiao.\r\n.\r\n"
BIG = b"Subject: grande\r\n\r\n" + (b"x" * 76 + b"\r\n") * 300_000  # more than the line can hold in flight
TIMEOUT = 0.2

Scripted = Callable[..., ScriptedServer]


def transport_to(server: ScriptedServer, **changes: Any) -> SmtpTransport:
    times = {"timeout_seconds": TIMEOUT, "dot_timeout_seconds": TIMEOUT}
    return SmtpTransport(SmtpSettings("127.0.0.1", server.port, "none", **times | changes))


def fault(server: ScriptedServer, message: bytes = MESSAGE, **changes: Any) -> DeliveryError:
    """The error of one mail, and the proof that the fence was asked at most once."""
    asked: list[bool] = []

    def before_dot(_: object) -> bool:
        asked.append(True)
        return True

    with transport_to(server, **changes) as transport, pytest.raises(DeliveryError) as caught:
        transport.send(message, "a@example.it", ("b@example.it",), before_dot)
    assert len(asked) <= 1
    assert not (caught.value.after_dot and not asked)
    assert caught.value.problems[0].where == f"127.0.0.1:{server.port}"
    return caught.value


@pytest.mark.parametrize("verb", ["BANNER", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("action", [Hang, Close])
def test_silence_before_the_dot_is_safe(scripted: Scripted, verb: str, action: type) -> None:
    server = scripted(**{verb: [action]})
    error = fault(server)
    assert (error.permanent, error.after_dot, error.code) == (False, False, None)
    assert ("non ha risposto in tempo" if action is Hang else "ha chiuso la connessione") in str(error)
    server.stop()
    assert server.complete == []


@pytest.mark.parametrize(("action", "words"), [(Hang, "nessuna risposta in tempo"), (Close, "connessione chiusa")])
def test_silence_after_the_dot_is_ambiguous(scripted: Scripted, action: type, words: str) -> None:
    server = scripted(DOT=[action])
    error = fault(server)
    assert (error.permanent, error.after_dot) == (False, True)
    assert words in str(error)
    assert server.complete == [MESSAGE.replace(b"\r\n.\r\n", b"\r\n..\r\n") + b".\r\n"]


@pytest.mark.parametrize("nonsense", ["boh", "", "354 go on", "999"])
def test_nonsense_after_the_dot_is_ambiguous(scripted: Scripted, nonsense: str) -> None:
    assert fault(scripted(DOT=[nonsense])).after_dot


def test_the_final_reply_has_a_time_of_its_own(scripted: Scripted) -> None:
    server = scripted(DOT=[Hang])
    error = fault(server, timeout_seconds=30.0)
    assert error.after_dot
    assert "nessuna risposta in tempo" in str(error)


def _hang_up_in_the_body(connection: socket.socket) -> None:
    connection.recv(1000)


def _complain_in_the_body(connection: socket.socket) -> None:
    """Speak while the mail is still crossing the line, and read it to its end."""
    connection.recv(1000)
    connection.sendall(b"421 4.3.2 shutting down\r\n")
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(1 << 20):
        pass


def _fall_silent_in_the_body(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(1 << 20):
        pass


def test_a_disconnect_in_the_body_is_safe(scripted: Scripted) -> None:
    error = fault(scripted(BODY=[_hang_up_in_the_body]), BIG)
    assert (error.permanent, error.after_dot) == (False, False)


def test_a_line_closed_in_the_body_is_noticed_before_the_dot(scripted: Scripted) -> None:
    error = fault(scripted(BODY=[_fall_silent_in_the_body]), BIG, timeout_seconds=5.0)
    assert (error.permanent, error.after_dot) == (False, False)
    assert "ha chiuso la connessione" in str(error)


def test_a_complaint_in_the_body_is_heard_before_the_dot(scripted: Scripted) -> None:
    error = fault(scripted(BODY=[_complain_in_the_body]), BIG, timeout_seconds=5.0)
    assert (error.permanent, error.after_dot, error.code) == (False, False, 421)
    assert "421 4.3.2 shutting down" in str(error)


def test_a_server_that_stops_reading_is_safe(scripted: Scripted) -> None:
    error = fault(scripted(BODY=[Hang]), BIG)
    assert (error.permanent, error.after_dot) == (False, False)


@pytest.mark.parametrize(
    ("verb", "reply", "permanent"),
    [
        ("BANNER", "554 5.7.1 you are blocked", False),  # the settings or the block list may change
        ("BANNER", "421 busy", False),
        ("EHLO", "501 no", False),
        ("MAIL", "550 5.7.1 sender rejected", True),
        ("MAIL", "451 later", False),
        ("MAIL", "530 5.7.0 authentication required", False),
        ("RCPT", "550 no", True),
        ("RCPT", "boh", False),
        ("DATA", "554 no valid recipients", True),
        ("DATA", "451 later", False),
        ("DATA", "250 what?", False),
        ("DOT", "554 spam", True),
        ("DOT", "452 full", False),
    ],
)
def test_refusals_at_every_step(scripted: Scripted, verb: str, reply: str, permanent: bool) -> None:
    server = scripted(**{verb: [reply], "HELO": ["501 no"]})
    error = fault(server)
    assert (error.permanent, error.after_dot) == (permanent, False)
    if reply[:3].isdigit():
        assert error.code == int(reply[:3])


def test_refused_recipients_are_told_also_when_the_mail_fails(scripted: Scripted) -> None:
    server = scripted(RCPT=["550 no", "250 ok"], DOT=["451 later"])
    with transport_to(server) as transport, pytest.raises(DeliveryError) as caught:
        transport.send(MESSAGE, "a@example.it", ("b@example.it", "c@example.it"), lambda _: True)
    assert caught.value.refused == {"b@example.it": "550 no"}


def test_a_withdrawn_mail_ends_without_its_dot(scripted: Scripted) -> None:
    server = scripted()
    with transport_to(server) as transport, pytest.raises(DeliveryError):
        transport.send(MESSAGE, "a@example.it", ("b@example.it",), lambda _: False)
    server.stop()
    assert server.complete == []
    assert b"".join(server.broken).startswith(b"Subject: prova")
    assert "QUIT" not in server.commands


def test_a_fence_that_breaks_withdraws_the_mail(scripted: Scripted) -> None:
    server = scripted()

    def before_dot(_: object) -> bool:
        raise RuntimeError("the ledger is gone")

    with transport_to(server) as transport, pytest.raises(RuntimeError, match="ledger"):
        transport.send(MESSAGE, "a@example.it", ("b@example.it",), before_dot)
    server.stop()
    assert server.complete == []


@pytest.mark.parametrize("action", ["421 4.4.2 idle for too long", Close, Hang])
def test_an_idle_connection_that_died_is_opened_anew(scripted: Scripted, action: str | type) -> None:
    server = scripted(RSET=[action])
    with transport_to(server) as transport:
        for _ in range(2):
            transport.send(MESSAGE, "a@example.it", ("b@example.it",), lambda _: True)
    server.stop()
    assert len(server.complete) == server.connections == 2


@pytest.mark.parametrize("action", [Hang, Close, "500 no"])
def test_a_rude_farewell_harms_nothing(scripted: Scripted, action: str | type) -> None:
    server = scripted(QUIT=[action])
    with transport_to(server) as transport:
        assert transport.send(MESSAGE, "a@example.it", ("b@example.it",), lambda _: True).reply == "250 ok"


@pytest.mark.parametrize("action", [Hang, Close, "421 no"])
def test_check_tells_a_server_that_does_not_answer(scripted: Scripted, action: str | type) -> None:
    with pytest.raises(DeliveryError):
        transport_to(scripted(NOOP=[action])).check()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    transport = SmtpTransport(SmtpSettings("127.0.0.1", port, "none"))
    with pytest.raises(DeliveryError, match="rifiuta la connessione") as caught:
        transport.send(MESSAGE, "a@example.it", ("b@example.it",), lambda _: True)
    assert not caught.value.permanent


def test_a_host_that_is_no_name() -> None:
    with pytest.raises(DeliveryError, match="SMTP_HOST"):
        SmtpTransport(SmtpSettings("posta..example.it", 25, "none")).check()


@pytest.mark.parametrize("echo", ["{password}", "{command}"])
def test_a_server_that_repeats_the_password_does_not_get_it_into_an_error(scripted: Scripted, echo: str) -> None:
    password, command = "segreta-42", "AHV0ZW50ZQBzZWdyZXRhLTQy"  # the second as AUTH PLAIN sends it
    server = scripted(
        EHLO=["250-posta.prova\r\n250 AUTH PLAIN"],
        AUTH=["535 not " + echo.format(password=password, command=command)],
    )
    error = fault(server, user="utente", password=password)
    assert error.code == 535
    assert password not in repr(error)
    assert command not in repr(error)
    assert f"AUTH PLAIN {command}" in server.commands


def test_replies_cannot_forge_lines_of_a_log(scripted: Scripted) -> None:
    error = fault(scripted(MAIL=["550-bad\x1b[31m\r\n550 news"]))
    assert "550 bad [31m news" in str(error)


def test_every_sentence_is_in_both_languages() -> None:
    assert MESSAGES["it"].keys() == MESSAGES["en"].keys()
    problems = {code for code in MESSAGES["it"] if not code.endswith(".remedy") and not code.startswith("reason.")}
    assert {f"{code}.remedy" for code in problems} <= MESSAGES["it"].keys()
