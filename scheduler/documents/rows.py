"""The rows of a tied table in three states: as the service wrote it, as people have left it, as it would be now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from scheduler.documents.splice import Edits, spliced, text_edits
from scheduler.documents.tied import Row, Table

MOST_LINES = 20  # of a table, to be shown

_HEAD = b"<w:tblHeader"
_OWN = re.compile(
    rb'<w:(?:bookmarkStart|bookmarkEnd|commentRangeStart|commentRangeEnd|commentReference)\b[^>]*/>| w14:\w+Id="[^"]*"'
)  # what may be there once only
Pair = tuple[int | None, int | None]  # a row of before and one of fresh


@dataclass(frozen=True)
class CellChange:
    """One cell, or rows as a whole: what was written, what stands there, what would be written, and if it was."""

    before: str
    edited: str
    fresh: str
    is_set: bool


def lines(rows: Sequence[Row]) -> str:
    """Return rows as a text, a line each."""
    said = [" | ".join(row.texts) for row in rows[:MOST_LINES]]
    return "\n".join([*said, "…"] if len(rows) > MOST_LINES else said)


def table_edits(before: Table, edited: Table, fresh: tuple[Table, bytes], edits: Edits) -> Iterator[CellChange]:
    """Change an edited table to what it would say now, row by row, and yield what was changed and what was not."""
    new, source = fresh
    if [row.texts for row in before.rows] == [row.texts for row in new.rows]:
        return
    if [len(row.cells) for row in before.rows] != [len(row.cells) for row in edited.rows]:
        yield _as_a_whole(before.rows, edited.rows, new.rows)
        return
    last = edited.rows[0].start if edited.rows else 0
    for was, comes in _pairs(before.rows, new.rows):
        if was is None and comes is not None:
            row = new.rows[comes]
            edits.replace(last, last, _new_row(row, source, edited.rows, edits.part))
            yield CellChange("", "", " | ".join(row.texts), is_set=True)
        elif was is not None:
            yield from _row(before.rows[was], edited.rows[was], None if comes is None else new.rows[comes], edits)
            last = edited.rows[was].end


def _row(before: Row, edited: Row, fresh: Row | None, edits: Edits) -> Iterator[CellChange]:
    """Change one row, or take it out where there is none any more and nobody has written into it."""
    if fresh is None:
        untouched = before.texts == edited.texts
        if untouched:
            edits.replace(edited.start, edited.end, b"")
        yield CellChange(" | ".join(before.texts), " | ".join(edited.texts), "", is_set=untouched)
        return
    if len(fresh.cells) != len(edited.cells):
        yield _as_a_whole([before], [edited], [fresh])
        return
    for was, cell, comes in zip(before.cells, edited.cells, fresh.cells, strict=True):
        if comes.text in (was.text, cell.text):
            continue
        can = was.text == cell.text and cell.is_plain and comes.is_plain
        if can:
            edits.set(cell, comes.written)
        yield CellChange(was.text, cell.text, comes.text, is_set=can)


def _as_a_whole(before: Sequence[Row], edited: Sequence[Row], fresh: Sequence[Row]) -> CellChange:
    """Return rows that cannot be told apart cell by cell; those that all agree on are left out."""
    old, new = {row.texts for row in before}, {row.texts for row in fresh}
    said = [[row for row in before if row.texts not in new], [row for row in edited if row.texts not in old & new]]
    return CellChange(lines(said[0]), lines(said[1]), lines([row for row in fresh if row.texts not in old]), False)


def _new_row(row: Row, source: bytes, others: Sequence[Row], part: bytes) -> bytes:
    """Return a row that is to be put in: like the table's last one that is no header, or as the service writes it."""
    for like in reversed(others):
        content = part[like.start : like.end]
        if _HEAD not in content and len(like.cells) == len(row.cells) and all(cell.is_plain for cell in like.cells):
            edits = [
                edit for cell, new in zip(like.cells, row.cells, strict=True) for edit in text_edits(cell, new.written)
            ]
            return _OWN.sub(b"", spliced(content, edits, like.start))
    return source[row.start : row.end]


def _pairs(before: Sequence[Row], fresh: Sequence[Row]) -> Iterator[Pair]:
    """Yield which row has become which: those that are the same, then those that begin alike, then the others."""
    old, new = [row.texts for row in before], [row.texts for row in fresh]
    for tag, start, stop, begin, finish in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal" or stop - start == finish - begin:
            yield from zip(range(start, stop), range(begin, finish), strict=True)
        else:
            yield from _alike(old, new, range(start, stop), range(begin, finish))


def _alike(old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]], left: range, right: range) -> Iterator[Pair]:
    """Pair rows by what they say without numbers; what stays over was taken out, or has come in."""
    were, are = [_words(old[at]) for at in left], [_words(new[at]) for at in right]
    for tag, start, stop, begin, finish in SequenceMatcher(None, were, are, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(left[start:stop], right[begin:finish], strict=True)
        else:
            yield from ((at, None) for at in left[start:stop])
            yield from ((None, at) for at in right[begin:finish])


def _words(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if not any(letter.isdigit() for letter in text))
