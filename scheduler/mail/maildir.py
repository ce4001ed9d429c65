"""A folder that takes mails as a server would, for offices without a server and for trials: one file for each mail."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from types import TracebackType
from typing import TYPE_CHECKING, Self

from scheduler.errors import DeliveryError
from scheduler.mail.address import read_mailbox
from scheduler.mail.receipt import BeforeDot, Receipt
from scheduler.mail.wording import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class MaildirTransport:
    """A Maildir; the same mail delivered twice stays one file, also after it was read."""

    def __init__(self, folder: Path, lang: str = "it") -> None:
        self.folder = folder
        self._lang = lang

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rest()

    def send(self, message: bytes, sender: str, recipients: Sequence[str], before_dot: BeforeDot) -> Receipt:
        """Write one mail into the folder.

        Args:
            message: the whole mail; the file has the same bytes.
            sender: the envelope's sender; it must be an address, and is not kept.
            recipients: the envelope's recipients; the same.
            before_dot: called once, when the mail is on the disk but not yet in the folder; False withdraws it.

        Raises:
            UserError: an address is malformed.
            DeliveryError: never permanent; the mail is not in the folder.
        """
        for address in (sender, *recipients):
            read_mailbox(address, self._lang)
        name = _file_name(message)
        with self._our_errors():
            self._make_folders()
            written = self._write(message)
        try:
            if not before_dot({}):
                raise DeliveryError((problem(self._lang, "withdrawn", str(self.folder)),))
            with self._our_errors():
                self._publish(written, name)
        finally:
            with suppress(OSError):
                written.unlink(missing_ok=True)
        return Receipt(f"250 {name}", {}, tuple(dict.fromkeys(recipients)))

    def check(self) -> None:
        """Find out whether a mail can be written; nothing is left in the folder.

        Raises:
            DeliveryError: why it cannot.
        """
        with self._our_errors():
            self._make_folders()
            self._write(b"").unlink()

    def rest(self) -> None:
        """Do nothing: a folder has no connection to take leave of."""

    def _make_folders(self) -> None:
        for part in ("tmp", "new", "cur"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    def _write(self, message: bytes) -> Path:
        descriptor, path = mkstemp(dir=self.folder / "tmp")
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123  # the descriptor is open already
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            Path(path).unlink(missing_ok=True)
            raise
        return Path(path)

    def _publish(self, written: Path, name: str) -> None:
        # a mail program moves what was read into cur/ and adds its flags to the name
        if any((self.folder / "cur").glob(f"{name}*")):
            return
        written.replace(self.folder / "new" / name)
        _sync(self.folder / "new")

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            code = "maildir.full" if error.errno in _NO_SPACE else "maildir.unwritable"
            reason = error.strerror or type(error).__name__
            raise DeliveryError((problem(self._lang, code, str(self.folder), reason=reason),)) from error


def _file_name(message: bytes) -> str:
    """The time in the mail's Date, then a digest of its Message-ID: the same for every copy of the same mail."""
    headers = BytesHeaderParser().parsebytes(message)
    try:
        seconds = int(parsedate_to_datetime(str(headers["Date"])).timestamp())
    except ValueError:
        seconds = 0
    identity = str(headers["Message-ID"]).encode() if headers["Message-ID"] else message
    return f"{seconds}.{sha256(identity).hexdigest()[:32]}.scadenzario"


def _sync(folder: Path) -> None:
    """Make a rename in the folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
