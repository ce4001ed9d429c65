"""A file that a person hands in, and the name under which it can be kept on any disk."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_STEM = 100  # characters
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$|clock\$)", re.IGNORECASE)
_EXTENSION = re.compile(r"[a-z0-9]{1,10}")
_WRAPPED = re.compile(r"(?:\.[a-z0-9]{1,10})?\.(?:p7m|tsd)$", re.IGNORECASE)  # what was signed keeps its own: x.pdf.p7m


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name is whatever the sender wrote."""

    name: str
    content: bytes


def extension(name: str) -> str:
    """Return what stands after the last dot of a name, in small letters; '' where there is nothing usable."""
    _, dot, last = _visible(name).rpartition(".")
    return last.lower() if dot and _EXTENSION.fullmatch(last.lower()) else ""


def safe_name(name: str) -> str:
    """Return a name of plain letters, without folders and of bounded length, with the same extension."""
    visible = _visible(name)
    wrapped = _WRAPPED.search(visible)
    ending = wrapped[0].lower() if wrapped else f".{extension(name)}" if extension(name) else ""
    plain = unicodedata.normalize("NFKD", visible[: len(visible) - len(ending)] if ending else visible)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", letters)[:LONGEST_STEM].strip("_-")
    return f"{stem or 'file'}{'_' if _RESERVED.fullmatch(stem) else ''}{ending}"


def _visible(name: str) -> str:
    """Return the last part of a path, without what is not seen: control characters, marks that turn the text round."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return seen.strip(" .")
