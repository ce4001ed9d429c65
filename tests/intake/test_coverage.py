"""What a table owes beside readable cells: declared values, the months of its period, files that are not old."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import Row, Span, Table, TableSpec
from scheduler.core.figures import CheckSpec, FigureSpec, Operation
from scheduler.core.period import Frequency, Period
from scheduler.errors import Problem, SourceError
from scheduler.intake.coverage import aged, gaps
from scheduler.intake.intake import Loaded, load, warnings
from scheduler.intake.sheet import SheetCache

from .workbooks import END, KEY, START, column, table, write

SEATS = ("CPI 01", "CPI 02")
NOW = datetime(2025, 4, 10, 8, tzinfo=UTC)
QUARTER = Period(START, END, Frequency.QUARTER)
STAFF = table(column("sede"), column("nome"), path="{month}.xlsx", covers=(("sede", SEATS),))
COSTS = table(column("mese", "mese"), column("anno", "intero"), column("voce"), months=("mese", "anno"))


def put(folder: Path, *rows: Sequence[object], name: str = "dati", header: Sequence[str] = ()) -> None:
    write(folder / f"{name}.xlsx", [header or ("Sede", "Nome"), *rows])


def taken(folder: Path, spec: TableSpec, *, released: bool = False, now: datetime | None = None) -> Loaded:
    where = {"start": START, "end": END, "key": KEY, "workspace": folder, "cache": SheetCache()}
    return load([spec], [], [], now=now, released=released, **where)  # type: ignore[arg-type]  # named above


def stopped(folder: Path, spec: TableSpec, now: datetime | None = None) -> tuple[Problem, ...]:
    with pytest.raises(SourceError) as caught:
        taken(folder, spec, now=now)
    return caught.value.problems


def staff(folder: Path, **months: Sequence[str]) -> None:
    """Write the lists of the quarter: whole ones, but for the months that are given with their seats."""
    for month in ("01", "02", "03"):
        seats = months.get(f"m{month}", SEATS)
        put(folder, *((seat, f"P{number}") for number, seat in enumerate(seats)), name=f"2025-{month}")


def test_every_file_of_the_period_must_hold_every_value(tmp_path: Path) -> None:
    staff(tmp_path, m02=["CPI 01", "CPI 01", "CPI 01"])
    [found] = stopped(tmp_path, STAFF)
    assert found.where == "2025-02.xlsx [Dati] A2:A4"
    assert found.what == "«Sede»: non c'è nessuna riga con «CPI 02»"
    assert "aggiungere le righe" in found.remedy
    assert (found.example, found.releasable, found.warning) == ("CPI 02", True, False)
    assert "CPI 02" in found.for_mail(), "what is declared is nobody's secret"


def test_values_are_compared_without_blanks_and_capitals(tmp_path: Path) -> None:
    staff(tmp_path, m01=["cpi  01", " CPI 02 "])
    assert taken(tmp_path, STAFF).unverified == ()


def test_released_data_come_with_what_is_wrong_and_are_the_same_otherwise(tmp_path: Path) -> None:
    staff(tmp_path, m01=["CPI 01"], m03=["CPI 02"])
    found = taken(tmp_path, STAFF, released=True)
    assert found.unverified == stopped(tmp_path, STAFF)
    assert [item.example for item in found.unverified] == ["CPI 02", "CPI 01"]
    assert found.tables == taken(tmp_path, replace(STAFF, covers=())).tables
    where = {"start": START, "end": END, "key": KEY, "workspace": tmp_path, "cache": SheetCache()}
    assert warnings([STAFF], **where) == (), "they are no warnings"  # type: ignore[arg-type]  # named above


def test_what_cannot_be_read_is_never_released_and_all_is_told_at_once(tmp_path: Path) -> None:
    staff(tmp_path, m01=["CPI 01"])
    bad = replace(STAFF, name="altri", path="altri.xlsx", columns=(column("sede", "importo"),), covers=())
    put(tmp_path, ("Rossi",), name="altri", header=("Sede",))
    where = {"start": START, "end": END, "key": KEY, "workspace": tmp_path, "cache": SheetCache()}
    for released in (False, True):
        with pytest.raises(SourceError) as caught:
            load([STAFF, bad], [], [], released=released, **where)  # type: ignore[arg-type]  # named above
        assert [item.releasable for item in caught.value.problems] == [False, True]
    cell = caught.value.problems[0]
    assert cell.example == "8.305.352,69"
    assert "Rossi" not in f"{cell.for_mail()} {cell.example}"


def test_a_check_that_fails_is_released_with_the_rest(tmp_path: Path) -> None:
    staff(tmp_path, m01=["CPI 01"])
    count = FigureSpec("unita", Operation.COUNT, "dati")
    check = CheckSpec("sei", "sono sei", "unita", "==", "6", ("unita",))
    where = {"start": START, "end": END, "key": KEY, "workspace": tmp_path, "cache": SheetCache()}
    found = load([STAFF], [count], [], [check], released=True, **where)  # type: ignore[arg-type]  # named above
    assert [item.what.split(" ")[0] for item in found.unverified] == ["«Sede»:", "controllo"]
    assert found.figures["unita"].value == 5


@pytest.mark.parametrize(
    ("months", "said"),
    [
        ([(1, 2025), (2, 2025), (3, 2025)], []),
        ([(3, 2025), ("gennaio", 2025), (2, 2025), (1, 2025)], []),
        ([(1, 2025), (3, 2025)], ["A2:A3 non c'è nessuna riga del mese 02/2025"]),
        ([(1, 2025), (2, 2025), (3, 2025), (4, 2025), (4, 2025)], ["A5 il mese 4/2025 non è del periodo"]),
        ([(1, 2024), (2, 2025), (3, 2025)], ["A2:A4 non c'è nessuna riga del mese 01/2025", "A2 il mese 1/2024"]),
        ([(1, 2025), (2, 2025), ("n.r", 2025), (3, 2025)], ["A4 il mese n.r/2025 non è del periodo"]),
    ],
)
def test_every_month_of_the_period_and_no_other(
    tmp_path: Path, months: list[tuple[object, int]], said: list[str]
) -> None:
    put(tmp_path, *((month, year, "x") for month, year in months), header=("Mese", "Anno", "Voce"))
    found = taken(tmp_path, COSTS, released=True).unverified
    assert len(found) == len(said)
    for problem, words in zip(found, said, strict=True):
        address, _, sentence = words.partition(" ")
        assert problem.where == f"dati.xlsx [Dati] {address}"
        assert sentence in problem.what


def test_a_missing_month_is_missing_in_its_own_file(tmp_path: Path) -> None:
    since_january = replace(COSTS, path="{quarter}.xlsx", span=Span.YEAR_TO_DATE)
    put(tmp_path, (1, 2025, "x"), (3, 2025, "x"), name="2025-Q1", header=("Mese", "Anno", "Voce"))
    put(tmp_path, *((month, 2025, "x") for month in (4, 5, 6)), name="2025-Q2", header=("Mese", "Anno", "Voce"))
    where = {"start": END, "end": date(2025, 7, 1), "key": "2025-Q2", "workspace": tmp_path, "cache": SheetCache()}
    [found] = load([since_january], [], [], released=True, **where).unverified  # type: ignore[arg-type]  # named above
    assert (found.where, found.example) == ("2025-Q1.xlsx [Dati] A2:A3", "Mese: 2; Anno: 2025")


@pytest.mark.parametrize(("days", "is_old"), [(44, False), (45, False), (46, True)])
def test_a_file_is_old_after_the_days_that_are_declared(tmp_path: Path, days: int, is_old: bool) -> None:
    put(tmp_path, ("CPI 01", "P"))
    changed_at = NOW - timedelta(days=days)
    os.utime(tmp_path / "dati.xlsx", (changed_at.timestamp(),) * 2)
    spec = replace(STAFF, path="dati.xlsx", covers=(), fresh_days=45)
    assert taken(tmp_path, spec).unverified == (), "without now, nothing is old"
    if is_old:
        [found] = stopped(tmp_path, spec, NOW)
        assert found.where == "dati.xlsx"
        assert f"{changed_at:%d/%m/%Y}, più di 45 giorni fa" in found.what
        assert found.releasable
        assert taken(tmp_path, spec, now=NOW, released=True).unverified == (found,)
    else:
        assert taken(tmp_path, spec, now=NOW).unverified == ()


def test_what_is_no_file_has_no_age(tmp_path: Path) -> None:
    put(tmp_path, ("CPI 01", "P"))
    spec = replace(STAFF, path="dati.xlsx", covers=(), fresh_days=1)
    found = taken(tmp_path, spec).tables["dati"]
    (tmp_path / "dati.xlsx").unlink()
    assert list(aged(spec, found, tmp_path, NOW, "it")) == []


@given(st.lists(st.sampled_from(range(2023, 2026)).flatmap(lambda year: st.tuples(st.integers(1, 12), st.just(year)))))
def test_months_agree_with_the_calendar(said: list[tuple[int, int]]) -> None:
    """Of any months, those that are named are just those that the quarter does not have, and that have no row."""
    rows = tuple(Row({"mese": month, "anno": year}) for month, year in said)
    found = list(gaps(COSTS, Table("dati", ("mese", "anno"), rows), QUARTER, "it"))
    wanted = {(1, 2025), (2, 2025), (3, 2025)}
    missing = [f"mese {month:02}/{year}" for month, year in sorted(wanted - set(said))]
    others = [f"mese {month}/{year}" for month, year in dict.fromkeys(item for item in said if item not in wanted)]
    named = chain(missing, others)
    assert all(words in problem.what for words, problem in zip(named, found, strict=True))
