"""Money against the agreement: assigned, accounted for and left, for each of its lines; and the assigned amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from scheduler.core.data import TO_CONFIRM, AmountLine, Cell, Figure, FigureSpec, Mark, Row, Series, Table, Value
from scheduler.errors import Problem, SourceError
from scheduler.intake.messages import problem, user_error
from scheduler.intake.selection import add_up, cells_of, check_columns, column_of, formula, matches, selected, value_of

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
        _row(line.title, line.years.get(year, TO_CONFIRM), ours.sum(line), since.sum(line), part=bool(line.part_of))
        for line in lines
    )
    whole = [row for row in rows if not row.values["di_cui"]]
    sums = [add_up(value_of(row, column) for row in whole) for column in ("assegnato", "nel_periodo", "rendicontato")]
    cells = tuple(dict.fromkeys((*ours.cells(), *since.cells())))
    return Figure(spec.name, (*rows, _row(TOTAL, *sums, part=False)), formula(spec), cells, COLUMNS)


def amounts(spec: FigureSpec, lines: Sequence[AmountLine]) -> tuple[Figure, Figure]:
    """Return every line with its assigned amounts in the order of all years stated anywhere; and those years."""
    years = sorted({year for line in lines for year in line.years})
    rows = tuple(_amounts_row(line, years) for line in lines)
    return Figure(spec.name, rows, "amounts(all)", (), AMOUNT_COLUMNS), Figure(
        f"{spec.name}_anni", years, "amounts(all)"
    )


class _Costs:
    """The rows of one table that a statement is made of."""

    def __init__(self, reference: str, table: Table, spec: FigureSpec, lang: str) -> None:
        self.by, self.column = spec.by[0], column_of(reference, table, spec, lang)
        check_columns([self.by], table, spec, lang)
        self.rows = selected(table, spec, lang)
        self.groups: dict[Value, list[Value]] = {}
        for row in self.rows:
            self.groups.setdefault(value_of(row, self.by), []).append(value_of(row, self.column))

    def sum(self, line: AmountLine) -> Value:
        """Return what the rows of a line add up to, in cents."""
        groups = [values for source, values in self.groups.items() if matches(source, line.match)]
        found = add_up(value for values in groups for value in values)
        return found + Decimal("0.00") if isinstance(found, int | Decimal) else found

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells of the sources and of the amounts."""
        return cells_of(self.rows, [self.by, self.column])


def _row(title: str, assigned: Value, in_period: Value, to_date: Value, *, part: bool) -> Row:
    values: tuple[Value, ...] = (title, part, assigned, in_period, to_date, _left(assigned, to_date))
    return Row(dict(zip(COLUMNS, values, strict=True)))


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
