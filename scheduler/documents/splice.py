"""Changes to the bytes of a part: texts set in their places, rows put in and taken out; nothing else is touched."""

from __future__ import annotations

import html
from collections.abc import Sequence

from scheduler.documents.tied import Spot

Edit = tuple[int, int, bytes]  # from, to, and what comes there


class Edits:
    """Collects changes to one part."""

    def __init__(self, part: bytes) -> None:
        self.part = part
        self._edits: list[Edit] = []

    def set(self, spot: Spot, text: str) -> None:
        """Let a place hold a text, with the formatting of what it holds now."""
        self._edits += text_edits(spot, text)

    def replace(self, start: int, end: int, content: bytes) -> None:
        """Put other bytes in the place of some; `start` and `end` may be the same."""
        self._edits.append((start, end, content))

    def applied(self) -> bytes:
        """Return the part with all changes; of two that are for the same bytes, the first."""
        return spliced(self.part, self._edits)


def text_edits(spot: Spot, text: str) -> list[Edit]:
    """Return the changes that let a place hold a text: all of it stands in the first piece."""
    content = html.escape(text, quote=False).encode()
    if not spot.spans:
        return [(spot.hollow, spot.hollow, b"<w:r><w:t>%s</w:t></w:r>" % content)]
    [first, *others] = spot.spans
    return [(*first, content), *((start, end, b"") for start, end in others)]


def spliced(content: bytes, edits: Sequence[Edit], origin: int = 0) -> bytes:
    """Return bytes with changes, which are given by their places from `origin` on."""
    pieces: list[bytes] = []
    done = origin
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):  # stable: what came first stays first
        if start >= done:
            pieces += content[done - origin : start - origin], new
            done = end
    return b"".join([*pieces, content[done - origin :]])
