"""Made-up data: a column of each type holds values of that type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from scheduler.core.data import NOT_COMPUTABLE, NOT_THERE, Column, ColumnType, Figure, Row, TableSpec
from scheduler.core.obligation import Obligation
from scheduler.deadlines import read_register
from scheduler.documents.context import figure_names, table_columns
from scheduler.intake.invented import CASES, Case, invented
from tests.conftest import ROOT

KINDS = {ColumnType.INTEGER: int, ColumnType.MONTH: int, ColumnType.DATE: date}
TEXTS = (ColumnType.TEXT, ColumnType.TAX_CODE, ColumnType.PROJECT)


@pytest.mark.parametrize("kind", ColumnType)
def test_a_column_of_each_type_holds_values_of_that_type(kind: ColumnType) -> None:
    spec = TableSpec("tabella", "data/x.xlsx", columns=(Column("colonna", kind, required=True),))
    many = next(case for case in CASES if case.rows > 1 and case.reported)
    rows = invented([spec], [], [], 2026, many).tables["tabella"].rows
    values = [row.values["colonna"] for row in rows]
    wanted = str if kind in TEXTS else KINDS.get(kind, Decimal)
    assert {type(value) for value in values} == {wanted}
    if kind is ColumnType.MONTH:
        assert set(values) == set(range(1, 13))


FIGURES = read_register(ROOT / "tests/deadlines/good/figures.yaml").obligations


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("obligation", FIGURES, ids=lambda item: item.id)
def test_every_figure_has_the_names_and_columns_that_templates_are_promised(obligation: Obligation, case: Case) -> None:
    found = invented(obligation.tables, obligation.figures, obligation.agreements[0].amounts, 2025, case)
    tables = {name for name, figure in found.figures.items() if isinstance(figure.value, tuple)}
    assert {*found.figures} - tables == set(figure_names(obligation))
    columns = table_columns(obligation)
    assert tables | {*found.tables} == set(columns)
    for name in tables:
        for row in rows_of(found.figures[name]):
            assert set(row.values) == set(columns[name])


def rows_of(figure: Figure) -> tuple[Row, ...]:
    assert isinstance(figure.value, tuple)
    return figure.value


def test_what_is_not_there_of_another_period_is_tried_too() -> None:
    [none] = [case for case in CASES if not case.rows]
    found = invented(FIGURES[0].tables, FIGURES[0].figures, FIGURES[0].agreements[0].amounts, 2025, none)
    assert found.figures["prima"].value == NOT_THERE
    assert found.figures["media"].value == NOT_COMPUTABLE
