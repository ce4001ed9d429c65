"""One reply of a mail server: its code and its words, fit to be kept and shown."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.mail.body import one_line

_AUTH_WANTED = {530, 534, 535, 538}  # RFC 4954: the login is at fault, not the mail


@dataclass(frozen=True)
class Reply:
    """A reply; `code` is -1 where the server did not speak SMTP."""

    code: int
    text: str

    @classmethod
    def of(cls, answer: tuple[int, bytes]) -> Reply:
        """Return the reply of a code and its raw lines, on one line and without control characters."""
        code, raw = answer
        return cls(code, one_line(" ".join(raw.decode("utf-8", "replace").split())))

    @property
    def accepted(self) -> bool:
        """The server says yes."""
        return 200 <= self.code <= 299

    @property
    def deferred(self) -> bool:
        """The server says not now."""
        return 400 <= self.code <= 499

    @property
    def permanent(self) -> bool:
        """The server says no, and the same mail will never pass; a missing login is mended in the settings instead."""
        return 500 <= self.code <= 599 and self.code not in _AUTH_WANTED

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()
