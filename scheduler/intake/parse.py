"""One raw cell → one value of its column's type, as an Italian office writes it. Pure: no files, no sentences."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from scheduler.core.codes import is_cup, is_tax_code
from scheduler.core.data import ColumnType, Mark, Value
from scheduler.intake.raw import Broken, Padded, Percent

Parser = Callable[[object], Value]
_Readers = tuple[Callable[[str], Value], Callable[[float], Value], Parser]  # of texts, of numbers, of the rest

YEARS = range(1900, 2200)  # outside, a date is a slip of the pen
CENT = Decimal("0.01")
LARGEST = 10**15  # a spreadsheet keeps 15 digits; beyond, its number is no longer the one typed

NOISE = Decimal("0.000001")  # what binary fractions add to a sum of cents, never what a person typed

_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ") | dict.fromkeys(map(ord, "\u200b\ufeff"), "")
_ERROR = re.compile(
    r"#(REF!|RIF!|N/A|N/D|N/DISP|VALUE!|VALORE!|DIV/0!|NAME\?|NOME\?|NUM!|NULL!|NULLO!|SPILL!|CALC!)|Err:\d{3}", re.I
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBER = re.compile(
    r"([+-]?)([1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4}|[1-9][0-9]{0,2}(?: [0-9]{3}){1,4}|[0-9]{1,15})(?:,([0-9]{1,10}))?"
)
_POINT = re.compile(r"[+-]?[0-9]+\.[0-9]+")  # 1.5: decimals the English way, or thousands gone wrong
_CURRENCY = re.compile(r"^([+-]?)(?:€|eur|euro)\s*(?=[-+0-9])|\s*(?:€|eur|euro)$", re.I)
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{2,4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.]+)?")
_IN_WORDS = re.compile(r"([0-9]{1,2})°? ([a-z]+) ([0-9]{4})", re.I)
_MONTHS = (
    *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
    *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
)


class CellError(ValueError):
    """A cell that is not a value of its type: the code of the sentence, and the cell as the user sees it."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code, value)
        self.code = code
        self.value = value


def parser(kind: ColumnType, marks: Iterable[str]) -> Parser:
    """Return the function that reads the cells of a column of that type.

    It takes a raw cell and returns its value: None for an empty cell, a `Mark` for one of `marks` (in any case of
    letters), else str, int, Decimal or date as the type says; never a float. It raises `CellError`.
    """
    known = frozenset(tidy(mark).casefold() for mark in marks)
    from_text, from_number, from_other = _READERS[kind]

    def parse(raw: object) -> Value:
        kind_of = type(raw)
        if kind_of is str:
            text = tidy(raw)  # type: ignore[arg-type]  # it is a str: isinstance would cost a tenth of the reading
            if not text:
                return None
            if text.casefold() in known:
                return Mark(text)
            if text[0] in "#E" and _ERROR.fullmatch(text):
                raise CellError("cell.error", text)
            return from_text(text)
        if kind_of is int or kind_of is float:
            return from_number(raw)  # type: ignore[arg-type]  # a number, for the same reason
        return None if raw is None else from_other(raw)

    return parse


def tidy(text: str) -> str:
    """Return a text with every kind of blank as a plain one, and none at its ends."""
    return (text if text.isascii() else text.translate(_BLANKS)).strip()


def seen(raw: object) -> str:
    """Return a raw cell as its Italian reader sees it, at most 60 characters."""
    match raw:
        case Broken():
            return raw.text[:60]
        case Percent():
            return f"{seen(float(_shifted(raw)))}%"
        case bool():
            return "VERO" if raw else "FALSO"
        case float() if math.isfinite(raw):
            return f"{Decimal(f'{raw:.15g}'):f}".replace(".", ",")
        case date():
            return f"{raw:%d/%m/%Y}"
        case _:
            return tidy(str(raw))[:60]


# Text ---------------------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    if not text.isprintable() and _CONTROL.search(text):
        raise CellError("cell.control", "")
    return text


def _text_of_number(raw: float) -> str:
    return str(int(raw)) if float(raw).is_integer() else seen(raw)


def _text_of_other(raw: object) -> str:
    if isinstance(raw, (bool, date, Percent, Padded)):
        return seen(raw)
    raise _fault(raw)


# Numbers ------------------------------------------------------------------------------------------------------


def _decimal(text: str) -> Decimal:
    found = _NUMBER.fullmatch(text.replace("\u2212", "-"))
    if not found:
        raise CellError("cell.ambiguous" if _POINT.fullmatch(text) else "cell.value", text[:60])
    sign, whole, cents = found.groups()
    return Decimal(f"{sign}{whole.replace('.', '').replace(' ', '')}.{cents or '0'}")


def _number(text: str) -> Decimal:
    value = _decimal(text)
    whole = value.to_integral_value()
    return _unsigned_zero(whole if value == whole else value)


def _number_of_number(raw: float) -> Decimal:
    if not -LARGEST < raw < LARGEST:
        raise _fault(raw)
    return _unsigned_zero(Decimal(raw) if isinstance(raw, int) else Decimal(f"{raw:.15g}"))


def _unsigned_zero(value: Decimal) -> Decimal:
    return value or abs(value)


def _shifted(raw: Percent) -> Decimal:
    """Return a cell's fraction in hundredths, as its reader sees it."""
    return Decimal(f"{raw.fraction:.15g}").scaleb(2)


def _percent_of_other(raw: object) -> Decimal:
    if isinstance(raw, Percent) and -LARGEST < raw.fraction < LARGEST:
        value = _shifted(raw)
        whole = value.to_integral_value()
        return _unsigned_zero(whole if value == whole else value)
    raise _fault(raw)


def _number_of_other(raw: object) -> Decimal:
    return _number_of_number(_unpadded(raw))


def _amount_of_other(raw: object) -> Decimal:
    return _amount_of_number(_unpadded(raw))


def _integer_of_other(raw: object) -> int:
    return _integer_of_number(_unpadded(raw))


def _unpadded(raw: object) -> int:
    if isinstance(raw, Padded):
        return raw.number
    raise _fault(raw)


def _percent(text: str) -> Decimal:
    return _number(text[:-1].rstrip() if text.endswith("%") else text)


def _amount(text: str) -> Decimal:
    value = _decimal(_CURRENCY.sub(r"\1", text, count=1))
    if value != value.quantize(CENT):
        raise CellError("cell.cents", text[:60])
    return _unsigned_zero(value.quantize(CENT))


def _amount_of_number(raw: float) -> Decimal:
    if not -LARGEST < raw < LARGEST:
        raise _fault(raw)
    value = Decimal(repr(raw))
    cents = value.quantize(CENT)
    if abs(value - cents) >= NOISE:
        raise CellError("cell.cents", seen(raw))
    return _unsigned_zero(cents)


def _integer(text: str) -> int:
    value = _decimal(text)
    if value != int(value):
        raise CellError("cell.value", text[:60])
    return int(value)


def _integer_of_number(raw: float) -> int:
    if isinstance(raw, int):
        return raw
    if not -LARGEST < raw < LARGEST or abs(raw - round(raw)) >= NOISE:
        raise _fault(raw)
    return round(raw)


# Codes --------------------------------------------------------------------------------------------------------


def _month(text: str) -> int:
    name = text.lower().rstrip(".")
    found = [at for at, month in enumerate(_MONTHS, 1) if name in (month, month[:3])]
    return found[0] if found else _month_of_number(_integer(text))


def _month_of_number(raw: float) -> int:
    month = _integer_of_number(raw)
    if not 1 <= month <= 12:
        raise CellError("cell.value", seen(raw))
    return month


def _month_of_other(raw: object) -> int:
    return _month_of_number(_unpadded(raw))


def _code(is_right: Callable[[str], bool]) -> _Readers:
    """Return the readers of codes, which have a form or a check digit; a number has lost its zeros, if any."""

    def read(raw: object) -> str:
        text = seen(raw).replace(" ", "").upper()
        if not is_right(text):
            raise CellError(raw.code if isinstance(raw, Broken) else "cell.code", seen(raw))
        return text

    return read, read, read


# Dates --------------------------------------------------------------------------------------------------------


def _date(text: str) -> date:
    if found := _DAY_FIRST.fullmatch(text):
        day, _, month, year = found.groups()
        if len(year) == 2:
            raise CellError("cell.year", text)
        return _day(year, month, day, text)
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(found[1], found[2], found[3], text)
    if (found := _IN_WORDS.fullmatch(text)) and found[2].lower() in _MONTHS:
        return _day(found[3], str(_MONTHS.index(found[2].lower()) + 1), found[1], text)
    raise CellError("cell.value", text[:60])


def _day(year: str, month: str, day: str, text: str) -> date:
    try:
        return _in_range(date(int(year), int(month), int(day)), text)
    except ValueError:
        raise CellError("cell.date", text) from None


def _in_range(day: date, text: str) -> date:
    if day.year not in YEARS:
        raise CellError("cell.date", text)
    return day


def _date_of_number(raw: float) -> date:
    raise CellError("cell.serial", seen(raw))


def _date_of_other(raw: object) -> date:
    if isinstance(raw, date):
        day = raw.date() if isinstance(raw, datetime) else raw
        return _in_range(day, seen(day))
    raise _fault(raw)


def _fault(raw: object) -> CellError:
    return CellError(raw.code if isinstance(raw, Broken) else "cell.value", seen(raw))


_READERS: dict[ColumnType, _Readers] = {
    ColumnType.TEXT: (_text, _text_of_number, _text_of_other),
    ColumnType.INTEGER: (_integer, _integer_of_number, _integer_of_other),
    ColumnType.AMOUNT: (_amount, _amount_of_number, _amount_of_other),
    ColumnType.NUMBER: (_number, _number_of_number, _number_of_other),
    ColumnType.PERCENT: (_percent, _number_of_number, _percent_of_other),
    ColumnType.MONTH: (_month, _month_of_number, _month_of_other),
    ColumnType.TAX_CODE: _code(is_tax_code),
    ColumnType.PROJECT: _code(is_cup),
    ColumnType.DATE: (_date, _date_of_number, _date_of_other),
}
