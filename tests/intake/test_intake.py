"""The way in, on the shipped declarations and on workbooks as an office would send them."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scheduler.core.data import Dataset, Mark
from scheduler.core.obligation import Register
from scheduler.core.period import period_from_key
from scheduler.deadlines import read_register
from scheduler.errors import SourceError
from scheduler.intake.intake import load
from scheduler.intake.sheet import SheetCache

from .workbooks import column, read, table, values, write

DEADLINES = Path(__file__).resolve().parents[2] / "deadlines.yaml"
NR = Mark("n.r")


@pytest.fixture(scope="module")
def register() -> Register:
    """What the shipped file declares."""
    return read_register(DEADLINES)


def take(register: Register, obligation_id: str, key: str, workspace: Path, lang: str = "it") -> Dataset:
    obligation, period = register.obligation(obligation_id), period_from_key(key)
    assert obligation is not None
    lines = next(item.amounts for item in obligation.agreements if item.in_force(period.last_day))
    return load(
        obligation.tables,
        obligation.figures,
        lines,
        start=period.start,
        end=period.end,
        key=key,
        workspace=workspace,
        cache=SheetCache(),
        lang=lang,
    )


GOL = [
    ["GOL"],
    [],
    [],
    ["Indicatore", "Obiettivi 2023", "Realizzato"],
    ["Numero tot. PSP GOL", "41.285", 14320],
    ["Numero tot. persone avviate in formazione", 13079, "2.201"],
    ["di cui avviate in formazione digitale", 5847, 313],
    ["Numero tot. persone con formazione conclusa", 10652, "n.r"],
    ["Numero tot. persone con formazione digitale conclusa", "3906", "n.r"],
]


def test_the_gol_table_keeps_what_was_not_recorded(register: Register, tmp_path: Path) -> None:
    write(tmp_path / "data/gol/2023.xlsx", GOL, sheet="GOL")
    found = take(register, "gol-avanzamento", "2023", tmp_path)
    rows = [tuple(row.values.values())[1:] for row in found.tables["gol"].rows]
    assert rows == [(41285, 14320, 26965), (13079, 2201, 10878), (5847, 313, 5534), (10652, NR, NR), (3906, NR, NR)]
    assert found.figures["psp_quota"].value == Decimal(14320) / Decimal(41285)
    assert [str(cell) for cell in found.figures["psp_quota"].cells] == [
        "data/gol/2023.xlsx [GOL] C5",
        "data/gol/2023.xlsx [GOL] B5",
    ]
    assert [source.path for source in found.sources] == ["data/gol/2023.xlsx"]


COSTS = ["Matricola", "Ente", "Fonte", "Mese", "Anno", "Lordo", "Oneri", "IRAP", "Totale"]


def quarter(folder: Path, key: str, *amounts: tuple[str, float]) -> None:
    rows = [[f"00{at}", "CMM", line, None, 2025, amount, 0, 0, amount] for at, (line, amount) in enumerate(amounts)]
    rows += [["999", "CMM", "ex Madia", None, 2025, 0, 0, 0, 0]] * (3 - len(rows))
    first = 3 * int(key[-1]) - 2
    dated = [[*row[:3], first + at % 3, *row[4:]] for at, row in enumerate(rows)]
    write(folder / f"data/costi/{key}.xlsx", [COSTS, *dated], sheet="Costi", start=4)


def test_a_quarter_is_compared_with_the_year_so_far(register: Register, tmp_path: Path) -> None:
    quarter(tmp_path, "2025-Q1", ("ex Madia", 100.10), ("Piano di potenziamento", 10.05))
    quarter(tmp_path, "2025-Q2", ("ex Madia", 200.20), ("ex PON-POC SPAO", 5))
    found = take(register, "costi-personale-trimestrale", "2025-Q2", tmp_path)
    assert found.figures["totale"].value == Decimal("205.20")
    assert found.figures["totale_da_inizio_anno"].value == Decimal("315.35")
    statement = found.figures["rendiconto"].value
    assert isinstance(statement, tuple)
    assert [(row.values["nel_periodo"], row.values["rendicontato"], row.values["residuo"]) for row in statement] == [
        (Decimal("200.20"), Decimal("300.30"), Decimal("8972046.12")),
        (Decimal("5.00"), Decimal("15.05"), Decimal("2161729.35")),
        (Decimal("5.00"), Decimal("5.00"), Decimal("1769296.26")),
        (Decimal("205.20"), Decimal("315.35"), Decimal("11133775.47")),
    ]
    assert [source.path for source in found.sources] == ["data/costi/2025-Q2.xlsx", "data/costi/2025-Q1.xlsx"]


def test_the_problems_of_all_tables_come_at_once_and_once(register: Register, tmp_path: Path) -> None:
    quarter(tmp_path, "2025-Q2", ("ex Medea", 1))
    with pytest.raises(SourceError) as caught:
        take(register, "costi-personale-trimestrale", "2025-Q2", tmp_path, "en")
    assert [str(problem) for problem in caught.value.problems] == [
        "data/costi/2025-Q2.xlsx [Costi] C5: “Fonte”: “ex Medea” is not one of: ex Madia, Piano di potenziamento, "
        "ex PON-POC SPAO; write perhaps “ex Madia”",
        "data/costi/2025-Q1.xlsx: the file is not there; put it into data/costi",
    ]


def test_reading_costs_of_a_quarter_is_quick(tmp_path: Path) -> None:
    rows = [[f"{at:05}", "CMM", "ex Madia", 1, 2025, 1234.56, 300.01, 104.94, 1639.51] for at in range(855)]
    write(tmp_path / "dati.xlsx", [COSTS, *rows])
    kinds = ["testo"] * 3 + ["intero"] * 2 + ["importo"] * 4
    spec = table(
        *(column(f"c{at}", kind, header=name) for at, (name, kind) in enumerate(zip(COSTS, kinds, strict=True)))
    )
    read(spec, tmp_path)  # imports
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        found = read(spec, tmp_path)
        times.append(time.perf_counter() - begun)
    assert values(found, "c0")[-1] == "00854"
    assert min(times) < 0.5  # 0.06 s on an ordinary machine; the margin is for a busy one


def test_importing_the_way_in_does_not_import_the_reader() -> None:
    code = (
        "import sys, scheduler.intake.intake; print([name for name in ('pandas', 'openpyxl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_one_off_reads_its_fixed_file(register: Register, tmp_path: Path) -> None:
    rows = [["Sede", "Stato", "Note"], ["Milano", "attiva", None], ["Rho", "Prevista", "2025"]]
    write(tmp_path / "data/potenziamento/sedi.xlsx", rows, sheet="Sedi", start=4)
    found = take(register, "potenziamento-sedi", "2025-12-31", tmp_path)
    assert found.figures["attive"].value == 1
    assert found.figures["mancanti"].value == 16
    assert found.figures["quota"].value == Decimal(1) / Decimal(17)
    assert date(2025, 12, 31) not in found.tables["sedi"].rows[0].values.values()
