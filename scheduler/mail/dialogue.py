"""One mail's way over an open connection, from MAIL FROM to the reply to the final dot."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection

from scheduler.mail.connection import Connection, SmtpSettings
from scheduler.mail.faults import Faults
from scheduler.mail.receipt import BeforeDot, Receipt
from scheduler.mail.reply import Reply

_CHUNK = 64 * 1024
_CRLF = b"\r\n"
_YES = range(200, 300)


class Dialogue:
    """The state of one mail's handing over: who has been refused so far."""

    def __init__(self, connection: Connection, settings: SmtpSettings, faults: Faults) -> None:
        self.connection = connection
        self.settings = settings
        self.faults = faults
        self.refused: dict[str, str] = {}

    def run(self, message: bytes, recipients: dict[str, str], before_dot: BeforeDot) -> Receipt:
        """Hand over the message that was offered.

        Args:
            message: bytes with CRLF line ends.
            recipients: the caller's text of each recipient → its ASCII address.
            before_dot: told who was refused and asked when all is sent but the final dot; False withdraws the mail.

        Raises:
            DeliveryError: see `SmtpTransport.send`.
        """
        accepted = self._name(recipients)
        self._expect("DATA", {354}, self.connection.docmd, "DATA")
        self._send_body(message)
        self._listen()
        if not before_dot(self.refused):
            raise self.faults.named("withdrawn")
        return Receipt(self.faults.clean(self._finish()), self.refused, accepted)

    def offer(self, sender: str, size: int) -> None:
        """Begin a mail of so many bytes, from an ASCII address.

        Raises:
            DeliveryError: see `SmtpTransport.send`.
        """
        # a server that says how much it takes can refuse here, before the whole mail has crossed the line
        options = [f"SIZE={size}"] if self.connection.has_extn("size") else []
        self._expect("MAIL FROM", _YES, self.connection.mail, sender, options)

    def noop(self) -> None:
        """Find out whether the server answers."""
        self._expect("NOOP", _YES, self.connection.docmd, "NOOP")

    def reset(self) -> None:
        """Find out whether the connection is still good for a further mail."""
        self._expect("RSET", _YES, self.connection.docmd, "RSET")

    def _name(self, recipients: dict[str, str]) -> tuple[str, ...]:
        replies = {text: self._ask("RCPT TO", self.connection.rcpt, address) for text, address in recipients.items()}
        refusals = {text: reply for text, reply in replies.items() if not reply.accepted}
        self.refused = {text: self.faults.clean(reply) for text, reply in refusals.items()}
        if len(refusals) == len(replies):
            raise self.faults.all_refused(refusals)
        return tuple(text for text in replies if text not in refusals)

    def _send_body(self, message: bytes) -> None:
        """Send everything up to the last line's end, with leading dots doubled (RFC 5321, 4.5.2)."""
        stuffed = message.removesuffix(_CRLF).replace(_CRLF + b".", _CRLF + b"..")
        body = memoryview(b"." + stuffed if stuffed.startswith(b".") else stuffed)
        try:
            # in pieces, because a timeout counts for a whole call and a big mail on a slow line would never pass
            for start in range(0, len(body), _CHUNK):
                self.connection.send(body[start : start + _CHUNK])
        except OSError as error:
            raise self.faults.broken("DATA", error, self.refused) from error

    def _listen(self) -> None:
        """Find out whether the server has hung up or complained, while it is still certain that nothing was sent."""
        early = self._heard()
        if early is None:
            return
        code, text = early[:3], early[4:]
        if not code.isdigit():
            raise self.faults.broken("DATA", ConnectionResetError(), self.refused)
        raise self.faults.rejected("DATA", Reply.of((int(code), text)), self.refused)

    def _heard(self) -> bytes | None:
        sock = self.connection.sock
        if sock is None:
            return b""
        sock.settimeout(0)
        try:
            return sock.recv(4096)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except OSError:
            return b""
        finally:
            sock.settimeout(self.settings.timeout_seconds)

    def _finish(self) -> Reply:
        """Send the dot. From here on, only an intelligible reply tells what became of the mail."""
        try:
            self.connection.send(_CRLF + b"." + _CRLF)
            self._wait_at_most(self.settings.dot_timeout_seconds)
            reply = Reply.of(self.connection.getreply())
        except OSError as error:
            raise self.faults.unanswered(error, self.refused) from error
        self._wait_at_most(self.settings.timeout_seconds)
        if reply.accepted:
            return reply
        if 400 <= reply.code <= 599:
            raise self.faults.rejected("DATA .", reply, self.refused)
        raise self.faults.unintelligible(reply, self.refused)

    def _wait_at_most(self, seconds: float) -> None:
        if self.connection.sock is not None:
            self.connection.sock.settimeout(seconds)

    def _expect(
        self, step: str, codes: Collection[int], command: Callable[..., tuple[int, bytes]], *arguments: object
    ) -> None:
        reply = self._ask(step, command, *arguments)
        if reply.code not in codes:
            raise self.faults.rejected(step, reply, self.refused)

    def _ask(self, step: str, command: Callable[..., tuple[int, bytes]], *arguments: object) -> Reply:
        try:
            return Reply.of(command(*arguments))
        except OSError as error:
            raise self.faults.broken(step, error, self.refused) from error
