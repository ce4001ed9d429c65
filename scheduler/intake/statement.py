"""Money against the agreement: assigned, accounted for and left, for each of its lines; and the assigned amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from scheduler.core.data import TO_CONFIRM, AmountLine, Figure, Ground, Mark, Origin, Row, Series, Table, Value
from scheduler.core.figures import FigureSpec
from scheduler.errors import Problem, SourceError
from scheduler.intake.messages import problem, user_error
from scheduler.intake.selection import add_up, check_columns, column_of, matches, read_from, selected, value_of

COLUMNS = ("voce", "di_cui", "assegnato", "nel_periodo", "rendicontato", "residuo")
AMOUNT_COLUMNS = ("voce", "di_cui", "fonte", "anni")
TOTAL = "Totale"


def statement(
    spec: FigureSpec, period: Table, to_date: Table, lines: Sequence[AmountLine], year: int, lang: str
) -> Figure:
    """Return a row for each line that has sources (`match`), then the total of those that are no part of another.

    `period` holds the costs of the reporting period and `to_date` those since 1 January, which the assigned amount of
    the year is compared with. An amount that no act states is `TO_CONFIRM`, and so is what is left of it.

    Raises:
        SourceError: a row belongs to no line; with its cell.
        UserError: no line has sources, or a name that nothing declares.
    """
    lines = [line for line in lines if line.match]
    if not spec.by or not lines:
        raise user_error(lang, f"figures.{spec.name}", "figure.none", value="match" if spec.by else "by")
    ours, since = _Costs(spec.of, period, spec, lang), _Costs(spec.to_date or spec.of, to_date, spec, lang)
    _refuse_strangers({id(row): row for row in (*ours.rows, *since.rows)}.values(), spec, lines, lang)
    rows = tuple(
        _row(line.title, line.years.get(year, TO_CONFIRM), ours.of(line), since.of(line), part=bool(line.part_of))
        for line in lines
    )
    whole = [row for row in rows if not row.values["di_cui"]]
    assigned, *sums = (add_up(value_of(row, column) for row in whole) for column in COLUMNS[2:5])
    total = _row(TOTAL, assigned, *(costs.all(value) for costs, value in zip((ours, since), sums, strict=True)))
    grounds = (ours.ground, since.ground) if spec.to_date else (ours.ground,)
    figure = read_from(spec, (*rows, total), *grounds, columns=COLUMNS)
    return replace(figure, origin=Origin(spec, grounds, lines=tuple(lines), year=year))


def amounts(spec: FigureSpec, lines: Sequence[AmountLine]) -> tuple[Figure, Figure]:
    """Return every line with its assigned amounts in the order of all years stated anywhere; and those years."""
    years = sorted({year for line in lines for year in line.years})
    rows = tuple(_amounts_row(line, years) for line in lines)
    origin = Origin(spec, lines=tuple(lines))
    return Figure(spec.name, rows, "amounts(all)", (), AMOUNT_COLUMNS, origin=origin), Figure(
        f"{spec.name}_anni", years, "amounts(all)", origin=origin
    )


@dataclass(frozen=True)
class _Spent:
    """An amount, the rows that it was made from, and the columns read of them."""

    amount: Value
    rows: tuple[Row, ...]
    columns: tuple[str, ...]


class _Costs:
    """The rows of one table that a statement is made of."""

    def __init__(self, reference: str, table: Table, spec: FigureSpec, lang: str) -> None:
        self.by, self.column = spec.by[0], column_of(reference, table, spec, lang)
        check_columns([self.by], table, spec, lang)
        self.rows = selected(table, spec, lang)
        self.ground = Ground(table.name, self.rows, (self.by, self.column))
        self.groups: dict[Value, list[Row]] = {}
        for row in self.rows:
            self.groups.setdefault(value_of(row, self.by), []).append(row)

    def of(self, line: AmountLine) -> _Spent:
        """Return what the rows of a line add up to, in cents."""
        groups = [rows for source, rows in self.groups.items() if matches(source, line.match)]
        rows = tuple(row for group in groups for row in group)
        found = add_up(value_of(row, self.column) for row in rows)
        return _Spent(found + Decimal("0.00") if isinstance(found, int | Decimal) else found, rows, self.ground.columns)

    def all(self, amount: Value) -> _Spent:
        """Return the amount of all rows."""
        return _Spent(amount, self.rows, self.ground.columns)


def _row(title: str, assigned: Value, ours: _Spent, since: _Spent, *, part: bool = False) -> Row:
    left = _left(assigned, since.amount)
    values: tuple[Value, ...] = (title, part, assigned, ours.amount, since.amount, left)
    spent = {"nel_periodo": ours, "rendicontato": since, "residuo": since}
    return Row(
        dict(zip(COLUMNS, values, strict=True)),
        derived={name: item.columns for name, item in spent.items()},
        parts={name: item.rows for name, item in spent.items()},
    )


def _left(assigned: Value, spent: Value) -> Value:
    for value in (assigned, spent):
        if isinstance(value, Mark):
            return value
    return assigned - spent if isinstance(assigned, int | Decimal) and isinstance(spent, int | Decimal) else None


def _refuse_strangers(rows: Iterable[Row], spec: FigureSpec, lines: Sequence[AmountLine], lang: str) -> None:
    """Raise SourceError for each value that no whole line matches, at its first cell: it would miss in the total."""
    known = list(dict.fromkeys(text for line in lines if not line.part_of for text in line.match))
    problems: dict[str, Problem] = {}
    admitted: set[Value] = set()
    for row in rows:
        value = value_of(row, spec.by[0])
        if value in admitted:
            continue
        if matches(value, known):
            admitted.add(value)
        else:
            problems.setdefault(str(value), _stranger(row, value, spec, known, lang))
    if problems:
        raise SourceError(tuple(problems.values()))


def _stranger(row: Row, value: Value, spec: FigureSpec, known: list[str], lang: str) -> Problem:
    where = str(row.cell(spec.by[0]) or f"figures.{spec.name}")
    if value is None:
        return problem(lang, where, "statement.blank", known=", ".join(known))
    return problem(lang, where, "statement.unmatched", value=value, known=", ".join(known))


def _amounts_row(line: AmountLine, years: Sequence[int]) -> Row:
    stated: Series = tuple(line.years.get(year, TO_CONFIRM) for year in years)
    values: dict[str, Value | Series] = {"voce": line.title, "di_cui": bool(line.part_of), "fonte": line.source}
    return Row(values | {"anni": stated})
