"""Every name that a template of an obligation may use: what it is, an example, and where its value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from scheduler.core.data import Column, ColumnType, Dataset, Mark, TableSpec
from scheduler.core.each import rows_of
from scheduler.core.figures import FigureSpec, Operation
from scheduler.core.making import Annex
from scheduler.core.obligation import Obligation
from scheduler.core.occurrence import Occurrence
from scheduler.core.privacy import personal_columns, personal_figures
from scheduler.documents.context import LISTS, NAMES, ROW, RequestItem, Sheet, context, table_columns
from scheduler.documents.formats import printed
from scheduler.errors import ScadenzarioError
from scheduler.intake.invented import Case, invented
from scheduler.service.drafting import Drafter

_LONGEST_EXAMPLE = 80  # characters
_PLAIN = Case("one", 1)
_OWN = ("dati", "tabelle", "grafici")  # the names inside them are each obligation's own


@dataclass(frozen=True)
class Variable:
    """One name, as it is written in a template; a list's columns stand behind `[]`."""

    name: str
    type: str  # a word of `deadlines.yaml`, or a `variable.type.…` code of the catalogue
    example: str  # '' where there is nothing to show
    origin: str  # file, sheet and header; a formula; or a `variable.…` code of the catalogue


def variables(drafter: Drafter, occurrences: Sequence[Occurrence], at: datetime) -> tuple[Variable, ...]:
    """Return the names for the obligation of these occurrences, which are in order and at least one.

    The examples are those of the last occurrence that has begun and whose workbooks can be read; else made up. What is
    about single people has none.
    """
    today = at.astimezone(drafter.workdays.zone).date()
    begun = [item for item in occurrences if item.period.start <= today] or [occurrences[0]]
    occurrence, data = _data(drafter, begun, at)
    sheet = Sheet(
        occurrence.obligation.title,
        1,
        today,
        (Annex("documento.docx", "0" * 64),),
        tuple(drafter.request_items(occurrence)[:1]) or (RequestItem("", "", "", ""),),
        today,
    )
    values = context(occurrence, drafter.office, data, sheet)
    general = (item for name, value in values.items() if name not in _OWN for item in _general(name, value))
    obligation = occurrence.obligation
    own = (*_figures(obligation, data, values), *_tables(obligation, data, values), *_charts(obligation))
    return (*own, *_rows(obligation, data), *general)


def _charts(obligation: Obligation) -> Iterator[Variable]:
    for chart in obligation.charts:
        yield Variable(f"grafici.{chart.name}", "type.picture", chart.alt, f"{chart.kind}: {', '.join(chart.of)}")


def _data(drafter: Drafter, occurrences: Sequence[Occurrence], at: datetime) -> tuple[Occurrence, Dataset]:
    for occurrence in (*occurrences[-1:], *occurrences[-2:-1]):
        try:
            return occurrence, drafter.data(occurrence, at)
        except ScadenzarioError:
            continue
    last = occurrences[-1]
    obligation, year = last.obligation, last.period.last_day.year
    return last, invented(obligation.tables, obligation.figures, last.agreement.amounts, year, _PLAIN)


def _figures(obligation: Obligation, data: Dataset, values: Mapping[str, Any]) -> Iterator[Variable]:
    personal = personal_figures(obligation)
    for name, value in vars(values["dati"]).items():
        spec = next((item for item in obligation.figures if item.name == name), None)
        kind = _figure_type(spec, obligation.tables) if spec else ""
        figure = data.figures.get(name)
        formula = figure.formula if figure and figure.formula else str(spec.operation) if spec else ""
        example = "" if name in personal else _example(value)
        yield Variable(f"dati.{name}", kind or _type(value), example, formula)


def _figure_type(spec: FigureSpec, tables: Sequence[TableSpec]) -> str:
    """Return the type of the column that a figure sums up or picks from; '' where it has one of its own."""
    if spec.operation not in (Operation.SUM, Operation.PICK):
        return ""
    table, _, name = spec.of.partition(".")
    columns = [column for item in tables if item.name == table for column in item.columns if column.name == name]
    return str(columns[0].type) if columns else ""


def _tables(obligation: Obligation, data: Dataset, values: Mapping[str, Any]) -> Iterator[Variable]:
    specs, personal = {item.name: item for item in obligation.tables}, personal_columns(obligation)
    for name, rows in vars(values["tabelle"]).items():
        spec, figure = specs.get(name), data.figures.get(name)
        origin = f"{spec.path} [{spec.sheet}]" if spec and spec.sheet else spec.path if spec else ""
        yield Variable(f"tabelle.{name}", "variable.type.list", "", origin or (figure.formula if figure else ""))
        columns = {column.name: column for column in spec.columns} if spec else {}
        for column, value in vars(rows[0]).items() if rows else ():
            found = _column(f"tabelle.{name}[].{column}", columns.get(column), value)
            yield replace(found, example="") if column in personal.get(name, ()) else found
        if not rows:
            yield from (_column(f"tabelle.{name}[].{item.name}", item, None) for item in columns.values())


def _rows(obligation: Obligation, data: Dataset) -> Iterator[Variable]:
    """Yield the columns of the row that a document is made for, of each table that there are such documents for."""
    for name in dict.fromkeys(item.rows for item in obligation.per):
        each = next(item for item in obligation.per if item.rows == name)
        documents = ", ".join(item.document for item in obligation.per if item.rows == name)
        specs = {column.name: column for item in obligation.tables if item.name == name for column in item.columns}
        row = next(iter(rows_of(each, data)), None)
        personal = personal_columns(obligation).get(name, frozenset())
        for column in table_columns(obligation).get(name, ()):
            value = row.values.get(column) if row and column not in personal else None
            found = _column(f"{ROW}.{column}", specs.get(column), value)
            yield replace(found, origin=f"tabelle.{name} ({documents})")


def _column(name: str, column: Column | None, value: object) -> Variable:
    header = " − ".join(column.difference) if column and column.difference else column.header if column else ""
    return Variable(name, str(column.type) if column else _type(value), _example(value), header)


def _general(name: str, value: object) -> Iterator[Variable]:
    origin = f"variable.{name}"
    if isinstance(value, list):
        yield Variable(name, "variable.type.list", "", origin)
        columns = vars(value[0]) if value else dict.fromkeys(LISTS[name], "")
        for column, item in columns.items():
            yield Variable(f"{name}[].{column}", _type(item), _example(item), origin)
        return
    for inner in NAMES[name]:
        found = getattr(value, inner, None)  # no logo where none is declared
        if (name, inner) == ("ufficio", "logo"):
            yield Variable("ufficio.logo", "type.picture", "", origin)
            continue
        if isinstance(found, list) and found and isinstance(found[0], SimpleNamespace):
            yield from (
                Variable(item.name.replace(inner, f"{name}.{inner}", 1), item.type, item.example, origin)
                for item in _general(inner, found)
            )
        else:
            yield Variable(f"{name}.{inner}", _type(found), _example(found), origin)


def _type(value: object) -> str:
    """Return the type of a value of which no column tells one."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "variable.type.truth"),
        (int, ColumnType.INTEGER),
        (Decimal, ColumnType.NUMBER),
        (date, ColumnType.DATE),
        (Mark, ColumnType.NUMBER),
    )
    if isinstance(value, list | tuple):
        return "variable.type.list"
    return next((str(name) for kind, name in kinds if isinstance(value, kind)), str(ColumnType.TEXT))


def _example(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(printed(item) for item in value)[:_LONGEST_EXAMPLE]
    return printed(value)[:_LONGEST_EXAMPLE]
