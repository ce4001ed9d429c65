"""Where figures come from: every value of the shipped reports is made again from the cells that are named for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from openpyxl import load_workbook

from scheduler.core.data import AmountLine, Dataset, Figure, Mark, Row, Source, Table
from scheduler.core.figures import FigureSpec, Operation
from scheduler.core.occurrence import occurrence_of
from scheduler.deadlines import read_register
from scheduler.intake.figures import compute
from scheduler.intake.intake import load
from scheduler.intake.provenance import Provenance, provenance
from scheduler.intake.sheet import SheetCache
from tests.conftest import ROOT

D = Decimal
CACHE = SheetCache()
KEYS = (
    "costi-personale-trimestrale/2025-Q2",
    "elenco-personale-mensile/2025-03",
    "dati-servizi-semestrale/2025-H1",
    "gol-avanzamento/2023",
    "potenziamento-personale/2025-H1",
    "potenziamento-sedi/2025-12-31",
    "obiettivi-lep/2025-H1",
    "cabina-regia-afol/2025-03",
    "fine-convenzione/2026-12-31",
)


@cache
def dataset(key: str) -> Dataset:
    register = read_register(ROOT / "deadlines.yaml")
    duty, _, period_key = key.partition("/")
    obligation = register.obligation(duty)
    assert obligation is not None
    due = occurrence_of(obligation, period_key, register.workdays)
    assert due is not None
    period = due.period
    return load(
        obligation.tables,
        obligation.figures,
        due.agreement.amounts,
        start=period.start,
        end=period.end,
        key=period.key,
        workspace=ROOT,
        cache=CACHE,
    )


def every_value(data: Dataset) -> Iterator[Provenance]:
    """Yield the provenance of each figure, and of a column of each third row of those with rows, and of tables."""
    for name, figure in data.figures.items():
        yield provenance(data, name)
        if isinstance(figure.value, tuple):
            yield from each_place(data, name, figure.value[::-3])
    for name, table in data.tables.items():
        yield from each_place(data, name, table.rows[::100])


def each_place(data: Dataset, name: str, rows: tuple[Row, ...]) -> Iterator[Provenance]:
    figure = data.figures.get(name)
    every = figure.value if figure else data.tables[name].rows
    assert isinstance(every, tuple)
    for row in rows:
        for column in row.values:
            yield provenance(data, name, every.index(row), column)


@pytest.mark.parametrize("key", KEYS)
def test_every_value_of_the_shipped_reports_is_made_again_from_its_cells(key: str) -> None:
    found = list(every_value(dataset(key)))
    assert found
    for item in found:
        assert item.again == item.value
        assert isinstance(item.value, tuple) or str(item.again) == str(item.value)


def test_the_cells_have_the_values_that_stand_in_the_file() -> None:
    [lordo] = [item for item in every_value(dataset(KEYS[0])) if item.formula == "sum(costi.lordo)"]
    sheet = load_workbook(ROOT / "data/costi/2025-Q2.xlsx", read_only=False)["Costi"]
    stated = {item.cell.address: item.value for item in lordo.cells}
    numbers = {address: sheet[address].value for address in stated}
    assert len(stated) > 800
    assert {address: D(str(value)) for address, value in numbers.items() if isinstance(value, int | float)} == {
        address: value for address, value in stated.items() if isinstance(numbers[address], int | float)
    }
    assert sum(D(str(value)) for value in stated.values()) == lordo.value


SOURCE = Source("data/x.xlsx", "F", "0" * 64, 1)
LETTERS = {"ente": "A", "fonte": "B", "previsto": "C", "totale": "D"}
DERIVED = {"resto": ("previsto", "totale")}
ROWS = (("CMM", "a", D(10), D("1.10")), ("AFOL", "a", D(20), D("2.20")), ("CMM", "b", D(30), D("3.30")))
LINES = (AmountLine("a", "Voce A", {2025: D(100)}, ("a",)), AmountLine("b", "Voce B", {2025: D(50)}, ("b",)))


def table() -> Table:
    rows = tuple(
        Row(dict(zip(LETTERS, row, strict=True)) | {"resto": row[2] - row[3]}, SOURCE, line, LETTERS, DERIVED)
        for line, row in enumerate(ROWS, 5)
    )
    return Table("t", (*LETTERS, "resto"), rows, (SOURCE,))


def made(*specs: FigureSpec) -> Dataset:
    tables = {"t": table()}
    return Dataset(tables, compute(specs, tables, LINES, 2025), (SOURCE,))


def spec(operation: Operation, name: str = "x", **fields: Any) -> FigureSpec:
    return FigureSpec(name, operation, **fields)


def cells(found: Provenance) -> dict[str, object]:
    return {item.cell.address: item.value for item in found.cells}


def test_a_sum_names_the_cells_its_filter_let_through() -> None:
    found = provenance(made(spec(Operation.SUM, of="t.totale", where=(("ente", ("CMM",)),))), "x")
    assert (found.value, found.formula, found.where) == (D("4.40"), "sum(t.totale; ente = CMM)", "ente = CMM")
    assert cells(found) == {"D5": D("1.10"), "D7": D("3.30")}


def test_a_figure_of_figures_names_them_and_the_cells_of_all() -> None:
    first, second = spec(Operation.SUM, "a", of="t.totale"), spec(Operation.COUNT, "b", of="t")
    found = provenance(made(first, second, spec(Operation.RATIO, operands=("a", "b"))), "x")
    assert (found.children, found.value, found.again) == (("a", "b"), D("2.2"), D("2.2"))
    assert list(cells(found)) == ["D5", "D6", "D7", "A5", "A6", "A7"]


@pytest.mark.parametrize(
    ("figure", "row", "column", "value", "addresses"),
    [
        (spec(Operation.GROUP, of="t", by=("ente",), sums=("totale",)), 1, "totale", D("4.40"), ["D5", "D7"]),
        (spec(Operation.GROUP, of="t", by=("ente",), sums=("totale",)), 0, "ente", "AFOL", ["A6"]),
        (spec(Operation.GROUP, of="t", by=("ente",), count="n"), 1, "n", 2, ["A5", "A7"]),
        (spec(Operation.GROUP, of="t", by=("ente",), distinct=(("n", "fonte"),)), 1, "n", 2, ["B5", "B7"]),
        (spec(Operation.GROUP, of="t", by=("fonte",), sums=("resto",)), 1, "resto", D("26.70"), ["C7", "D7"]),
        (spec(Operation.ROWS, of="t", where=(("fonte", ("b",)),)), 0, "resto", D("26.70"), ["C7", "D7"]),
        (spec(Operation.ROWS, of="t"), 1, "totale", D("2.20"), ["D6"]),
        (spec(Operation.STATEMENT, of="t.totale", by=("fonte",)), 1, "rendicontato", D("3.30"), ["B7", "D7"]),
        (spec(Operation.STATEMENT, of="t.totale", by=("fonte",)), 0, "residuo", D("96.70"), ["B5", "D5", "B6", "D6"]),
        (spec(Operation.STATEMENT, of="t.totale", by=("fonte",)), 0, "assegnato", D(100), []),
    ],
)
def test_one_place_of_a_table_names_its_own_cells(
    figure: FigureSpec, row: int, column: str, value: object, addresses: list[str]
) -> None:
    found = provenance(made(figure), "x", row, column)
    assert (found.value, found.again) == (value, value)
    assert sorted(cells(found)) == sorted(addresses)


def test_a_value_that_is_not_what_its_cells_give_is_found_out() -> None:
    data = made(spec(Operation.SUM, of="t.totale"))
    wrong = replace(data.figures["x"], value=D("6.61"))
    found = provenance(replace(data, figures={"x": wrong}), "x")
    assert (found.value, found.again) == (D("6.61"), D("6.60"))


def test_a_figure_without_origin_says_only_its_formula() -> None:
    found = provenance(Dataset(figures={"x": Figure("x", Mark("n.r"), "a mano")}), "x")
    assert (found.value, found.again, found.formula, found.cells) == (Mark("n.r"), Mark("n.r"), "a mano", ())


@pytest.mark.parametrize("place", [("y",), ("x", 9, "ente"), ("x", 0, "zzz"), ("t", 9, "ente")])
def test_what_is_not_there_cannot_be_explained(place: tuple[Any, ...]) -> None:
    with pytest.raises(LookupError):
        provenance(made(spec(Operation.ROWS, of="t")), *place)
