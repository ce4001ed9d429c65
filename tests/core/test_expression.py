"""Expressions of checks: what is read, what is refused and at which column, and that nothing hostile takes long."""

from __future__ import annotations

import ast
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scheduler.core.expression import DEEPEST, LONGEST, Comparison, ExpressionError, arithmetic, comparison

SUM = " + ".join(["a"] * DEEPEST)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a == b", Comparison("a", "==", "b", ("a", "b"))),
        ("  a==b  ", Comparison("a", "==", "b", ("a", "b"))),
        ("(a + b) * 2 <= -c", Comparison("(a + b) * 2", "<=", "-c", ("a", "b", "c"))),
        ("(a) + (b) != (c)", Comparison("(a) + (b)", "!=", "c", ("a", "b", "c"))),
        ("(a < 0.50)", Comparison("a", "<", "0.50", ("a",))),
        ("a > a / a", Comparison("a", ">", "a / a", ("a",))),
        ("1 >= 2", Comparison("1", ">=", "2")),
        ("abs(a - b) <= round(c, 2)", Comparison("abs(a - b)", "<=", "round(c, 2)", ("a", "b", "c"))),
        ("round(a) == 1", Comparison("round(a)", "==", "1", ("a",))),
        (
            "a <= assigned('ex-madia') + assigned('b')",
            Comparison("a", "<=", "assigned('ex-madia') + assigned('b')", ("a",), ("ex-madia", "b")),
        ),
    ],
)
def test_what_is_read(text: str, read: Comparison) -> None:
    assert comparison(text) == read


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("", "syntax", 1),
        ("a = b", "equals", 3),
        ("a ≤ b", "character", 3),
        ("a == 1.000,50", "part", 11),
        ("a == 0,5", "part", 7),
        ("a == 1_000", "character", 6),
        ("a == 0x10", "character", 6),
        ("a == 1e9", "character", 6),
        ("a == 1j", "character", 6),
        ("a == 1.", "character", 6),
        ("a == 1234567890123456", "character", 6),
        ("a == A", "character", 6),
        ("a == b.c", "character", 7),
        ("a == b[0]", "character", 7),
        ("a == {b}", "character", 6),
        ("a == 'b", "character", 6),
        ("a ** 2 == 4", "character", 3),
        ("a // 2 == 4", "character", 3),
        ("a % 2 == 4", "character", 3),
        ("a == @b", "character", 6),
        ("a ==", "syntax", 1),
        ("a == (b", "syntax", 6),
        ("a == b)", "syntax", 7),
        ("a b == c", "syntax", 3),
        ("a == 007", "syntax", 6),
        ("a + b", "comparison", 1),
        ("a < b < c", "part", 7),
        ("(a < b) < c", "part", 2),
        ("a == b and c == d", "part", 1),
        ("not a == b", "part", 1),
        ("a in b", "part", 1),
        ("a is b", "part", 1),
        ("a if b else c", "part", 1),
        ("lambda", "syntax", 1),
        ("(yield) == a", "part", 2),
        ("a == 'b'", "part", 6),
        ("a == f'b'", "part", 6),
        ("a == b'b'", "part", 6),
        ("a == open('b')", "part", 6),
        ("a == max(b, c)", "part", 6),
        ("a == abs(b)(c)", "part", 6),
        ("a == abs()", "arguments", 6),
        ("a == abs(b, c)", "arguments", 6),
        ("a == abs('b')", "arguments", 6),
        ("a == round(b, c)", "arguments", 6),
        ("a == round(b, 2, 3)", "arguments", 6),
        ("a == round(b, 0.5)", "arguments", 6),
        ("a == round(b, 11)", "arguments", 6),
        ("a == assigned(b)", "arguments", 6),
        ("a == assigned()", "arguments", 6),
        ("a == assigned('b', 'c')", "arguments", 6),
        ("a == b + assigned", "names", 0),
    ],
)
def test_what_is_refused(text: str, code: str, column: int) -> None:
    if code == "names":  # no more than a name, which is looked up like the others
        assert "assigned" in comparison(text).names
        return
    with pytest.raises(ExpressionError) as caught:
        comparison(text)
    assert (caught.value.code, caught.value.column) == (code, column)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("().__class__", "character"),
        ("().__class__.__mro__[1].__subclasses__() == a", "character"),
        ("9**9**9 == a", "character"),
        ("'a'*10**9 == a", "character"),
        ("'a'*999999999 == a", "part"),
        ("(" * 10_000, "long"),
        ("(" * 10_000 + "a" + ")" * 10_000 + " == a", "long"),
        ("(" * LONGEST, "syntax"),
        ("-" * (LONGEST - 10) + "a == a", "deep"),
        ("abs(" * 70 + "a" + ")" * 70 + "== a", "deep"),
        (f"{SUM} + a == a", "deep"),
        ("a" * (LONGEST + 1), "long"),
        ("9" * LONGEST, "character"),
        ("__import__('os') == a", "character"),
        ("a := 3", "character"),
        ("a == (b for b in c)", "part"),
        ("a == b\nimport os", "character"),
        ("a == \0", "character"),
    ],
)
def test_hostile_texts_are_refused_at_once(text: str, code: str) -> None:
    start = time.process_time()
    with pytest.raises(ExpressionError) as caught:
        comparison(text)
    assert time.process_time() - start < 0.1
    assert caught.value.code == code


def test_as_deep_as_is_allowed() -> None:
    assert comparison(f"{SUM[4:]} == 1").names == ("a",)


def test_arithmetic_compares_nothing() -> None:
    assert isinstance(arithmetic(" a + 1"), ast.BinOp)
    with pytest.raises(ExpressionError):
        arithmetic("a == 1")


PIECES = st.sampled_from(
    (
        *"ab()+-*/<>=!,. '\"[]{}%~^|&@:\\\n",
        *("==", "<=", "**", "abs", "round", "assigned", "lambda", "and", "not", "for", " in ", " if ", " else "),
        *("1", "0", "0.5", "1e9", "f'", "é", "\0", "'x'", "await ", "(yield)"),
    )
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
@example("1if 1else 1 == 1")
@example("0or 1")
@example("abs(*a) == 1")
@example("abs(a for a in a) == 1")
def test_any_text_is_read_or_refused(text: str) -> None:
    read = outcome(text)
    if isinstance(read, ExpressionError):
        assert 1 <= read.column <= max(len(text), 1)
    else:
        assert {read.left, read.right} == {read.left.strip(), read.right.strip()}
        arithmetic(read.left), arithmetic(read.right)


def outcome(text: str) -> Comparison | ExpressionError:
    try:
        return comparison(text)
    except ExpressionError as error:
        return error
