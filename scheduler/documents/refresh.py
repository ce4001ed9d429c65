"""A draft that people have edited, with new figures: what was tied is set anew, their text stays to the letter."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

from scheduler.documents.archive import deflated, same_bytes
from scheduler.documents.finder import read
from scheduler.documents.rows import lines, table_edits
from scheduler.documents.splice import Edits
from scheduler.documents.tied import Box, Prose, Table, Tie, Tied
from scheduler.documents.ties import HOLDER, TABLE, VALUE
from scheduler.documents.unverified import TITLE

_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_BODY = re.compile(rb"<w:body(?: [^>]*)?>")
_PICTURES = re.compile(r"word/(media|charts|embeddings)/.+")


class Kind(StrEnum):
    """What has become of a place."""

    UPDATED = "updated"  # it has the new value
    CONFLICT = "conflict"  # somebody has changed it, and the data have changed too: it stays as that person wrote it
    GONE = "gone"  # somebody has taken it out: it is not put back
    PROSE = "prose"  # the template says something else around the values now: nothing is changed in people's text
    PICTURE = "picture"  # a picture or a chart is another one now; it is not changed either


@dataclass(frozen=True)
class Finding:
    """One place: what the service had written, what stands there, what the service would write now."""

    kind: Kind
    label: str  # dati.totale|euro; '' where it is no single value
    heading: str
    before: str
    edited: str
    fresh: str


@dataclass(frozen=True)
class Refreshed:
    """The document, and what a person is to know of it."""

    content: bytes
    findings: tuple[Finding, ...]

    @property
    def open(self) -> tuple[Finding, ...]:
        """What somebody has to look at."""
        return tuple(item for item in self.findings if item.kind is not Kind.UPDATED)


def marks(content: bytes) -> frozenset[str]:
    """Return the marks of drafts that a document bears.

    Raises:
        NotReadableError: it holds what is no markup.
    """
    return frozenset(mark for tied in _tied(content).values() for mark in tied.marks)


def refreshed(before: bytes, edited: bytes, fresh: bytes) -> Refreshed:
    """Return an edited document with the new values in the places that nobody has changed.

    Args:
        before: what the service itself had made, from which the document was edited.
        edited: what people have made of it.
        fresh: what the service makes now.

    Raises:
        NotReadableError: one of them holds what is no markup.
    """
    return _Merging(_Own.of(before), _Own.of(fresh)).merged(edited)


def _tied(content: bytes) -> dict[str, Tied]:
    return {name: read(part) for name, part in _parts(content).items()}


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in sorted(package.namelist()) if _PARTS.fullmatch(name)}


def _what(name: str) -> str:
    found = VALUE.match(name) or TABLE.match(name)
    return found["what"] if found else ""


@dataclass
class _Own:
    """What the service itself wrote into a document."""

    ties: dict[str, Tie] = field(default_factory=dict)
    tables: dict[str, tuple[Table, bytes]] = field(default_factory=dict)  # with the part that each is in
    prose: list[Prose] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    boxes: list[tuple[Box, bytes]] = field(default_factory=list)  # of data that did not pass, with their markup
    pictures: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of(cls, content: bytes) -> _Own:
        """Read a document of the service."""
        own = cls()
        for part in _parts(content).values():
            tied = read(part)
            own.ties |= {tie.name: tie for tie in tied.ties}
            own.tables |= {table.name: (table, part) for table in tied.tables}
            own.prose += tied.prose
            own.marks += tied.marks
            own.boxes += ((box, part[box.start : box.end]) for box in tied.boxes)
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            pictures = (item for item in package.infolist() if _PICTURES.fullmatch(item.filename))
            own.pictures = frozenset((item.filename, item.CRC) for item in pictures)
        return own

    def tie(self, name: str) -> Tie | None:
        """Return the tie of that name, or else one that prints the same: the template may have been changed."""
        if name in self.ties:
            return self.ties[name]
        same = [tie for tie in self.ties.values() if _what(tie.name) == _what(name)]
        return same[0] if len({tie.spot.text for tie in same}) == 1 else None

    def table(self, name: str) -> tuple[Table, bytes] | None:
        """Return the table of that name, or else the one that goes through the same."""
        if name in self.tables:
            return self.tables[name]
        same = [found for known, found in self.tables.items() if _what(known) == _what(name)]
        return same[0] if len(same) == 1 else None


class _Merging:
    """Puts what the service says now into an edited document."""

    def __init__(self, before: _Own, fresh: _Own) -> None:
        self._before = before
        self._fresh = fresh
        self._findings: dict[Finding, None] = {}  # each once, in order: a header may be there twice
        self._seen: dict[str, set[str]] = defaultdict(set)  # the names that are still there, by what they print

    def merged(self, edited: bytes) -> Refreshed:
        """Return the document."""
        changed = []
        for name, part in _parts(edited).items():
            tied, edits = read(part), Edits(part)
            if body := _BODY.search(part):
                self._box(tied, body.end(), edits)
            for tie in tied.ties:
                self._value(tie, edits)
            for table in tied.tables:
                self._table(table, edits)
            written = self._marked(edits.applied(), tied)
            if written != part:
                changed.append(deflated(name, written))
        for finding in itertools.chain(self._gone(), self._around(), self._drawn()):
            self._findings[finding] = None
        return Refreshed(same_bytes(edited, *changed), tuple(self._findings))

    def _box(self, tied: Tied, top: int, edits: Edits) -> None:
        """Put in, change or take out the box of data that did not pass; one that somebody has written into stays."""
        [had, *_] = [box.text for box, _ in self._before.boxes] or [""]
        [(would, markup), *_] = [(box.text, content) for box, content in self._fresh.boxes] or [("", b"")]
        [box, *_] = tied.boxes or [Box("", top, top)]
        if box.text == would:
            return
        is_own = box.text in ("", had)
        if is_own:
            edits.replace(box.start, box.end, markup)
        elif TITLE not in box.text:
            edits.replace(top, top, markup)
        self._tell(Kind.UPDATED if is_own else Kind.CONFLICT, "", "", had, box.text, would)

    def _value(self, tie: Tie, edits: Edits) -> None:
        self._seen[_what(tie.name)].add(tie.name)
        before, fresh = self._before.tie(tie.name), self._fresh.tie(tie.name)
        if before is None:  # it comes from another document
            return
        had, has, would = before.spot.text, tie.spot.text, fresh.spot.text if fresh else ""
        if would in (had, has):
            return
        kind = Kind.CONFLICT
        if fresh and has == had and tie.spot.is_plain:
            edits.set(tie.spot, fresh.spot.written)
            kind = Kind.UPDATED
        self._tell(kind, before.label, tie.heading, had, has, would)

    def _table(self, table: Table, edits: Edits) -> None:
        self._seen[_what(table.name)].add(table.name)
        before, fresh = self._before.table(table.name), self._fresh.table(table.name)
        if before is None:
            return
        if fresh is None:
            self._tell(Kind.CONFLICT, "", table.heading, lines(before[0].rows), lines(table.rows), "")
            return
        for cell in table_edits(before[0], table, fresh, edits):
            kind = Kind.UPDATED if cell.is_set else Kind.CONFLICT
            self._tell(kind, "", table.heading, cell.before, cell.edited, cell.fresh)

    def _marked(self, part: bytes, tied: Tied) -> bytes:
        """Return a part with the mark of the new version in place of those that it bears."""
        for mark in tied.marks if self._fresh.marks else ():
            part = part.replace(mark.encode(), self._fresh.marks[0].encode())
        return part

    def _tell(self, kind: Kind, label: str, heading: str, before: str, edited: str, fresh: str) -> None:
        self._findings[Finding(kind, label, heading, before, edited, fresh)] = None

    def _gone(self) -> Iterator[Finding]:
        """Yield what was taken out and stands nowhere else."""
        for tie in self._before.ties.values():
            fresh = self._fresh.tie(tie.name)
            if not self._seen[_what(tie.name)] and tie.spot.text:
                would = fresh.spot.text if fresh else ""
                yield Finding(Kind.GONE, tie.label, tie.heading, tie.spot.text, "", would)
        for name, (table, _) in self._before.tables.items():
            if not self._seen[_what(name)]:
                found = self._fresh.table(name)
                yield Finding(
                    Kind.GONE, "", table.heading, lines(table.rows), "", lines(found[0].rows if found else ())
                )

    def _around(self) -> Iterator[Finding]:
        """Yield what the template says around the values, where that is not what it said."""
        old, new = (
            [item for item in own.prose if item.text.strip(f"{HOLDER} ")] for own in (self._before, self._fresh)
        )
        matcher = SequenceMatcher(None, [item.text for item in old], [item.text for item in new], autojunk=False)
        for tag, start, stop, begin, finish in matcher.get_opcodes():
            pairs = itertools.zip_longest(old[start:stop], new[begin:finish]) if tag != "equal" else ()
            for was, says in pairs:
                heading = (was or says).heading
                yield Finding(Kind.PROSE, "", heading, was.text if was else "", "", says.text if says else "")
        for name, (table, _) in self._fresh.tables.items():
            if self._before.table(name) is None:
                yield Finding(Kind.PROSE, "", table.heading, "", "", lines(table.rows))

    def _drawn(self) -> Iterator[Finding]:
        if self._before.pictures != self._fresh.pictures:
            yield Finding(Kind.PICTURE, "", "", "", "", "")
