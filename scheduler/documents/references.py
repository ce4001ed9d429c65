"""How protocol entries, acts and spans of days are cited."""

from __future__ import annotations

import re
from datetime import date

from babel.dates import format_date

from scheduler.documents.grammar import with_article

LOCALE = "it_IT"

_ENTRY = re.compile(r"0*([1-9]\d*)(?:/(\d{4}))?")


def written_date(day: date) -> str:
    """Return `28 febbraio 2025`, and `1° gennaio 2025` for the first of a month."""
    return _day(day, "d MMMM y")


def protocol_entry(number: str, year: int | None = None) -> str:
    """Return `15384/2022`, without the zeros in front that the register fills up with.

    Raises:
        ValueError: this is no entry: no number, no year, or two different ones.
    """
    found = _ENTRY.fullmatch(number.strip())
    years = {int(found[2])} if found and found[2] else set()
    years |= {year} if year else set()
    if found is None or len(years) != 1:
        raise ValueError(number)
    return f"{found[1]}/{years.pop()}"


def act(title: str, on: str) -> str:
    """Return `DGR XII/1607 del 18/12/2023`; the title alone where no day is known."""
    return f"{title} del {on}" if on else title


def days(first: date, last: date) -> str:
    """Return `dal 1° gennaio al 31 marzo 2025`: the month and the year are said once where they are the same."""
    said = "d" if (first.year, first.month) == (last.year, last.month) else "d MMMM"
    start = _day(first, said if first.year == last.year else "d MMMM y")
    return f"{with_article(start, 'm', 'da')} {with_article(written_date(last), 'm', 'a')}"


def _day(day: date, form: str) -> str:
    written = format_date(day, form, locale=LOCALE)
    return re.sub("^1\\b", "1°", written) if day.day == 1 else written
