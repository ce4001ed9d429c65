"""The nasty workbooks that LibreOffice writes, and tables that come back from it as they went."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from scheduler.core.data import MARKS, Mark
from tests.conftest import missing

from .libreoffice import ALL, FORMATS, convert
from .nasty import Nasty
from .test_nasty import outcome

COLUMNS = "Codice:testo, Importo:importo, Numero:numero, Intero:intero, Quota:percentuale, Dal:data"
Record = tuple[object, ...]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every workbook and every table of examples, as LibreOffice writes them."""
    if shutil.which("soffice") is None:
        missing("LibreOffice")
    folder = tmp_path_factory.mktemp("libreoffice")
    sources = [case.make(folder) for case in ALL] + [table(seed, italian=False).make(folder) for seed in range(3)]
    sources += [table(seed, italian=True).make(folder) for seed in range(3)]
    return convert(sources, folder)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_what_libreoffice_writes_is_read_right_or_refused(folders: dict[str, Path], case: Nasty, kind: str) -> None:
    values, says = outcome(case, folders[kind], f".{kind}")
    assert (values, says) == (case.values if case.values is None else list(case.values), list(case.says))


def records(seed: int) -> Iterator[Record]:
    """Yield rows of values as an office has them, different for each seed."""
    draw = Random(seed)  # noqa: S311  (the same rows each time)
    for at in range(40):
        mark = Mark(draw.choice(MARKS))
        amount = Decimal(draw.randint(-(10**11), 10**11)) / 100
        number = Decimal(draw.randint(-(10**9), 10**9)) / 10 ** draw.randint(0, 4)
        quota = Decimal(draw.randint(1001, 100000)) / 1000
        day = date.fromordinal(draw.randint(date(1950, 1, 1).toordinal(), date(2100, 1, 1).toordinal()))
        values = [amount.quantize(Decimal("0.01")), number, draw.randint(-(10**9), 10**9), quota, day]
        yield (f"{at:04} à", *(mark if draw.random() < 0.1 else value for value in values))


def written(value: object) -> str:
    """Return a value as an Italian writes it."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = f"{value:,}" if isinstance(value, Decimal | int) else ""
    return text.replace(",", " ").replace(".", ",").replace(" ", ".") or str(value)


def cells(record: Record) -> list[object]:
    """Return a record as a program would put it into cells: numbers in binary."""
    kinds = {Decimal: float, Mark: str}
    return [kinds.get(type(value), lambda same: same)(value) for value in record]


def table(seed: int, *, italian: bool) -> Nasty:
    """Return the table of a seed, its values written in Italian or as a program puts them into cells."""
    head = [pair.partition(":")[0] for pair in COLUMNS.split(", ")]
    rows = [in_italian(record) if italian else cells(record) for record in records(seed)]
    return Nasty(f"tabella-{seed}-{'scritta' if italian else 'vera'}", [head, *rows], COLUMNS)


def in_italian(record: Record) -> Sequence[object]:
    """Return a record as texts."""
    return [written(value) for value in record]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("italian", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_a_table_comes_back_from_libreoffice(folders: dict[str, Path], seed: int, italian: bool, kind: str) -> None:
    assert outcome(table(seed, italian=italian), folders[kind], f".{kind}") == (list(records(seed)), [])
