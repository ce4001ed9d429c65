"""What differs in the text of two versions of a document: paragraphs and cells, word by word. Nothing of its looks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from xml.etree import ElementTree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says once more what stands before
_PART = re.compile(r"word/(document|header|footer)\d*\.xml")
_NEAR = 2  # words that stay between two changes of one sentence belong to both
_AHEAD = 20  # lines that are looked at for the one whose place another has taken
_ALIKE = 0.4  # below this share of equal words, a text is another one altogether


class Kind(StrEnum):
    """What has happened to a text."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Place:
    """Where a text stands: in the later version, or in the earlier one if it was removed; all numbers from 1."""

    part: str  # document, header, footer
    paragraph: int = 0  # of the part, tables not counted; 0 in a table
    table: int = 0
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Change:
    """One difference; `before` is '' where a text was added, `after` where it was removed."""

    kind: Kind
    before: str
    after: str
    where: Place


@dataclass(frozen=True)
class _Line:
    """A paragraph, or a row of a table: what is compared as one."""

    texts: tuple[str, ...]  # one, or the row's cells
    where: Place


def changes(before: bytes, after: bytes) -> tuple[Change, ...]:
    """Return what differs in the text of two documents: the body in its order, then headers and footers.

    Raises:
        ValueError: one of them is no .docx.
    """
    earlier, later = _lines(before), _lines(after)
    names = [*later, *(name for name in earlier if name not in later)]
    return tuple(change for name in names for change in _between(earlier.get(name, []), later.get(name, [])))


def _lines(content: bytes) -> dict[str, list[_Line]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = sorted(name for name in package.namelist() if _PART.fullmatch(name))
            return {name: _Reader(name).lines(package.read(name)) for name in names}
    except (zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise ValueError(str(error)) from error


class _Reader:
    """Reads one part of a document, counting its paragraphs and tables."""

    def __init__(self, name: str) -> None:
        found = _PART.fullmatch(name)
        self._part = found[1] if found else ""
        self._paragraphs = self._tables = 0

    def lines(self, part: bytes) -> list[_Line]:
        """Return the paragraphs and rows that have a text."""
        root = ElementTree.fromstring(part)  # noqa: S314  (our own rendering of a part already checked for entities)
        return [line for line in self._within(root) if any(line.texts)]

    def _within(self, element: ElementTree.Element) -> Iterator[_Line]:
        for item in element:
            if item.tag == f"{_W}p":
                self._paragraphs += 1
                yield _Line((_text(item),), Place(self._part, paragraph=self._paragraphs))
            elif item.tag == f"{_W}tbl":
                self._tables += 1
                yield from self._rows(item, self._tables)
            else:
                yield from self._within(item)

    def _rows(self, table: ElementTree.Element, number: int) -> Iterator[_Line]:
        for row, item in enumerate(table.iter(f"{_W}tr"), start=1):
            cells = tuple(_text(cell) for cell in item.iter(f"{_W}tc"))
            yield _Line(cells, Place(self._part, table=number, row=row))


def _text(element: ElementTree.Element) -> str:
    """Return a text as it is read, blanks folded; the paragraphs of a cell are one text."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    for item in element:
        if item.tag == f"{_W}t":
            yield item.text or ""
        elif item.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield " "
        elif item.tag != _FALLBACK:
            yield from _pieces(item)
            if item.tag == f"{_W}p":
                yield " "


def _between(before: Sequence[_Line], after: Sequence[_Line]) -> Iterator[Change]:
    same = _same_at_start(before, after)
    before, after = before[same:], after[same:]
    end = _same_at_start(before[::-1], after[::-1])
    before, after = before[: len(before) - end], after[: len(after) - end]
    matcher = SequenceMatcher(None, [line.texts for line in before], [line.texts for line in after], autojunk=False)
    for tag, start, stop, begin, finish in matcher.get_opcodes():
        if tag != "equal":
            yield from _replaced(before[start:stop], after[begin:finish])


def _same_at_start(before: Sequence[_Line], after: Sequence[_Line]) -> int:
    pairs = zip(before, after, strict=False)
    return next(
        (index for index, (old, new) in enumerate(pairs) if old.texts != new.texts), min(len(before), len(after))
    )


def _replaced(before: Sequence[_Line], after: Sequence[_Line]) -> Iterator[Change]:
    """Pair the lines that took each other's place: rows by what stands in their first cell, the others in order."""
    left = list(before)
    for new in after:
        at = next((at for at, line in enumerate(left[:_AHEAD]) if _answers(line, new)), None)
        if at is None:
            yield from _whole(Kind.ADDED, new)
            continue
        for skipped in left[:at]:
            yield from _whole(Kind.REMOVED, skipped)
        yield from _in_line(left[at], new)
        left = left[at + 1 :]
    for line in left:
        yield from _whole(Kind.REMOVED, line)


def _answers(old: _Line, new: _Line) -> bool:
    if bool(old.where.table) != bool(new.where.table) or len(old.texts) != len(new.texts):
        return False
    if len(old.texts) > 1:
        same = sum(one == other for one, other in zip(old.texts, new.texts, strict=True))
        return old.texts[0] == new.texts[0] or 2 * same >= len(old.texts)
    words = SequenceMatcher(None, old.texts[0].split(), new.texts[0].split(), autojunk=False)
    return words.quick_ratio() >= _ALIKE


def _whole(kind: Kind, line: _Line) -> Iterator[Change]:
    for column, text in enumerate(line.texts, start=1):
        if text:
            before, after = (text, "") if kind is Kind.REMOVED else ("", text)
            yield Change(kind, before, after, _cell(line, column))


def _in_line(old: _Line, new: _Line) -> Iterator[Change]:
    for column, (before, after) in enumerate(zip(old.texts, new.texts, strict=True), start=1):
        for removed, added in _in_words(before.split(), after.split()):
            kind = Kind.CHANGED if removed and added else Kind.ADDED if added else Kind.REMOVED
            yield Change(kind, removed, added, _cell(new, column))


def _in_words(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the runs of words that differ; what is close together is one."""
    runs: list[tuple[int, int, int, int]] = []
    for tag, start, stop, begin, finish in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if runs and start - runs[-1][1] <= _NEAR:
            runs[-1] = (runs[-1][0], stop, runs[-1][2], finish)
        else:
            runs.append((start, stop, begin, finish))
    for start, stop, begin, finish in runs:
        yield " ".join(before[start:stop]), " ".join(after[begin:finish])


def _cell(line: _Line, column: int) -> Place:
    return replace(line.where, column=column) if line.where.table else line.where
