"""What the ledger says when its database cannot be used."""

from __future__ import annotations

from scheduler.errors import Problem, UserError
from scheduler.locale import text


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, or its kind where it says nothing."""
    said = str(getattr(error, "strerror", None) or error)
    return (said.strip().splitlines() or [type(error).__name__])[0]


def unusable(where: str, reason: str, lang: str) -> UserError:
    """Return the error for a database that cannot be reached, read or written."""
    return refused(where, "ledger.unusable", lang, reason=reason)


def refused(where: str, code: str, lang: str, **facts: object) -> UserError:
    """Return the error of a code, with its remedy."""
    return UserError((Problem(where, text(lang, code, **facts), text(lang, f"{code}.remedy", **facts)),))
