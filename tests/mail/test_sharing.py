"""One transport for many mails: leave taken and the connection opened again, and threads that share it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from threading import Thread

import pytest

from scheduler.errors import DeliveryError
from scheduler.mail.connection import open_connection, quit_connection
from scheduler.mail.faults import Faults
from scheduler.mail.maildir import MaildirTransport
from scheduler.mail.transport import SmtpTransport, Transport

from .handing import ANNA, LUCA, MESSAGE, SENDER, settings
from .servers import Close, Hang, Inbox, ScriptedServer

Serve = Callable[..., int]
Scripted = Callable[..., ScriptedServer]


def send(transport: Transport, number: int = 0) -> str:
    message = MESSAGE.replace(b"<a@", f"<a{number}@".encode())
    return transport.send(message, SENDER, (ANNA,), lambda _: True).reply


def test_after_a_rest_the_next_mail_has_a_connection_of_its_own(scripted: Scripted) -> None:
    server = scripted()
    transport = SmtpTransport(settings(server.port))
    for mails in (2, 1):
        for _ in range(mails):
            send(transport)
        transport.rest()
    server.stop()
    assert len(server.complete) == 3
    assert server.connections == 2
    verbs = [line.split()[0] for line in server.commands]
    assert verbs.count("QUIT") == 2
    assert verbs[-1] == "QUIT"


def test_a_rest_without_a_connection_opens_none(scripted: Scripted) -> None:
    server = scripted()
    transport = SmtpTransport(settings(server.port))
    transport.rest()
    send(transport)
    transport.rest()
    transport.rest()
    server.stop()
    assert server.connections == 1


@pytest.mark.parametrize("action", [Hang, Close, "421 no", "boh"])
def test_a_rest_takes_leave_of_a_rude_server_too(scripted: Scripted, action: str | type) -> None:
    server = scripted(QUIT=[action])
    transport = SmtpTransport(settings(server.port, timeout_seconds=0.2))
    for _ in range(2):
        send(transport)
        transport.rest()
    assert server.connections == 2


def test_a_folder_needs_no_rest(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    for number in range(2):
        send(transport, number)
        transport.rest()
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_threads_share_one_connection(serve: Serve) -> None:
    inbox = Inbox()
    with SmtpTransport(settings(serve(inbox))) as transport, ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda number: send(transport, number), range(40)))
    assert set(replies) == {inbox.final_reply}
    assert len({mail.content for mail in inbox.mails}) == len(inbox.mails) == 40
    assert len({mail.peer for mail in inbox.mails}) == 1


def test_threads_may_send_check_and_rest_at_once(serve: Serve) -> None:
    inbox = Inbox(refusals={"luca@example.it": "550 no"})
    transport = SmtpTransport(settings(serve(inbox)))

    def act(number: int) -> None:
        match number % 4:
            case 0:
                transport.rest()
            case 1:
                transport.check()
            case 2:
                with pytest.raises(DeliveryError):
                    transport.send(MESSAGE, SENDER, (LUCA,), lambda _: True)
            case _:
                send(transport, number)

    with transport, ThreadPoolExecutor(8) as threads:
        list(threads.map(act, range(80)))
    assert len({mail.content for mail in inbox.mails}) == len(inbox.mails) == 20


def test_a_small_piece_does_not_wait_for_the_receipt_of_a_big_one(scripted: Scripted) -> None:
    at = settings(scripted().port)
    connection = open_connection(at, Faults(at.where, "it"))
    assert connection.sock is not None
    assert connection.sock.getsockopt(IPPROTO_TCP, TCP_NODELAY) != 0
    quit_connection(connection)


def test_a_rest_leaves_the_mail_in_hand_alone(scripted: Scripted) -> None:
    server = scripted()
    transport = SmtpTransport(settings(server.port))

    def before_dot(_: object) -> bool:
        resting = Thread(target=transport.rest)
        resting.start()
        resting.join(5)
        return not resting.is_alive()

    transport.send(MESSAGE, SENDER, (ANNA,), before_dot)
    assert [line.split()[0] for line in server.commands][-1] == "DATA"
    transport.rest()
    server.stop()
    assert len(server.complete) == 1
    assert [line.split()[0] for line in server.commands][-2:] == ["DATA", "QUIT"]


def test_a_folder_takes_the_same_mail_from_several_threads_once(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        replies = set(threads.map(lambda number: send(transport, number % 4), range(40)))
    assert len(replies) == len(list((tmp_path / "new").iterdir())) == 4
    assert list((tmp_path / "tmp").iterdir()) == []
