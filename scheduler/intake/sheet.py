"""One sheet of one file, raw: every cell as the file has it, at its own address; and those read so far."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from threading import Lock
from typing import Any

from scheduler.core.data import Source, Table
from scheduler.errors import SourceError
from scheduler.intake.content import read_content
from scheduler.intake.markup import MOST_CELLS, Markup, ods_markup, xlsx_markup
from scheduler.intake.messages import problem, source_error, suggestion
from scheduler.intake.raw import Broken, RawSheet, letter

MOST_KEPT = 200  # sheets, and tables, that a cache holds

_SEPARATORS = ";\t,"
_QUOTED = re.compile(r'"[^"]*"')

Rows = tuple[tuple[object, ...], ...]
Stamp = tuple[int, int]


def read(path: Path, shown: str, sheet: str, lang: str = "it") -> RawSheet:
    """Return one sheet of a file, the first where `sheet` is empty (and always of a .csv), with all its cells.

    The bytes are read once: those that were parsed are those of the fingerprint. `shown` is the path in messages.

    Raises:
        SourceError: the file is missing, cannot be read, or has no such sheet.
    """
    content = read_content(path, shown, lang)
    if path.suffix.lower() == ".csv":
        name, rows = "", _csv_rows(content, shown, lang)
    else:
        name, rows = _book_rows(content, path.suffix.lower(), shown, sheet, lang)
    return RawSheet(Source(shown, name, hashlib.sha256(content).hexdigest(), len(content)), rows)


class SheetCache:
    """Sheets and typed tables read so far; what has changed on disk (time or size) is read again."""

    def __init__(self) -> None:
        self._sheets: dict[tuple[Path, str], tuple[Stamp, RawSheet]] = {}
        self._tables: dict[Hashable, tuple[tuple[Stamp, ...], Table]] = {}
        self._lock = Lock()

    def sheet(self, path: Path, shown: str, sheet: str, lang: str) -> RawSheet:
        """Return a sheet, as `read` does."""
        stamp = _stamp(path)
        with self._lock:
            kept = self._sheets.get((path, sheet))
        if kept and kept[0] == stamp:
            return kept[1]
        fresh = read(path, shown, sheet, lang)
        if stamp:
            self._keep(self._sheets, (path, sheet), (stamp, fresh))
        return fresh

    def table(self, key: Hashable, paths: Sequence[Path], build: Callable[[], Table]) -> Table:
        """Return the table of that key, built again where one of its files has changed since."""
        stamps = tuple(stamp for path in paths if (stamp := _stamp(path)))
        with self._lock:
            kept = self._tables.get(key)
        if kept and kept[0] == stamps:
            return kept[1]
        fresh = build()
        self._keep(self._tables, key, (stamps, fresh))
        return fresh

    def _keep(self, kept: dict[Any, Any], key: Hashable, value: object) -> None:
        with self._lock:
            kept.pop(key, None)
            kept[key] = value
            if len(kept) > MOST_KEPT:
                del kept[next(iter(kept))]


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


# Workbooks ----------------------------------------------------------------------------------------------------


def _book_rows(content: bytes, suffix: str, shown: str, sheet: str, lang: str) -> tuple[str, Rows]:
    try:
        name, rows, markup = _rows_of_sheet(content, suffix, shown, sheet, lang)
    except SourceError:
        raise
    except BaseException as error:
        if not _is_damage(error):
            raise
        code = "file.locked" if type(error).__name__ == "PasswordError" else "file.damaged"
        raise source_error(lang, shown, code, reason=_reason(error)) from error
    return name, _with_broken(rows, markup.broken)


def _is_damage(error: BaseException) -> bool:
    """Tell whether a reader's error means a bad file: any Exception, or the reader's own panic, which is not one."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _reason(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _rows_of_sheet(
    content: bytes, suffix: str, shown: str, sheet: str, lang: str
) -> tuple[str, list[list[object]], Markup]:
    import pandas as pd

    with pd.ExcelFile(BytesIO(content), engine="calamine") as book:
        names = [str(name) for name in book.sheet_names]
        if sheet and sheet not in names:
            raise SourceError((suggestion(lang, shown, "sheet.missing", sheet, names, sheet=sheet),))
        name = sheet or names[0]
        markup = _markup(content, suffix, name, book)
        if markup.far:
            raise source_error(lang, f"{shown} [{name}]", "sheet.far", address=markup.far)
        frame = pd.read_excel(book, sheet_name=name, header=None, dtype=object, keep_default_na=False, na_values=[])
    return name, frame.to_numpy(dtype=object).tolist(), markup


def _markup(content: bytes, suffix: str, sheet: str, book: Any) -> Markup:
    if suffix == ".xlsx":
        return xlsx_markup(content, sheet)
    if suffix == ".ods":
        return ods_markup(content, sheet)
    raw = book.book.get_sheet_by_name(sheet)  # .xls has at most 65536 × 256 cells: it can be asked for its extent
    return Markup(rows=raw.total_height, columns=raw.total_width)


def _with_broken(rows: list[list[object]], broken: Mapping[tuple[int, int], Broken]) -> Rows:
    """Return the rows with each broken cell put where the reader left a blank, or nothing at all."""
    if broken:
        width = max(len(rows[0]) if rows else 0, *(column + 1 for _, column in broken))
        height = max(len(rows), *(row + 1 for row, _ in broken))
        rows = [[*row, *[""] * (width - len(row))] for row in rows]
        rows += [[""] * width for _ in range(height - len(rows))]
        for (row, column), cell in broken.items():
            rows[row][column] = cell
    return tuple(map(tuple, rows))


# Text files ---------------------------------------------------------------------------------------------------


def _csv_rows(content: bytes, shown: str, lang: str) -> Rows:
    """Return the fields of a .csv as text; the standard reader is enough here, and it takes rows of unequal length."""
    text = _decoded(content, shown, lang)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True))
    except csv.Error as error:
        raise source_error(lang, shown, "file.damaged", reason=str(error)) from error
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > MOST_CELLS:
        raise source_error(lang, shown, "sheet.far", address=f"{letter(width - 1)}{len(rows)}")
    return tuple((*row, *[""] * (width - len(row))) for row in rows)


def _decoded(content: bytes, shown: str, lang: str) -> str:
    unicode = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if unicode else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
        raise SourceError((problem(lang, shown, "file.content", suffix=".csv"),))
    raise source_error(lang, shown, "file.encoding")


def _separator(text: str) -> str:
    """Return the separator that most of the first lines hold outside quotes; of equals, the first of ; tab ,"""
    lines = [_QUOTED.sub("", line) for line in text.split("\n", 40)[:40]]
    return max(_SEPARATORS, key=lambda separator: sum(separator in line for line in lines))
