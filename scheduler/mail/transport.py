"""How a mail leaves: the interface of every transport, and the one that hands mails to an SMTP server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

from scheduler.errors import DeliveryError
from scheduler.mail.address import read_mailbox
from scheduler.mail.connection import Connection, SmtpSettings, open_connection, quit_connection
from scheduler.mail.dialogue import Dialogue
from scheduler.mail.faults import Faults, secrets_of
from scheduler.mail.receipt import Receipt

__all__ = ["Receipt", "SmtpSettings", "SmtpTransport", "Transport"]


class Transport(Protocol):
    """What hands mails over. Used as a context manager for a batch; one thread at a time."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, message: bytes, sender: str, recipients: Sequence[str], before_dot: Callable[[], bool]) -> Receipt:
        """Hand one mail over; see `SmtpTransport.send`."""
        ...

    def check(self) -> None:
        """Find out whether mails can be handed over now; nothing is sent."""
        ...


class SmtpTransport:
    """An SMTP server: one connection, opened with the first mail, kept for the batch, opened anew after an error."""

    def __init__(self, settings: SmtpSettings, lang: str = "it") -> None:
        self.settings = settings
        self._lang = lang
        self._faults = Faults(settings.where, lang, secrets_of(settings.user, settings.password))
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            quit_connection(connection)

    def send(self, message: bytes, sender: str, recipients: Sequence[str], before_dot: Callable[[], bool]) -> Receipt:
        """Hand one mail over to the server.

        Args:
            message: the whole mail, with CRLF line ends; it arrives with the same bytes.
            sender: the envelope's sender, `name@domain` or `Display name <name@domain>`.
            recipients: the envelope's recipients, in the same forms.
            before_dot: called once, when all is sent but the final dot; False withdraws the mail, and nothing was sent.

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
        try:
            dialogue = Dialogue(self._ready(), self.settings, self._faults)
            return dialogue.run(message, envelope_from, envelope_to, before_dot)
        except BaseException:
            # whatever happened, also in before_dot: closing without the dot is what takes the mail back
            self._drop()
            raise

    def check(self) -> None:
        """Connect, log in, say NOOP and quit.

        Raises:
            DeliveryError: why the server cannot be used.
        """
        connection = open_connection(self.settings, self._faults)
        try:
            Dialogue(connection, self.settings, self._faults).noop()
        finally:
            quit_connection(connection)

    def _ready(self) -> Connection:
        """The open connection if it still lives, or a new one: servers close idle ones after a few minutes."""
        if self._connection is not None:
            try:
                Dialogue(self._connection, self.settings, self._faults).reset()
            except DeliveryError:
                self._drop()
        if self._connection is None:
            self._connection = open_connection(self.settings, self._faults)
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
