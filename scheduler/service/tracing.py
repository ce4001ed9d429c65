"""Where a value of an occurrence's documents comes from: its cells, and the figures it was made of, with theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from scheduler.core.data import Dataset
from scheduler.core.occurrence import Occurrence
from scheduler.errors import Problem, UserError
from scheduler.intake.provenance import Provenance, provenance
from scheduler.locale import text
from scheduler.service.drafting import Drafter

USAGE = 2  # the exit code
_NAME = re.compile(r"(\w+)(?:\[([1-9]\d*)\]\.(\w+))?")


@dataclass(frozen=True)
class Trace:
    """A value as somebody asked for it, and what it was made of, as far as there is anything."""

    name: str  # `totale`, or `per_fonte[2].totale` for a place of a table; rows count from 1
    found: Provenance
    operands: tuple[Trace, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """True where the cells alone give the same value again."""
        return self.found.again == self.found.value


def trace(drafter: Drafter, occurrence: Occurrence, name: str, now: datetime) -> Trace:
    """Return where a value comes from that the occurrence's documents would have now, or once they are released.

    Raises:
        SourceError: the workbooks cannot be read.
        UserError: there is no such figure, row or column; it names the nearest.
    """
    data = drafter.loaded(occurrence, now)
    found = _NAME.fullmatch(name)
    if found is None:
        raise _unknown(data, name, drafter.workspace.lang)
    try:
        return _traced(data, name, found[1], int(found[2]) - 1 if found[2] else None, found[3] or "")
    except LookupError:
        raise _unknown(data, name, drafter.workspace.lang) from None


def _traced(data: Dataset, shown: str, name: str, row: int | None, column: str) -> Trace:
    found = provenance(data, name, row, column)
    return Trace(shown, found, tuple(_traced(data, item, item, None, "") for item in found.children))


def _unknown(data: Dataset, name: str, lang: str) -> UserError:
    known = list(data.figures)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    code = "trace.unknown-near" if near else "trace.unknown"
    facts = {"value": name[:80], "near": near[0] if near else "", "known": ", ".join(known) or "–"}
    return UserError((Problem("", text(lang, code, **facts), text(lang, f"{code}.remedy", **facts)),), exit_code=USAGE)
