"""Mails handed to well-behaved servers: recipients' fates, batches, and bytes that arrive as they left."""

import re
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.errors import DeliveryError, UserError
from scheduler.mail.transport import SmtpTransport

from .handing import ANNA, LUCA, MESSAGE, SARA, SENDER, error_of, sent, settings
from .servers import Inbox

Serve = Callable[..., int]
Certificate = Callable[[str], ssl.SSLContext]


def test_without_tls_and_login(serve: Serve) -> None:
    inbox = Inbox()
    receipt = sent(SmtpTransport(settings(serve(inbox))), recipients=(ANNA, LUCA, SARA))
    assert receipt.reply == "250 2.0.0 Ok: queued as 4711"
    assert receipt.refused == {}
    assert receipt.accepted == (ANNA, LUCA, SARA)
    (mail,) = inbox.mails
    assert mail.sender == "scadenze@example.it"
    assert mail.recipients == (ANNA, "luca@example.it", "sara@xn--citt-3na.it")
    assert mail.content == MESSAGE


def test_one_of_three_recipients_is_refused(serve: Serve) -> None:
    inbox = Inbox(refusals={"luca@example.it": "550 5.1.1 no such user"})
    receipt = sent(SmtpTransport(settings(serve(inbox))), recipients=(ANNA, LUCA, SARA))
    assert receipt.refused == {LUCA: "550 5.1.1 no such user"}
    assert receipt.accepted == (ANNA, SARA)
    assert receipt.deferred == ()
    assert inbox.mails[0].recipients == (ANNA, "sara@xn--citt-3na.it")


def test_a_greylisted_recipient_may_be_tried_again(serve: Serve) -> None:
    inbox = Inbox(refusals={"luca@example.it": "451 4.7.1 greylisted"})
    receipt = sent(SmtpTransport(settings(serve(inbox))), recipients=(ANNA, LUCA))
    assert receipt.deferred == (LUCA,)


@pytest.mark.parametrize(("other", "permanent"), [("550 5.1.1 no", True), ("450 4.2.1 later", False)])
def test_all_recipients_are_refused(serve: Serve, other: str, permanent: bool) -> None:
    inbox = Inbox(refusals={ANNA: "550 5.1.1 no such user", "luca@example.it": other})
    error = error_of(SmtpTransport(settings(serve(inbox))), (ANNA, LUCA))
    assert error.permanent is permanent
    assert error.refused == {ANNA: "550 5.1.1 no such user", LUCA: other}
    assert error.code == 550
    assert ANNA not in str(error)
    assert inbox.mails == []


@pytest.mark.parametrize(("reply", "permanent"), [("451 4.3.0 try later", False), ("552 5.3.4 too big", True)])
def test_a_refusal_after_the_dot_is_an_answer(serve: Serve, reply: str, permanent: bool) -> None:
    inbox = Inbox(final_reply=reply)
    error = error_of(SmtpTransport(settings(serve(inbox))))
    assert (error.code, error.permanent, error.after_dot) == (int(reply[:3]), permanent, False)
    assert reply in str(error)


def test_a_mail_too_big_is_refused_before_it_crosses_the_line(serve: Serve) -> None:
    inbox = Inbox()
    transport = SmtpTransport(settings(serve(inbox, data_size_limit=40)))
    error = error_of(transport)
    assert (error.code, error.permanent) == (552, True)
    assert "MAIL FROM" in str(error)


def test_a_batch_uses_one_connection(serve: Serve) -> None:
    inbox = Inbox()
    with SmtpTransport(settings(serve(inbox))) as transport:
        for _ in range(3):
            transport.send(MESSAGE, SENDER, (ANNA,), lambda _: True)
    assert len(inbox.mails) == 3
    assert len({mail.peer for mail in inbox.mails}) == 1


def test_after_an_error_the_next_mail_has_a_connection_of_its_own(serve: Serve) -> None:
    inbox = Inbox(refusals={ANNA: "550 no"})
    with SmtpTransport(settings(serve(inbox))) as transport:
        transport.send(MESSAGE, SENDER, (LUCA,), lambda _: True)
        with pytest.raises(DeliveryError):
            transport.send(MESSAGE, SENDER, (ANNA,), lambda _: True)
        transport.send(MESSAGE, SENDER, (LUCA,), lambda _: True)
    assert len(inbox.mails) == len({mail.peer for mail in inbox.mails}) == 2


def test_a_withdrawn_mail_is_not_delivered(serve: Serve) -> None:
    inbox = Inbox()
    with SmtpTransport(settings(serve(inbox))) as transport:
        with pytest.raises(DeliveryError, match=r"nulla è partito") as caught:
            transport.send(MESSAGE, SENDER, (ANNA,), lambda _: False)
        transport.send(MESSAGE, SENDER, (LUCA,), lambda _: True)
    assert (caught.value.permanent, caught.value.after_dot) == (False, False)
    assert [mail.recipients for mail in inbox.mails] == [("luca@example.it",)]


@pytest.mark.parametrize(
    "body",
    [b".\r\n", b"..\r\n", b"a\r\n.\r\n.b\r\n..\r\n\r\n.\r\n", b"", b"\r\n\r\n", b"x" * 900 + b"\r\n"],
    ids=str,
)
def test_bytes_arrive_as_they_left(serve: Serve, body: bytes) -> None:
    inbox = Inbox()
    sent(SmtpTransport(settings(serve(inbox))), b"Subject: punti\r\n\r\n" + body)
    assert inbox.mails[0].content == b"Subject: punti\r\n\r\n" + body


def test_a_leading_dot_arrives(serve: Serve) -> None:
    inbox = Inbox()
    sent(SmtpTransport(settings(serve(inbox))), b".x: y\r\n\r\n.\r\n")
    assert inbox.mails[0].content == b".x: y\r\n\r\n.\r\n"


def test_a_big_mail_arrives_over_tls(serve: Serve, certificate: Certificate, ca_file: Path) -> None:
    inbox = Inbox()
    port = serve(inbox, implicit_tls=certificate("localhost"))
    message = b"Subject: grande\r\n\r\n" + (b"." + b"x" * 75 + b"\r\n") * 60_000
    sent(SmtpTransport(settings(port, security="ssl", ca_file=ca_file)), message)
    assert inbox.mails[0].content == message


@pytest.mark.parametrize("message", [b"a\nb\r\n", b"a\rb\r\n", b"a\n.\r\n", b"a\r\r\n"], ids=str)
def test_lone_line_ends_never_leave(message: bytes) -> None:
    with pytest.raises(DeliveryError) as caught:
        sent(SmtpTransport(settings(1)), message)
    assert caught.value.permanent


@pytest.mark.parametrize("address", ["anna", "a@example.it\r\nDATA", "a@example.it> SIZE=1", "niccolò@example.it"])
def test_malformed_addresses_never_reach_a_server(address: str) -> None:
    transport = SmtpTransport(settings(1))
    with pytest.raises(UserError):
        transport.send(MESSAGE, SENDER, (ANNA, address), lambda _: True)
    with pytest.raises(UserError):
        transport.send(MESSAGE, address, (ANNA,), lambda _: True)


def test_a_mail_for_nobody_is_refused() -> None:
    assert error_of(SmtpTransport(settings(1)), ()).permanent


def test_faults_are_told_in_the_language_asked_for(serve: Serve) -> None:
    port = serve(Inbox(final_reply="451 later"))
    with pytest.raises(DeliveryError, match=r"the mail server does not accept for now \(DATA \.: 451 later\)"):
        sent(SmtpTransport(settings(port), "en"))
    with pytest.raises(DeliveryError, match=re.escape(f"localhost:{port}: il server di posta per ora non accetta")):
        sent(SmtpTransport(settings(port)))
