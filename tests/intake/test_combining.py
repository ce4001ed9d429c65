"""Figures made from figures: calculations and averages are exact, and what has no value spreads."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import AmountLine, Figure, Mark, Row, Source, Table, Value
from scheduler.core.expression import formula
from scheduler.core.figures import FigureSpec, Operation
from scheduler.intake.combining import Other
from scheduler.intake.figures import compute
from scheduler.intake.provenance import made_again

D = Decimal
NR, NC, ND = Mark("n.r"), Mark("n.c."), Mark("n.d.")
SOURCE = Source("data/x.xlsx", "F", "0" * 64, 1)
LINES = (AmountLine("uno", "Voce", {2025: D("100.00")}),)


def table(*values: Value) -> dict[str, Table]:
    rows = tuple(Row({"v": value}, SOURCE, line, {"v": "A"}) for line, value in enumerate(values, 5))
    return {"t": Table("t", ("v",), rows, (SOURCE,))}


def calc(text: str, **fields: Any) -> FigureSpec:
    said = formula(text)
    return FigureSpec("x", Operation.CALC, operands=said.names, expression=said.text, assigned=said.lines, **fields)


def known(**values: Value) -> dict[str, Figure]:
    return {name: Figure(name, value, "") for name, value in values.items()}


def value(spec: FigureSpec, year: int = 2025, **values: Value) -> object:
    return compute((spec,), {}, LINES, year, known=known(**values))["x"].value


@pytest.mark.parametrize(
    ("text", "fields", "result"),
    [
        ("a + b * 2", {}, D("5.90")),
        ("(a + b) * 2", {}, D("7.40")),
        ("a - round(b, 0)", {}, D("-0.50")),
        ("abs(b - a)", {}, D("0.70")),
        ("a / 3", {"decimals": 4}, D("0.5000")),
        ("b / 3", {"decimals": 2}, D("0.73")),
        ("-b / 8", {"decimals": 2}, D("-0.28")),  # -0.275: halves away from zero
        ("b * 100", {"decimals": 0}, 220),
        ("n + 1", {}, 8),
        ("n * 10 / 7", {}, 10),
        ("a / (n - 7)", {}, NC),
        ("assigned('uno') - a", {}, D("98.50")),
    ],
)
def test_a_calculation_has_its_value(text: str, fields: dict[str, int], result: object) -> None:
    found = value(calc(text, **fields), a=D("1.50"), b=D("2.20"), n=7)
    assert (found, str(found)) == (result, str(result))


@pytest.mark.parametrize(
    ("text", "values", "result"),
    [
        ("a + b", {"a": NR, "b": D(1)}, NR),
        ("b - a", {"a": NR, "b": ND}, ND),
        ("a * 0", {"a": NR}, NR),
        ("a + b", {"a": None, "b": 1}, None),
        ("a + assigned('uno')", {"a": 1}, D("101.00")),
        ("a + assigned('due')", {"a": 1}, Mark("da confermare")),
    ],
)
def test_what_has_no_value_spreads_through_a_calculation(text: str, values: dict[str, Value], result: object) -> None:
    assert value(calc(text), **values) == result


def test_an_amount_of_another_year_is_to_be_confirmed() -> None:
    assert value(calc("assigned('uno')"), year=2026) == Mark("da confermare")


def test_a_calculation_has_the_cells_of_all_it_names_and_is_made_again() -> None:
    specs = [FigureSpec("a", Operation.SUM, "t.v"), FigureSpec("b", Operation.COUNT, "t"), calc("a / b - 1")]
    found = compute(specs, table(D("1.10"), D("2.20")), LINES, 2025)["x"]
    assert (found.value, found.formula) == (D("0.65"), "a / b - 1")
    assert [cell.address for cell in found.cells] == ["A5:A6"]
    assert made_again(found).value == D("0.65")


AMOUNTS = st.decimals(-(10**12), 10**12, places=2)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_calculations_are_exact_to_the_cent(a: Decimal, b: Decimal, c: Decimal) -> None:
    cents = [int(item.scaleb(2)) for item in (a, b, c)]
    assert value(calc("a + b - c"), a=a, b=b, c=c) == D(cents[0] + cents[1] - cents[2]).scaleb(-2)


@given(st.sampled_from(["a + b * c", "a - (b + c) / 2", "round(a * b, 1) - c", "abs(a) + abs(b) + abs(c)"]), st.data())
def test_one_mark_among_the_operands_is_the_result(text: str, data: st.DataObject) -> None:
    marked = data.draw(st.sampled_from("abc"))
    values: dict[str, Value] = dict.fromkeys("abc", D(1))
    assert value(calc(text), **{**values, marked: NR}) == NR


@pytest.mark.parametrize(
    ("values", "decimals", "result"),
    [
        ((D("1.00"), D("2.01")), None, "1.51"),  # 1.505: halves away from zero
        ((D("-1.00"), D("-2.01")), None, "-1.51"),
        ((1, 2), 0, "2"),
        ((1, 2, 2), 4, "1.6667"),
        ((1, None, 2), None, "1.50"),
        ((1, NR, 2), None, "n.r"),
        ((), None, "n.c."),
        ((None,), None, "n.c."),
    ],
)
def test_an_average_is_of_what_is_there(values: tuple[Value, ...], decimals: int | None, result: str) -> None:
    spec = FigureSpec("x", Operation.AVERAGE, "t.v", decimals=decimals)
    found = compute((spec,), table(*values), (), 2025)["x"]
    assert str(found.value) == result
    assert str(made_again(found).value) == result


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_an_average_is_the_exact_one_rounded_once(amounts: list[Decimal]) -> None:
    found = compute((FigureSpec("x", Operation.AVERAGE, "t.v"),), table(*amounts), (), 2025)["x"].value
    cents, count = sum(int(item.scaleb(2)) for item in amounts), len(amounts)
    whole = (abs(cents) * 2 + count) // (2 * count)  # halves away from zero, in whole numbers alone
    assert found == (D(whole) if cents >= 0 else -D(whole)).scaleb(-2)
    assert found == found.quantize(D("0.01"), ROUND_HALF_UP)  # type: ignore[union-attr]  # it is a decimal


def others(*values: Value) -> list[Other]:
    keys = [f"2024-Q{quarter}" for quarter in range(1, len(values) + 1)]
    return [
        (key, Figure("a", item, "", reason="manca il file" if item == ND else ""))
        for key, item in zip(keys, values, strict=True)
    ]


@pytest.mark.parametrize(
    ("operation", "values", "result", "text", "reason"),
    [
        (Operation.PREVIOUS, (D("5.00"),), D("5.00"), "a (2024-Q1)", ""),
        (Operation.PREVIOUS, (ND,), ND, "a (2024-Q1)", "manca il file"),
        (Operation.YEAR_BEFORE, (NR,), NR, "a (2024-Q1)", ""),
        (Operation.PARTS, (1, D("2.5")), D("3.5"), "a (2024-Q1) + a (2024-Q2)", ""),
        (Operation.PARTS, (1, ND), ND, "a (2024-Q1) + a (2024-Q2)", "manca il file"),
        (Operation.EARLIER, (1, ND, 4), D("2.5"), "earlier(a; 2024-Q1, 2024-Q2, 2024-Q3)", ""),
        (Operation.EARLIER, (NR, 4), D(4), "earlier(a; 2024-Q1, 2024-Q2)", ""),
        (Operation.EARLIER, (ND, ND), ND, "earlier(a; 2024-Q1, 2024-Q2)", "manca il file"),
    ],
)
def test_figures_of_other_periods(
    operation: Operation, values: tuple[Value, ...], result: object, text: str, reason: str
) -> None:
    spec = FigureSpec("x", operation, operands=("a",))
    found = compute((spec,), {}, (), 2025, others={"x": others(*values)})["x"]
    assert (found.value, found.formula, found.reason) == (result, text, reason)
    assert made_again(found).value == result


def test_a_reason_goes_on_to_what_is_built_on_it() -> None:
    before = FigureSpec("p", Operation.PREVIOUS, operands=("a",))
    change = FigureSpec("x", Operation.DIFFERENCE, operands=("a", "p"))
    found = compute((before, change), {}, (), 2025, known=known(a=D(1)), others={"p": others(ND)})["x"]
    assert (found.value, found.reason) == (ND, "manca il file")
