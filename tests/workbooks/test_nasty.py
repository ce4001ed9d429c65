"""Each nasty workbook gives the right values, or exactly the problems that it has: all of them, what blocks first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scheduler.errors import Problem, SourceError
from scheduler.intake.intake import load, warnings
from scheduler.intake.sheet import SheetCache

from . import packages, spreadsheets, textfiles
from .nasty import Nasty

ALL = [*spreadsheets.ALL, *textfiles.ALL, *packages.ALL]


def said(problem: Problem) -> str:
    """Return a problem's address in its sheet and its sentence; not the remedy."""
    address = problem.where.rpartition("] ")[2] if "] " in problem.where else problem.where.rpartition(".csv ")[2]
    return (
        f"{address}: {problem.what}" if address and address[0].isalnum() and "." not in address else f" {problem.what}"
    )


def outcome(case: Nasty, folder: Path, suffix: str = "") -> tuple[list[tuple[object, ...]] | None, list[str]]:
    """Return the values of a workbook, or None, and what is said of it."""
    where = {"start": date(2025, 1, 1), "end": date(2025, 4, 1), "key": "2025-Q1", "workspace": folder}
    spec, cache = case.spec(suffix), SheetCache()
    try:
        rows = load([spec], [], [], cache=cache, **where).tables["dati"].rows  # type: ignore[arg-type]
    except SourceError as error:
        return None, [said(problem) for problem in error.problems]
    found = warnings([spec], cache=cache, **where)  # type: ignore[arg-type]
    return [tuple(row.values.values()) for row in rows], [said(problem) for problem in found]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.name}{case.suffix}")
def test_a_nasty_workbook_is_read_right_or_refused(case: Nasty, tmp_path: Path) -> None:
    case.make(tmp_path)
    values, says = outcome(case, tmp_path)
    assert (values, says) == (case.values if case.values is None else list(case.values), list(case.says))


def test_no_two_have_the_same_name() -> None:
    assert len({f"{case.name}{case.suffix}" for case in ALL}) == len(ALL) >= 60
