"""Checks: exact decimals, what is not reported, severity, and a sentence with both sides' values and cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import AmountLine, Cell, Figure, Mark, Source, Value
from scheduler.core.expression import ExpressionError, comparison
from scheduler.core.figures import CheckSpec
from scheduler.errors import Problem
from scheduler.intake.checks import failures, written
from scheduler.intake.reckoning import evaluate

D = Decimal
NR, NC = Mark("n.r"), Mark("n.c.")
SOURCE = Source("data/costi.xlsx", "Costi", "0" * 64, 1)
LINES = (AmountLine("ex-madia", "ex Madia", {2024: D("100.00")}), AmountLine("altra", "Altra", {2025: D("50.00")}))
EXACT = Context(prec=60)


def check(that: str, name: str = "prova", **fields: object) -> CheckSpec:
    said = comparison(that)
    made = CheckSpec(name, "la regola", said.left, said.sign, said.right, said.names, said.lines)
    return replace(made, **fields)  # type: ignore[arg-type]  # fields by name


def figure(name: str, value: Value, *addresses: str) -> Figure:
    return Figure(name, value, "", tuple(Cell(SOURCE, address) for address in addresses))


def found(*checks: CheckSpec, start: date = date(2024, 1, 1), lang: str = "it", **values: Value) -> tuple[Problem, ...]:
    figures = {name: figure(name, value, f"{name.upper()}5") for name, value in values.items()}
    return failures(checks, figures, LINES, year=2024, start=start, lang=lang)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2", "0.3"),
        ("8305352.69 + 2660170.29", "10965522.98"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("-a + +b", "-1.50"),
        ("a - b - b", "-2.00"),
        ("a / 4", "1.00"),
        ("abs(-a)", "4.00"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(0.125, 2)", "0.13"),
        ("round(10 / 3, 4)", "3.3333"),
        ("assigned('ex-madia') - a", "96.00"),
        ("999999999999999.123456789012345 * 1", "999999999999999.123456789012345"),
    ],
)
def test_an_expression_and_its_value(text: str, value: str) -> None:
    numbers = {"a": D("4.00"), "b": D("3.00") if "- b" in text else D("2.50")}
    assert evaluate(text, numbers, {"ex-madia": D("100.00")}) == D(value)


@pytest.mark.parametrize("text", ["1 / 0", "0 / 0", "a / (a - a)", "abs(1 / (a - a))", "round(1 / 0, 2)"])
def test_a_division_by_zero_is_not_computable(text: str) -> None:
    assert evaluate(text, {"a": D(4)}, {}) == NC


def _combined(sides: st.SearchStrategy[tuple[str, Decimal]]) -> st.SearchStrategy[tuple[str, Decimal]]:
    def both(first: tuple[str, Decimal], sign: str, second: tuple[str, Decimal]) -> tuple[str, Decimal]:
        with localcontext(EXACT):
            left, right = first[1], second[1]
            value = {"+": left + right, "-": left - right, "*": left * right, "/": left / (right or D(1))}[sign]
        return f"({first[0]} {sign} {second[0] if right or sign != '/' else '1'})", value

    def inside(function: str, side: tuple[str, Decimal]) -> tuple[str, Decimal]:
        with localcontext(EXACT):
            rounded = side[1].quantize(D("0.01"), ROUND_HALF_UP) if function == "round" else side[1]
            value = {"abs": abs(side[1]), "round": rounded, "-": -side[1]}[function]
        return f"{function}({side[0]}{', 2' if function == 'round' else ''})", value

    return st.one_of(
        st.builds(both, sides, st.sampled_from("+-*/"), sides),
        st.builds(inside, st.sampled_from(["abs", "round", "-"]), sides),
    )


NUMBERS = st.decimals(0, 10**9, places=2).map(lambda value: (str(value), value))


@given(st.recursive(NUMBERS, _combined, max_leaves=8))
def test_expressions_are_decimal_arithmetic(case: tuple[str, Decimal]) -> None:
    assert evaluate(case[0], {}, {}) == case[1]


@given(st.text(alphabet="ab01.+-*/() ,=<'", max_size=40))
def test_any_text_has_a_value_or_is_no_expression(text: str) -> None:
    numbers = dict.fromkeys(("a", "b", "ab", "ba", "aa", "bb"), D(2))
    try:
        names = comparison(f"{text} == 1").names
    except ExpressionError:
        return
    assert isinstance(evaluate(comparison(f"{text} == 1").left, numbers | dict.fromkeys(names, D(2)), {}), D | Mark)


@pytest.mark.parametrize(
    ("that", "holds"),
    [
        ("a == 3", True),
        ("a == 3.000", True),
        ("a == 4", False),
        ("a != 4", True),
        ("a != 3", False),
        ("a < 3", False),
        ("a <= 3", True),
        ("a > 2.99", True),
        ("a >= 3.01", False),
        ("a <= assigned('ex-madia')", True),
        ("a * 40 <= assigned('ex-madia')", False),
    ],
)
def test_a_check_fails_where_it_does_not_hold(that: str, holds: bool) -> None:
    assert (found(check(that), a=3) == ()) == holds


@pytest.mark.parametrize(("gap", "holds"), [("0.00", True), ("0.01", True), ("-0.01", True), ("0.02", False)])
def test_a_tolerance_includes_its_own_amount(gap: str, holds: bool) -> None:
    assert (found(check("a == b", tolerance=D("0.01")), a=D("10.00"), b=D("10.00") + D(gap)) == ()) == holds


@pytest.mark.parametrize(
    ("that", "values", "says"),
    [
        ("a == b + 0", {"a": 1, "b": NR}, "b è n.r"),
        ("a == b", {"a": NR, "b": NR}, "a è n.r"),
        ("a - a == 0", {"a": NR}, "a è n.r"),
        ("a == 0", {"a": None}, "a è –"),
        ("a == 1 / (a - a)", {"a": 1}, "1 / (a - a) è n.c."),
        ("a <= assigned('altra')", {"a": 1}, "assigned('altra') è da confermare"),
    ],
)
def test_what_has_no_value_is_not_compared_but_told(that: str, values: dict[str, Value], says: str) -> None:
    [problem] = found(check(that), **values)
    assert problem.warning
    assert problem.what == f"avviso: controllo «prova» non fatto (la regola): {says}"


@pytest.mark.parametrize(
    ("fields", "start", "warns"),
    [
        ({}, date(2024, 1, 1), False),
        ({"warns": True}, date(2024, 1, 1), True),
        ({"since": date(2024, 4, 1)}, date(2024, 1, 1), True),
        ({"since": date(2024, 4, 1)}, date(2024, 4, 1), False),
        ({"since": date(2024, 4, 1), "warns": True}, date(2024, 7, 1), True),
    ],
)
def test_a_new_rule_can_begin_as_a_warning(fields: dict[str, object], start: date, warns: bool) -> None:
    [problem] = found(check("a == 1", **fields), start=start, a=2)
    assert problem.warning == warns


def test_errors_come_first_and_all_are_told() -> None:
    rules = [check("a == 1", "x", warns=True), check("a == 2", "y"), check("a == b", "z"), check("a == 4", "w")]
    told = found(*rules, a=3, b=NR)
    assert [problem.what.split("«")[1].split("»")[0] for problem in told] == ["y", "w", "x", "z"]
    assert [problem.warning for problem in told] == [False, False, True, True]


def test_the_sentence_has_both_values_and_all_cells() -> None:
    figures = {
        "totale": figure("totale", D("8305352.69"), "I5:I859"),
        "lordo": figure("lordo", D("6000000.00"), "F5:F859"),
        "oneri": figure("oneri", 2305352, "G5:G859"),
    }
    [problem] = failures([check("totale == lordo + oneri")], figures, (), year=2024, start=date(2024, 1, 1), lang="it")
    cells = ", ".join(f"data/costi.xlsx [Costi] {letter}5:{letter}859" for letter in "IFG")
    assert problem.where == "data/costi.xlsx [Costi]"
    assert problem.what == (
        "controllo «prova» non superato (la regola): totale = 8.305.352,69, lordo + oneri = 8.305.352,00; "
        f"celle: {cells}"
    )
    assert problem.remedy == "correggere il foglio, o il controllo in deadlines.yaml"
    assert "totale = …, lordo + oneri = …; celle: " in problem.for_mail()
    assert not any(number in problem.for_mail() for number in ("305", "352"))


def test_of_many_cells_five_are_shown_and_the_others_counted() -> None:
    figures = {"a": figure("a", 1, *(f"C{line}" for line in range(5, 20)))}
    [problem] = failures([check("a == 2")], figures, (), year=2024, start=date(2024, 1, 1), lang="it")
    assert problem.what.endswith(
        "celle: " + ", ".join(f"data/costi.xlsx [Costi] C{line}" for line in range(5, 10)) + " e altre 10"
    )
    [problem] = failures([check("a == 2")], figures, (), year=2024, start=date(2024, 1, 1), lang="en")
    assert problem.what.endswith(" and 10 more")


def test_a_check_of_figures_without_cells_names_itself() -> None:
    [problem] = failures([check("a == 2")], {"a": figure("a", 1)}, (), year=2024, start=date(2024, 1, 1), lang="it")
    assert (problem.where, problem.what.rpartition("; ")[2]) == ("checks.prova", "celle: –")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("8305352.69", "8.305.352,69"),
        ("-1234.5", "-1.234,5"),
        ("0.10", "0,10"),
        ("285", "285"),
        ("1E+3", "1.000"),
        ("12.5000", "12,50"),
        ("0.3333333333333", "0,3333333333"),
        ("1234.123456", "1.234,123456"),
    ],
)
def test_numbers_are_written_as_the_office_writes_them(value: str, text: str) -> None:
    assert written(D(value)) == text
