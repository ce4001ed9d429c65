"""Any table of decimals, dates and marks comes back from a workbook or a text file as it was written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.data import MARKS, Mark

from .nasty import Nasty
from .test_libreoffice import COLUMNS, Record, cells, in_italian
from .test_nasty import outcome

HEAD = [pair.partition(":")[0] for pair in COLUMNS.split(", ")]


def decimals(places: int, least: int = -(10**9), most: int = 10**9) -> st.SearchStrategy[Decimal]:
    return st.integers(least * 10**places, most * 10**places).map(lambda number: Decimal(number).scaleb(-places))


def plain(number: Decimal) -> Decimal:
    """Return a number as it is read: without zeros at its end."""
    return Decimal(f"{number.normalize():f}") or Decimal(0)


MARK = st.sampled_from(MARKS).map(Mark)
VALUES = (
    decimals(2),
    st.integers(0, 4).flatmap(lambda places: decimals(places, -(10**6), 10**6)).map(plain),
    st.integers(-(10**12), 10**12),
    decimals(3, 2, 100).map(plain),  # a column of fractions alone would be asked about
    st.dates(date(1900, 3, 1), date(2199, 12, 31)),
)
TABLES = st.lists(st.tuples(*(MARK | kind for kind in VALUES)), min_size=1, max_size=12).map(
    lambda rows: [(f"{at:04} città", *row) for at, row in enumerate(rows)]
)


def back(case: Nasty, suffix: str = "", content: bytes = b"") -> Sequence[Record] | None:
    """Return what is read of a table that was written."""
    with TemporaryDirectory() as folder:
        if content:
            (Path(folder) / f"{case.name}{suffix}").write_bytes(content)
        else:
            case.make(Path(folder))
        return outcome(case, Path(folder), suffix)[0]


@given(TABLES, st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_table_comes_back_from_a_workbook(records: list[Record], italian: bool) -> None:
    rows = [in_italian(record) if italian else cells(record) for record in records]
    assert back(Nasty("tabella", [HEAD, *rows], COLUMNS)) == records


@given(TABLES, st.sampled_from(";\t,"), st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "cp850", "utf-16"]))
@settings(max_examples=200, deadline=None)
def test_a_table_comes_back_from_a_text_file(records: list[Record], separator: str, encoding: str) -> None:
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=separator).writerows([HEAD, *map(in_italian, records)])
    case = Nasty("tabella", b"", COLUMNS)
    assert back(case, ".csv", made.getvalue().encode(encoding)) == records
