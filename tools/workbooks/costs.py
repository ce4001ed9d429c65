"""What the staff costs: one row per person and month, kept just under what the convention assigns, and its summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from .sheet import AMOUNT, GENERAL, INTEGER, Column, Sheet, Value, workbook_bytes
from .staff import EMPLOYERS, EX_MADIA, EX_PON, FULL_TIME, LEFT, ON_LEAVE, PIANO, SOURCES, Person, StaffByMonth
from .term import QUARTERS, YEARS, Month, italian_number

_CENT = Decimal("0.01")
_CHARGES_RATE = Decimal("0.2768")
_IRAP_RATE = Decimal("0.085")
_MONTHLY_GROSS = {"D": Decimal(2390), "C": Decimal(2040), "IT": Decimal(1860)}
_LEAVE_SHARE = Decimal("0.3")

# What is assigned to each source in a year (EUR) and the share of it that each year spends.
_ASSIGNED = {
    EX_MADIA: Decimal("8972346.42"),
    PIANO: Decimal("2161744.40") - Decimal("1769301.26"),
    EX_PON: Decimal("1769301.26"),
}
_SPENT = {
    EX_MADIA: {2024: Decimal("0.9741"), 2025: Decimal("0.9836"), 2026: Decimal("0.9892")},
    PIANO: {2024: Decimal("0.9688"), 2025: Decimal("0.9774"), 2026: Decimal("0.9865")},
    EX_PON: {2024: Decimal("0.9793"), 2025: Decimal("0.9851"), 2026: Decimal("0.9824")},
}


@dataclass(frozen=True)
class Cost:
    """What one person costs in one month, EUR with two decimals."""

    person: Person
    month: Month
    gross: Decimal
    charges: Decimal
    irap: Decimal

    @property
    def total(self) -> Decimal:
        """Gross, charges and IRAP."""
        return self.gross + self.charges + self.irap


CostsByMonth = Mapping[Month, tuple[Cost, ...]]


def costs_by_month(staff: StaffByMonth) -> CostsByMonth:
    """Return the costs of everyone in each month's list."""
    costs: dict[Month, tuple[Cost, ...]] = {}
    for year in YEARS:
        costs |= _costs_of_year({month: people for month, people in staff.items() if month.year == year}, year)
    return costs


def cost_files(costs: CostsByMonth) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each quarter's workbook."""
    for quarter in QUARTERS:
        rows = [cost for month in quarter.months for cost in costs[month]]
        details = Sheet("Costi", f"Costi del personale – {quarter.title}", _COLUMNS, [_row(cost) for cost in rows])
        title = f"Riepilogo dei costi del personale – {quarter.title}"
        summary = Sheet("Riepilogo", title, _SUMMARY_COLUMNS, _summary(rows))
        yield f"costi/{quarter.key}.xlsx", workbook_bytes(details, summary)


def _costs_of_year(staff: StaffByMonth, year: int) -> dict[Month, tuple[Cost, ...]]:
    rng = Random(f"costi/{year}")
    pay = {month: [(person, _pay(person, month, rng)) for person in people] for month, people in staff.items()}
    scale = {source: _scale(pay, source, year) for source in SOURCES}
    return {
        month: tuple(_cost(person, month, gross * scale[person.source]) for person, gross in entries)
        for month, entries in pay.items()
    }


def _scale(pay: Mapping[Month, list[tuple[Person, Decimal]]], source: str, year: int) -> Decimal:
    """Return what brings the year's costs of a source to the share it spends."""
    gross = sum(value for entries in pay.values() for person, value in entries if person.source == source)
    return _ASSIGNED[source] * _SPENT[source][year] / (gross * (1 + _CHARGES_RATE + _IRAP_RATE))


def _pay(person: Person, month: Month, rng: Random) -> Decimal:
    """Gross pay: area, seniority, hours, overtime, and the thirteenth month in December or on leaving."""
    seniority = 1 + min(month.year - person.start.year, 25) * Decimal("0.006")
    overtime = 1 + Decimal(rng.randint(0, 40)) / 1000
    gross = _MONTHLY_GROSS[person.area] * seniority * overtime * person.part_time / FULL_TIME
    if person.state == ON_LEAVE:
        gross *= _LEAVE_SHARE
    if month.number == 12 or person.change == LEFT:
        gross += gross * _months_served(person, month) / 12
    return gross


def _months_served(person: Person, month: Month) -> int:
    return month.number if person.start.year < month.year else month.number - person.start.month + 1


def _cost(person: Person, month: Month, gross: Decimal) -> Cost:
    gross = _cents(gross)
    return Cost(person, month, gross, _cents(gross * _CHARGES_RATE), _cents(gross * _IRAP_RATE))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


_AMOUNTS = tuple(Column(header, 14, AMOUNT) for header in ("Lordo", "Oneri", "IRAP", "Totale"))
_COLUMNS = (
    Column("Matricola", 11),
    Column("Ente", 12),
    Column("Fonte", 24),
    Column("Mese", 8, GENERAL),
    Column("Anno", 8, GENERAL),
    *_AMOUNTS,
)
_SUMMARY_COLUMNS = (
    Column("Fonte", 24),
    Column("Ente", 12),
    Column("Unità", 10, INTEGER),
    Column("FTE", 10, AMOUNT),
    *_AMOUNTS,
)


def _row(cost: Cost) -> tuple[Value, ...]:
    """Some amounts are text, as in rows that were pasted from a document."""
    person, month = cost.person, cost.month
    amounts = (cost.gross, cost.charges, cost.irap, cost.total)
    pasted = (person.number + month.number) % 23
    written = (italian_number(value) if index == pasted else value for index, value in enumerate(amounts))
    return (person.badge, person.employer, person.source, month.number, month.year, *written)


def _summary(costs: Sequence[Cost]) -> list[tuple[Value, ...]]:
    rows = []
    for source in SOURCES:
        for employer in EMPLOYERS:
            group = [cost for cost in costs if (cost.person.source, cost.person.employer) == (source, employer)]
            rows.append((source, employer, *_sums(group)))
    return [*rows, ("Totale", None, *_sums(costs))]


def _sums(costs: Sequence[Cost]) -> tuple[Value, ...]:
    units = len({cost.person.number for cost in costs})
    full_time = _cents(sum((cost.person.part_time for cost in costs), Decimal(0)) / FULL_TIME / 3)
    amounts = ([cost.gross, cost.charges, cost.irap, cost.total] for cost in costs)
    return (units, full_time, *(sum(column, Decimal(0)) for column in zip(*amounts, strict=True)))
