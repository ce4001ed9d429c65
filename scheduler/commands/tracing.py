"""The command `explain --figure`: where a value of a document comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scheduler.app import App
from scheduler.commands import clock
from scheduler.commands.console import print_json, print_table, say
from scheduler.core.data import Row
from scheduler.documents.shown import shown
from scheduler.errors import Problem, UserError
from scheduler.intake.provenance import CellValue, Provenance
from scheduler.locale import text
from scheduler.service.tracing import Trace, trace

MOST_CELLS = 40


def explain_figure(app: App, key: str, name: str, *, as_json: bool) -> None:
    """Print where a value comes from: its cells, and the figures that it was made of."""
    found = trace(app.drafter, clock.occurrence(app, key), name, app.clock())
    if as_json:
        print_json(_facts(found))
        return
    _print(app.lang, found)


def refuse_alone(app: App) -> UserError:
    """Return what to say where JSON is asked for, and no figure."""
    what, remedy = text(app.lang, "trace.json"), text(app.lang, "trace.json.remedy")
    return UserError((Problem("--json", what, remedy),), exit_code=clock.USAGE)


def _print(lang: str, item: Trace) -> None:
    found = item.found
    say(f"{item.name}: {_value(found)}".rstrip())
    say(f"  {text(lang, 'trace.formula')}: {found.formula}")
    if found.where:
        say(f"  {text(lang, 'trace.where')}: {found.where}")
    say(f"  {text(lang, 'trace.confirmed' if item.is_confirmed else 'trace.differs')}")
    if isinstance(found.value, tuple):
        _print_rows(found.value)
    if found.cells:
        header = [text(lang, f"trace.{column}") for column in ("cell", "value")]
        print_table(header, [(str(cell.cell), shown(cell.value)) for cell in found.cells[:MOST_CELLS]])
    if len(found.cells) > MOST_CELLS:
        say(f"  {text(lang, 'trace.more', count=len(found.cells) - MOST_CELLS)}")
    for operand in item.operands:
        say()
        _print(lang, operand)


def _print_rows(value: tuple[Any, ...]) -> None:
    rows = [row for row in value if isinstance(row, Row)]
    columns = list(dict.fromkeys(name for row in rows for name in row.values))
    print_table(["", *columns], [(str(number), *_cells(row, columns)) for number, row in enumerate(rows, start=1)])


def _cells(row: Row, columns: list[str]) -> Iterator[str]:
    return (shown(row.values.get(name)) for name in columns)


def _value(found: Provenance) -> str:
    if isinstance(found.value, tuple) and any(isinstance(item, Row) for item in found.value):
        return ""
    return shown(found.value)  # type: ignore[arg-type]  # no rows are left


def _facts(item: Trace) -> dict[str, Any]:
    found = item.found
    return {
        "figure": item.name,
        "value": _plain(found.value),
        "shown": _value(found),
        "confirmed": item.is_confirmed,
        "formula": found.formula,
        "where": found.where,
        "cells": [_cell(cell) for cell in found.cells],
        "operands": [_facts(operand) for operand in item.operands],
    }


def _plain(value: object) -> object:
    if isinstance(value, Row):
        return dict(value.values)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _cell(item: CellValue) -> dict[str, object]:
    source = item.cell.source
    return {
        "file": source.path,
        "sheet": source.sheet,
        "address": item.cell.address,
        "sha256": source.sha256,
        "value": item.value,
    }
