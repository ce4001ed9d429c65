"""How an Italian office writes values; the filters that templates may use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from scheduler.core.period import period_from_key
from scheduler.documents import grammar, numerals, references
from scheduler.documents.kinds import (
    Printable,
    WrongValueError,
    dated,
    is_number,
    is_unknown,
    named,
    numeric,
    unknown,
    worded,
)
from scheduler.documents.references import LOCALE
from scheduler.locale.words import period_label


def amount(value: Printable) -> str:
    """Given EUR, return `8.972.346,42`; a mark as it is."""
    return numeric(value, lambda number: format_decimal(number, format="#,##0.00", locale=LOCALE))


def euro(value: Printable) -> str:
    """Given EUR, return `8.972.346,42 €`."""
    return numeric(value, lambda number: f"{amount(number)} €")


def number(value: Printable) -> str:
    """Return `41.285` or `73,8`: thousands grouped, decimals as they are."""
    return numeric(value, lambda item: format_decimal(item, format="#,##0.###############", locale=LOCALE))


def share(value: Printable) -> str:
    """Given a ratio (0.3469), return `34,7 %`."""
    return numeric(value, lambda item: f"{_one_decimal(item * 100)} %")


def percent(value: Printable) -> str:
    """Given a percentage (83.33), return `83,33 %`."""
    return numeric(value, lambda item: f"{number(item)} %")


def in_words(value: Printable, centesimi: bool | None = None) -> str:
    """Return `ventuno` for a whole number and `milleduecento/50` for an amount, or as it is asked for.

    Raises:
        WrongValueError: a number of more than fifteen digits, or one with decimals and without its cents.
    """
    as_amount = isinstance(value, Decimal | float) if centesimi is None else centesimi

    def write(item: Decimal) -> str:
        if abs(item) > numerals.LARGEST:
            raise WrongValueError("smaller-number")
        if as_amount:
            return numerals.amount(item)
        if item != item.to_integral_value():
            raise WrongValueError("whole-number")
        return numerals.cardinal(int(item))

    return numeric(value, write)


def counted(value: Printable, one: str, many: str) -> str:
    """Return `1 persona`, `41.285 persone`."""
    return numeric(value, lambda item: f"{number(item)} {one if abs(item) == 1 else many}")


def agreeing(value: Printable, one: str, many: str) -> str:
    """Return the word for one, or that for many; that also where the number is not reported."""
    return many if is_unknown(value) else numeric(value, lambda item: one if abs(item) == 1 else many)


def short_date(value: Printable) -> str:
    """Return `28/02/2025`."""
    return dated(value, lambda day: f"{day:%d/%m/%Y}")


def long_date(value: Printable) -> str:
    """Return `28 febbraio 2025`, and `1° gennaio 2025` for the first of a month."""
    return dated(value, references.written_date)


def month(value: Printable) -> str:
    """Return `gennaio 2025`."""
    return dated(value, lambda day: format_date(day, "MMMM y", locale=LOCALE))


def span(value: Printable, last: Printable = None) -> str:
    """Return `dal 1° gennaio al 31 marzo 2025` for two days, `I trimestre 2025` for the key of a period.

    Raises:
        WrongValueError: neither; or the last day is before the first.
    """
    if isinstance(value, date):
        if not isinstance(last, date) or last < value:
            raise WrongValueError("two-dates")
        return references.days(value, last)
    return worded(value, lambda key: period_label("it", period_from_key(key)), "period")


def listing(values: Sequence[Printable]) -> str:
    """Return `a, b e c`; `ed` before an e."""
    if is_unknown(values):
        return unknown(values)
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise WrongValueError("list")
    return grammar.joined([printed(value) for value in values])


def with_article(value: Printable, gender: str, preposition: str = "") -> str:
    """Return `l'ente`, `gli studenti`, `della Regione`, `l'8`.

    Raises:
        WrongValueError: the gender or the preposition is none that is known.
    """
    if gender not in grammar.GENDERS or preposition not in grammar.PREPOSITIONS:
        raise WrongValueError("gender")
    word = number(value) if is_number(value) else value
    return worded(word, lambda text: grammar.with_article(text, gender, preposition))


def protocol(value: Printable, year: Printable = None) -> str:
    """Return `15384/2022`, given the number and the year or the day, or both in one text."""
    of = year.year if isinstance(year, date) else year if isinstance(year, int) else None
    entry = f"{value}" if isinstance(value, int | Decimal) else value
    return worded(entry, lambda text: references.protocol_entry(text, of), "protocol")


def act(value: Printable, on: Printable = None) -> str:
    """Return `DGR XII/1607 del 18/12/2023`."""
    return worded(value, lambda title: references.act(title, short_date(on)))


def printed(value: object) -> str:
    """Return any value as it is printed when a template names no filter."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, Decimal | float):
        return FILTERS["numero"](value)  # what is not a number is told like a filter's error
    return str(value)


def _one_decimal(value: Decimal) -> str:
    rounded = value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return format_decimal(rounded, format="#,##0.0", locale=LOCALE)


_WRITERS: dict[str, Callable[..., str]] = {
    "euro": euro,
    "importo": amount,
    "numero": number,
    "percento": share,
    "percentuale": percent,
    "in_lettere": in_words,
    "quanti": counted,
    "plurale": agreeing,
    "data": short_date,
    "data_estesa": long_date,
    "mese": month,
    "periodo": span,
    "elenco": listing,
    "articolo": with_article,
    "protocollo": protocol,
    "atto": act,
}
FILTERS = {name: named(name, write) for name, write in _WRITERS.items()}
