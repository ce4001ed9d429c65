"""The checks of the shipped file on the shipped data: all hold, and one changed cell fails just those it belongs to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence, occurrence_of
from scheduler.deadlines import read_register
from scheduler.errors import Problem, SourceError
from scheduler.intake.intake import load, warnings
from scheduler.intake.sheet import SheetCache
from tests.conftest import ROOT

YEAR, QUARTER, MONTH = "costi-personale-annuale", "costi-personale-trimestrale", "elenco-personale-mensile"
CACHE = SheetCache()


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(ROOT / "deadlines.yaml")


def occurrence(register: Register, key: str) -> Occurrence:
    duty, _, period = key.partition("/")
    obligation = register.obligation(duty)
    assert obligation is not None
    found = occurrence_of(obligation, period, register.workdays)
    assert found is not None
    return found


def told(due: Occurrence, workspace: Path) -> tuple[Problem, ...]:
    """Return what the checks say; what they stop, a person may release."""
    obligation, period = due.obligation, due.period
    what = (obligation.tables, obligation.figures, due.agreement.amounts, obligation.checks)
    when = {"start": period.start, "end": period.end, "key": period.key, "workspace": workspace, "cache": CACHE}
    stopped = stops(lambda: load(*what, **when))  # type: ignore[arg-type]  # named above
    if stopped:
        assert all(problem.releasable != problem.warning for problem in stopped)
        return stopped
    return tuple(item for item in warnings(*what, **when) if "controllo «" in item.what)  # type: ignore[arg-type]


def stops(way: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        way()
    except SourceError as error:
        return error.problems
    return ()


def names(problems: Iterable[Problem]) -> list[str]:
    return [re.findall(r"controllo «(.*?)»", problem.what)[0] for problem in problems]


@pytest.mark.parametrize(
    ("key", "undone"),
    [
        (f"{YEAR}/2025", []),
        (f"{YEAR}/2026", ["ex-madia-assegnato"]),
        (f"{QUARTER}/2024-Q1", []),
        (f"{QUARTER}/2025-Q4", []),
        (f"{QUARTER}/2026-Q1", ["ex-madia-assegnato"]),
        (f"{MONTH}/2025-03", []),
        (f"{MONTH}/2025-12", []),
        (f"{QUARTER}/2024-Q4", []),
        (f"{YEAR}/2024", []),
        ("dati-servizi-semestrale/2025-H2", []),
        ("cabina-regia-afol/2025-08", []),
        ("potenziamento-personale/2026-H2", []),
        ("potenziamento-sedi/2025-12-31", []),
    ],
)
def test_all_hold_where_there_is_something_to_compare(register: Register, key: str, undone: list[str]) -> None:
    found = told(occurrence(register, key), ROOT)
    assert names(found) == undone
    assert all(problem.warning and "da confermare" in problem.what for problem in found)


@pytest.mark.parametrize(
    ("key", "file", "cell", "value", "fail"),
    [
        (f"{QUARTER}/2025-Q1", "costi/2025-Q1", "F5", 2281.92, ["totale-per-componente"]),
        (f"{QUARTER}/2025-Q1", "costi/2025-Q1", "G5", 631.62, ["totale-per-componente"]),
        (f"{QUARTER}/2025-Q1", "costi/2025-Q1", "H5", 0, ["totale-per-componente"]),
        (f"{QUARTER}/2025-Q1", "costi/2025-Q1", "I5", 3107.51, ["totale-per-componente"]),
        (
            f"{QUARTER}/2025-Q1",
            "costi/2025-Q1",
            "I5",
            9e6,
            ["totale-per-componente", "ex-madia-assegnato", "totale-insolito"],
        ),
        (
            f"{QUARTER}/2025-Q1",
            "costi/2025-Q1",
            "I170",
            9e6,
            ["totale-per-componente", "potenziamento-assegnato", "totale-insolito"],
        ),
        (f"{QUARTER}/2025-Q2", "costi/2025-Q1", "I5", -9e6, ["trimestre-nell-anno", "totale-insolito"]),
        (f"{QUARTER}/2025-Q2", "costi/2025-Q1", "F5", 9e6, []),
        (f"{YEAR}/2025", "costi/2025-Q4", "F5", 0, ["totale-per-componente"]),
        (
            f"{YEAR}/2025",
            "costi/2025-Q1",
            "I170",
            9e6,
            ["totale-per-componente", "potenziamento-assegnato", "ex-pon-poc-assegnato", "totale-insolito"],
        ),
        (
            f"{YEAR}/2025",
            "costi/2025-Q1",
            "I216",
            9e6,
            ["totale-per-componente", "potenziamento-assegnato", "totale-insolito"],
        ),
        (f"{YEAR}/2025", "costi/2024-Q1", "I5", -9e6, ["totale-insolito"]),
        (f"{QUARTER}/2025-Q1", "costi/2024-Q2", "I5", 9e6, ["totale-insolito"]),
        (f"{MONTH}/2025-03", "personale/2025-03", "B5", "n.r", ["unita-per-ente"]),
        (f"{MONTH}/2025-03", "personale/2025-03", "L5", "assunzione", ["apertura-e-chiusura"]),
        (f"{MONTH}/2025-03", "personale/2025-02", "L5", "cessazione", ["apertura-e-chiusura"]),
        (f"{MONTH}/2025-03", "personale/2025-02", "L5", "part-time", []),
        ("dati-servizi-semestrale/2025-H2", "servizi/2025-H1", "C5", 400000, ["utenti-insoliti"]),
        ("dati-servizi-semestrale/2025-H2", "servizi/2025-H2", "D5", 400000, ["prestazioni-insolite"]),
        (
            "potenziamento-personale/2026-H2",
            "potenziamento/personale-2026-H2",
            "C5",
            400,
            ["in-servizio-entro-obiettivo", "in-servizio-insolite"],
        ),
    ],
)
def test_one_changed_cell_fails_the_checks_it_belongs_to(
    register: Register, tmp_path: Path, key: str, file: str, cell: str, value: float | str, fail: list[str]
) -> None:
    due = occurrence(register, key)
    shutil.copytree(ROOT / "data" / file.split("/")[0], tmp_path / "data" / file.split("/")[0])
    path = tmp_path / "data" / f"{file}.xlsx"
    workbook = load_workbook(path)
    workbook.worksheets[0][cell] = value
    workbook.save(path)
    found = told(due, tmp_path)
    assert names(found) == fail
    assert all(f"data/{file}.xlsx" in problem.what for problem in found)
