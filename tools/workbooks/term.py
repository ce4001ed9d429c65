"""The months, quarters and half-years of the term 2024–2026, and how an Italian office writes numbers and dates."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

YEARS = (2024, 2025, 2026)
NOT_RECORDED = "n.r"

_NAMES = (
    *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
    *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
)
_SWAP = str.maketrans(",.", ".,")


@dataclass(frozen=True, order=True)
class Month:
    """One month of a year."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """`2024-01`."""
        return f"{self.year}-{self.number:02}"

    @property
    def title(self) -> str:
        """`gennaio 2024`."""
        return f"{_NAMES[self.number - 1]} {self.year}"

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    def shifted(self, months: int) -> Month:
        """The month that lies so many months later."""
        years, index = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, index + 1)


@dataclass(frozen=True)
class Quarter:
    """One quarter of a year, from 1 to 4."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """`2024-Q1`."""
        return f"{self.year}-Q{self.number}"

    @property
    def title(self) -> str:
        """`1° trimestre 2024`."""
        return f"{self.number}° trimestre {self.year}"

    @property
    def months(self) -> tuple[Month, ...]:
        """Its three months."""
        return tuple(Month(self.year, self.number * 3 - 2 + step) for step in range(3))


@dataclass(frozen=True)
class Half:
    """One half of a year, 1 or 2."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """`2024-H1`."""
        return f"{self.year}-H{self.number}"

    @property
    def title(self) -> str:
        """`1° semestre 2024`."""
        return f"{self.number}° semestre {self.year}"


MONTHS = tuple(Month(year, number) for year in YEARS for number in range(1, 13))
QUARTERS = tuple(Quarter(year, number) for year in YEARS for number in range(1, 5))
HALVES = tuple(Half(year, number) for year in YEARS for number in (1, 2))


def italian_number(value: int | Decimal) -> str:
    """Return `8.972.346,42`, `83,33` or `41.285`, with the decimals that the value has."""
    return f"{value:,}".translate(_SWAP)


def italian_date(day: date) -> str:
    """Return `5/4/2025` for 5 April 2025."""
    return f"{day.day}/{day.month}/{day.year}"
