"""The four dates of the convention's five duties against a table that was derived without this code.

`dates_2024_2032.csv` was computed from the words of the duties alone: the days of each term written out, a list of the
Italian holidays with the dates of Easter and 4 October from 2026, Sundays, and the office's closures on 7, 24 and 31
December; the target is one working day before the legal date. The days that no act states are those of the shipped
file, and the term of the convention is drawn out to 2032.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence, occurrences
from scheduler.core.workdays import WorkCalendar
from scheduler.deadlines.holidays import legal_holidays

FIVE = (
    "costi-personale-annuale",
    "costi-personale-trimestrale",
    "elenco-personale-annuale",
    "elenco-personale-mensile",
    "dati-servizi-semestrale",
)
UNTIL = date(2033, 1, 1)
TABLE = Path(__file__).with_name("dates_2024_2032.csv")


@pytest.fixture(scope="module")
def dates(register: Register) -> dict[str, Occurrence]:
    """Every occurrence of the five duties by key, had the convention a term until 2032."""
    years = range(2023, UNTIL.year + 2)
    named = {(day.month, day.day): name for day, name in register.workdays.closures.items()}
    closures = {date(year, *day): name for year in years for day, name in named.items()}
    workdays = WorkCalendar(register.workdays.zone, legal_holidays("IT", years, "it"), closures)
    found: dict[str, Occurrence] = {}
    for name in FIVE:
        obligation = register.obligation(name)
        assert obligation is not None
        term = replace(obligation.agreements[-1], until=UNTIL)
        found |= {
            item.key: item for item in occurrences(replace(obligation, agreements=(term,), until=UNTIL), workdays)
        }
    return found


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("name", FIVE)
def test_the_table_holds(dates: dict[str, Occurrence], name: str) -> None:
    expected = [tuple(row.values()) for row in _rows() if row["key"].startswith(f"{name}/")]
    found = [
        (item.key, str(item.nominal_due_on), str(item.legal_due_on), str(item.target_on))
        for item in dates.values()
        if item.obligation.id == name
    ]
    assert found == expected


def test_the_table_has_every_period_once(dates: dict[str, Occurrence]) -> None:
    keys = [row["key"] for row in _rows()]
    assert len(keys) == len(set(keys)) == 9 * (1 + 4 + 1 + 12 + 2)
    assert set(keys) == set(dates)


def test_a_friday_stays(dates: dict[str, Occurrence]) -> None:
    item = dates["costi-personale-annuale/2024"]
    assert _four(item) == (date(2025, 2, 28), date(2025, 2, 28), date(2025, 2, 27))
    assert item.legal_due_on.weekday() == 4


def test_a_saturday_stays_and_its_target_is_the_friday(dates: dict[str, Occurrence]) -> None:
    item = dates["costi-personale-annuale/2025"]
    assert _four(item) == (date(2026, 2, 28), date(2026, 2, 28), date(2026, 2, 27))
    assert item.legal_due_on.weekday() == 5


def test_a_sunday_moves_to_monday_and_its_target_is_the_friday(dates: dict[str, Occurrence]) -> None:
    item = dates["costi-personale-annuale/2026"]
    assert _four(item) == (date(2027, 2, 28), date(2027, 3, 1), date(2027, 2, 26))
    assert item.nominal_due_on.weekday() == 6


def test_the_thirtieth_of_july_2028_is_a_sunday(dates: dict[str, Occurrence]) -> None:
    item = dates["elenco-personale-annuale/2028"]
    assert _four(item) == (date(2028, 7, 30), date(2028, 7, 31), date(2028, 7, 28))


def test_the_last_annual_report_is_owed_after_the_term(register: Register) -> None:
    obligation = register.obligation("costi-personale-annuale")
    assert obligation is not None
    last = list(occurrences(obligation, register.workdays))[-1]
    assert (last.key, last.legal_due_on) == ("costi-personale-annuale/2026", date(2027, 3, 1))
    assert last.legal_due_on >= last.agreement.until


def _four(item: Occurrence) -> tuple[date, date, date]:
    return item.nominal_due_on, item.legal_due_on, item.target_on
