"""What a cell of a column could rightly hold: an example for whoever has to mend one that does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from scheduler.core.data import Column, ColumnType

MOST_VALUES = 12  # of the admitted ones, beyond which nobody reads on

_EXAMPLES: Mapping[ColumnType, str] = {
    ColumnType.INTEGER: "41.285",
    ColumnType.AMOUNT: "8.305.352,69",
    ColumnType.NUMBER: "73,8",
    ColumnType.PERCENT: "83,33",
    ColumnType.DATE: "05/04/2025",
    ColumnType.MONTH: "4",
    ColumnType.TAX_CODE: "08911820960",  # of a body, and nobody's personal one
    ColumnType.PROJECT: "J41B21005380001",
}


def example(column: Column) -> str:
    """Return what a cell of the column could hold, as one would write it; '' where anything may stand there."""
    if column.values:
        more = " / …" if len(column.values) > MOST_VALUES else ""
        return f"{' / '.join(column.values[:MOST_VALUES])}{more}"
    limit = column.most if column.least is None else column.least
    if isinstance(limit, date):
        return f"{limit:%d/%m/%Y}"
    return str(limit).replace(".", ",") if isinstance(limit, Decimal) else _EXAMPLES.get(column.type, "")
