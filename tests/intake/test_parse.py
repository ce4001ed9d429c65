"""One cell → one value: what Italian offices write, and what must be refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import ColumnType, Mark, TableSpec, Value
from scheduler.intake.parse import LARGEST, CellError, parser
from scheduler.intake.raw import Broken

MARKS = TableSpec("t", "t.xlsx", ()).marks
D = Decimal

TEXT, INTEGER, AMOUNT = ColumnType.TEXT, ColumnType.INTEGER, ColumnType.AMOUNT
NUMBER, PERCENT, DATE = ColumnType.NUMBER, ColumnType.PERCENT, ColumnType.DATE


def parse(kind: ColumnType, raw: object) -> Value:
    return parser(kind, MARKS)(raw)


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (AMOUNT, "8.305.352,69", D("8305352.69")),
        (AMOUNT, "8305352,69", D("8305352.69")),
        (AMOUNT, "1.234", D("1234.00")),
        (AMOUNT, "-5", D("-5.00")),
        (AMOUNT, "\u22125,1", D("-5.10")),
        (AMOUNT, "+5", D("5.00")),
        (AMOUNT, "€ 1.234,56", D("1234.56")),
        (AMOUNT, "1.234,56 €", D("1234.56")),
        (AMOUNT, "-€ 5", D("-5.00")),
        (AMOUNT, "€ -5", D("-5.00")),
        (AMOUNT, "EUR 12,5", D("12.50")),
        (AMOUNT, "12 euro", D("12.00")),
        (AMOUNT, "\u00a01\u00a0234,56\u202f", D("1234.56")),
        (AMOUNT, "21790", D("21790.00")),
        (AMOUNT, 21790, D("21790.00")),
        (AMOUNT, 0.1 + 0.2, D("0.30")),
        (AMOUNT, 8972346.42, D("8972346.42")),
        (AMOUNT, 1.1 * 3, D("3.30")),
        (AMOUNT, -0.0, D("0.00")),
        (AMOUNT, "-0", D("0.00")),
        (NUMBER, "-0,0", D("0")),
        (NUMBER, -0.0, D("0")),
        (NUMBER, "73,8", D("73.8")),
        (NUMBER, "41.285", D("41285")),
        (NUMBER, "1.234.567,891", D("1234567.891")),
        (NUMBER, 73.8, D("73.8")),
        (NUMBER, 0.1 + 0.2, D("0.3")),
        (NUMBER, 7, D("7")),
        (NUMBER, 7.0, D("7")),
        (NUMBER, 1e-7, D("0.0000001")),
        (PERCENT, "83,33", D("83.33")),
        (PERCENT, "83,33%", D("83.33")),
        (PERCENT, "83,33 %", D("83.33")),
        (PERCENT, 83.33, D("83.33")),
        (PERCENT, 0.8333, D("0.8333")),
        (INTEGER, "41.285", 41285),
        (INTEGER, "21790", 21790),
        (INTEGER, "7,00", 7),
        (INTEGER, " 7 ", 7),
        (INTEGER, 7.0, 7),
        (INTEGER, 6.9999999999, 7),
        (INTEGER, "-5", -5),
        (TEXT, "007", "007"),
        (TEXT, "NA", "NA"),
        (TEXT, "nan", "nan"),
        (TEXT, "None", "None"),
        (TEXT, " Sant'Àngelo\u00a0Lodigiano ", "Sant'Àngelo Lodigiano"),
        (TEXT, "due\nrighe", "due\nrighe"),
        (TEXT, "#1 della lista", "#1 della lista"),
        (TEXT, 7, "7"),
        (TEXT, 7.0, "7"),
        (TEXT, 7.5, "7,5"),
        (TEXT, 1e15, "1000000000000000"),
        (TEXT, True, "VERO"),
        (TEXT, datetime(2025, 4, 5), "05/04/2025"),  # noqa: DTZ001
        (DATE, "5/4/2025", date(2025, 4, 5)),
        (DATE, "05/04/2025", date(2025, 4, 5)),
        (DATE, "5-4-2025", date(2025, 4, 5)),
        (DATE, "05.04.2025", date(2025, 4, 5)),
        (DATE, "2025-04-05", date(2025, 4, 5)),
        (DATE, "2025-04-05 00:00:00", date(2025, 4, 5)),
        (DATE, "28 febbraio 2025", date(2025, 2, 28)),
        (DATE, "1° Gennaio 2025", date(2025, 1, 1)),
        (DATE, datetime(2025, 4, 5, 13, 30), date(2025, 4, 5)),  # noqa: DTZ001
        (DATE, date(2025, 4, 5), date(2025, 4, 5)),
        (DATE, "29/2/2024", date(2024, 2, 29)),
    ],
)
def test_is_read(kind: ColumnType, raw: object, expected: Value) -> None:
    found = parse(kind, raw)
    assert found == expected
    assert type(found) is type(expected)
    assert str(found) == str(expected)


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        (AMOUNT, "(1.234,50)", "cell.value"),
        (AMOUNT, "1,234.56", "cell.value"),
        (AMOUNT, "1'234,56", "cell.value"),
        (AMOUNT, "1.23.456", "cell.value"),
        (AMOUNT, "12.34,5", "cell.value"),
        (AMOUNT, "1.5", "cell.ambiguous"),
        (AMOUNT, "1.50", "cell.ambiguous"),
        (AMOUNT, "0.123", "cell.ambiguous"),
        (AMOUNT, "8305352.69", "cell.ambiguous"),
        (AMOUNT, "1,234", "cell.cents"),
        (AMOUNT, 1.234, "cell.cents"),
        (AMOUNT, 8972346.425, "cell.cents"),
        (AMOUNT, "5-", "cell.value"),
        (AMOUNT, "--5", "cell.value"),
        (AMOUNT, ",5", "cell.value"),
        (AMOUNT, "12 34", "cell.value"),
        (AMOUNT, "83,33%", "cell.value"),
        (AMOUNT, "$ 5", "cell.value"),
        (AMOUNT, "NA", "cell.value"),
        (AMOUNT, "nan", "cell.value"),
        (AMOUNT, "inf", "cell.value"),
        (AMOUNT, "1e5", "cell.value"),
        (AMOUNT, "١٢", "cell.value"),
        (AMOUNT, "1" * 31, "cell.value"),
        (AMOUNT, 1e16, "cell.value"),
        (AMOUNT, 1e300, "cell.value"),
        (AMOUNT, float("nan"), "cell.value"),
        (AMOUNT, float("inf"), "cell.value"),
        (AMOUNT, True, "cell.value"),
        (AMOUNT, datetime(2025, 4, 5), "cell.value"),  # noqa: DTZ001
        (AMOUNT, timedelta(hours=30), "cell.value"),
        (NUMBER, float("nan"), "cell.value"),
        (NUMBER, "1.5", "cell.ambiguous"),
        (NUMBER, False, "cell.value"),
        (NUMBER, "€ 5", "cell.value"),
        (PERCENT, "%", "cell.value"),
        (INTEGER, 3.5, "cell.value"),
        (INTEGER, "3,5", "cell.value"),
        (INTEGER, "12.34", "cell.ambiguous"),
        (INTEGER, float("inf"), "cell.value"),
        (INTEGER, True, "cell.value"),
        (TEXT, time(3, 4), "cell.value"),
        (TEXT, "a\x07b", "cell.control"),
        (DATE, "5/4/25", "cell.year"),
        (DATE, "31/02/2025", "cell.date"),
        (DATE, "29/2/2025", "cell.date"),
        (DATE, "4/25/2025", "cell.date"),
        (DATE, "2025-13-01", "cell.date"),
        (DATE, "5/4/205", "cell.date"),
        (DATE, "05/04/0205", "cell.date"),
        (DATE, datetime(2925, 4, 5), "cell.date"),  # noqa: DTZ001
        (DATE, "5/4-2025", "cell.value"),
        (DATE, "aprile 2025", "cell.value"),
        (DATE, 45752, "cell.serial"),
        (DATE, 45752.5, "cell.serial"),
        (DATE, time(3, 4), "cell.value"),
        (TEXT, "#REF!", "cell.error"),
        (AMOUNT, "#RIF!", "cell.error"),
        (NUMBER, "#DIV/0!", "cell.error"),
        (INTEGER, "#n/d", "cell.error"),
        (DATE, "#NOME?", "cell.error"),
        (TEXT, "Err:502", "cell.error"),
        (AMOUNT, Broken("cell.error", "#REF!"), "cell.error"),
        (TEXT, Broken("cell.formula", "=A1"), "cell.formula"),
    ],
)
def test_is_refused(kind: ColumnType, raw: object, code: str) -> None:
    with pytest.raises(CellError) as caught:
        parse(kind, raw)
    assert caught.value.code == code


@pytest.mark.parametrize("kind", ColumnType)
@pytest.mark.parametrize("raw", ["", "   ", "\u00a0", "\u200b", None])
def test_blank_cells_have_no_value(kind: ColumnType, raw: object) -> None:
    assert parse(kind, raw) is None


@pytest.mark.parametrize("kind", ColumnType)
@pytest.mark.parametrize(("raw", "text"), [("n.r", "n.r"), (" N.D. ", "N.D."), ("-", "-"), ("\u00a0n.r.", "n.r.")])
def test_marks_stay_as_they_are_written(kind: ColumnType, raw: str, text: str) -> None:
    assert parse(kind, raw) == Mark(text)


def test_the_declaration_may_have_marks_of_its_own() -> None:
    read = parser(AMOUNT, ("Non Pervenuto",))
    assert read("non pervenuto") == Mark("non pervenuto")
    with pytest.raises(CellError):
        read("n.r")


def italian(value: Decimal, *, grouped: bool) -> str:
    """The number as an Italian writes it."""
    text = f"{value:,f}" if grouped else f"{value:f}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


CENTS = st.integers(-(10**14), 10**14).map(lambda cents: D(cents) / 100)
TYPED = st.decimals(-999_999_999, 999_999_999, allow_nan=False, places=4)  # what 15 digits hold


@given(CENTS, st.booleans(), st.sampled_from(["{}", "€ {}", "{} €", "\u00a0{}\u00a0"]))
def test_any_amount_written_in_italian_is_read_back(value: Decimal, grouped: bool, frame: str) -> None:
    assert parse(AMOUNT, frame.format(italian(value.quantize(D("0.01")), grouped=grouped))) == value


@given(CENTS.filter(lambda value: abs(value) < 10**12))
def test_any_amount_kept_in_binary_is_read_back(value: Decimal) -> None:
    found = parse(AMOUNT, float(value))
    assert found == value
    assert isinstance(found, Decimal)


@given(TYPED, st.booleans())
def test_any_number_is_read_back(value: Decimal, grouped: bool) -> None:
    assert parse(NUMBER, italian(value, grouped=grouped)) == value
    assert parse(NUMBER, float(value)) == value


@given(st.integers(-LARGEST + 1, LARGEST - 1), st.booleans())
def test_any_whole_number_is_read_back(value: int, grouped: bool) -> None:
    assert parse(INTEGER, italian(D(value), grouped=grouped)) == value
    assert parse(INTEGER, value) == value
    assert parse(INTEGER, float(value)) == value


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_any_date_is_read_back(value: date) -> None:
    midnight = datetime.combine(value, time())
    for raw in (f"{value.day}/{value.month}/{value.year}", f"{value:%d/%m/%Y}", value.isoformat(), midnight):
        assert parse(DATE, raw) == value


@given(st.sampled_from(list(ColumnType)), st.text(max_size=20) | st.floats() | st.integers() | st.booleans())
def test_whatever_a_cell_holds_it_is_read_or_refused(kind: ColumnType, raw: object) -> None:
    with suppress(CellError):
        assert not isinstance(parse(kind, raw), float)
