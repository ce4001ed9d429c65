"""Single values of `deadlines.yaml`: each read strictly, with the code of its fault; how they combine is in `shape`."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from scheduler.core.obligation import MILESTONE_KEY

FIRST_YEAR, LAST_YEAR = 1900, 2199  # of any date in the file: a term without an end is not a term

_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_NAME = r"^[a-z][a-z0-9_]*$"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_AMOUNT = r"[0-9]{1,15}(\.[0-9]{1,2})?"
_NUMBER = r"-?[0-9]{1,15}(\.[0-9]{1,15})?"
_PERCENTAGE = r"[0-9]{1,4}(\.[0-9]{1,4})? ?%"
_AGE = r"[1-9][0-9]{0,3}d"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[^\W_]+(-+[^\W_]+)*"  # letters of any script: the domain is encoded when mail is sent
_ADDRESS = rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+"


def fault(code: str, value: object) -> PydanticCustomError:
    """Return the error that carries a code of the catalogue."""
    return PydanticCustomError(code, "", {"value": str(value)})


def _day(value: object) -> int:
    if value == "last":
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 31:
        return value
    raise fault("shape.bad-day", value)


def _iso_date(value: object) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and re.fullmatch(_DATE, value) else None
    except ValueError:
        found = None
    if found is None:
        raise fault("shape.bad-date", value)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise fault("shape.bad-year", value)
    return found


def _clock_time(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(_TIME, value):
        return value
    raise fault("shape.bad-time", value)


def _day_of_year(value: object) -> str:
    """Return `MM-DD` (every year) or `YYYY-MM-DD` (once)."""
    text = str(value)
    try:
        _iso_date(text if len(text) == 10 else f"2024-{text}")
    except PydanticCustomError as error:
        raise fault("shape.bad-closure", value) from error
    return text


def _amount(value: object) -> Decimal:
    return _decimal(value, _AMOUNT, "shape.bad-amount")


def _number(value: object) -> Decimal:
    return _decimal(value, _NUMBER, "shape.bad-number")


def _percentage(value: object) -> Decimal:
    """Return `30%` as 0.3."""
    return _decimal(value, _PERCENTAGE, "shape.bad-percentage") / 100


def _limit(value: object) -> Decimal | date:
    if isinstance(value, str) and re.fullmatch(_DATE, value):
        return _iso_date(value)
    return _number(value)


def _decimal(value: object, pattern: str, code: str) -> Decimal:
    """Return the number exactly as it is written; the file's floats arrive as text, so nothing is rounded."""
    if isinstance(value, str | int) and not isinstance(value, bool) and re.fullmatch(pattern, str(value)):
        return Decimal(str(value).rstrip(" %"))
    raise fault(code, value)


def _age(value: object) -> int:
    """Return the days of `45d`."""
    if isinstance(value, str) and re.fullmatch(_AGE, value):
        return int(value[:-1])
    raise fault("table.fresh", value)


def _address(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(_ADDRESS, value):
        raise fault("shape.bad-address", value)
    try:
        value.rpartition("@")[2].encode("idna")
    except UnicodeError as error:  # a label that is too long, or a character that no domain has
        raise fault("shape.bad-address", value) from error
    return value


def _one_line(value: object) -> object:
    """Return a text without line breaks: a long one may be folded in the file, but never in a mail's subject."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _text_or_texts(value: object) -> str | list[str]:
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        return value
    raise fault("texts_type", value)


_TEXT = {"type": "string"}
_DAY_SCHEMA = {"anyOf": [{"const": "last"}, {"type": "integer", "minimum": 1, "maximum": 31}]}
_TEXTS_SCHEMA = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}


def _written(pattern: str) -> WithJsonSchema:
    """Return the schema of a decimal: quoted as the pattern says, or a plain number."""
    return WithJsonSchema({"anyOf": [{"type": "number"}, {**_TEXT, "pattern": f"^{pattern}$"}]})


Day = Annotated[int, PlainValidator(_day), WithJsonSchema(_DAY_SCHEMA)]
IsoDate = Annotated[date, PlainValidator(_iso_date), WithJsonSchema({**_TEXT, "pattern": f"^{_DATE}$"})]
ClockTime = Annotated[str, PlainValidator(_clock_time), WithJsonSchema({**_TEXT, "pattern": f"^{_TIME}$"})]
DayOfYearText = Annotated[
    str, PlainValidator(_day_of_year), WithJsonSchema({**_TEXT, "pattern": "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$"})
]
Amount = Annotated[Decimal, PlainValidator(_amount), _written(_AMOUNT)]
Number = Annotated[Decimal, PlainValidator(_number), _written(_NUMBER)]
Percentage = Annotated[Decimal, PlainValidator(_percentage), WithJsonSchema({**_TEXT, "pattern": f"^{_PERCENTAGE}$"})]
Limit = Annotated[
    Decimal | date,
    PlainValidator(_limit),
    WithJsonSchema({"anyOf": [{"type": "number"}, {**_TEXT, "pattern": f"^({_NUMBER}|{_DATE})$"}]}),
]
Age = Annotated[int, PlainValidator(_age), WithJsonSchema({**_TEXT, "pattern": f"^{_AGE}$"})]
Address = Annotated[str, PlainValidator(_address), WithJsonSchema({**_TEXT, "pattern": "^[^@ ]+@[^@ ]+$"})]
Id = Annotated[str, Field(pattern=_ID, max_length=80)]
Name = Annotated[str, Field(pattern=_NAME, max_length=60)]
_Short = Annotated[str, Field(min_length=1, max_length=300)]
Title = Annotated[_Short, BeforeValidator(_one_line, json_schema_input_type=_Short)]
MilestoneText = Annotated[str, WithJsonSchema({**_TEXT, "pattern": f"^{MILESTONE_KEY.pattern}$"})]  # read in `rules`
Texts = Annotated[list[str], BeforeValidator(_texts, json_schema_input_type=str | list[str])]
TextOrTexts = Annotated[str | list[str], PlainValidator(_text_or_texts), WithJsonSchema(_TEXTS_SCHEMA)]
