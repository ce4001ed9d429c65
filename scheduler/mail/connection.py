"""A connection to the mail server: opened, secured and logged in through yagmail, and nothing else of yagmail's."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY, socket
from typing import Any, Literal, Protocol

from scheduler.mail.faults import Faults


@dataclass(frozen=True)
class SmtpSettings:
    """Where the mail server is and how to get in.

    `timeout_seconds` is how long each step may take, `dot_timeout_seconds` how long the reply to the final dot: there
    an impatient client makes duplicates (RFC 5321, 4.5.3.2.6, asks for ten minutes), but the caller's claim on the mail
    must outlast the wait. `ca_file` (PEM) takes the place of the system's authorities.
    """

    host: str
    port: int
    security: Literal["ssl", "starttls", "none"]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 60.0
    dot_timeout_seconds: float = 300.0
    ca_file: Path | None = None

    @property
    def where(self) -> str:
        """The server as an error names it."""
        return f"{self.host}:{self.port}"


class Connection(Protocol):
    """What is used of the connection object that yagmail opens."""

    sock: socket | None

    def ehlo_or_helo_if_needed(self) -> None: ...
    def has_extn(self, opt: str) -> bool: ...
    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]: ...
    def rcpt(self, recip: str) -> tuple[int, bytes]: ...
    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]: ...
    def send(self, s: bytes | memoryview) -> None: ...
    def getreply(self) -> tuple[int, bytes]: ...
    def close(self) -> None: ...


def open_connection(settings: SmtpSettings, faults: Faults) -> Connection:
    """Return a connection that has said EHLO, is secured and logged in as the settings say.

    Raises:
        DeliveryError: never permanent; nothing was sent.
    """
    client = _client(settings, faults)
    try:
        client.login()
        # without STARTTLS and without a login nobody has said EHLO yet
        client.smtp.ehlo_or_helo_if_needed()
    except (OSError, ValueError) as error:
        # yagmail has this False from when the line is open and secured
        logging_in = settings.user is not None and client.is_closed is False
        if client.smtp is not None:
            client.smtp.close()
        # the causes are cut off, because their frames and texts know the password
        raise faults.opening(error, logging_in=logging_in) from None
    finally:
        # or yagmail would say QUIT to our connection when its client is collected
        client.is_closed = True
    connection: Connection = client.smtp
    _send_at_once(connection)
    return connection


def quit_connection(connection: Connection) -> None:
    """Take leave; a server that does not answer is left all the same."""
    with suppress(OSError):
        connection.docmd("QUIT")
    connection.close()


def tls_context(ca_file: Path | None, faults: Faults) -> ssl.SSLContext:
    """Return a context that checks certificate and name; `ca_file` (PEM) takes the place of the system's authorities.

    Raises:
        DeliveryError: the file cannot be used.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise faults.named("tls.ca-file", path=ca_file, reason=reason) from error


def _send_at_once(connection: Connection) -> None:
    """Let the final dot go without waiting for the body's receipt, which systems put off by 40 ms (RFC 896, 1122)."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)


def _client(settings: SmtpSettings, faults: Faults) -> Any:  # yagmail publishes no types
    from yagmail import SMTP  # here, because it is slow to import and most commands mail nothing

    context = None if settings.security == "none" else tls_context(settings.ca_file, faults)
    user = settings.user or ""
    client = SMTP(
        # a plain string without @ would become ….@gmail.com
        user={user: user},
        # None would ask the keyring and then the terminal
        password=settings.password or "",
        host=settings.host,
        port=settings.port,
        smtp_ssl=settings.security == "ssl",
        smtp_starttls={"context": context} if settings.security == "starttls" else False,
        smtp_skip_login=settings.user is None,
        soft_email_validation=False,
        timeout=settings.timeout_seconds,
        **({"context": context} if settings.security == "ssl" else {}),
    )
    client.set_logging(None)
    return client
