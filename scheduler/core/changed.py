"""What differs between the figures of two drafts: the earlier value, the later one, and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from scheduler.core.data import Mark
from scheduler.core.kept_figures import Kept, KeptFigures, KeptRow
from scheduler.core.ledger import Draft
from scheduler.core.period import Frequency, period_containing, period_from_key
from scheduler.core.workdays import DAY

_EXACT = Context(prec=60)
_ROUGH = Context(prec=28)

ROWS = "#"  # the column of a change in the number of rows

Number = int | Decimal
Cells = Mapping[tuple[str, ...], Mapping[str, Kept]]


@dataclass(frozen=True)
class FigureChange:
    """One value that differs: of a figure, or of one place in a table of computed rows.

    A mark or a text has no difference; nor has a percentage what was 0. None stands for what was or is not there.
    """

    name: str
    before: Kept
    after: Kept
    row: tuple[str, ...] = ()  # what its row is of, in words: ("CMM", "ex Madia")
    column: str = ""

    @property
    def difference(self) -> Number | None:
        """The later value less the earlier one."""
        before, after = self.before, self.after
        if isinstance(before, int) and isinstance(after, int):
            return after - before
        if not (isinstance(before, int | Decimal) and isinstance(after, int | Decimal)):
            return None
        return _EXACT.subtract(Decimal(after), Decimal(before))

    @property
    def percent(self) -> Decimal | None:
        """The difference in hundredths of the earlier value, to one decimal."""
        difference = self.difference
        if difference is None or not isinstance(self.before, int | Decimal) or not self.before:
            return None
        return _ROUGH.divide(Decimal(difference) * 100, abs(Decimal(self.before))).quantize(Decimal("0.1"))

    @property
    def is_impersonal(self) -> bool:
        """True for numbers and marks outside a table: they may stand in a mail. A text could be a name."""
        return not self.row and not self.column and all(map(_counts, (self.before, self.after)))


@dataclass(frozen=True)
class Since:
    """What has changed since an earlier draft of the same document."""

    earlier: Draft
    changes: tuple[FigureChange, ...]


@dataclass(frozen=True)
class Comparison:
    """A draft's figures beside those of the version before, and of the last version of the period before."""

    version: Since | None = None  # None: there is none, or its figures were not kept
    period: Since | None = None


def changed(before: KeptFigures, after: KeptFigures) -> tuple[FigureChange, ...]:
    """Return every value that differs, in the order of the later figures; those that are no more come last."""
    names = dict.fromkeys((*after.figures, *before.figures))
    return tuple(change for name in names for change in _of_figure(name, before, after))


def key_before(occurrence_key: str) -> str:
    """Return the key of the same obligation's occurrence one period earlier, '' for a one-off."""
    obligation_id, _, period_key = occurrence_key.partition("/")
    period = period_from_key(period_key)
    if period.frequency is Frequency.ONCE:
        return ""
    return f"{obligation_id}/{period_containing(period.frequency, period.start - DAY).key}"


def _of_figure(name: str, before: KeptFigures, after: KeptFigures) -> Iterator[FigureChange]:
    old, new = before.figures.get(name), after.figures.get(name)
    if (new and new.rows is not None) or (old and old.rows is not None):
        yield from _of_rows(name, (old.rows if old else None) or (), (new.rows if new else None) or ())
        return
    first, second = old.value if old else None, new.value if new else None
    if first != second:
        yield FigureChange(name, first, second)


def _of_rows(name: str, before: Sequence[KeptRow], after: Sequence[KeptRow]) -> Iterator[FigureChange]:
    """Yield what differs in computed rows; of rows that were read, which may be people, only how many there are."""
    old, new = _by_subject(before), _by_subject(after)
    if old is None or new is None:
        if len(before) != len(after):
            yield FigureChange(name, len(before), len(after), column=ROWS)
        return
    for row in dict.fromkeys((*new, *old)):
        earlier, later = old.get(row, {}), new.get(row, {})
        for column in dict.fromkeys((*later, *earlier)):
            if earlier.get(column) != later.get(column):
                yield FigureChange(name, earlier.get(column), later.get(column), row, column)


def _by_subject(rows: Sequence[KeptRow]) -> Cells | None:
    """Return the numbers of computed rows by what each row is of; None where rows were read, or nothing tells them."""
    if any(row.place for row in rows):
        return None
    for subject in (_texts, _first):
        found = {subject(row): {name: value for name, value in row.values.items() if _counts(value)} for row in rows}
        if len(found) == len(rows):
            return found
    return None


def _texts(row: KeptRow) -> tuple[str, ...]:
    return tuple(str(value) for value in row.values.values() if not _counts(value))


def _first(row: KeptRow) -> tuple[str, ...]:
    """Return what stands in the first column: a month is what its row is of, and is a number."""
    return tuple(str(value) for value in list(row.values.values())[:1])


def _counts(value: Kept) -> bool:
    """Tell whether a value is a number or stands for one."""
    many = isinstance(value, tuple) and all(map(_counts, value))
    return value is None or many or isinstance(value, int | Decimal | Mark)
