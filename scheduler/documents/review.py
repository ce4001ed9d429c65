"""A reviewer's copy of a draft: a comment on each tied figure with its source, and an annex of all sources."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.documents.annex import Source, annex
from scheduler.documents.archive import deflated, same_bytes
from scheduler.documents.finder import read
from scheduler.documents.splice import Edits
from scheduler.documents.tied import Tie
from scheduler.locale import text

BODY, COMMENTS, TYPES = "word/document.xml", "word/comments.xml", "[Content_Types].xml"
RELATIONS = "word/_rels/document.xml.rels"

_KNOWN = re.compile(rb'<w:comment [^>]*?w:id="(\d+)"')
_FIGURE = re.compile(r"dati\.(\w+)")
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_EMPTY = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:comments xmlns:w="{_WORDS}"></w:comments>'
_TYPE = (
    '<Override PartName="/word/comments.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"/>'
)
_RELATION = (
    '<Relationship Id="rIdFonti" Target="comments.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"/>'
)


@dataclass(frozen=True)
class _Comment:
    """One comment, and the bytes of the body that it is about."""

    number: int
    start: int
    end: int
    lines: tuple[str, ...]


def reviewed(content: bytes, own: bytes, sources: Sequence[Source], at: datetime, lang: str) -> bytes:
    """Return a draft with a comment on each figure that is tied in its body, and with the table of all sources.

    Args:
        content: the draft, a harmless .docx.
        own: what the service itself had made, which tells what its ties print; LibreOffice leaves that out.
        sources: of its figures, in the order of the annex.
        at: the instant that the comments state.
        lang: of the comments.

    Raises:
        NotReadableError: it holds what is no markup.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = set(package.namelist())
        parts = {name: package.read(name) for name in (BODY, COMMENTS, TYPES, RELATIONS) if name in names}
    with zipfile.ZipFile(io.BytesIO(own)) as package:
        figures = {tie.name: found[1] for tie in read(package.read(BODY)).ties if (found := _FIGURE.match(tie.label))}
    comments = parts.get(COMMENTS, _EMPTY.encode())
    ties = [(tie, figures[tie.name]) for tie in read(parts[BODY]).ties if tie.end > 0 and tie.name in figures]
    made = _comments(ties, {item.name: item for item in sources}, _first_number(comments), lang)
    shown = {figure: tie.spot.text for tie, figure in reversed(ties)}
    parts[BODY] = _commented(parts[BODY], made, annex(sources, shown, _headings(content), lang))
    parts[COMMENTS] = _before(comments, b"</w:comments>", "".join(_markup(item, at, lang) for item in made))
    if COMMENTS not in names:
        parts[TYPES] = _before(parts[TYPES], b"</Types>", _TYPE)
        parts[RELATIONS] = _before(parts[RELATIONS], b"</Relationships>", _RELATION)
    return same_bytes(content, *(deflated(name, part) for name, part in parts.items()))


def _first_number(comments: bytes) -> int:
    return max((int(number) for number in _KNOWN.findall(comments)), default=-1) + 1


def _comments(ties: Sequence[tuple[Tie, str]], known: Mapping[str, Source], first: int, lang: str) -> list[_Comment]:
    found = [(tie, known[figure]) for tie, figure in ties if figure in known]
    return [
        _Comment(number, tie.start, tie.end, source.lines(lang)) for number, (tie, source) in enumerate(found, first)
    ]


def _commented(body: bytes, comments: Sequence[_Comment], end: str) -> bytes:
    edits = Edits(body)
    for item in comments:
        edits.replace(item.start, item.start, f'<w:commentRangeStart w:id="{item.number}"/>'.encode())
        reference = f'<w:r><w:commentReference w:id="{item.number}"/></w:r>'
        edits.replace(item.end, item.end, f'<w:commentRangeEnd w:id="{item.number}"/>{reference}'.encode())
    last = max(body.rfind(b"<w:sectPr"), 0) or body.rindex(b"</w:body>")
    edits.replace(last, last, end.encode())
    return edits.applied()


def _markup(comment: _Comment, at: datetime, lang: str) -> str:
    paragraphs = "".join(f"<w:p><w:r><w:t>{html.escape(line, quote=False)}</w:t></w:r></w:p>" for line in comment.lines)
    author = html.escape(text(lang, "review.author"))
    facts = f'w:id="{comment.number}" w:author="{author}" w:date="{at:%Y-%m-%dT%H:%M:%SZ}" w:initials="S"'
    return f"<w:comment {facts}>{paragraphs}</w:comment>"


def _before(part: bytes, end: bytes, content: str) -> bytes:
    """Return a part with more before its end."""
    at = part.rindex(end)
    return part[:at] + content.encode() + part[at:]


def _headings(content: bytes) -> str:
    """Return the style that headings have in a document, by its language; '' where there is none."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        styles = package.read("word/styles.xml") if "word/styles.xml" in package.namelist() else b""
    return next((name for name in ("Heading1", "Titolo1") if f'w:styleId="{name}"'.encode() in styles), "")
