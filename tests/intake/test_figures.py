"""Figures: each operation, the marks that spread, the cells behind a value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import Figure, Mark, Row, Source, Table, Value
from scheduler.core.figures import FigureSpec, Operation
from scheduler.errors import SourceError, UserError
from scheduler.intake.figures import compute

D = Decimal
NR = Mark("n.r")
SOURCE = Source("data/costi.xlsx", "Costi", "0" * 64, 1)
LETTERS = {"ente": "A", "fonte": "B", "quanti": "C", "totale": "D"}


def costs(*rows: tuple[Value, ...], start: int = 5) -> dict[str, Table]:
    made = tuple(
        Row(dict(zip(LETTERS, row, strict=True)), SOURCE, line, LETTERS) for line, row in enumerate(rows, start)
    )
    return {"costi": Table("costi", tuple(LETTERS), made, (SOURCE,))}


COSTS = costs(
    ("CMM", "ex Madia", 1, D("10.10")),
    ("afol", "ex Madia", 2, D("20.20")),
    ("CMM", "Potenziamento", 3, D("0.00")),
    ("AFOL", None, 2, D("-5.05")),
)


def spec(operation: Operation, name: str = "x", **fields: Any) -> FigureSpec:
    return FigureSpec(name, operation, **fields)


def one(figure: FigureSpec, tables: dict[str, Table] = COSTS) -> Figure:
    return compute([figure], tables, (), 2025)[figure.name]


def scalar(value: Any, name: str) -> FigureSpec:
    return spec(Operation.CONSTANT, name, value=D(value))


@pytest.mark.parametrize(
    ("figure", "value", "formula", "cells"),
    [
        (spec(Operation.COUNT, of="costi"), 4, "count(costi)", ["A5:A8"]),
        (
            spec(Operation.COUNT, of="costi", where=(("ente", ("CMM",)),)),
            2,
            "count(costi; ente = CMM)",
            ["A5", "A7"],
        ),
        (
            spec(Operation.COUNT, of="costi", where=(("ente", ("CMM", "AFOL")), ("fonte", ("*",)))),
            3,
            "count(costi; ente = CMM | AFOL, fonte = *)",
            ["A5:A7", "B5:B7"],
        ),
        (spec(Operation.COUNT, of="costi", where=(("quanti", ("2",)),)), 2, "count(costi; quanti = 2)", ["C6", "C8"]),
        (spec(Operation.COUNT, of="costi", where=(("ente", ("altro",)),)), 0, "count(costi; ente = altro)", []),
        (spec(Operation.COUNT_DISTINCT, of="costi.quanti"), 3, "count_distinct(costi.quanti)", ["C5:C8"]),
        (spec(Operation.COUNT_DISTINCT, of="costi.fonte"), 2, "count_distinct(costi.fonte)", ["B5:B8"]),
        (spec(Operation.SUM, of="costi.totale"), D("25.25"), "sum(costi.totale)", ["D5:D8"]),
        (spec(Operation.SUM, of="costi.quanti"), 8, "sum(costi.quanti)", ["C5:C8"]),
        (
            spec(Operation.SUM, of="costi.totale", where=(("ente", ("altro",)),)),
            0,
            "sum(costi.totale; ente = altro)",
            [],
        ),
        (
            spec(Operation.PICK, of="costi.totale", where=(("fonte", ("potenziamento",)),)),
            D("0.00"),
            "pick(costi.totale; fonte = potenziamento)",
            ["D7"],
        ),
        (spec(Operation.CONSTANT, value=D(285), source="P: obiettivo"), 285, "285 (P: obiettivo)", []),
        (spec(Operation.CONSTANT, value=D("0.5")), D("0.5"), "0.5", []),
    ],
)
def test_a_figure_has_its_value_formula_and_cells(
    figure: FigureSpec, value: object, formula: str, cells: list[str]
) -> None:
    found = one(figure)
    assert (found.value, found.formula) == (value, formula)
    assert [str(cell) for cell in found.cells] == [f"data/costi.xlsx [Costi] {address}" for address in cells]


@pytest.mark.parametrize(
    ("operation", "operands", "value"),
    [
        (Operation.DIFFERENCE, ("285", "176"), 109),
        (Operation.DIFFERENCE, ("0.3", "0.1"), D("0.2")),
        (Operation.ADD, ("1", "2", "3.5"), D("6.5")),
        (Operation.RATIO, ("176", "285"), D(176) / D(285)),
        (Operation.RATIO, ("1", "0"), Mark("n.c.")),
        (Operation.RATIO, ("0", "5"), D(0)),
    ],
)
def test_figures_made_from_figures(operation: Operation, operands: tuple[str, ...], value: object) -> None:
    numbers = [scalar(text, f"n{index}") for index, text in enumerate(operands)]
    figure = spec(operation, operands=tuple(number.name for number in numbers))
    found = compute([*numbers, figure], {}, (), 2025)["x"]
    assert found.value == value
    assert found.formula == {"difference": " − ", "add": " + ", "ratio": " / "}[operation].join(figure.operands)


def test_a_derived_figure_has_the_cells_of_its_operands_once() -> None:
    total = spec(Operation.SUM, "t", of="costi.totale")
    number = spec(Operation.COUNT, "n", of="costi")
    found = compute([total, number, spec(Operation.RATIO, operands=("t", "n"))], COSTS, (), 2025)["x"]
    assert found.value == D("25.25") / 4
    assert [cell.address for cell in found.cells] == ["D5:D8", "A5:A8"]


MARKED = costs(("CMM", "a", 1, NR), ("CMM", "b", NR, D(2)), ("AFOL", "c", 3, D(3)))


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        (spec(Operation.SUM, of="costi.totale"), NR),
        (spec(Operation.SUM, of="costi.totale", where=(("ente", ("AFOL",)),)), D(3)),
        (spec(Operation.COUNT_DISTINCT, of="costi.quanti"), NR),
        (spec(Operation.PICK, of="costi.totale", where=(("fonte", ("a",)),)), NR),
        (spec(Operation.COUNT, of="costi", where=(("totale", ("*",)),)), 2),
        (spec(Operation.COUNT, of="costi", where=(("totale", ("n.r",)),)), 1),
    ],
)
def test_a_mark_is_never_zero(figure: FigureSpec, value: object) -> None:
    assert one(figure, MARKED).value == value


@pytest.mark.parametrize("operation", [Operation.DIFFERENCE, Operation.ADD, Operation.RATIO])
@pytest.mark.parametrize("operands", [("marked", "one"), ("one", "marked")])
def test_marks_spread(operation: Operation, operands: tuple[str, str]) -> None:
    marked = spec(Operation.SUM, "marked", of="costi.totale")
    assert compute([marked, scalar(1, "one"), spec(operation, operands=operands)], MARKED, (), 2025)["x"].value == NR


def test_rows_are_those_of_the_table() -> None:
    found = one(spec(Operation.ROWS, of="costi", where=(("ente", ("CMM",)),)))
    assert found.columns == tuple(LETTERS)
    assert found.value == (COSTS["costi"].rows[0], COSTS["costi"].rows[2])


def test_groups_are_sorted_and_summed() -> None:
    figure = spec(
        Operation.GROUP, of="costi", by=("ente",), count="righe", distinct=(("fonti", "fonte"),), sums=("totale",)
    )
    rows = costs(
        ("CMM", "ex Madia", 1, D(1)),
        ("AFOL", "ex Madia", 1, D(2)),
        ("CMM", "altra", 1, D(3)),
        (NR, "x", 1, D(4)),
        ("CMM", "altra", 1, D("0.5")),
    )
    found = one(figure, rows)
    assert found.columns == ("ente", "righe", "fonti", "totale")
    assert isinstance(found.value, tuple)
    assert [tuple(row.values.values()) for row in found.value] == [
        ("AFOL", 1, 1, D(2)),
        ("CMM", 3, 2, D("4.5")),
        (NR, 1, 1, D(4)),
    ]
    assert [cell.address for cell in found.cells] == ["A5:A9", "B5:B9", "D5:D9"]


def test_a_group_with_a_mark_has_no_sum() -> None:
    found = one(spec(Operation.GROUP, of="costi", by=("ente",), sums=("totale",)), MARKED)
    assert isinstance(found.value, tuple)
    assert [row.values["totale"] for row in found.value] == [D(3), NR]


def test_groups_by_numbers_are_sorted_by_size() -> None:
    rows = costs(*(("CMM", "f", number, D(1)) for number in (10, 9, 100)))
    found = one(spec(Operation.GROUP, of="costi", by=("quanti",), count="n"), rows)
    assert isinstance(found.value, tuple)
    assert [row.values["quanti"] for row in found.value] == [9, 10, 100]


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (
            (("fonte", ("Potenziameto",)),),
            "data/costi.xlsx [Costi]: nessuna riga con fonte = Potenziameto; c'è: «ex Madia», «Potenziamento»; "
            "correggere il foglio, o where",
        ),
        (
            (("ente", ("AFOL",)),),
            "data/costi.xlsx [Costi]: 2 righe con ente = AFOL, ne serve una sola (data/costi.xlsx [Costi] A6, "
            "data/costi.xlsx [Costi] A8); togliere le righe doppie, o precisare where",
        ),
    ],
)
def test_a_pick_needs_one_row(where: tuple[tuple[str, tuple[str, ...]], ...], says: str) -> None:
    with pytest.raises(SourceError) as caught:
        one(spec(Operation.PICK, of="costi.totale", where=where))
    assert str(caught.value) == says


def test_all_figures_that_fail_are_told_and_those_built_on_them_are_not() -> None:
    first = spec(Operation.PICK, "a", of="costi.totale", where=(("fonte", ("x",)),))
    second = spec(Operation.PICK, "b", of="costi.totale", where=(("fonte", ("y",)),))
    third = spec(Operation.ADD, "c", operands=("a", "b"))
    with pytest.raises(SourceError) as caught:
        compute([first, second, third], COSTS, (), 2025)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("figure", "says"),
    [
        (
            spec(Operation.SUM, of="csti.totale"),
            "la tabella «csti» non è tra i dati dell'adempimento; scrivere «costi»",
        ),
        (spec(Operation.SUM, of="costi.totle"), "la tabella non ha la colonna «totle»; scrivere «totale»"),
        (spec(Operation.SUM, of="costi"), "«costi» non è nella forma tabella.colonna"),
        (spec(Operation.GROUP, of="costi", by=("enti",)), "la tabella non ha la colonna «enti»; scrivere «ente»"),
        (
            spec(Operation.COUNT, of="costi", where=(("zzz", ("a",)),)),
            "la tabella non ha la colonna «zzz»; usare una di",
        ),
        (spec(Operation.ADD, operands=("zzz",)), "«zzz» non è un dato dichiarato prima di questo"),
        (spec(Operation.RATIO, operands=()), "servono due dati, qui sono 0"),
    ],
)
def test_names_that_nothing_declares(figure: FigureSpec, says: str) -> None:
    with pytest.raises(UserError) as caught:
        one(figure)
    assert str(caught.value).startswith(f"figures.x: {says}")


def test_one_cannot_reckon_with_a_table() -> None:
    rows = spec(Operation.ROWS, "righe", of="costi")
    with pytest.raises(UserError, match="«righe» non è di numeri"):
        compute([rows, spec(Operation.ADD, operands=("righe",))], COSTS, (), 2025)


@given(st.lists(st.decimals(-(10**15), 10**15, places=2), min_size=1, max_size=40))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    found = one(spec(Operation.SUM, of="costi.totale"), costs(*(("CMM", "f", 1, amount) for amount in amounts)))
    cents = sum(int(amount.scaleb(2)) for amount in amounts)
    assert found.value == D(cents).scaleb(-2)


@given(st.lists(st.sampled_from("ABC"), max_size=30), st.data())
def test_groups_add_up_to_the_sum(entities: list[str], data: st.DataObject) -> None:
    rows = [(name, "f", 1, data.draw(st.decimals(-999, 999, places=2))) for name in entities]
    total = one(spec(Operation.SUM, of="costi.totale"), costs(*rows)).value
    groups = one(spec(Operation.GROUP, of="costi", by=("ente",), count="n", sums=("totale",)), costs(*rows)).value
    assert isinstance(groups, tuple)
    assert sum(row.values["totale"] for row in groups) == total
    assert sum(row.values["n"] for row in groups) == len(rows)
