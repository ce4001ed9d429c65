"""The shape of an obligation's figures and checks in `deadlines.yaml`; the rest of the file is in `shape`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scheduler.deadlines.scalars import Id, IsoDate, Name, Number, Percentage, TextOrTexts, Texts, Title

Periods = Annotated[int, Field(ge=1, le=60)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Figure(_Shape):
    """A computed value: one operation, with what it needs."""

    count: str | None = None
    count_distinct: str | None = None
    sum: TextOrTexts | None = None
    pick: str | None = None
    constant: Number | None = None
    difference: list[str] | None = None
    add: list[str] | None = None
    ratio: list[str] | None = None
    calc: str | None = None
    average: TextOrTexts | None = None
    rows: str | None = None
    group: str | None = None
    pivot: str | None = None
    statement: str | None = None
    amounts: Literal["all"] | None = None
    previous: str | None = None
    year_before: str | None = None
    earlier: str | None = None
    series: str | None = None
    parts: str | None = None
    where: dict[str, Texts] = {}
    by: Texts = []
    across: str = ""
    distinct: dict[str, str] = {}
    share: Texts = []
    order: str = ""
    top: Annotated[int, Field(ge=1, le=1000)] | None = None
    others: str = ""
    to_date: str = ""
    decimals: Annotated[int, Field(ge=0, le=10)] | None = None
    periods: Periods | None = None
    every: Literal["month", "quarter", "half-year"] | None = None
    source: str = ""


class Check(_Shape):
    """A rule that figures must keep to: a comparison, `totale == lordo + oneri`, or a value that is not unusual."""

    id: Id
    that: Title | None = None
    outlier: Name | None = None
    periods: Periods | None = None
    beyond: Percentage | None = None
    text: Title
    severity: Literal["error", "warning"] | None = None  # None: an error, of an outlier a warning
    from_: IsoDate | None = Field(default=None, alias="from")
    tolerance: Number | None = None
