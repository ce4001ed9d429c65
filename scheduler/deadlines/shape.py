"""The shape of `deadlines.yaml`: pydantic models, one for each group of keys. Single values are in `scalars`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scheduler.deadlines.figure_shape import Check, Figure
from scheduler.deadlines.scalars import (
    Address,
    Age,
    Amount,
    ClockTime,
    Day,
    DayOfYearText,
    Id,
    IsoDate,
    Limit,
    MilestoneText,
    Name,
    Texts,
    Title,
    fault,
)


def _milestone(value: object) -> object:
    if isinstance(value, str):
        return {"key": value}
    if isinstance(value, dict):
        return value
    raise fault("milestone.key", value)


def _document(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Holiday(_Shape):
    """A legal holiday that the country's calendar does not have yet."""

    on: DayOfYearText
    name: Title
    from_year: int | None = None


class Closure(_Shape):
    """Days on which the office does not work; they never move a legal date."""

    on: DayOfYearText
    name: Title
    until: IsoDate | None = None


class Calendar(_Shape):
    """Which days are holidays and which are closures."""

    country: str = "IT"
    holidays: list[Holiday] = []
    closures: list[Closure] = []


class Office(_Shape):
    """Who the office is."""

    body: Title
    name: Title
    addressee: Title
    logo: str = ""
    language: Literal["it", "en"] = "it"
    time_zone: str = "Europe/Rome"
    calendar: Calendar = Calendar()


class Role(_Shape):
    """A desk that receives mail."""

    title: Title
    addresses: Annotated[list[Address], Field(min_length=1)]


class Person(_Shape):
    """Somebody who may sign in to the page, by their own address."""

    name: Title
    address: Address
    access: Literal["reader", "editor", "administrator"]


class Act(_Shape):
    """An administrative act."""

    title: Title
    on: IsoDate | None = None
    source: str = ""


class AmountLine(_Shape):
    """One line of money, EUR per year."""

    line: Id
    title: Title
    match: list[str] = []
    part_of: str = ""
    years: dict[str, Amount] = {}
    source: str = ""


class Agreement(_Shape):
    """The act that creates obligations. `until` is its last day."""

    id: Id
    title: Title
    since: IsoDate
    until: IsoDate
    succeeds: str = ""
    to_confirm: list[str] = []
    source: Title
    acts: list[Act] = []
    amounts: list[AmountLine] = []


class Column(_Shape):
    """A column of a table: found by its header, the difference of two others, or said by the file's name."""

    header: str = ""
    type: (
        Literal["testo", "intero", "importo", "numero", "percentuale", "data", "mese", "codice fiscale", "CUP"] | None
    ) = None
    required: bool = True
    unique: bool = False
    values: list[str] = []
    min: Limit | None = None
    max: Limit | None = None
    unit: Literal["migliaia", "milioni", "punti", "frazione"] | None = None
    difference: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    from_: Literal["file"] | None = Field(default=None, alias="from")
    personal: bool | None = None


class Table(_Shape):
    """Where a table's files are, or what a database is asked, and what its columns mean."""

    path: Title | None = None
    sql: str = ""
    database: Name | None = None
    sheet: str = ""
    header: Annotated[int, Field(ge=1, le=100)] = 1
    span: Literal["period", "year_to_date"] = "period"
    marks: list[str] | None = None
    header_rows: Annotated[int, Field(ge=1, le=3)] = 1
    end: Texts = []
    totals: Literal["check", "rows"] | None = None
    hidden_rows: Literal["read", "skip"] | None = None
    values_only: bool = False
    rules: dict[str, Literal["error", "warning"]] = {}
    covers: dict[Name, Texts] = {}
    fresh: Age | None = None
    columns: Annotated[dict[Name, Column], Field(min_length=1)]


class Due(_Shape):
    """When a report is due; see the four ways in the guide."""

    months_after: Annotated[int, Field(ge=0, le=36)] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Day | None = None
    year: Literal["same", "following"] | None = None
    days_after: Annotated[int, Field(ge=0, le=1000)] | None = None
    working_days_after: Annotated[int, Field(ge=0, le=700)] | None = None
    on: IsoDate | None = None
    to_confirm: bool = False


class Milestone(_Shape):
    """`reminder-7d`, or the same with options."""

    key: MilestoneText
    at: ClockTime | None = None
    anchor: Literal["legal", "target", "nominal"] = "legal"
    documents: list[str] = []


MilestoneEntry = Annotated[Milestone, BeforeValidator(_milestone, json_schema_input_type=MilestoneText | Milestone)]


class Chart(_Shape):
    """A chart of a table's rows, or of how far one figure is from another."""

    kind: Literal["line", "bar", "progress"]
    of: Texts
    label: str = ""
    values: Texts = []
    title: str = ""
    alt: Title


class Document(_Shape):
    """A document by the name of its template; with `per`, one for each row, named by the column `as`."""

    name: Id
    per: Name | None = None
    as_: Name | None = Field(default=None, alias="as")


DocumentEntry = Annotated[Document, BeforeValidator(_document, json_schema_input_type=Id | Document)]
Documents = Annotated[list[DocumentEntry], Field(min_length=1)]


class Override(_Shape):
    """What is different for one occurrence, and why."""

    due_on: IsoDate | None = None
    waived: bool = False
    reason: Title


class Change(_Shape):
    """What is said in another way of the periods that begin on a day or after; the rest stays."""

    from_: IsoDate = Field(alias="from")
    due: Due | None = None
    owner: str | None = None
    recipients: Annotated[list[str], Field(min_length=1)] | None = None
    milestones: list[MilestoneEntry] | None = None
    documents: Documents | None = None
    data: list[str] | None = None
    figures: dict[Name, Figure] | None = None
    checks: list[Check] | None = None
    charts: dict[Name, Chart] | None = None
    nominative: list[str] | None = None


class Defaults(_Shape):
    """What holds for every obligation that says nothing else."""

    at: ClockTime = "09:00"
    shift: Literal["next", "previous", "none"] = "next"
    saturday: bool = False
    margin: Annotated[int, Field(ge=0, le=60)] = 1
    request: str = ""
    milestones: list[MilestoneEntry] = []


class Obligation(_Shape):
    """One duty."""

    id: Id
    title: Title
    family: Title
    agreement: str
    source: Title
    every: Literal["month", "quarter", "half-year", "year", "once"]
    since: IsoDate | None = None
    until: IsoDate | None = None
    due: Due
    unknown: list[str] = []
    shift: Literal["next", "previous", "none"] | None = None
    saturday: bool | None = None
    margin: Annotated[int, Field(ge=0, le=60)] | None = None
    owner: str
    recipients: Annotated[list[str], Field(min_length=1)]
    supplier: str | None = None
    milestones: list[MilestoneEntry] | None = None
    documents: Documents
    data: list[str] = []
    figures: dict[Name, Figure] = {}
    checks: list[Check] = []
    charts: dict[Name, Chart] = {}
    overrides: dict[str, Override] = {}
    changes: list[Change] = []
    nominative: list[str] = []


class Deadlines(_Shape):
    """The whole file."""

    version: Literal[1]
    office: Office
    sources: dict[str, Title] = {}
    roles: dict[Id, Role]
    people: list[Person] = []
    operator: str
    escalation: str
    agreements: Annotated[list[Agreement], Field(min_length=1)]
    tables: dict[Name, Table] = {}
    defaults: Defaults = Defaults()
    obligations: Annotated[list[Obligation], Field(min_length=1)]
