"""One sheet of one file, raw: every cell as the file has it, at its own address; and those read so far."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from io import BytesIO
from itertools import product
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeVar

from scheduler.core.data import Source
from scheduler.errors import SourceError
from scheduler.intake.binary import xls_markup
from scheduler.intake.content import read_content
from scheduler.intake.database import Databases, Query
from scheduler.intake.messages import source_error, suggestion
from scheduler.intake.opendocument import ods_markup
from scheduler.intake.openxml import xlsx_markup
from scheduler.intake.raw import Broken, Markup, Padded, Percent, RawSheet, letter
from scheduler.intake.textfile import csv_rows

MOST_KEPT = 200  # sheets, and tables, that a cache holds

Rows = tuple[tuple[object, ...], ...]
Built = TypeVar("Built")
Stamp = tuple[int, int]


def read(path: Path, shown: str, sheet: str, lang: str = "it") -> RawSheet:
    """Return one sheet of a file, the first where `sheet` is empty (and always of a .csv), with all its cells.

    The bytes are read once: those that were parsed are those of the fingerprint. `shown` is the path in messages.

    Raises:
        SourceError: the file is missing, cannot be read, or has no such sheet.
    """
    content = read_content(path, shown, lang)
    if path.suffix.lower() == ".csv":
        name, (rows, markup) = "", csv_rows(content, shown, lang)
    else:
        name, rows, markup = _book_rows(content, path.suffix.lower(), shown, sheet, lang)
    return RawSheet(Source(shown, name, hashlib.sha256(content).hexdigest(), len(content)), rows, markup)


class Answering(Protocol):
    """What answers queries."""

    def answer(self, query: Query, shown: str, lang: str) -> bytes: ...


class SheetCache:
    """Sheets and typed tables read so far; what has changed on disk (time or size) is read again."""

    def __init__(self, databases: Answering | None = None) -> None:
        """`databases`: those that tables may be asked of."""
        self._databases = databases or Databases({}, Path())
        self._contents: dict[str, bytes] = {}  # by SHA-256; those of databases are to be had nowhere else
        self._sheets: dict[tuple[Path, str], tuple[Stamp, RawSheet]] = {}
        self._tables: dict[Hashable, tuple[tuple[Stamp, ...], Any]] = {}
        self._lock = Lock()

    def emptied(self) -> SheetCache:
        """Return a cache over the same databases that knows nothing yet."""
        return SheetCache(self._databases)

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

    def answered(self, query: Query, shown: str, name: str, lang: str) -> RawSheet:
        """Return the rows that a database gives now; it is asked each time, for nothing says whether it has changed.

        Raises:
            SourceError: it gives none.
        """
        content = self._databases.answer(query, shown, lang)
        rows, markup = csv_rows(content, shown, lang, separator=";")
        markup.note = None
        source = Source(shown, name, hashlib.sha256(content).hexdigest(), len(content))
        self._keep(self._contents, source.sha256, content)
        return RawSheet(source, rows, markup)

    def content(self, source: Source, workspace: Path, lang: str) -> bytes:
        """Return the bytes that a source was read from: of a file, or the rows that a database gave, as a .csv.

        Raises:
            SourceError: the file has changed since it was read.
        """
        with self._lock:
            kept = self._contents.get(source.sha256)
        if kept is None:
            kept = read_content(workspace / source.path, source.path, lang)
            if hashlib.sha256(kept).hexdigest() != source.sha256:
                raise source_error(lang, source.path, "file.changing")
        return kept

    def table(self, key: Hashable, paths: Sequence[Path], build: Callable[[], Built]) -> Built:
        """Return what was built of that key, built again where one of its files has changed since."""
        stamps = tuple(stamp for path in paths if (stamp := _stamp(path)))
        with self._lock:
            kept = self._tables.get(key)
        if kept and kept[0] == stamps:
            built: Built = kept[1]
            return built
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


def _book_rows(content: bytes, suffix: str, shown: str, sheet: str, lang: str) -> tuple[str, Rows, Markup]:
    try:
        name, rows, markup = _rows_of_sheet(content, suffix, shown, sheet, lang)
        _put(_marked(rows, markup), rows)
    except SourceError:
        raise
    except BaseException as error:
        if not _is_damage(error):
            raise
        code = "file.locked" if type(error).__name__ == "PasswordError" else "file.damaged"
        raise source_error(lang, shown, code, reason=_reason(error)) from error
    return name, tuple(map(tuple, rows)), markup


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
    sheets = {item.name: (number, item) for number, item in enumerate(book.book.sheets_metadata)}
    number, described = sheets[sheet]
    if suffix == ".xlsx":
        markup = xlsx_markup(content, sheet)
    elif suffix == ".ods":
        markup = ods_markup(content, sheet)
    else:  # it has at most 65536 × 256 cells: its reader can be asked for the extent
        raw, markup = book.book.get_sheet_by_name(sheet), xls_markup(content, number)
        markup.rows, markup.columns = max(markup.rows, raw.total_height), max(markup.columns, raw.total_width)
    markup.hidden = str(described.visible) != "SheetVisibleEnum.Visible"
    return markup


def _marked(rows: list[list[object]], markup: Markup) -> dict[tuple[int, int], object]:
    """Return the cells that are not what the reader of values says: broken, merged, or shown as something else."""
    found: dict[tuple[int, int], object] = {}
    width, height = len(rows[0]) if rows else 0, len(rows)
    for row, column in markup.percents:
        if row < height and column < width and type(value := rows[row][column]) in (int, float):
            found[row, column] = Percent(float(value))  # type: ignore[arg-type]  # it is a number
    for (row, column), digits in markup.padded.items():
        if row < height and column < width and isinstance(value := rows[row][column], int) and value >= 0:
            found[row, column] = Padded(value, digits)
    room = width * height
    for (top, left), (bottom, right) in markup.merged:
        if top < height and left < width and rows[top][left] != "":
            broken = Broken("cell.merged", f"{letter(left)}{top + 1}")
            inside = list(product(range(top, min(bottom + 1, height)), range(left, min(right + 1, width))))
            found |= dict.fromkeys(inside[1:], broken)
            room -= len(inside)
            if room < 0:
                raise ValueError("merged cells overlap")  # without end, in a file made to do harm
    return found | markup.broken


def _put(cells: dict[tuple[int, int], object], rows: list[list[object]]) -> None:
    """Put cells where they belong; the reader may have left out the row or the column they stand in."""
    width = max(len(rows[0]) if rows else 0, *(column + 1 for _, column in cells), 0)
    height = max(len(rows), *(row + 1 for row, _ in cells), 0)
    if cells:
        for line in rows:
            line += [""] * (width - len(line))
        rows += [[""] * width for _ in range(height - len(rows))]
    for (row, column), cell in cells.items():
        rows[row][column] = cell
