"""One part of a template and one context → the part's file, deflated, with every printed text found in it again."""

from __future__ import annotations

import itertools
from typing import Any

from scheduler.documents.album import Album
from scheduler.documents.archive import Deflater, Entry, deflated
from scheduler.documents.mending import numbered, numbers
from scheduler.documents.readback import in_order, missing, seen
from scheduler.documents.source import Part

BATCH = 4096  # pieces that are in memory at a time


def filled(part: Part, values: dict[str, Any], album: Album) -> tuple[Entry, list[str]]:
    """Return the part's file, and the texts that were printed and are not in it; pictures go into the album.

    Raises:
        what Jinja raises, and NeedsDocumentError, PictureError.
    """
    return (_streamed(part, values, album) if part.steady else None) or _at_once(part, values, album)


def _streamed(part: Part, values: dict[str, Any], album: Album) -> tuple[Entry, list[str]] | None:
    """Write the part as it comes; None if a text has to be taken apart, for which the whole must be known."""
    printed, pieces = part.begun(values, album)
    deflater, drawings = Deflater(), numbers()
    deflater.add(part.source.before.encode())
    while batch := list(itertools.islice(pieces, BATCH)):
        markup = "".join(batch)
        if printed.parted or not in_order(markup, printed.texts):
            return None
        if part.drawings or (printed.drawn and part.source.body):
            markup = numbered(markup, drawings)
        printed.texts.clear()
        deflater.add(markup.encode())
    deflater.add(part.source.after.encode())
    return deflater.entry(part.source.name), seen(printed.lost)


def _at_once(part: Part, values: dict[str, Any], album: Album) -> tuple[Entry, list[str]]:
    printed, pieces = part.begun(values, album)
    xml = part.mended("".join(pieces), drawn=printed.drawn)
    document = part.document(xml)
    return deflated(part.source.name, document), missing(xml, document, printed, proven=part.proven)
