"""Placeholders of paths, sheets and headers over periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import Span, TableSpec
from scheduler.core.period import Frequency, period_containing, periods_between
from scheduler.errors import UserError
from scheduler.intake.places import places

from .workbooks import column

YEAR = (date(2025, 1, 1), date(2026, 1, 1))
SECOND_QUARTER = (date(2025, 4, 1), date(2025, 7, 1))
MARCH = (date(2025, 3, 1), date(2025, 4, 1))
LAST_DAY = (date(2025, 12, 31), date(2026, 1, 1))


def at(path: str, interval: tuple[date, date], sheet: str = "", span: Span = Span.PERIOD) -> list[tuple[str, str]]:
    spec = TableSpec("t", path, (column("a", header="Obiettivi {year}"),), sheet, span=span)
    return [(place.path, place.sheet) for place in places(spec, *interval, key="k")]


@pytest.mark.parametrize(
    ("path", "interval", "expected"),
    [
        ("a/fisso.xlsx", YEAR, ["a/fisso.xlsx"]),
        ("{year}.xlsx", YEAR, ["2025.xlsx"]),
        ("{half}.xlsx", YEAR, ["2025-H1.xlsx", "2025-H2.xlsx"]),
        ("{quarter}.xlsx", YEAR, [f"2025-Q{number}.xlsx" for number in (1, 2, 3, 4)]),
        ("{month}.xlsx", YEAR, [f"2025-{month:02}.xlsx" for month in range(1, 13)]),
        ("{year}/{quarter}.xlsx", YEAR, [f"2025/2025-Q{number}.xlsx" for number in (1, 2, 3, 4)]),
        ("{year}-06.xlsx", YEAR, ["2025-06.xlsx"]),
        ("{month}.xlsx", SECOND_QUARTER, ["2025-04.xlsx", "2025-05.xlsx", "2025-06.xlsx"]),
        ("{quarter}.xlsx", MARCH, ["2025-Q1.xlsx"]),
        ("{year}.xlsx", MARCH, ["2025.xlsx"]),
        ("{month}.xlsx", LAST_DAY, ["2025-12.xlsx"]),
        ("{half}.xlsx", LAST_DAY, ["2025-H2.xlsx"]),
        ("{key}.xlsx", YEAR, ["k.xlsx"]),
        ("{key}/{half}.xlsx", YEAR, ["k/2025-H1.xlsx", "k/2025-H2.xlsx"]),
        ("{year}.xlsx", (date(2024, 7, 1), date(2026, 7, 1)), ["2024.xlsx", "2025.xlsx", "2026.xlsx"]),
    ],
)
def test_the_finest_placeholder_decides(path: str, interval: tuple[date, date], expected: list[str]) -> None:
    assert [found for found, _ in at(path, interval)] == expected


def test_a_sheet_may_hold_the_finest_placeholder() -> None:
    expected = [("2025.xlsx", "2025-04"), ("2025.xlsx", "2025-05"), ("2025.xlsx", "2025-06")]
    assert at("{year}.xlsx", SECOND_QUARTER, sheet="{month}") == expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (SECOND_QUARTER, ["2025-Q1.xlsx", "2025-Q2.xlsx"]),
        (YEAR, [f"2025-Q{number}.xlsx" for number in (1, 2, 3, 4)]),
        ((date(2024, 10, 1), date(2025, 4, 1)), ["2025-Q1.xlsx"]),
        (LAST_DAY, [f"2025-Q{number}.xlsx" for number in (1, 2, 3, 4)]),
    ],
)
def test_year_to_date_begins_on_1_january(interval: tuple[date, date], expected: list[str]) -> None:
    assert [path for path, _ in at("{quarter}.xlsx", interval, span=Span.YEAR_TO_DATE)] == expected


def test_headers_follow_their_place() -> None:
    spec = TableSpec("t", "{year}.xlsx", (column("a", header="Obiettivi {year}"), column("b", header="Al {quarter}")))
    first, second = places(spec, date(2024, 1, 1), date(2025, 7, 1), "k")
    assert first.headers == {"a": "Obiettivi 2024", "b": "Al 2024-Q4"}
    assert second.headers == {"a": "Obiettivi 2025", "b": "Al 2025-Q2"}


def test_unknown_placeholders_are_all_named() -> None:
    spec = TableSpec("costi", "{quater}.xlsx", (column("a", header="{nome}"),), "{month}")
    with pytest.raises(UserError) as caught:
        places(spec, *YEAR, key="k")
    assert str(caught.value).splitlines() == [
        "tables.costi.path: {quater} non è un segnaposto; scrivere {quarter}",
        "tables.costi.columns.a.header: {nome} non è un segnaposto; usare month, quarter, half, year, key",
    ]


@given(
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.integers(1, 900),
    st.sampled_from([("{month}", Frequency.MONTH), ("{quarter}", Frequency.QUARTER), ("{half}", Frequency.HALF_YEAR)]),
)
def test_every_period_touched_has_one_place(start: date, days: int, choice: tuple[str, Frequency]) -> None:
    end = start + timedelta(days=days)
    touched = [period.key for period in periods_between(choice[1], start, end)]
    assert [path for path, _ in at(choice[0], (start, end))] == touched
    assert touched[-1] == period_containing(choice[1], end - timedelta(days=1)).key
