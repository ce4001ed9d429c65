"""Money against the agreement: assigned, accounted for, left."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import TO_CONFIRM, AmountLine, Mark, Row, Source, Table, Value
from scheduler.core.figures import FigureSpec, Operation
from scheduler.errors import SourceError, UserError
from scheduler.intake.figures import compute

D = Decimal
LINES = (
    AmountLine("ex-madia", "Personale ex Madia", {2024: D("100.00"), 2025: D("110.00")}, ("ex Madia",), source="B"),
    AmountLine("pdp", "Piano di potenziamento", {2025: D("50.00")}, ("Piano", "ex PON-POC SPAO"), source="B"),
    AmountLine("pon", "di cui ex PON", {2025: D("20.00")}, ("ex PON-POC SPAO",), part_of="pdp", source="B"),
    AmountLine("funzionamento", "Funzionamento", {2024: D("9.00"), 2026: D("8.00")}, source="B"),
)
SPEC = FigureSpec("rendiconto", Operation.STATEMENT, "q.totale", by=("fonte",), to_date="anno.totale")
ALONE = FigureSpec("rendiconto", Operation.STATEMENT, "q.totale", by=("fonte",))
LETTERS = {"fonte": "B", "totale": "D"}


def money(name: str, *rows: tuple[Value, Value]) -> Table:
    source = Source(f"data/{name}.xlsx", "Costi", "0" * 64, 1)
    made = [Row({"fonte": line, "totale": total}, source, at, LETTERS) for at, (line, total) in enumerate(rows, 5)]
    return Table(name, ("fonte", "totale"), tuple(made), (source,))


QUARTER = money("q", ("ex Madia", D("10.00")), ("piano", D("1.00")), ("ex PON-POC SPAO", D("2.50")))
YEAR = money("anno", ("ex Madia", D("30.00")), ("Piano", D("4.00")), ("ex PON-POC SPAO", D("5.50")))


def rows(spec: FigureSpec, year: int, *tables: Table) -> list[tuple[object, ...]]:
    found = compute([spec], {table.name: table for table in tables}, LINES, year)["rendiconto"]
    assert found.columns == ("voce", "di_cui", "assegnato", "nel_periodo", "rendicontato", "residuo")
    assert isinstance(found.value, tuple)
    return [tuple(row.values.values()) for row in found.value]


def test_each_line_with_sources_then_the_total_of_whole_lines() -> None:
    assert rows(SPEC, 2025, QUARTER, YEAR) == [
        ("Personale ex Madia", False, D(110), D(10), D(30), D(80)),
        ("Piano di potenziamento", False, D(50), D("3.50"), D("9.50"), D("40.50")),
        ("di cui ex PON", True, D(20), D("2.50"), D("5.50"), D("14.50")),
        ("Totale", False, D(160), D("13.50"), D("39.50"), D("120.50")),
    ]


def test_without_a_table_since_january_the_period_is_all() -> None:
    assert rows(ALONE, 2025, QUARTER)[0] == ("Personale ex Madia", False, D(110), D(10), D(10), D(100))


def test_an_amount_that_no_act_states_is_to_be_confirmed_and_so_is_the_total() -> None:
    first, second, part, total = rows(SPEC, 2024, QUARTER, YEAR)
    assert first[2:] == (D(100), D(10), D(30), D(70))
    assert second[2:] == (TO_CONFIRM, D("3.50"), D("9.50"), TO_CONFIRM)
    assert part[2:] == (TO_CONFIRM, D("2.50"), D("5.50"), TO_CONFIRM)
    assert total[2:] == (TO_CONFIRM, D("13.50"), D("39.50"), TO_CONFIRM)


def test_a_line_without_costs_has_spent_nothing() -> None:
    found = rows(ALONE, 2025, money("q", ("ex Madia", D(1))))
    assert found[1] == ("Piano di potenziamento", False, D(50), D(0), D(0), D(50))
    assert str(found[1][3]) == "0.00"


def test_a_mark_among_the_costs_is_not_zero() -> None:
    found = rows(ALONE, 2025, money("q", ("ex Madia", Mark("n.r")), ("Piano", D(1))))
    assert found[0][3:] == (Mark("n.r"), Mark("n.r"), Mark("n.r"))
    assert found[1][3:] == (D(1), D(1), D(49))
    assert found[-1][3:] == (Mark("n.r"), Mark("n.r"), Mark("n.r"))


def test_the_cells_are_those_of_both_tables() -> None:
    found = compute([SPEC], {"q": QUARTER, "anno": YEAR}, LINES, 2025)["rendiconto"]
    assert [str(cell) for cell in found.cells] == [
        "data/q.xlsx [Costi] B5:B7",
        "data/q.xlsx [Costi] D5:D7",
        "data/anno.xlsx [Costi] B5:B7",
        "data/anno.xlsx [Costi] D5:D7",
    ]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("ex Medea", "«ex Medea» non appartiene ad alcuna voce di spesa"),
        (None, "nessuna voce di spesa: la cella è vuota"),
        (Mark("n.d."), "«n.d.» non appartiene ad alcuna voce di spesa"),
    ],
)
def test_a_cost_that_belongs_to_no_line_is_an_error_at_its_cell(source: Value, says: str) -> None:
    strange = money("q", ("ex Madia", D(1)), (source, D(2)), (source, D(3)))
    with pytest.raises(SourceError) as caught:
        compute([ALONE], {"q": strange}, LINES, 2025)
    assert [str(problem).partition(";")[0] for problem in caught.value.problems] == [f"data/q.xlsx [Costi] B6: {says}"]


def test_a_cost_that_only_a_part_matches_would_miss_in_the_total() -> None:
    lines = (LINES[0], AmountLine("p", "di cui", {}, ("solo parte",), part_of="ex-madia"))
    with pytest.raises(SourceError, match="solo parte"):
        compute([ALONE], {"q": money("q", ("solo parte", D(1)))}, lines, 2025)


@pytest.mark.parametrize(
    ("spec", "lines"), [(ALONE, LINES[3:]), (FigureSpec("x", Operation.STATEMENT, "q.totale"), LINES)]
)
def test_a_statement_needs_lines_and_a_column(spec: FigureSpec, lines: tuple[AmountLine, ...]) -> None:
    with pytest.raises(UserError, match=r"manca (match|by)"):
        compute([spec], {"q": QUARTER}, lines, 2025)


def test_amounts_have_one_column_for_each_year_stated_anywhere() -> None:
    found = compute([FigureSpec("importi", Operation.AMOUNTS)], {}, LINES, 2025)
    assert found["importi_anni"].value == [2024, 2025, 2026]
    table = found["importi"].value
    assert isinstance(table, tuple)
    assert found["importi"].columns == ("voce", "di_cui", "fonte", "anni")
    assert [tuple(row.values.values()) for row in table] == [
        ("Personale ex Madia", False, "B", (D(100), D(110), TO_CONFIRM)),
        ("Piano di potenziamento", False, "B", (TO_CONFIRM, D(50), TO_CONFIRM)),
        ("di cui ex PON", True, "B", (TO_CONFIRM, D(20), TO_CONFIRM)),
        ("Funzionamento", False, "B", (D(9), TO_CONFIRM, D(8))),
    ]


COSTS = st.tuples(st.sampled_from(["ex Madia", "Piano", "ex PON-POC SPAO"]), st.decimals(0, 10**8, places=2))


@given(st.lists(COSTS, max_size=30))
def test_nothing_spent_is_lost_or_counted_twice(costs: list[tuple[str, Decimal]]) -> None:
    *_, total = rows(ALONE, 2025, money("q", *costs))
    spent = sum((amount for _, amount in costs), D(0))
    assert total[2:] == (D(160), spent, spent, D(160) - spent)
