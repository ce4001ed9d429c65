"""A mail address with its display name: read from what people write, and refused where no server could take it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from scheduler.errors import UserError
from scheduler.mail.wording import problem

_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class Mailbox:
    """One address, ready for a header and for an envelope; the domain is in its ASCII form."""

    name: str
    local: str
    domain: str

    @property
    def address(self) -> str:
        """The bare address."""
        return f"{self.local}@{self.domain}"


def read_mailbox(text: str, lang: str = "it") -> Mailbox:
    """Return the mailbox of `name@domain` or `Display name <name@domain>`; the domain is encoded with IDNA.

    Non-ASCII local parts would need SMTPUTF8 on every server of the way, so they are refused (RFC 6531).

    Raises:
        UserError: the text is not one address that any server takes.
    """
    if has_control(text):
        raise UserError((problem(lang, "control", "", value=shown(text)),))
    named = _NAMED.fullmatch(text.strip())
    name, address = (named["name"], named["address"]) if named else ("", text)
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or re.search(r"[\s@\"(),:;]", local):
        raise UserError((problem(lang, "address.malformed", "", value=shown(text)),))
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        raise UserError((problem(lang, "address.local", "", value=shown(text)),))
    return Mailbox(_unquoted(name), local, _ascii_domain(domain, text, lang))


def has_control(text: str) -> bool:
    """Tell whether the text has a line break or another character that no header may carry."""
    return not text.isprintable() and any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text
    )


def shown(text: str) -> str:
    """Return the text as an error may quote it: one line, no control characters, not too long."""
    clean = "".join("�" if has_control(character) else character for character in text)
    return clean if len(clean) <= 120 else f"{clean[:119]}…"


def _unquoted(name: str) -> str:
    name = " ".join(name.split())
    if len(name) >= 2 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1]).strip()
    return name


def _ascii_domain(domain: str, text: str, lang: str) -> str:
    try:
        encoded = domain.encode("idna").decode("ascii")
    except UnicodeError:
        encoded = ""
    labels = encoded.split(".")
    # a single label is nearly always a slip ("anna@regione"), except on the machine itself
    if not all(_LABEL.fullmatch(label) for label in labels) or not (len(labels) > 1 or encoded == "localhost"):
        raise UserError((problem(lang, "address.domain", "", value=shown(text)),))
    return encoded
