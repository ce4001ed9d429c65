"""The Piano di potenziamento: its staff plan and the seats of the job centres."""

from __future__ import annotations

from collections.abc import Iterator

from .sheet import INTEGER, Column, Sheet, workbook_bytes
from .term import HALVES

_STATED = {"D": 99, "C": 59, "IT": 18}  # in service at 19/06/2023, the department's slides
_IN_SERVICE = {
    "2024-H1": (112, 67, 20),
    "2024-H2": (124, 74, 22),
    "2025-H1": (134, 80, 24),
    "2025-H2": (143, 86, 26),
    "2026-H1": (151, 91, 27),
    "2026-H2": (157, 94, 28),
}
_STAFF_COLUMNS = (
    Column("Area", 10),
    Column("In servizio al 19/06/2023", 18, INTEGER),
    Column("In servizio", 18, INTEGER),
)
_SEAT_COLUMNS = (Column("Sede", 12), Column("Stato", 18), Column("Note", 40))


def plan_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each half-year's staff plan; only the first column of units is stated."""
    for half in HALVES:
        title = f"Personale del Piano di potenziamento – {half.title} (al 19/06/2023: presentazione del Settore)"
        units = zip(_STATED.items(), _IN_SERVICE[half.key], strict=True)
        sheet = Sheet("Personale", title, _STAFF_COLUMNS, [(area, stated, now) for (area, stated), now in units])
        yield f"potenziamento/personale-{half.key}.xlsx", workbook_bytes(sheet)


def seat_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the one workbook of seats: nine open, eight to come."""
    rows = [(f"CPI {number:02}", *_seat(number)) for number in range(1, 18)]
    yield "potenziamento/sedi.xlsx", workbook_bytes(Sheet("Sedi", "Sedi dei Centri per l'impiego", _SEAT_COLUMNS, rows))


def _seat(number: int) -> tuple[str, str | None]:
    if number <= 9:
        return "attiva", None
    if number <= 12:
        return "in allestimento", "Lavori in corso (esempio)"
    return "prevista", "Immobile da individuare (esempio)"
