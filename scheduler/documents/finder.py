"""Finds what is tied in one part of a document, wherever Word or LibreOffice has put it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from scheduler.documents.tied import Box, Prose, Row, Spot, Table, Tie, Tied
from scheduler.documents.ties import BOX, HOLDER, MARKED, TABLE, VALUE

_WORDS = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_HEADING = re.compile(r"(heading|titolo|title)[ _]?\d*", re.IGNORECASE)
_START = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_BLANK = re.compile(
    rb"<w:p(?: [^>]*)?(?:/>|>(?:(?!</w:p>|<w:(?:t|drawing|pict|object|br|sectPr|bookmark\w+|\w+Reference)\b).)*</w:p>)",
    re.DOTALL,
)
_BREAKS = frozenset(("tab", "br", "cr", "drawing", "pict", "object", "tbl"))
_UNSEEN = frozenset(("Fallback", "moveFrom", "del"))  # said once more, or not there any more


class NotReadableError(Exception):
    """The part is no markup in UTF-8."""


def read(part: bytes) -> Tied:
    """Return what is tied in a part.

    Raises:
        NotReadableError: it is not well-formed, or not in UTF-8.
    """
    reader = _Reader(part)
    try:
        part.decode("utf-8")
        reader.parse()
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise NotReadableError(str(error)) from error
    return reader.found()


@dataclass
class _Place:
    """A place that is being read."""

    name: str = ""
    heading: str = ""
    label: str = ""
    start: int = 0
    end: int = 0
    pieces: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    hollow: int = 0
    is_plain: bool = True
    is_placeholder: bool = False  # Word shows its own words, because there are none

    def spot(self) -> Spot:
        written = "" if self.is_placeholder else "".join(self.pieces)
        return Spot(" ".join(written.split()), written.strip(" "), tuple(self.spans), self.hollow, self.is_plain)


@dataclass
class _Grid:
    """A table that is being read."""

    prose: int  # how many paragraphs were before it
    heading: str
    name: str = ""
    start: int = 0  # of the open row
    cells: list[Spot] = field(default_factory=list)  # of the open row
    rows: list[Row] = field(default_factory=list)


@dataclass
class _Frame:
    """The box that is being read."""

    start: int
    prose: int  # how many paragraphs were before what comes after the last line that is marked
    end: int = 0
    lines: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)  # what comes after the last line that is marked


class _Reader:
    """Reads one part from its beginning to its end."""

    def __init__(self, part: bytes) -> None:
        self._part = part
        self._found = Tied()
        self._path: list[str] = []
        self._heading = ""
        self._controls: list[_Place] = []  # that are open, the innermost last
        self._bookmarks: dict[str, _Place] = {}  # that are open
        self._ended: list[tuple[_Place, bool]] = []  # places of values, and whether each is a bookmark's
        self._grids: list[_Grid] = []
        self._cells: list[_Place] = []
        self._prose: list[list[str]] = []  # of the open paragraphs
        self._words: list[list[str]] = []  # of the open paragraphs, with what is tied
        self._starts: list[int] = []  # of the open paragraphs
        self._box: _Frame | None = None
        self._is_boxed = False  # the open paragraph is marked as the box's
        self._is_heading = False
        self._unseen = 0
        self._text_at = -1
        self._parser = expat.ParserCreate(namespace_separator=" ")

    def parse(self) -> None:
        """Read it all."""
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.Parse(self._part, True)

    def found(self) -> Tied:
        """Return what was found; a bookmark says nothing where a content control of the same name is."""
        controls = {place.name for place, is_bookmark in self._ended if not is_bookmark}
        kept = [place for place, is_bookmark in self._ended if not (is_bookmark and place.name in controls)]
        self._found.ties = [
            Tie(place.name, place.label, place.spot(), place.heading, place.start, place.end) for place in kept
        ]
        if box := self._box:
            blank = _BLANK.match(self._part, box.end)
            self._found.boxes = [Box("\n".join(box.lines), box.start, blank.end() if blank else box.end)]
        return self._found

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        space, _, name = qualified.rpartition(" ")
        self._path.append(name)
        self._unseen += name in _UNSEEN
        if space in _WORDS and not self._unseen:
            given = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            self._opened(name, given)

    def _opened(self, name: str, given: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        if name == "t":
            self._text_at = self._behind(at)
        elif name in ("p", "pStyle"):
            self._paragraph_opened(at, given.get("val") if name == "pStyle" else None)
        elif name == "sdt":
            self._controls.append(_Place(heading=self._heading, start=at))
        elif name in ("alias", "tag", "showingPlcHdr") and self._controls:
            self._control(self._controls[-1], name, given.get("val", ""))
        elif name == "bookmarkStart":
            self._bookmark(given.get("id", ""), given.get("name", ""), self._behind(at))
        elif name == "bookmarkEnd" and (place := self._bookmarks.pop(given.get("id", ""), None)):
            place.end = at if "p" in self._path else 0
            self._ended.append((place, True))
        elif name in ("tbl", "tr", "tc"):
            self._grid_opened(name, at)
        if name in _BREAKS and not {"rPr", "pPr"} & set(self._path):
            self._break()

    def _end(self, qualified: str) -> None:
        space, _, name = qualified.rpartition(" ")
        self._path.pop()
        if space in _WORDS and not self._unseen:
            self._closed(name, self._parser.CurrentByteIndex)
        self._unseen -= name in _UNSEEN

    def _closed(self, name: str, at: int) -> None:
        if name == "t" and self._text_at >= 0:
            self._piece(self._text_at, at)
        elif name == "p" and self._prose:
            self._paragraph(at)
        elif name == "sdtContent" and self._controls:
            self._controls[-1].hollow = at
        elif name == "sdt" and self._controls:
            place = self._controls.pop()
            if place.name:
                place.end = self._behind(at) if "p" in self._path else 0
                self._ended.append((place, False))
        elif name in ("tbl", "tr", "tc") and self._grids:
            self._grid_closed(name, at)

    def _piece(self, start: int, end: int) -> None:
        raw, self._text_at = self._part[start:end], -1
        text = html.unescape(raw.decode())
        for place in self._places():
            place.pieces.append(text)
            place.spans.append((start, end))
            place.is_plain = place.is_plain and b"<" not in raw
        self._say(text)

    def _say(self, text: str) -> None:
        if self._prose:
            self._words[-1].append(text)
            if not self._bookmarks and not any(place.name for place in self._controls):
                self._prose[-1].append(text)

    def _break(self) -> None:
        for place in self._places():
            place.pieces.append(" ")
            place.is_plain = False
        self._say(" ")

    def _paragraph_opened(self, at: int, style: str | None) -> None:
        if style is None:
            self._starts.append(at)
            self._prose.append([])
            self._words.append([])
        self._is_heading = bool(style and _HEADING.fullmatch(style))

    def _paragraph(self, at: int) -> None:
        for place in self._places():
            place.pieces.append(" ")
        if self._cells:
            cell = self._cells[-1]
            cell.hollow, cell.is_plain = cell.hollow or at, cell.is_plain and not cell.hollow  # one paragraph
        text, words = (" ".join("".join(pieces.pop()).split()) for pieces in (self._prose, self._words))
        if self._is_heading and words:
            self._heading = words
        self._is_heading = False
        start = self._starts.pop()
        if not self._grids and self._boxed(start, self._behind(at), words):
            return
        if text:
            self._found.prose.append(Prose(text, self._heading))

    def _boxed(self, start: int, end: int, words: str) -> bool:
        """Take a paragraph down as the box's, from its first marked one to its last; False where it is not known."""
        if not self._is_boxed:
            if self._box:
                self._box.behind.append(words)
            return False
        box = self._box = self._box or _Frame(start, len(self._found.prose))
        del self._found.prose[box.prose :]
        box.lines += *box.behind, words
        box.behind, box.end, self._is_boxed = [], end, False
        return True

    def _control(self, place: _Place, fact: str, said: str) -> None:
        if fact == "alias":
            place.label = said
        elif fact == "showingPlcHdr":
            place.is_placeholder = True
        elif found := VALUE.match(said):
            place.name = found[0]
            self._stand_in()

    def _stand_in(self) -> None:
        """Let a sign stand for what is tied, once for each content control or bookmark of its own."""
        if self._prose and self._prose[-1][-1:] != [HOLDER]:
            self._prose[-1].append(HOLDER)

    def _bookmark(self, number: str, name: str, behind: int) -> None:
        if found := VALUE.match(name):
            self._bookmarks[number] = _Place(found[0], self._heading, start=behind, hollow=behind)
            self._stand_in()
        elif found := TABLE.match(name):
            if self._grids:
                self._grids[-1].name = found[0]
        elif name.startswith(BOX) and self._starts and not self._grids:
            self._is_boxed = True
        elif found := MARKED.match(name):
            self._found.marks.append(found[0])

    def _grid_opened(self, name: str, at: int) -> None:
        if name == "tbl":
            self._grids.append(_Grid(len(self._found.prose), self._heading))
        elif name == "tr" and self._grids:
            self._grids[-1].start, self._grids[-1].cells = at, []
        elif name == "tc":
            self._cells.append(_Place())

    def _grid_closed(self, name: str, at: int) -> None:
        grid = self._grids[-1]
        if name == "tc" and self._cells:
            grid.cells.append(self._cells.pop().spot())
        elif name == "tr":
            grid.rows.append(Row(grid.start, self._behind(at), tuple(grid.cells)))
        elif name == "tbl":
            self._grids.pop()
            if grid.name:
                self._found.tables.append(Table(grid.name, tuple(grid.rows), grid.heading))
                del self._found.prose[grid.prose :]

    def _places(self) -> Iterator[_Place]:
        yield from (place for place in self._controls if place.name)
        yield from self._bookmarks.values()
        yield from self._cells

    def _behind(self, at: int) -> int:
        """Return where the tag ends that begins at a byte."""
        tag = _START.match(self._part, at)
        return tag.end() if tag else at
