"""Made-up data: a column of each type holds values of that type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from scheduler.core.data import Column, ColumnType, TableSpec
from scheduler.intake.invented import CASES, invented

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
