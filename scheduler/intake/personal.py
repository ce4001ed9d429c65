"""A person's codice fiscale or IBAN where nobody has declared that people are: the cell is named, never the value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scheduler.core.data import Column, ColumnType
from scheduler.intake.reading import Reading

_TYPES = (ColumnType.TEXT, ColumnType.TAX_CODE)  # the others refuse such a text by themselves
_PERSON = re.compile(r"(?<![A-Z0-9])[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z](?![A-Z0-9])")
_ACCOUNT = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}(?![A-Z0-9])")
_LIKELY = re.compile(r"[A-Za-z]{6}[0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{2}|[A-Za-z]{2}[0-9]{2} ?[A-Za-z0-9]{4}")


def note_disclosures(reading: Reading) -> None:
    """Note, among a sheet's problems, each cell that holds what identifies a person, in a column not marked so."""
    for at, item in enumerate(reading.located):
        if not _is_watched(item.column):
            continue
        texts = {cell for row in reading.raw if type(cell := row.cells[at]) is str}
        if found := dict(_disclosing(texts)):
            for row in reading.raw:
                if isinstance(cell := row.cells[at], str) and cell in found:
                    reading.add(item, row.line, "cell.personal", what=found[cell])
    names = {column.name for column in reading.spec.columns if column.from_file and _is_watched(column)}
    for value in {str(row.values[name]) for row in reading.rows[:1] for name in names}:
        if what := disclosed(value):
            reading.say_of_file("file.personal", what=what)


def disclosed(text: str) -> str:
    """Return what identifies a person in a text: `codice fiscale` or `IBAN`; '' where nothing does."""
    from stdnum import iban
    from stdnum.it import codicefiscale

    capitals = text.upper()
    if any(codicefiscale.is_valid(found[0]) for found in _PERSON.finditer(capitals)):
        return "codice fiscale"
    return "IBAN" if any(map(iban.is_valid, _accounts(capitals))) else ""


def _accounts(text: str) -> Iterator[str]:
    """Yield what may be account numbers: the longest stretch first, then without the words that follow it."""
    for found in _ACCOUNT.finditer(text):
        pieces = found[0].split(" ")
        yield from (" ".join(pieces[:end]) for end in range(len(pieces), 0, -1))


def _disclosing(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        if _LIKELY.search(text) and (what := disclosed(text)):
            yield text, what


def _is_watched(column: Column) -> bool:
    return column.type in _TYPES and not column.is_personal
