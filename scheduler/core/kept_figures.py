"""The figures of a draft as they are kept beside it: values with formula and cells, written as JSON and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from scheduler.core.data import Cell, Dataset, Figure, Mark, Row, Value

Kept = Value | tuple["Kept", ...]


@dataclass(frozen=True)
class KeptRow:
    """One row of a table: values by column, and the place it was read from ('' for a computed one)."""

    values: Mapping[str, Kept]
    place: str = ""


@dataclass(frozen=True)
class KeptFigure:
    """One figure: a value, or rows where it is a table. Cells are addresses as they are shown."""

    name: str
    formula: str
    cells: tuple[str, ...] = ()
    value: Kept = None
    rows: tuple[KeptRow, ...] | None = None


@dataclass(frozen=True)
class KeptFigures:
    """All that one draft could print of its data."""

    figures: Mapping[str, KeptFigure] = field(default_factory=dict)
    tables: Mapping[str, tuple[KeptRow, ...]] = field(default_factory=dict)


def written(data: Dataset) -> bytes:
    """Return the figures and tables of a draft as they are kept; the same data give the same bytes."""
    facts = {
        "figures": [_figure(item) for item in data.figures.values()],
        "tables": {name: [_row(row) for row in table.rows] for name, table in data.tables.items()},
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def read(content: bytes) -> KeptFigures:
    """Return what `written` has written.

    Raises:
        ValueError: it is something else.
    """
    try:
        facts = json.loads(content)
        figures = [_kept_figure(item) for item in facts["figures"]]
        tables = {str(name): tuple(map(_kept_row, rows)) for name, rows in facts["tables"].items()}
    except (LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    return KeptFigures({item.name: item for item in figures}, tables)


def _figure(figure: Figure) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": figure.name,
        "formula": figure.formula,
        "cells": [str(cell) for cell in figure.cells],
    }
    if isinstance(figure.value, tuple):
        return {**facts, "rows": [_row(row) for row in figure.value]}
    return {**facts, "value": _plain(figure.value)}


def _row(row: Row) -> dict[str, object]:
    place = str(Cell(row.source, str(row.line))) if row.source else ""
    return {"place": place, "values": {name: _plain(value) for name, value in row.values.items()}}


def _plain(value: object) -> object:
    """Return a value in JSON's own types; what JSON has no type for is named: no number becomes a float."""
    match value:
        case Decimal():
            return {"number": str(value)}
        case date():
            return {"day": value.isoformat()}
        case Mark():
            return {"mark": value.text}
        case str() | int() | None:
            return value
        case Sequence():
            return [_plain(item) for item in value]
    raise TypeError(f"no form for {type(value).__name__}")


def _kept_figure(facts: Mapping[str, Any]) -> KeptFigure:
    rows = tuple(map(_kept_row, facts["rows"])) if "rows" in facts else None
    return KeptFigure(facts["name"], facts["formula"], tuple(facts["cells"]), _value(facts.get("value")), rows)


def _kept_row(facts: Mapping[str, Any]) -> KeptRow:
    return KeptRow({name: _value(value) for name, value in facts["values"].items()}, facts["place"])


def _value(found: Any) -> Kept:
    if isinstance(found, list):
        return tuple(_value(item) for item in found)
    if not isinstance(found, dict):
        return found  # type: ignore[no-any-return]  # a text, a whole number, or nothing
    [(kind, text)] = found.items()
    match kind:
        case "number":
            return Decimal(text)
        case "day":
            return date.fromisoformat(text)
        case _:
            return Mark(text)
