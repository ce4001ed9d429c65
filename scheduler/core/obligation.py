"""What `deadlines.yaml` declares, as values: the office, its roles, agreements, obligations with their rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from scheduler.core.access import Person
from scheduler.core.chart import ChartSpec
from scheduler.core.data import AmountLine, TableSpec
from scheduler.core.each import Each
from scheduler.core.figures import CheckSpec, FigureSpec
from scheduler.core.period import Frequency, Period
from scheduler.core.workdays import DAY, Shift, WorkCalendar


@dataclass(frozen=True)
class DayAfterMonths:
    """Due on a day of the n-th month after the period's last month; `day` 0 is the month's last day."""

    months_after: int
    day: int


@dataclass(frozen=True)
class DayOfYear:
    """Due on a fixed day, `years_after` the year in which the period ends; `day` 0 is the month's last day."""

    month: int
    day: int
    years_after: int


@dataclass(frozen=True)
class DaysAfter:
    """Due so many calendar or working days after the period's last day."""

    days: int
    working: bool


@dataclass(frozen=True)
class OnDate:
    """Due on one date."""

    on: date


DueRule = DayAfterMonths | DayOfYear | DaysAfter | OnDate


class MilestoneKind(StrEnum):
    """What happens at a milestone."""

    REQUEST = "request"  # ask the supplier for the data
    DRAFT = "draft"  # make the draft and mail it to the owner
    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATION = "escalation"


class Anchor(StrEnum):
    """The date that a milestone's offset is counted from."""

    LEGAL = "legal"
    TARGET = "target"
    NOMINAL = "nominal"


MILESTONE_KEY = re.compile(r"(request|draft|reminder|overdue|escalation)([+-]\d{1,3})(d|wd)")


@dataclass(frozen=True)
class Milestone:
    """A thing to happen at an offset from a date: `reminder-7d`, `escalation+3wd`."""

    kind: MilestoneKind
    offset_days: int
    working: bool
    at: time
    anchor: Anchor = Anchor.LEGAL
    documents: tuple[str, ...] = ()  # empty: all documents of the obligation

    @property
    def key(self) -> str:
        """`reminder-7d`; with another anchor than the legal date `reminder-7d@target`."""
        unit = "wd" if self.working else "d"
        suffix = "" if self.anchor is Anchor.LEGAL else f"@{self.anchor}"
        return f"{self.kind}{self.offset_days:+d}{unit}{suffix}"


@dataclass(frozen=True)
class Role:
    """A desk that receives mail."""

    id: str
    title: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class LegalAct:
    """An administrative act: title, date, and where we know it from."""

    title: str
    on: date | None = None
    source: str = ""


@dataclass(frozen=True)
class Agreement:
    """The act that creates obligations; in force on days `since <= day < until`."""

    id: str
    title: str
    since: date
    until: date
    acts: tuple[LegalAct, ...] = ()
    amounts: tuple[AmountLine, ...] = ()
    succeeds: str = ""
    source: str = ""
    to_confirm: tuple[str, ...] = ()

    @property
    def last_day(self) -> date:
        """The last day of the term."""
        return self.until - DAY

    def in_force(self, day: date) -> bool:
        """Tell whether the day lies in the agreement's term."""
        return self.since <= day < self.until


@dataclass(frozen=True)
class Override:
    """What is different for one occurrence, and why."""

    period_key: str
    due_on: date | None
    reason: str
    waived: bool = False


@dataclass(frozen=True)
class Obligation:
    """One duty. `agreements` are the one it was born under and those that succeed it, in order."""

    id: str
    title: str
    family: str
    agreements: tuple[Agreement, ...]
    source: str
    frequency: Frequency
    since: date
    until: date  # exclusive: no period that ends after it
    due: DueRule
    due_to_confirm: bool
    shift: Shift
    saturday: bool
    margin_days: int  # working days between the internal target and the legal date
    owner: Role
    recipients: tuple[Role, ...]
    escalation: Role
    milestones: tuple[Milestone, ...]
    documents: tuple[str, ...]
    per: tuple[Each, ...] = ()  # those of them that are made once for each row
    request_document: str = ""
    supplier: Role | None = None
    unknown: tuple[str, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    figures: tuple[FigureSpec, ...] = ()
    checks: tuple[CheckSpec, ...] = ()
    charts: tuple[ChartSpec, ...] = ()
    overrides: Mapping[str, Override] = field(default_factory=dict)
    nominative: tuple[Role, ...] = ()  # who may receive documents that are about single people
    line: int = 0  # where the file declares it
    changed_on: date | None = None  # of a later form: it is owed so for periods that begin on this day or after
    changes: tuple[Obligation, ...] = ()  # its later forms, in order; each says all of it

    def each(self, document: str) -> Each | None:
        """Return for which rows a document is made; None where it is made once."""
        return next((item for item in self.per if item.document == document), None)

    def as_of(self, period: Period) -> Obligation:
        """Return the obligation as it is owed for a period: the last of its forms that has begun by then."""
        begun = [item for item in self.changes if item.changed_on and item.changed_on <= period.start]
        return begun[-1] if begun else self

    @property
    def forms(self) -> tuple[Obligation, ...]:
        """The obligation in each of its forms."""
        return (self, *self.changes)


@dataclass(frozen=True)
class Office:
    """Who the office is, to whom it answers, and its language."""

    body: str
    name: str
    addressee: str
    language: str
    logo: str = ""  # a picture's path relative to the workspace; empty where none is declared


@dataclass(frozen=True)
class Register:
    """All that `deadlines.yaml` says, checked."""

    office: Office
    workdays: WorkCalendar
    roles: Mapping[str, Role]
    operator: Role
    agreements: tuple[Agreement, ...]
    obligations: tuple[Obligation, ...]
    tables: Mapping[str, TableSpec] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)  # what each letter that is cited as a source stands for
    people: tuple[Person, ...] = ()  # who may sign in
    content: bytes = field(default=b"", repr=False, compare=False)  # the file's own bytes, as they were read

    def obligation(self, obligation_id: str) -> Obligation | None:
        """Return the obligation of that id, or None."""
        return next((item for item in self.obligations if item.id == obligation_id), None)
