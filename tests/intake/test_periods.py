"""Figures of other periods: read from those periods' own workbooks, a mark with its reason where they are not there."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from scheduler.core.data import AmountLine, Dataset, Mark, TableSpec
from scheduler.core.expression import comparison, formula
from scheduler.core.figures import CheckSpec, FigureSpec, Operation
from scheduler.core.period import Frequency, period_from_key
from scheduler.errors import Problem, SourceError
from scheduler.intake.intake import load, warnings
from scheduler.intake.periods import other_periods
from scheduler.intake.provenance import provenance
from scheduler.intake.sheet import SheetCache

from .workbooks import column, table, write

D = Decimal
ND, NR = Mark("n.d."), Mark("n.r")
TABLE = table(column("importo", "importo"), path="dati/{month}.xlsx")
TOTAL = FigureSpec("totale", Operation.SUM, "dati.importo")
LINES = (AmountLine("uno", "Voce", {2024: D("10.00"), 2025: D("30.00")}),)


def of(operation: Operation, name: str = "x", operand: str = "totale", **fields: object) -> FigureSpec:
    return FigureSpec(name, operation, operands=(operand,), **fields)  # type: ignore[arg-type]  # fields by name


def months(folder: Path, **amounts: object) -> None:
    """Write a workbook for each month: `m2025_03=5` is that of March 2025."""
    for name, amount in amounts.items():
        write(folder / f"dati/{name[1:].replace('_', '-')}.xlsx", [["Importo"], [amount]])


def dataset(folder: Path, key: str, *figures: FigureSpec, tables: Sequence[TableSpec] = (TABLE,)) -> Dataset:
    period = period_from_key(key)
    cache, everything = SheetCache(), (TOTAL, *figures)
    when = {"start": period.start, "end": period.end, "key": key, "workspace": folder, "cache": cache}
    return load(tables, everything, LINES, **when)  # type: ignore[arg-type]  # named above


def told(folder: Path, key: str, check: CheckSpec, *figures: FigureSpec) -> tuple[Problem, ...]:
    """Return what a check says: what stops the load, or else the warnings."""
    period = period_from_key(key)
    when = {"start": period.start, "end": period.end, "key": key, "workspace": folder, "cache": SheetCache()}
    try:
        load([TABLE], (TOTAL, *figures), (), [check], **when)  # type: ignore[arg-type]  # named above
        return warnings([TABLE], (TOTAL, *figures), (), [check], **when)  # type: ignore[arg-type]  # named above
    except SourceError as error:
        return error.problems


@pytest.mark.parametrize(
    ("spec", "key", "keys"),
    [
        (of(Operation.PREVIOUS), "2025-01", ["2024-12"]),
        (of(Operation.PREVIOUS), "2025-Q1", ["2024-Q4"]),
        (of(Operation.PREVIOUS), "2025", ["2024"]),
        (of(Operation.YEAR_BEFORE), "2025-H1", ["2024-H1"]),
        (of(Operation.YEAR_BEFORE), "2024-02", ["2023-02"]),
        (of(Operation.EARLIER, periods=3), "2025-02", ["2024-11", "2024-12", "2025-01"]),
        (of(Operation.SERIES, periods=3), "2025-02", ["2024-12", "2025-01", "2025-02"]),
        (of(Operation.PARTS, every=Frequency.MONTH), "2025-Q2", ["2025-04", "2025-05", "2025-06"]),
        (of(Operation.PARTS, every=Frequency.QUARTER), "2025", ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]),
        (of(Operation.PARTS, every=Frequency.HALF_YEAR), "2025", ["2025-H1", "2025-H2"]),
    ],
)
def test_which_periods(spec: FigureSpec, key: str, keys: list[str]) -> None:
    assert [period.key for period in other_periods(spec, period_from_key(key))] == keys


def test_each_is_read_from_the_workbooks_of_its_own_period(tmp_path: Path) -> None:
    months(tmp_path, m2025_03=5, m2025_02=4, m2025_01=3, m2024_03=1)
    found = dataset(
        tmp_path,
        "2025-03",
        of(Operation.PREVIOUS, "prima"),
        of(Operation.PREVIOUS, "prima_ancora", "prima"),
        of(Operation.YEAR_BEFORE, "anno_prima"),
        of(Operation.EARLIER, "media", periods=4),
        FigureSpec("variazione", Operation.DIFFERENCE, operands=("totale", "prima")),
    )
    values = {name: figure.value for name, figure in found.figures.items()}
    assert values == {
        "totale": D(5),
        "prima": D(4),
        "prima_ancora": D(3),
        "anno_prima": D(1),
        "media": D("3.5"),  # of two: there is nothing of the other two
        "variazione": D(1),
    }
    assert [str(cell) for cell in found.figures["variazione"].cells] == [
        "dati/2025-03.xlsx [Dati] A2",
        "dati/2025-02.xlsx [Dati] A2",
    ]
    # their workbooks are sources of what is written with them, each once
    assert sorted(source.path for source in found.sources) == [
        *("dati/2024-03.xlsx", "dati/2025-01.xlsx", "dati/2025-02.xlsx", "dati/2025-03.xlsx")
    ]
    assert provenance(found, "prima_ancora").children == ("prima (2025-02)",)
    assert provenance(found, "media").again == D("3.5")


def test_a_part_that_has_no_workbook_keeps_the_period_from_being_read(tmp_path: Path) -> None:
    parts = of(Operation.PARTS, every=Frequency.MONTH)
    months(tmp_path, m2025_01=1, m2025_02=2, m2025_03=4)
    assert dataset(tmp_path, "2025-Q1", parts).figures["x"].value == D(7)
    (tmp_path / "dati/2025-02.xlsx").unlink()
    with pytest.raises(SourceError, match="2025-02"):
        dataset(tmp_path, "2025-Q1", parts)


def test_the_year_of_the_amounts_is_that_of_the_other_period(tmp_path: Path) -> None:
    months(tmp_path, m2025_01=1, m2024_12=2)
    said = formula("assigned('uno') - totale")
    left = FigureSpec("resto", Operation.CALC, operands=said.names, expression=said.text, assigned=said.lines)
    found = dataset(tmp_path, "2025-01", left, of(Operation.PREVIOUS, operand="resto"))
    assert (found.figures["resto"].value, found.figures["x"].value) == (D("29.00"), D("8.00"))


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (None, "dati/2025-02.xlsx: il file non c'è"),
        (
            "x1",
            "dati/2025-02.xlsx [Dati] A2: «Importo»: «…» non va bene, ci vuole un importo, per esempio 8.305.352,69",
        ),
    ],
)
def test_what_cannot_be_read_there_is_a_mark_with_its_reason(tmp_path: Path, amount: object, reason: str) -> None:
    months(tmp_path, m2025_03=5, **({"m2025_02": amount} if amount else {}))
    before = of(Operation.PREVIOUS)
    change = FigureSpec("y", Operation.DIFFERENCE, operands=("totale", "x"))
    found = dataset(tmp_path, "2025-03", before, change)
    assert [(found.figures[name].value, found.figures[name].reason) for name in "xy"] == [(ND, reason)] * 2
    assert [source.path for source in found.sources] == ["dati/2025-03.xlsx"]
    said = comparison("totale >= x")
    check = CheckSpec("c", "non cala", said.left, said.sign, said.right, said.names)
    [problem] = told(tmp_path, "2025-03", check, before)
    assert problem.warning
    assert problem.what == f"avviso: controllo «c» non fatto (non cala): x è n.d. ({reason})"


def test_a_mark_of_the_other_period_is_not_a_reason(tmp_path: Path) -> None:
    months(tmp_path, m2025_03=5, m2025_02="n.r")
    figure = dataset(tmp_path, "2025-03", of(Operation.PREVIOUS)).figures["x"]
    assert (figure.value, figure.reason) == (NR, "")


def test_a_check_compares_two_periods(tmp_path: Path) -> None:
    months(tmp_path, m2025_03=5, m2025_02=6)
    said = comparison("totale == x")
    check = CheckSpec("c", "apertura e chiusura", said.left, said.sign, said.right, said.names)
    [problem] = told(tmp_path, "2025-03", check, of(Operation.PREVIOUS))
    assert problem.what == (
        "controllo «c» non superato (apertura e chiusura): totale = 5,00, x = 6,00; "
        "celle: dati/2025-03.xlsx [Dati] A2, dati/2025-02.xlsx [Dati] A2"
    )


def outlier(*, warns: bool = True, periods: int = 3) -> CheckSpec:
    usual = FigureSpec("totale …", Operation.EARLIER, operands=("totale",), periods=periods)
    names = ("totale", usual.name)
    return CheckSpec(
        "c", "come al solito", *("totale", "", usual.name), names, warns=warns, usual=usual, beyond=D("0.3")
    )


@pytest.mark.parametrize(
    ("now", "before", "unusual"),
    [
        (130, (100, 100, 100), False),
        (131, (100, 100, 100), True),
        (70, (100, 100, 100), False),
        (69, (100, 100, 100), True),
        (69, (None, 60, None), False),
        (200, (None, "n.r", 100), True),
        (200, (None, None, None), False),  # nothing to compare with
        (0, (0, 0, 0), False),
        (1, (0, 0, 0), True),
        (-131, (-100, -100, -100), True),
    ],
)
def test_a_value_far_from_those_before_is_told(
    tmp_path: Path, now: int, before: tuple[object, ...], unusual: bool
) -> None:
    there = {f"m2025_0{month}": amount for month, amount in enumerate(before, 1) if amount is not None}
    months(tmp_path, m2025_04=now, **there)
    found = told(tmp_path, "2025-04", outlier())
    assert [problem.warning for problem in found] == [True] * unusual


def test_the_sentence_about_it_has_both_values_and_the_cells(tmp_path: Path) -> None:
    months(tmp_path, m2025_04=200, m2025_03=100, m2025_02=101)
    [problem] = told(tmp_path, "2025-04", outlier(warns=False))
    assert not problem.warning
    assert problem.what == (
        "controllo «c» non superato (come al solito): totale = 200,00, la media dei periodi precedenti è 100,50: oltre "
        "il 30 % di scarto; celle: "
        "dati/2025-04.xlsx [Dati] A2, dati/2025-02.xlsx [Dati] A2, dati/2025-03.xlsx [Dati] A2"
    )
    assert "totale = …, la media dei periodi precedenti è …" in problem.for_mail()


def test_what_only_a_check_looks_at_is_no_source(tmp_path: Path) -> None:
    months(tmp_path, m2025_04=100, m2025_03=100)
    period = period_from_key("2025-04")
    when = {"start": period.start, "end": period.end, "key": period.key, "workspace": tmp_path, "cache": SheetCache()}
    found = load([TABLE], [TOTAL], (), [outlier()], **when)  # type: ignore[arg-type]  # named above
    assert [source.path for source in found.sources] == ["dati/2025-04.xlsx"]
    assert list(found.figures) == ["totale"]


def test_a_series_has_a_row_for_each_period_from_the_first_with_data_on(tmp_path: Path) -> None:
    months(tmp_path, m2025_01="10,50", m2025_02="n.r", m2025_04="3,00")
    found = dataset(tmp_path, "2025-04", of(Operation.SERIES, "serie", periods=6))
    rows = found.figures["serie"].value
    assert isinstance(rows, tuple)
    assert [tuple(row.values.values()) for row in rows] == [
        ("gennaio 2025", D("10.50")),
        ("febbraio 2025", NR),
        ("marzo 2025", ND),
        ("aprile 2025", D("3.00")),
    ]
    assert [str(cell) for cell in found.figures["serie"].cells] == [
        f"dati/2025-{month}.xlsx [Dati] A2" for month in ("01", "02", "04")
    ]


def test_each_place_of_a_series_knows_its_cells_and_is_made_again(tmp_path: Path) -> None:
    months(tmp_path, m2025_01="10,50", m2025_02="7,00")
    found = dataset(tmp_path, "2025-02", of(Operation.SERIES, "serie", periods=2))
    first = provenance(found, "serie", 0, "valore")
    assert (first.value, first.again) == (D("10.50"), D("10.50"))
    assert [str(item.cell) for item in first.cells] == ["dati/2025-01.xlsx [Dati] A2"]
    assert provenance(found, "serie", 0, "periodo").cells == ()
    assert provenance(found, "serie").again == found.figures["serie"].value
