"""How a figure and its change are shown where no template names a filter: on pages, in mails, on the console."""

from __future__ import annotations

from decimal import Decimal

from scheduler.core.changed import FigureChange
from scheduler.core.kept_figures import Kept
from scheduler.documents.formats import amount, number, printed
from scheduler.documents.grammar import joined

_CENTS = -2  # the exponent of an amount
_MOST_DECIMALS = Decimal("0.000001")  # of a ratio, which has no end


def shown(value: Kept | list[int]) -> str:
    """Return `8.972.346,40` for an amount, `41.285`, a mark as it is, `2024, 2025 e 2026`; '' for nothing."""
    if isinstance(value, tuple | list):
        return joined([str(item) if isinstance(item, int) else shown(item) for item in value])  # years
    if isinstance(value, int):
        return number(value)
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return amount(value) if exponent == _CENTS else printed(_rounded(value))
    return printed(value)


def difference(change: FigureChange) -> str:
    """Return by how much a figure has changed, with its sign: `+8,00`; '' where that cannot be said."""
    found = change.difference
    return "" if found is None else f"{'+' if found > 0 else ''}{shown(found)}"


def percent(change: FigureChange) -> str:
    """Return by how many per cent a figure has changed, with its sign: `+8,0 %`; '' where that cannot be said."""
    found = change.percent
    return "" if found is None else f"{found:+}".replace(".", ",") + " %"


def subject(change: FigureChange) -> str:
    """Return what has changed: `totale`, or `per_ente – CMM – totale` for a place of a table."""
    return " – ".join(item for item in (change.name, *change.row, change.column) if item)


def _rounded(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    return value.quantize(_MOST_DECIMALS) if isinstance(exponent, int) and exponent < -6 else value
