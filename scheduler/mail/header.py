"""The header block of a mail, folded by hand: in some releases Python's own folding loses spaces and commas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.header import Header

from scheduler.mail.address import Mailbox

_FOLD = "\r\n "
_PLAIN = re.compile(r"[ -~]*")


def header_block(fields: Sequence[tuple[str, str]]) -> bytes:
    """Return `Name: value` lines; the values are already folded and ASCII.

    Raises:
        ValueError: a value would start a header of its own.
    """
    for name, value in fields:
        if re.search(r"\r(?!\n)|(?<!\r)\n|\r\n(?! )", value):
            raise ValueError(f"{name} has a line break that does not fold")
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii")


def folded_words(text: str) -> str:
    """Return unstructured text as a header value, as RFC 2047 words where it is not short ASCII."""
    # text that looks like an encoded word is encoded too, or the reader would decode it
    if _PLAIN.fullmatch(text) and len(text) <= 60 and "=?" not in text:
        return text
    return Header(text, charset="utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")


def folded_mailboxes(mailboxes: Sequence[Mailbox]) -> str:
    """Return an address list, one address to a line."""
    return f",{_FOLD}".join(_mailbox(mailbox) for mailbox in mailboxes)


def folded_ids(ids: Sequence[str]) -> str:
    """Return message ids, one to a line."""
    return _FOLD.join(ids)


def _mailbox(mailbox: Mailbox) -> str:
    if not mailbox.name:
        return mailbox.address
    name = folded_words(mailbox.name)
    if name == mailbox.name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    joint = _FOLD if "\r\n" in name or len(name) + len(mailbox.address) > 64 else " "
    return f"{name}{joint}<{mailbox.address}>"
