"""The mailbox that keeps what was sent, over IMAP: asked, without changing it, whether a certain mail is there."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from imaplib import IMAP4, IMAP4_SSL
from pathlib import Path
from ssl import SSLContext
from typing import Any, Literal, Protocol

from scheduler.errors import DeliveryError
from scheduler.mail.address import has_control
from scheduler.mail.body import one_line
from scheduler.mail.connection import tls_context
from scheduler.mail.faults import Faults, line_fault, reason_of, secrets_of

# what imaplib raises on a broken line or on a server that talks nonsense (a literal of 10^30 bytes, letters in numbers)
_THEIRS = (IMAP4.error, OSError, ValueError, OverflowError, MemoryError)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
_HEADER = "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"


@dataclass(frozen=True)
class ImapSettings:
    """Where the archive is and how to get in; `timeout_seconds` is how long the server may be silent.

    `folder` is named as the server shows it ("Posta inviata"). `ca_file` (PEM) takes the place of the system's
    authorities.
    """

    host: str
    port: int
    security: Literal["ssl", "starttls", "none"]
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    ca_file: Path | None = None
    timeout_seconds: float = 30.0

    @property
    def where(self) -> str:
        """The server as an error names it."""
        return f"{self.host}:{self.port}"


class Archive(Protocol):
    """Where a mail that may have been sent can be looked for."""

    def holds(self, message_id: str) -> bool:
        """Tell whether a mail with this Message-ID is there; see `ImapArchive.holds`."""
        ...

    def check(self) -> None:
        """Find out whether mails can be looked for now."""
        ...


class ImapArchive:
    """A folder on an IMAP server: a connection for each question, so threads may ask at once."""

    def __init__(self, settings: ImapSettings, lang: str = "it") -> None:
        self.settings = settings
        # a password crosses the wire with its quotation marks escaped where the server has no AUTH=PLAIN
        secrets = (_escaped(settings.password), *secrets_of(settings.user, settings.password))
        self._faults = Faults(settings.where, lang, secrets if settings.password else ())

    def holds(self, message_id: str) -> bool:
        """Tell whether the folder has a mail with exactly this Message-ID; nothing in the folder is changed.

        Raises:
            ValueError: the id is not `<…>` of visible ASCII characters.
            DeliveryError: never permanent; it could not be found out.
        """
        if not _MESSAGE_ID.fullmatch(message_id):
            raise ValueError("a message id is not <…>")
        with self._opened() as client:
            # SEARCH finds the text anywhere in the header, so each mail found is looked at
            return any(message_id in self._ids(client, uid) for uid in self._found(client, message_id))

    def check(self) -> None:
        """Connect, log in, open the folder and log out.

        Raises:
            DeliveryError: never permanent; why mails cannot be looked for.
        """
        with self._opened():
            pass

    @contextmanager
    def _opened(self) -> Iterator[IMAP4]:
        at = self.settings
        context = None if at.security == "none" else tls_context(at.ca_file, self._faults)
        with self._step("CONNECT"):
            if at.security == "ssl":
                client: IMAP4 = IMAP4_SSL(at.host, at.port, ssl_context=context, timeout=at.timeout_seconds)
            else:
                client = IMAP4(at.host, at.port, timeout=at.timeout_seconds)
        try:
            if at.security == "starttls":
                self._secure(client, context)
            self._log_in(client)
            self._examine(client)
            yield client
            # the answer is known; a server that does not say goodbye changes nothing
            with suppress(*_THEIRS):
                client.logout()
        finally:
            with suppress(OSError):
                client.shutdown()

    def _secure(self, client: IMAP4, context: SSLContext | None) -> None:
        if "STARTTLS" not in client.capabilities:
            raise self._faults.named("imap.no-starttls")
        with self._step("STARTTLS", client):
            client.starttls(context)

    def _log_in(self, client: IMAP4) -> None:
        user, password = self.settings.user, self.settings.password
        if client.state == "AUTH":
            return  # the server let us in at once (PREAUTH)
        if "AUTH=PLAIN" in client.capabilities:
            with self._step("LOGIN", client):
                secret = f"\0{user}\0{password}".encode("utf-8", "surrogateescape")
                client.authenticate("PLAIN", lambda _: secret)
        elif "LOGINDISABLED" in client.capabilities:
            raise self._faults.named("imap.login-disabled")
        elif not (user + password).isascii() or has_control(user + password):
            raise self._faults.named("imap.auth-letters")
        else:
            with self._step("LOGIN", client):
                # imaplib quotes the second and not the first
                client.login(_quoted(user), password)

    def _examine(self, client: IMAP4) -> None:
        folder = self.settings.folder
        with self._step("EXAMINE", client):
            answer, words = client.select(_quoted(_encoded(folder)), readonly=True)
        if answer != "OK":
            raise self._faults.named("imap.folder", folder=folder, reply=_plain(words[-1]))

    def _found(self, client: IMAP4, message_id: str) -> list[str]:
        """The numbers of the mails whose Message-ID has the id in it, newest first."""
        numbers = self._asked(client, "SEARCH", "HEADER", "Message-ID", _quoted(message_id))
        return [number.decode("ascii", "replace") for line in numbers if line for number in line.split()][::-1]

    def _ids(self, client: IMAP4, number: str) -> list[str]:
        """The Message-IDs of one mail: one, as a rule."""
        parts = self._asked(client, "FETCH", number, _HEADER)
        headers = [BytesHeaderParser().parsebytes(part[1]) for part in parts if isinstance(part, tuple)]
        return [str(value).strip() for header in headers for value in header.get_all("Message-ID", [])]

    def _asked(self, client: IMAP4, command: str, *arguments: str) -> list[Any]:
        with self._step(command, client):
            answer, data = client.uid(command, *arguments)
        if answer != "OK":
            raise self._faults.named("imap.refused", step=command, reply=_plain(data[-1]))
        return data

    @contextmanager
    def _step(self, step: str, client: IMAP4 | None = None) -> Iterator[None]:
        """Turn what imaplib raises into ours; the causes are cut off, because their frames know the password."""
        try:
            yield
        except _THEIRS as error:
            raise self._fault(step, error, client) from None

    def _fault(self, step: str, error: Exception, client: IMAP4 | None) -> DeliveryError:
        """Find the wording: of a line that broke, of a refusal in the server's own words, or of nonsense."""
        # imaplib wraps the error of a line that breaks while it writes
        wrapped = isinstance(error, IMAP4.abort) and isinstance(error.__context__, OSError)
        cause = error.__context__ if wrapped and error.__context__ else error
        words = _words(step, error, client)
        if (fault := line_fault(cause)) is not None:
            kind = fault
        elif isinstance(cause, OSError):
            kind = "unreachable"
        elif words is not None:
            kind = "auth" if step == "LOGIN" and not isinstance(error, IMAP4.abort) else "refused"
        elif str(error).endswith("socket error: EOF"):
            kind = "disconnected"
        else:
            kind = "settings" if step == "CONNECT" and _is_setting(error) else "nonsense"
        return self._faults.named(f"imap.{kind}", step=step, reason=reason_of(cause), reply=words)


def _words(step: str, error: Exception, client: IMAP4 | None) -> str | None:
    """What the server said with a refusal; None where it is no refusal, or where the words are imaplib's."""
    if isinstance(error, IMAP4.abort):
        farewell = client.untagged_responses.get("BYE") if client else None
        return _plain(farewell[-1]) if farewell else None
    said = error.args[0] if isinstance(error, IMAP4.error) else None
    # imaplib hands a refused login on as text; in all other texts it speaks itself, and quotes bytes in Python's way
    refused = isinstance(said, str) and step == "LOGIN" and not re.search(r"^command: |\[b['\"]", said)
    return _plain(said) if isinstance(said, bytes) or refused else None


def _plain(words: object) -> str:
    """Return a server's words on one line and without control characters."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words or "")
    return one_line(" ".join(text.split()))


def _is_setting(error: Exception) -> bool:
    """A host that is no name, or a port that is no number of a port; letters that do not decode are the server's."""
    return isinstance(error, ValueError | OverflowError) and not isinstance(error, UnicodeDecodeError)


def _quoted(text: str) -> str:
    """Return a quoted string (RFC 3501, 4.3)."""
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _encoded(folder: str) -> str:
    """Return a folder's name in the modified UTF-7 of RFC 3501, 5.1.3."""

    def shifted(run: re.Match[str]) -> str:
        letters = b64encode(run[0].encode("utf-16-be", "surrogatepass")).rstrip(b"=").replace(b"/", b",")
        return "&-" if run[0] == "&" else f"&{letters.decode()}-"

    return re.sub(r"&|[^ -~]+", shifted, folder)
