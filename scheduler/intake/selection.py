"""Rows that a figure is made of: which ones, the cells behind them, and what is said of them in words of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from scheduler.core.data import Cell, Figure, Ground, Mark, Origin, Row, Series, Source, Table, Value
from scheduler.core.figures import FigureSpec
from scheduler.errors import UserError
from scheduler.intake.messages import suggestion, user_error

ANY = ("*",)  # in `where`: every row whose cell has a value; a mark says that there is none


def table_of(reference: str, tables: Mapping[str, Table], spec: FigureSpec, lang: str) -> Table:
    """Return the table of `table` or `table.column`.

    Raises:
        UserError: it is not among the tables; with the nearest name.
    """
    name = reference.partition(".")[0]
    if name not in tables:
        where = f"figures.{spec.name}"
        raise UserError((suggestion(lang, where, "figure.table", name, list(tables), value=name),))
    return tables[name]


def column_of(reference: str, table: Table, spec: FigureSpec, lang: str) -> str:
    """Return the column of `table.column`.

    Raises:
        UserError: there is none, or the table has no such column.
    """
    column = reference.partition(".")[2]
    if not column:
        raise user_error(lang, f"figures.{spec.name}", "figure.reference", value=reference)
    check_columns([column], table, spec, lang)
    return column


def check_columns(names: Iterable[str], table: Table, spec: FigureSpec, lang: str) -> None:
    """Raise UserError where a name is not a column of the table."""
    known = list(table.columns)
    wrong = [name for name in names if name not in known]
    where = f"figures.{spec.name}"
    if wrong:
        raise UserError(tuple(suggestion(lang, where, "figure.column", name, known, value=name) for name in wrong))


def selected(table: Table, spec: FigureSpec, lang: str) -> tuple[Row, ...]:
    """Return the rows that meet every condition of `where`, compared as text, without regard to capitals."""
    check_columns([column for column, _ in spec.where], table, spec, lang)
    wanted = [(column, None if texts == ANY else frozenset(map(_folded, texts))) for column, texts in spec.where]
    return tuple(row for row in table.rows if all(_meets(row.values[column], texts) for column, texts in wanted))


def value_of(row: Row, column: str) -> Value:
    """Return one value of a row of a table that was read."""
    value = row.values[column]
    if isinstance(value, tuple):
        raise TypeError(column)  # a series stands only in the rows of assigned amounts, which no figure reads
    return value


def matches(value: Value, texts: Iterable[str]) -> bool:
    """Tell whether a value, as text, is one of the texts."""
    return not isinstance(value, Mark) and value is not None and _folded(str(value)) in set(map(_folded, texts))


def add_up(values: Iterable[Value]) -> int | Decimal | Mark:
    """Return the sum. A mark among the values is the result: a sum of the others would be a wrong figure."""
    total: int | Decimal = 0
    for value in values:
        if isinstance(value, Mark):
            return value
        if isinstance(value, int | Decimal):
            total += value
    return total


def different(rows: Iterable[Row], column: str) -> int | Mark:
    """Return how many different values a column has; a mark is the result, for it may stand for one more."""
    found = dict.fromkeys(value_of(row, column) for row in rows)
    marks = [value for value in found if isinstance(value, Mark)]
    return marks[0] if marks else len([value for value in found if value is not None])


def cells_of(rows: Sequence[Row], columns: Iterable[str]) -> tuple[Cell, ...]:
    """Return the cells behind columns of rows; cells that follow one another downwards as one run, `F5:F859`."""
    bases = dict.fromkeys(base for column in columns for row in rows[:1] for base in row.derived.get(column, (column,)))
    return tuple(cell for column in bases for cell in _runs(rows, column))


def read_from(
    spec: FigureSpec, value: Value | tuple[Row, ...], *grounds: Ground, columns: Sequence[str] = ()
) -> Figure:
    """Return the figure of a value that was made from these parts of tables; `columns` are those of its rows."""
    cells = dict.fromkeys(cell for ground in grounds for cell in cells_of(ground.rows, ground.columns))
    return Figure(spec.name, value, formula(spec), tuple(cells), tuple(columns), origin=Origin(spec, grounds))


def where_text(spec: FigureSpec) -> str:
    """Return the conditions in words of the file: `ente = CMM, fonte = ex Madia | Piano di potenziamento`."""
    return ", ".join(f"{column} = {' | '.join(texts)}" for column, texts in spec.where)


def formula(spec: FigureSpec) -> str:
    """Return how a figure comes from a table, in words of the file: `sum(costi.totale; ente = CMM)`."""
    parts = [spec.of, *([f"by {', '.join(spec.by)}"] if spec.by else []), *([where_text(spec)] if spec.where else [])]
    return f"{spec.operation}({'; '.join(parts)})"


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _meets(value: Value | Series, texts: frozenset[str] | None) -> bool:
    if value is None:
        return False
    return not isinstance(value, Mark) if texts is None else _folded(str(value)) in texts


def _runs(rows: Sequence[Row], column: str) -> Iterable[Cell]:
    source: Source | None = None
    letter, first, last = "", 0, 0
    for row in rows:
        if row.source is source and row.line == last + 1 and row.letters.get(column) == letter:
            last = row.line
            continue
        yield from _run(source, letter, first, last)
        source, letter, first, last = row.source, row.letters.get(column, ""), row.line, row.line
    yield from _run(source, letter, first, last)


def _run(source: Source | None, letter: str, first: int, last: int) -> Iterable[Cell]:
    if source is not None and letter:
        yield Cell(source, f"{letter}{first}" if first == last else f"{letter}{first}:{letter}{last}")
