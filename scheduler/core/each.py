"""A document that is made once for each row of a table: which rows, and what each item is called."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.core.data import Dataset, Row

SEPARATOR = "_"  # stands in no document's own name, and in no item's
LONGEST = 34  # characters of an item's name, without its number
_OTHER = re.compile(r"[^a-z0-9]+")
_NAMELESS = "riga"


@dataclass(frozen=True)
class Each:
    """A document of an obligation that is made for each row."""

    document: str
    rows: str  # a table, or a figure of several rows
    column: str  # that names the item


@dataclass(frozen=True)
class Item:
    """One of the documents that are made from one template."""

    document: str  # `convocazione-ente_ente-accreditato-01`: with its own versions, files and rows in the ledger
    row: Row


def items_of(each: Each, data: Dataset) -> tuple[Item, ...]:
    """Return the items of a document, in the order of the rows; equal names are numbered."""
    rows = rows_of(each, data)
    names = unique([slug(str(row.values.get(each.column) or "")) for row in rows])
    return tuple(Item(f"{each.document}{SEPARATOR}{name}", row) for name, row in zip(names, rows, strict=True))


def rows_of(each: Each, data: Dataset) -> tuple[Row, ...]:
    """Return the rows that a document is made for."""
    if each.rows in data.tables:
        return tuple(data.tables[each.rows].rows)
    figure = data.figures.get(each.rows)
    return figure.value if figure and isinstance(figure.value, tuple) else ()


def template_name(document: str) -> str:
    """Return the name of the template that a document, or an item, is made from."""
    return document.partition(SEPARATOR)[0]


def slug(text: str) -> str:
    """Return a text as it may stand in the name of a file anywhere."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", plain).strip("-")[:LONGEST].rstrip("-") or _NAMELESS


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, of which those that are there already get the next free number."""
    taken, found, seen = set(names), list[str](), Counter[str]()
    for name in names:
        seen[name] += 1
        own = name
        while seen[name] > 1 and own in taken:
            own = f"{name}-{seen[name]}"
            seen[name] += own in taken
        taken.add(own)
        found.append(own)
    return tuple(found)
