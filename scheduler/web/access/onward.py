"""The page to go to after signing in: one of our own, whatever the address asks for."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

HOME = "/"
_LONGEST = 500


def own_path(wanted: str) -> str:
    """Return a path of our own as it is, and the first page for anything else.

    Browsers take a backslash for a slash and leave line ends out, so that `/\\evil.example` is another machine's.
    """
    is_path = wanted.startswith("/") and not wanted.startswith("//") and len(wanted) <= _LONGEST
    if not is_path or "\\" in wanted or any(unicodedata.category(char)[0] == "C" for char in wanted):
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else wanted
