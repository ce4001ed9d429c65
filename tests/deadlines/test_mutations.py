"""The reader meets files that nobody has thought of: it never fails but with problems that have their line."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.deadlines import read_register
from scheduler.deadlines.source import read_yaml
from scheduler.errors import Problem, UserError

BASE = Path(__file__).with_name("base.yaml")
DATA = read_yaml(BASE, "it").data
PLACE = re.compile(r"deadlines\.yaml:([0-9]+)")

# What people write by mistake, and what is right but elsewhere.
NEAR = (
    "last", "31", "2025-02-30", "9999-12-31", "0001-01-01", "02-29", "25:00", "reminder-7d", "overdue+1d",
    "2025-Q1", "2025", "all", "testo", "once", "year", "on", "costi", "costi.lordo", "ufficio", "convenzione", "a@b.it",
    "request-5wd", "{year}", "{", "../x.csv", "Europe/Rome", "Europe", "8.972.346,42", "1e9", "~",
    "@month.2", "²", "%s", "", " ",
)  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 40),
    st.sampled_from([10**30, -(10**9), 2025]),
    st.sampled_from(NEAR),
    st.text(max_size=6),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.sampled_from([*NEAR, "id", "key", "due", "sum", "by"]), SCALARS, max_size=2),
)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutations") / "deadlines.yaml"


def places(data: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where every value stands, the whole file left out."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in pairs:
        yield (*above, name)
        yield from places(value, (*above, name))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return the base file as JSON, which is YAML too, with one to three values deleted or replaced."""
    data = copy.deepcopy(DATA)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(list(places(data))))
        around = data
        for name in way:
            around = around[name]
        if draw(st.booleans()):
            del around[last]
        else:
            around[last] = draw(VALUES)
    return json.dumps(data, ensure_ascii=False, indent=1)


@st.composite
def scribbled(draw: st.DrawFn) -> str:
    """Return the base file with a stretch of its text taken away, doubled or written over."""
    content = BASE.read_text(encoding="utf-8")
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(start + 80, len(content))))
    middle = draw(st.one_of(st.text(max_size=5), st.text("-?:,[]{}#&*!|>'\"%@`\t \n<~", max_size=5), st.just("\n")))
    return content[:start] + middle + content[draw(st.sampled_from([start, end])) :]


def problems(target: Path, content: str) -> tuple[Problem, ...]:
    """Return what the reader finds wrong; anything that it raises but a UserError fails the test."""
    target.write_text(content, encoding="utf-8", newline="")
    try:
        read_register(target)
    except UserError as error:
        return error.problems or (Problem("", "a UserError without problems"),)
    return ()


def check(target: Path, content: str) -> None:
    lines = len(content.splitlines()) + 1
    for problem in problems(target, content):
        found = PLACE.fullmatch(problem.where)
        assert found is not None, problem
        assert 1 <= int(found[1]) <= lines, problem
        assert str(problem).isprintable(), problem


@settings(max_examples=100, deadline=None)
@given(content=mutated())
def test_values_gone_or_replaced_give_problems_at_their_lines(target: Path, content: str) -> None:
    check(target, content)


@settings(max_examples=60, deadline=None)
@given(content=scribbled())
def test_scribbled_text_gives_problems_at_its_lines(target: Path, content: str) -> None:
    check(target, content)
