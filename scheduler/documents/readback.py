"""Whether every text that was printed has arrived in the document."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from scheduler.documents.sandbox import Printed

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = (f"{_W}tab", f"{_W}br", f"{_W}cr")


def missing(xml: str, document: bytes, printed: Printed, *, proven: bool) -> list[str]:
    """Return the printed texts that are not in a part's text.

    Given the part's markup, the whole part, and what was printed into it. Where the template's shape is not proven, or
    where texts stand in another order than they were printed in, the part is parsed and its text is read.
    """
    lost = seen(printed.lost)
    return lost if proven and in_order(xml, printed.texts) else lost + absent(text_of(document), printed.texts)


def in_order(xml: str, texts: list[str]) -> bool:
    """Tell whether the markup holds the texts, one behind the other.

    Enough for those noted in a template whose shape is proven: each of them was printed inside a text element.
    """
    at, find = 0, xml.find
    for item in texts:
        at = find(item, at)
        if at < 0:
            return False
        at += len(item)
    return True


def absent(text: str, printed: list[str]) -> list[str]:
    """Return the printed texts that a document's text does not hold."""
    at, lost = 0, []
    for item in seen(printed):
        here = text.find(item, at)
        if here < 0 and item not in text:
            lost.append(item)
        at = max(at, here)
    return lost


def text_of(part: bytes) -> str:
    """Return a part's text: a line for each paragraph, blanks folded."""
    return "\n".join(_paragraphs(part))


def folded(value: str) -> str:
    """Return the text with every run of blanks as one space."""
    return " ".join(value.split())


def seen(printed: list[str]) -> list[str]:
    """Return texts as a reader sees them, given as XML writes them; blanks count as one."""
    return [folded(html.unescape(item)) for item in printed]


def _paragraphs(part: bytes) -> Iterator[str]:
    root = ElementTree.fromstring(part)  # noqa: S314  (our own rendering of a part already checked for entities)
    return (folded(_paragraph_text(paragraph)) for paragraph in root.iter(f"{_W}p"))


def _paragraph_text(paragraph: ElementTree.Element) -> str:
    pieces = []
    for item in paragraph.iter():
        if item.tag == f"{_W}t":
            pieces.append(item.text or "")
        elif item.tag in _BREAKS:
            pieces.append(" ")
    return "".join(pieces)
