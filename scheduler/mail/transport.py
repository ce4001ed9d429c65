"""How a mail leaves: the interface of every transport, and the one that hands mails to an SMTP server."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from types import TracebackType
from typing import Protocol, Self

from scheduler.errors import DeliveryError
from scheduler.mail.address import read_mailbox
from scheduler.mail.connection import Connection, SmtpSettings, open_connection, quit_connection
from scheduler.mail.dialogue import Dialogue
from scheduler.mail.faults import Faults, secrets_of
from scheduler.mail.receipt import BeforeDot, Receipt

__all__ = ["BeforeDot", "Receipt", "SmtpSettings", "SmtpTransport", "Transport"]


class Transport(Protocol):
    """What hands mails over, for any number of threads; a context manager rests when it is left."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, message: bytes, sender: str, recipients: Sequence[str], before_dot: BeforeDot) -> Receipt:
        """Hand one mail over; see `SmtpTransport.send`."""
        ...

    def check(self) -> None:
        """Find out whether mails can be handed over now; nothing is sent."""
        ...

    def rest(self) -> None:
        """Take leave of an open connection, if there is one; the next mail finds its way by itself."""
        ...


class SmtpTransport:
    """An SMTP server: one connection, opened with the first mail, kept until `rest`, opened anew after an error.

    Threads may share it: one mail at a time crosses the connection, and the others wait for their turn.
    """

    def __init__(self, settings: SmtpSettings, lang: str = "it") -> None:
        self.settings = settings
        self._lang = lang
        self._faults = Faults(settings.where, lang, secrets_of(settings.user, settings.password))
        self._connection: Connection | None = None
        self._one_at_a_time = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rest()

    def send(self, message: bytes, sender: str, recipients: Sequence[str], before_dot: BeforeDot) -> Receipt:
        """Hand one mail over to the server.

        Args:
            message: the whole mail, with CRLF line ends; it arrives with the same bytes.
            sender: the envelope's sender, `name@domain` or `Display name <name@domain>`.
            recipients: the envelope's recipients, in the same forms.
            before_dot: called once with the recipients refused so far and the replies, when all is sent but the final
                dot; False withdraws the mail, and nothing was sent.
                It must not use this transport, which is busy.

        Raises:
            UserError: an address is malformed; no connection was opened.
            DeliveryError: `permanent` where trying again is useless (5xx to MAIL FROM, DATA or the dot, or to every
                recipient); `after_dot` where the dot was sent and no intelligible reply came; else nothing was sent.
        """
        if message.count(b"\n") != message.count(b"\r\n") or message.count(b"\r") != message.count(b"\r\n"):
            # servers disagree on what a lone CR or LF ends, and someone else's mail could hide behind it
            raise self._faults.named("smtp.line-ends", permanent=True)
        envelope_from = read_mailbox(sender, self._lang).address
        envelope_to = {recipient: read_mailbox(recipient, self._lang).address for recipient in recipients}
        if not envelope_to:
            raise self._faults.named("recipients.none", permanent=True)
        with self._one_at_a_time:
            try:
                dialogue = self._begun(envelope_from, len(message))
                return dialogue.run(message, envelope_to, before_dot)
            except BaseException:
                # whatever happened, also in before_dot: closing without the dot is what takes the mail back
                self._drop()
                raise

    def rest(self) -> None:
        """Say QUIT where a connection is open and no mail is in hand; `send` opens a new one."""
        if not self._one_at_a_time.acquire(blocking=False):
            return
        try:
            connection, self._connection = self._connection, None
            if connection is not None:
                quit_connection(connection)
        finally:
            self._one_at_a_time.release()

    def check(self) -> None:
        """Connect, log in, say NOOP and quit; over a connection of its own, so a mail in hand does not delay it.

        Raises:
            DeliveryError: why the server cannot be used.
        """
        connection = open_connection(self.settings, self._faults)
        try:
            Dialogue(connection, self.settings, self._faults).noop()
        finally:
            quit_connection(connection)

    def _begun(self, sender: str, size: int) -> Dialogue:
        """A mail begun over the open connection, or over a new one where that is at its end."""
        dialogue = self._living()
        if dialogue is not None:
            try:
                dialogue.offer(sender, size)
            except DeliveryError as error:
                # some servers take one mail only over each connection, and say so here
                if error.code not in (None, 421):
                    raise
                self._drop()
            else:
                return dialogue
        self._connection = open_connection(self.settings, self._faults)
        dialogue = Dialogue(self._connection, self.settings, self._faults)
        dialogue.offer(sender, size)
        return dialogue

    def _living(self) -> Dialogue | None:
        """A dialogue over the open connection if it still lives: servers close idle ones after a few minutes."""
        if self._connection is None:
            return None
        dialogue = Dialogue(self._connection, self.settings, self._faults)
        try:
            dialogue.reset()
        except DeliveryError:
            self._drop()
            return None
        return dialogue

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
