"""How an Italian office writes amounts, numbers and dates; the filters that templates may use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from scheduler.core.data import Mark

LOCALE = "it_IT"
Printable = str | int | Decimal | date | Mark | bool | None


def amount(value: Printable) -> str:
    """Given EUR, return `8.972.346,42`; a mark as it is."""
    return _numeric(value, lambda number: format_decimal(number, format="#,##0.00", locale=LOCALE))


def euro(value: Printable) -> str:
    """Given EUR, return `8.972.346,42 €`."""
    return _numeric(value, lambda number: f"{amount(number)} €")


def number(value: Printable) -> str:
    """Return `41.285` or `73,8`: thousands grouped, decimals as they are."""
    return _numeric(value, lambda item: format_decimal(item, format="#,##0.###############", locale=LOCALE))


def share(value: Printable) -> str:
    """Given a ratio (0.3469), return `34,7 %`."""
    return _numeric(value, lambda item: f"{_one_decimal(item * 100)} %")


def percent(value: Printable) -> str:
    """Given a percentage (83.33), return `83,33 %`."""
    return _numeric(value, lambda item: f"{number(item)} %")


def short_date(value: Printable) -> str:
    """Return `28/02/2025`."""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else printed(value)


def long_date(value: Printable) -> str:
    """Return `28 febbraio 2025`, and `1° gennaio 2025` for the first of a month."""
    if not isinstance(value, date):
        return printed(value)
    written = format_date(value, "d MMMM y", locale=LOCALE)
    return written.replace("1 ", "1° ", 1) if value.day == 1 else written


def month(value: Printable) -> str:
    """Return `gennaio 2025`."""
    return format_date(value, "MMMM y", locale=LOCALE) if isinstance(value, date) else printed(value)


def listing(values: Sequence[Printable]) -> str:
    """Return `a, b e c`."""
    *others, last = [printed(value) for value in values] or [""]
    return f"{', '.join(others)} e {last}" if others else last


def printed(value: object) -> str:
    """Return any value as it is printed when a template names no filter."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, Decimal):
        return number(value)
    return str(value)


FILTERS: dict[str, Callable[..., str]] = {
    "euro": euro,
    "importo": amount,
    "numero": number,
    "percento": share,
    "percentuale": percent,
    "data": short_date,
    "data_estesa": long_date,
    "mese": month,
    "elenco": listing,
}


def _numeric(value: Printable, write: Callable[[Decimal], str]) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return printed(value)
    return write(Decimal(value))


def _one_decimal(value: Decimal) -> str:
    rounded = value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return format_decimal(rounded, format="#,##0.0", locale=LOCALE)
