"""The ICS calendar's bytes, put together from the components of each entry, which are kept until the entry changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.core.feed import Variant
from scheduler.feed.entry import Entry, FeedFacts
from scheduler.feed.lines import TAIL, components, head

_BETWEEN = re.compile(rb"(?<=\r\n)(?=BEGIN:(?:VEVENT|VTODO)\r\n)")

Component = tuple[str, bytes]  # its UID, and its lines


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar's bytes with their fingerprint, which is made of those of its components."""

    content: bytes
    sha256: str


def ics(entries: Iterable[Entry], facts: FeedFacts, variants: frozenset[Variant] = frozenset()) -> bytes:
    """Return the calendar of entries: the same bytes for the same entries."""
    parts = [content for entry in entries for _, content in components(entry, variants)]
    return b"".join([head(facts), *parts, TAIL])


def read(content: bytes) -> tuple[Calendar, list[bytes]] | None:
    """Return a calendar that we have written, and its components; None where the bytes are not one."""
    if not content.startswith(b"BEGIN:VCALENDAR\r\n") or not content.endswith(b"\r\n" + TAIL):
        return None
    begin, *parts = _BETWEEN.split(content.removesuffix(TAIL))
    return Calendar(content, _sha256(begin, [_digest(part) for part in parts])), parts


class Blobs:
    """The components of one kind of calendar: what one changed entry costs does not grow with the others."""

    def __init__(self, variants: frozenset[Variant]) -> None:
        self._variants = variants
        self._entries: dict[str, Entry] = {}
        self._blobs: dict[str, tuple[bytes, bytes]] = {}  # by key: the lines, and the fingerprints of the components

    def take(self, entries: Mapping[str, Entry]) -> list[Component]:
        """Take over the entries in force; return the components of those that were another object until now."""
        known, fresh = self._entries, []
        for key, entry in entries.items():
            if known.get(key) is not entry:
                made = components(entry, self._variants)
                fresh += made
                contents = [content for _, content in made]
                self._blobs[key] = b"".join(contents), b"".join(map(_digest, contents))
        self._entries = dict(entries)
        return fresh

    def calendar(self, keys: Sequence[str], facts: FeedFacts) -> Calendar:
        """Return the calendar of some of the entries."""
        begin, blobs = head(facts), [self._blobs[key] for key in keys]
        content = b"".join([begin, *[content for content, _ in blobs], TAIL])
        return Calendar(content, _sha256(begin, [digest for _, digest in blobs]))


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _sha256(begin: bytes, digests: Sequence[bytes]) -> str:
    return hashlib.sha256(begin + b"".join(digests)).hexdigest()
