"""The documents of an obligation: their names, and those that are made once for each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scheduler.core.data import TableSpec
from scheduler.core.each import Each
from scheduler.core.figures import FigureSpec, Operation
from scheduler.deadlines import shape
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.source import Location


def names_of(models: Sequence[shape.Document]) -> tuple[str, ...]:
    """Return the names of documents."""
    return tuple(model.name for model in models)


def each_of(
    models: Sequence[shape.Document],
    tables: Mapping[str, TableSpec],
    figures: Sequence[FigureSpec],
    location: Location,
    problems: Problems,
) -> tuple[Each, ...]:
    """Return those that are made for each row."""
    rows = {name: {item.name: item.is_personal for item in spec.columns} for name, spec in tables.items()}
    for figure in figures:
        if figure.operation is Operation.ROWS:
            rows[figure.name] = rows.get(figure.of, {})
        elif figure.operation is Operation.GROUP:
            rows[figure.name] = {name: rows.get(figure.of, {}).get(name, False) for name in figure.columns}
    found: list[Each] = []
    for index, model in enumerate(models):
        place: Location = (*location, index)
        if model.name in names_of(models[:index]):
            problems.add((*place, "name"), "document.twice", value=model.name)
        if (model.per is None) != (model.as_ is None):
            problems.add(place, "document.per-as")
        if model.per and model.as_ and _is_known(model.per, model.as_, rows, place, problems):
            found.append(Each(model.name, model.per, model.as_))
    return tuple(found)


def _is_known(
    per: str, column: str, rows: Mapping[str, Mapping[str, bool]], place: Location, problems: Problems
) -> bool:
    if per not in rows:
        problems.add_unknown((*place, "per"), "rows", per, rows)
    elif column not in rows[per]:
        problems.add_unknown((*place, "as"), "column", column, rows[per])
    elif rows[per][column]:  # it would stand in the names of files, and in mails
        problems.add((*place, "as"), "document.personal", value=column)
    else:
        return True
    return False
