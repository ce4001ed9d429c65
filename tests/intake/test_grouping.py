"""Tables made of tables: averages, shares, the largest first, the others together; and two ways in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import Dataset, Figure, Mark, Row, Source, Table, Value
from scheduler.core.figures import FigureSpec, Operation
from scheduler.intake.figures import compute
from scheduler.intake.provenance import made_again, provenance

D = Decimal
NR = Mark("n.r")
SOURCE = Source("data/x.xlsx", "F", "0" * 64, 1)
LETTERS = {"ente": "A", "fonte": "B", "totale": "C"}
ROWS = (("CMM", "a", D(10)), ("AFOL", "a", D(40)), ("CMM", "b", D(15)), ("ECL", "b", D(25)), ("AFOL", None, D(10)))


def tables(*rows: tuple[Value, Value, Value]) -> dict[str, Table]:
    made = tuple(Row(dict(zip(LETTERS, row, strict=True)), SOURCE, at, LETTERS) for at, row in enumerate(rows, 5))
    return {"t": Table("t", tuple(LETTERS), made, (SOURCE,))}


def made(operation: Operation, *rows: tuple[Value, Value, Value], **fields: Any) -> dict[str, Figure]:
    return compute((FigureSpec("x", operation, "t", **fields),), tables(*(rows or ROWS)), (), 2025)


def group(*rows: tuple[Value, Value, Value], **fields: Any) -> list[tuple[object, ...]]:
    return plain(made(Operation.GROUP, *rows, by=("ente",), **fields)["x"])


def plain(figure: Figure) -> list[tuple[object, ...]]:
    assert isinstance(figure.value, tuple)
    assert made_again(figure).value == figure.value
    return [tuple(row.values[column] for column in figure.columns) for row in figure.value]


def test_averages_and_shares_stand_beside_the_sums() -> None:
    found = group(count="n", sums=("totale",), averages=("totale",), shares=("totale", "n"), decimals=1)
    assert found == [
        ("AFOL", 2, D(50), D("25.0"), D("0.5"), D("0.4")),
        ("CMM", 2, D(25), D("12.5"), D("0.25"), D("0.4")),
        ("ECL", 1, D(25), D("25.0"), D("0.25"), D("0.2")),
    ]
    figure = made(Operation.GROUP, by=("ente",), sums=("totale",), averages=("totale",), shares=("totale",))["x"]
    assert figure.columns == ("ente", "totale", "media_totale", "quota_totale")


def test_of_nothing_there_is_no_share_and_of_what_is_marked_neither() -> None:
    assert group(("A", "f", D(0)), ("B", "f", D(0)), sums=("totale",), shares=("totale",)) == [
        ("A", D(0), Mark("n.c.")),
        ("B", D(0), Mark("n.c.")),
    ]
    assert group(("A", "f", NR), ("B", "f", D(1)), sums=("totale",), averages=("totale",), shares=("totale",)) == [
        ("A", NR, NR, NR),
        ("B", D(1), D("1.00"), NR),
    ]


def test_the_largest_come_first_and_equal_ones_stay_in_order() -> None:
    assert group(sums=("totale",), order="totale") == [("AFOL", D(50)), ("CMM", D(25)), ("ECL", D(25))]
    assert group(sums=("totale",), order="totale", top=2) == [("AFOL", D(50)), ("CMM", D(25))]


def test_the_others_are_put_together() -> None:
    found = group(
        count="n", sums=("totale",), averages=("totale",), shares=("totale",), order="totale", top=1, others="Altri"
    )
    assert found == [("AFOL", 2, D(50), D("25.00"), D("0.5")), ("Altri", 3, D(50), D("16.67"), D("0.5"))]
    assert group(sums=("totale",), order="totale", top=3, others="Altri") == group(sums=("totale",), order="totale")


def test_the_others_know_their_cells() -> None:
    figures = made(Operation.GROUP, by=("ente",), sums=("totale",), order="totale", top=1, others="Altri")
    found = provenance(Dataset(tables(*ROWS), figures), "x", 1, "totale")
    assert sorted(item.cell.address for item in found.cells) == ["C5", "C7", "C8"]
    assert found.value == found.again == D(50)


def test_what_has_no_value_comes_last() -> None:
    found = group(("A", "f", NR), ("B", "f", D(-5)), ("C", "f", D(3)), sums=("totale",), order="totale")
    assert [row[0] for row in found] == ["C", "B", "A"]


def test_rows_of_a_table_have_an_order_too() -> None:
    figure = made(Operation.ROWS, order="totale", top=3)["x"]
    assert [row[2] for row in plain(figure)] == [D(40), D(25), D(15)]
    assert [cell.address for cell in figure.cells][-3:] == ["C6", "C8", "C7"]


PIVOT: dict[str, Any] = {"by": ("ente",), "across": "fonte"}


def test_a_pivot_has_a_column_for_each_value_and_totals_both_ways() -> None:
    found = made(Operation.PIVOT, **PIVOT, sums=("totale",))
    assert found["x_colonne"].value == ["a", "b", "–"]
    assert found["x"].columns == ("ente", "valori", "totale")
    assert plain(found["x"]) == [
        ("AFOL", (D(40), 0, D(10)), D(50)),
        ("CMM", (D(10), D(15), 0), D(25)),
        ("ECL", (0, D(25), 0), D(25)),
        ("Totale", (D(50), D(40), D(10)), D(100)),
    ]


def test_a_pivot_counts_rows() -> None:
    found = made(Operation.PIVOT, **PIVOT, count="unita")
    assert found["x"].columns == ("ente", "valori", "unita")
    assert plain(found["x"])[-1] == ("Totale", (2, 2, 1), 5)


def test_a_mark_in_a_pivot_is_in_its_place_and_in_the_totals() -> None:
    found = made(Operation.PIVOT, ("A", "f", NR), ("A", "g", D(1)), ("B", "f", D(2)), **PIVOT, sums=("totale",))["x"]
    assert plain(found) == [("A", (NR, D(1)), NR), ("B", (D(2), 0), D(2)), ("Totale", (NR, D(1)), NR)]


@pytest.mark.parametrize(
    ("row", "column", "position", "value", "addresses"),
    [
        (0, "valori", 0, D(40), ["C6"]),
        (2, "valori", 0, 0, []),
        (3, "valori", 1, D(40), ["C7", "C8"]),
        (0, "totale", None, D(50), ["C6", "C9"]),
        (3, "valori", None, (D(50), D(40), D(10)), ["C5", "C6", "C7", "C8", "C9"]),
    ],
)
def test_a_place_of_a_pivot_names_its_cells(
    row: int, column: str, position: int | None, value: object, addresses: list[str]
) -> None:
    figures = made(Operation.PIVOT, **PIVOT, sums=("totale",))
    found = provenance(Dataset(tables(*ROWS), figures), "x", row, column, position)
    assert (found.value, found.again) == (value, value)
    assert sorted(item.cell.address for item in found.cells) == addresses


ANY_ROWS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["a", "b", None]), st.decimals(-999, 999, places=2)), max_size=20
)


@given(ANY_ROWS, st.integers(1, 4))
def test_top_and_others_lose_nothing(rows: list[tuple[str, str | None, Decimal]], top: int) -> None:
    figures = compute(
        (
            FigureSpec(
                "x",
                Operation.GROUP,
                "t",
                by=("ente", "fonte"),
                sums=("totale",),
                order="totale",
                top=top,
                others="Altri",
            ),
        ),
        tables(*rows),
        (),
        2025,
    )
    found = [row[-1] for row in plain(figures["x"])]
    assert sum(found, start=D(0)) == sum((row[2] for row in rows), start=D(0))  # type: ignore[arg-type]  # numbers
    assert len(found) <= top + 1


@given(ANY_ROWS)
def test_the_totals_of_a_pivot_are_those_of_its_places(rows: list[tuple[str, str | None, Decimal]]) -> None:
    figure = compute((FigureSpec("x", Operation.PIVOT, "t", sums=("totale",), **PIVOT),), tables(*rows), (), 2025)["x"]
    *inside, last = plain(figure)
    columns = [sum(places) for places in zip(*(row[1] for row in inside), strict=True)]  # type: ignore[misc, call-overload]  # numbers
    assert list(last[1]) == columns  # type: ignore[call-overload]  # its values
    assert last[2] == sum(columns) == sum((row[2] for row in rows), start=D(0))
