"""Which occurrences a span of time concerns; the cost grows with what is near, not with what exists."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from scheduler.core.obligation import DayAfterMonths, DayOfYear, DaysAfter, Obligation, OnDate
from scheduler.core.occurrence import Occurrence, milestone_at, occurrence_in, occurrence_of
from scheduler.core.period import Frequency, Period, period_containing, period_from_key, periods_between
from scheduler.core.workdays import DAY, WorkCalendar

RULES = 1  # raise it when the rules on dates change: every occurrence is then looked at once more
_WINDOW = timedelta(days=62)
_MOST_KNOWN = 64


@dataclass(frozen=True)
class _Entry:
    occurrence: Occurrence
    instants: tuple[datetime, ...]  # of its milestones, in order


class Timetable:
    """One obligation's occurrences in time. `reach` is how far from a period's last day anything of it can lie."""

    def __init__(self, obligation: Obligation, workdays: WorkCalendar, longest_rest: int) -> None:
        self.obligation = obligation
        self.workdays = workdays
        self.reach = _reach(obligation, longest_rest)  # of all its forms
        self._special = tuple(_special(obligation))
        self._known: dict[Period, _Entry | None] = {}
        self._next: tuple[datetime, datetime | None] | None = None  # asked after, and answered

    def due_between(self, first: date, last: date) -> Iterator[Occurrence]:
        """Yield the occurrences whose legal date lies between two days, both included."""
        found = (entry.occurrence for entry in self._near(first, last))
        return (item for item in found if first <= item.legal_due_on <= last)

    def touched(self, since: datetime, until: datetime) -> Iterator[Occurrence]:
        """Yield the occurrences with a milestone in (since, until]."""
        following = self.following(since)
        if following is None or following > until:
            return
        for entry in self._near(since.date() - DAY, until.date() + DAY):
            if any(since < at <= until for at in entry.instants):
                yield entry.occurrence

    def owed(self, since: date, until: datetime) -> Iterator[Occurrence]:
        """Yield the occurrences that are due on or after a day and have a milestone at or before an instant."""
        for entry in self._near(since, until.date() + DAY):
            if entry.occurrence.legal_due_on >= since and entry.instants and entry.instants[0] <= until:
                yield entry.occurrence

    def following(self, after: datetime) -> datetime | None:
        """Return the first milestone's instant strictly after another, or None."""
        known = self._next  # several threads ask
        if known is None or not known[0] <= after < (known[1] or _END):
            self._next = known = (after, self._search(after))
        return known[1]

    def _search(self, after: datetime) -> datetime | None:
        first, window = after.date() - DAY, _WINDOW
        last_of_all = _moved(self.obligation.until, self.reach[1])
        special = [at for period in self._special if (entry := self._entry(period)) for at in entry.instants]
        best = min((at for at in special if at > after), default=None)
        while first <= last_of_all and (best is None or best.date() >= first):
            last = _moved(first, window.days)
            instants = (at for entry in self._near(first, last) for at in entry.instants if at > after)
            best = min(chain(instants, [best] if best else []), default=None)
            first, window = last, window * 2
        return best

    def _near(self, first: date, last: date) -> Iterator[_Entry]:
        """Yield every occurrence of which anything can lie between two days; and some others."""
        periods: Iterable[Period] = ()
        if not isinstance(self.obligation.due, OnDate):
            low, high = self.reach
            since = max(self.obligation.since, _moved(first, -high))
            until = min(self.obligation.until, _moved(last, 1 - low))
            periods = periods_between(self.obligation.frequency, since, until)
        for period in dict.fromkeys(chain(periods, self._special)):
            if entry := self._entry(period):
                yield entry

    def _entry(self, period: Period) -> _Entry | None:
        known = self._known
        if period in known:
            return known.get(period)
        if len(known) >= _MOST_KNOWN:
            self._known = known = {}  # several threads look here: never take from a book that one of them reads
        known[period] = entry = self._made(period)
        return entry

    def _made(self, period: Period) -> _Entry | None:
        occurrence = occurrence_in(self.obligation, period, self.workdays)
        if occurrence is None:
            return None
        instants = (milestone_at(occurrence, item, self.workdays) for item in occurrence.obligation.milestones)
        return _Entry(occurrence, tuple(sorted(instants)))


class Agenda:
    """The occurrences of all obligations in time."""

    def __init__(self, obligations: Sequence[Obligation], workdays: WorkCalendar) -> None:
        rest, days = longest_rest(workdays), calendar_digest(workdays)
        self.workdays = workdays
        self.timetables: Mapping[str, Timetable] = {item.id: Timetable(item, workdays, rest) for item in obligations}
        self.digests: Mapping[str, str] = {item.id: digest(item, days) for item in obligations}
        self.digest = hashlib.sha256(repr(sorted(self.digests.items())).encode()).hexdigest()

    def occurrence(self, key: str) -> Occurrence | None:
        """Return the occurrence of a key `obligation/period`, or None."""
        obligation_id, _, period_key = key.partition("/")
        timetable = self.timetables.get(obligation_id)
        return occurrence_of(timetable.obligation, period_key, self.workdays) if timetable else None

    def due_between(self, first: date, last: date) -> tuple[Occurrence, ...]:
        """Return the occurrences whose legal date lies between two days, both included."""
        return tuple(chain.from_iterable(item.due_between(first, last) for item in self.timetables.values()))

    def touched(self, since: datetime, until: datetime) -> tuple[Occurrence, ...]:
        """Return the occurrences with a milestone in (since, until]."""
        return tuple(chain.from_iterable(item.touched(since, until) for item in self.timetables.values()))

    def owed(self, obligation_ids: Iterable[str], since: date, until: datetime) -> tuple[Occurrence, ...]:
        """Return these obligations' occurrences due on or after a day and with a milestone at or before an instant."""
        chosen = (self.timetables[item] for item in obligation_ids)
        return tuple(chain.from_iterable(item.owed(since, until) for item in chosen))

    def following(self, after: datetime) -> datetime | None:
        """Return the first milestone's instant strictly after another, or None."""
        found = (item.following(after) for item in self.timetables.values())
        return min((at for at in found if at is not None), default=None)


def calendar_digest(workdays: WorkCalendar) -> str:
    """Return a fingerprint of the days that the office does not work."""
    days = (workdays.zone.key, sorted(workdays.holidays), sorted(workdays.closures))
    return hashlib.sha256(repr(days).encode()).hexdigest()


def digest(obligation: Obligation, days: str) -> str:
    """Return a fingerprint of all that an obligation's dates depend on, the calendar's included."""
    terms = [(item.id, item.since, item.until) for item in obligation.agreements]
    desks = (obligation.owner.id, obligation.escalation.id, obligation.supplier.id if obligation.supplier else "")
    rule = (obligation.frequency, obligation.since, obligation.until, obligation.due, obligation.shift)
    policy = (obligation.saturday, obligation.margin_days, obligation.milestones)
    overrides = sorted(obligation.overrides.items())
    facts = (RULES, terms, desks, rule, policy, overrides, days)
    changes = [(item.changed_on, digest(item, days)) for item in obligation.changes]
    return hashlib.sha256(repr((*facts, changes) if changes else facts).encode()).hexdigest()


def longest_rest(workdays: WorkCalendar) -> int:
    """Return the greatest number of days in a row on which the office does not work."""
    longest, seen = 2, date.min
    for day in sorted({*workdays.holidays, *workdays.closures}):
        if day <= seen:
            continue
        first = last = day
        while first > date.min and not workdays.is_workday(first - DAY):
            first -= DAY
        while last < date.max and not workdays.is_workday(last + DAY):
            last += DAY
        longest, seen = max(longest, (last - first).days + 1), last
    return longest


_END = datetime.max.replace(tzinfo=UTC)


def _reach(obligation: Obligation, rest: int) -> tuple[int, int]:
    """Return the days before and after a period's last day between which all its dates and milestones lie."""
    found = [_reach_of_form(item, rest) for item in obligation.forms]
    return min(low for low, _ in found), max(high for _, high in found)


def _reach_of_form(obligation: Obligation, rest: int) -> tuple[int, int]:
    low, high = _due_reach(obligation, rest)
    margin = (obligation.margin_days + 1) * (rest + 1)
    offsets = (abs(item.offset_days) * (rest + 1 if item.working else 1) for item in obligation.milestones)
    slack = rest + margin + max(offsets, default=0) + rest + 3
    return low - slack, high + slack


def _due_reach(obligation: Obligation, rest: int) -> tuple[int, int]:
    match obligation.due:
        case DaysAfter(days, working):
            furthest = abs(days) * (rest + 1 if working else 1)
            return -furthest, furthest
        case DayAfterMonths(months, _):
            return 28 * months - 32, 31 * (months + 1)
        case DayOfYear(_, _, years):
            return 365 * years - 367, 366 * (years + 1)
        case OnDate():
            return 0, 0


def _special(obligation: Obligation) -> Iterator[Period]:
    """Yield the periods whose dates no rule bounds: a one-off, and those with a date of their own."""
    if isinstance(obligation.due, OnDate):
        yield period_containing(Frequency.ONCE, obligation.due.on)
    for override in obligation.overrides.values():
        if override.due_on is not None:
            yield period_from_key(override.period_key)


def _moved(day: date, days: int) -> date:
    """Return the day so many days later, kept within the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
