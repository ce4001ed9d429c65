"""Small workbooks for the tests: cells in, a file out; and declarations of the tables that read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from scheduler.core.data import Column, ColumnType, Table, TableSpec
from scheduler.intake.places import places
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import read_table

START, END, KEY = date(2025, 1, 1), date(2025, 4, 1), "2025-Q1"


def write(path: Path, rows: Iterable[Sequence[object]], sheet: str = "Dati", start: int = 1) -> Path:
    """Write one sheet, its first row at row `start`; None leaves a cell out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    page: Any = book.active
    page.title = sheet
    for line, row in enumerate(rows, start):
        for column, value in enumerate(row, 1):
            if value is not None:
                page.cell(line, column, value)  # type: ignore[arg-type]
    book.save(path)
    return path


def column(name: str, kind: str = "testo", **rules: Any) -> Column:
    """A column whose header is its name with a capital."""
    return Column(name, ColumnType(kind), rules.pop("header", name.capitalize()), **rules)


def table(*columns: Column, path: str = "dati.xlsx", **rules: Any) -> TableSpec:
    """A table named `dati`, in the sheet `Dati`."""
    return TableSpec("dati", path, columns, rules.pop("sheet", "Dati"), **rules)


def read(spec: TableSpec, folder: Path, lang: str = "it") -> Table:
    """The table, for the first quarter of 2025, read afresh."""
    return read_table(spec, places(spec, START, END, KEY), folder, SheetCache(), lang)


def values(found: Table, name: str) -> list[object]:
    """One column of a table."""
    return [row.values[name] for row in found.rows]
