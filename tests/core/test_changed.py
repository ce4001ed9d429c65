"""What differs between two drafts' figures, exactly; and figures come back from where they are kept as they went."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.changed import ROWS, FigureChange, changed, key_before
from scheduler.core.data import Cell, Dataset, Figure, Mark, Row, Source, Table
from scheduler.core.kept_figures import Kept, KeptFigures, KeptRow, read, written

SOURCE = Source("data/costi.xlsx", "Costi", "a" * 64, 10)
NR = Mark("n.r")


def figures(**values: object) -> KeptFigures:
    made = {name: Figure(name, value, "f") for name, value in values.items()}  # type: ignore[arg-type]  # any value
    return read(written(Dataset(figures=made)))


CASES: list[tuple[object, object, object, object]] = [
    # before, after, difference, per cent
    (Decimal("100.00"), Decimal("108.00"), Decimal("8.00"), Decimal("8.0")),
    (Decimal("0.10"), Decimal("0.30"), Decimal("0.20"), Decimal("200.0")),
    (100, 50, -50, Decimal("-50.0")),
    (3, 4, 1, Decimal("33.3")),
    (-100, 50, 150, Decimal("150.0")),
    (0, 5, 5, None),
    (5, NR, None, None),
    (NR, 5, None, None),
    (NR, Mark("n.d."), None, None),
    ("Rossi", "Bianchi", None, None),
    (None, 5, None, None),
    (date(2025, 1, 1), date(2025, 2, 1), None, None),
]


@pytest.mark.parametrize(("before", "after", "difference", "percent"), CASES)
def test_a_value_that_differs(before: object, after: object, difference: object, percent: object) -> None:
    [found] = changed(figures(totale=before), figures(totale=after))
    assert (found.before, found.after) == (before, after)
    assert (found.difference, found.percent) == (difference, percent)
    assert found.is_impersonal == (not isinstance(before, str | date))


@pytest.mark.parametrize("value", [Decimal("1.0"), 7, NR, None, "x", date(2025, 1, 1), [2024, 2025]])
def test_a_value_that_does_not(value: object) -> None:
    assert changed(figures(totale=value), figures(totale=value)) == ()


def test_a_figure_that_came_or_went_is_told() -> None:
    assert changed(figures(a=1), figures(b=2)) == (FigureChange("b", None, 2), FigureChange("a", 1, None))
    assert changed(figures(a=Decimal("1.00")), figures(a=1)) == (), "the same number, written otherwise"


def computed(*rows: dict[str, Kept]) -> tuple[Row, ...]:
    return tuple(Row(values) for values in rows)  # type: ignore[arg-type]  # values of rows


def test_rows_are_told_by_their_texts() -> None:
    before = figures(per_ente=computed({"ente": "CMM", "totale": 10}, {"ente": "AFOL", "totale": 20}))
    after = figures(per_ente=computed({"ente": "AFOL", "totale": 20}, {"ente": "CMM", "totale": 11}))
    [found] = changed(before, after)
    assert found == FigureChange("per_ente", 10, 11, ("CMM",), "totale")
    assert not found.is_impersonal, "a place of a table stays out of mails"


def test_rows_without_a_text_are_told_by_their_first_column() -> None:
    before = figures(per_mese=computed({"mese": 1, "totale": 10}, {"mese": 2, "totale": 20}))
    after = figures(per_mese=computed({"mese": 1, "totale": 10}, {"mese": 2, "totale": 25}, {"mese": 3, "totale": NR}))
    assert changed(before, after) == (
        FigureChange("per_mese", 20, 25, ("2",), "totale"),
        FigureChange("per_mese", None, 3, ("3",), "mese"),
        FigureChange("per_mese", None, NR, ("3",), "totale"),
    )


def test_of_rows_that_were_read_only_the_number_is_told() -> None:
    rows = tuple(Row({"matricola": f"{number:03}", "ore": number}, SOURCE, number + 2) for number in range(4))
    assert changed(figures(elenco=rows), figures(elenco=rows[:3])) == (FigureChange("elenco", 4, 3, column=ROWS),)
    other = (*rows[:3], Row({"matricola": "999", "ore": 1}, SOURCE, 9))
    assert changed(figures(elenco=rows), figures(elenco=other)) == ()


@pytest.mark.parametrize(
    ("key", "before"),
    [
        ("a/2025-01", "a/2024-12"),
        ("a/2025-Q1", "a/2024-Q4"),
        ("a/2025-H2", "a/2025-H1"),
        ("a/2025", "a/2024"),
        ("a/2025-03-31", ""),
    ],
)
def test_the_period_before(key: str, before: str) -> None:
    assert key_before(key) == before


TEXTS = st.text('ab{}"\\é', max_size=3)
NAMES = st.sampled_from(["totale", "lordo", "number", "day", "mark", "è"])
VALUES = st.one_of(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.dates(),
    st.none(),
    st.builds(Mark, TEXTS),
)
ROW_VALUES = st.dictionaries(NAMES, st.one_of(VALUES, st.tuples(VALUES, VALUES)), max_size=3)


@given(st.dictionaries(NAMES, VALUES, max_size=3), st.lists(ROW_VALUES, max_size=3))
def test_what_is_kept_comes_back_as_it_went(values: dict[str, Kept], rows: list[dict[str, Kept]]) -> None:
    made = {name: Figure(name, value, f"f({name})") for name, value in values.items()}  # type: ignore[arg-type]
    lines = tuple(Row(item, SOURCE, line) for line, item in enumerate(rows))  # type: ignore[arg-type]
    made["righe"] = Figure("righe", lines, "righe", (Cell(SOURCE, "F5:F9"),))
    data = Dataset({"costi": Table("costi", (), lines)}, made)
    found = read(written(data))
    assert written(data) == written(data)
    assert {name: item.value for name, item in found.figures.items() if name != "righe"} == {
        name: value for name, value in values.items() if name != "righe"
    }
    kept = tuple(KeptRow(item, f"data/costi.xlsx [Costi] {line}") for line, item in enumerate(rows))
    assert (found.figures["righe"].rows, found.tables["costi"]) == (kept, kept)
    assert found.figures["righe"].cells == ("data/costi.xlsx [Costi] F5:F9",)
    assert changed(found, found) == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"nonsense", b'{"figures": [{}], "tables": {}}', b"\xff"])
def test_what_is_not_that_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read(content)
