"""A workbook read, typed and checked, beside plain pandas: 285 to 100 000 rows of 12 columns; and the memory."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from scheduler.core.data import Column, ColumnType, TableSpec
from scheduler.intake.places import Place
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import examine

SIZES = (285, 10_000, 100_000)
KINDS = {
    "Matricola": "testo",
    "Ente": "testo",
    "Fonte": "testo",
    "Dal": "data",
    "Mese": "intero",
    "Anno": "intero",
    "Part-time": "percentuale",
    "Ore": "numero",
    "Lordo": "importo",
    "Oneri": "importo",
    "IRAP": "importo",
    "Totale": "importo",
}
SPEC = TableSpec("dati", "dati.xlsx", tuple(Column(name, ColumnType(kind), name) for name, kind in KINDS.items()))
PLACE = Place("dati.xlsx", "", {name: name for name in KINDS})


def measure() -> None:
    """Print seconds of ours and of pandas with both of its readers, and the most memory that each took."""
    titles = "  ".join(f"{title:>18}" for title in ("ours, checked", "pandas, openpyxl", "pandas, calamine"))
    print(f"  {'rows x 12':>12}  {titles}   ours / openpyxl")
    for rows in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder) / "dati.xlsx", rows)
            taken = {kind: timed(kind, folder) for kind in READERS}
        shown = "  ".join(f"{seconds:8.2f} s {memory:4.0f} MB" for seconds, memory in taken.values())
        print(f"  {rows:12,}  {shown}   {taken['ours'][0] / taken['openpyxl'][0]:.2f} x")


def write(path: Path, rows: int) -> None:
    """Write a workbook of costs: numbers as an export has them, and one column of amounts typed as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Dati")
    sheet.append(list(KINDS))
    for at in range(rows):
        day, gross = date(2020, 1, 1) + timedelta(days=at % 1500), 1000 + at % 997 / 100
        texts = [f"{at:06}", "CMM", "ex Madia", day]
        sheet.append([*texts, at % 12 + 1, 2025, 83.33, 36.5, gross, 300.01, 104.94, "1.639,51"])
    book.save(path)


def ours(folder: str) -> None:
    """Read the table with every check, as a draft does."""
    examine(SPEC, [PLACE], Path(folder), SheetCache())


def openpyxl(folder: str) -> None:
    """Read the same with pandas alone."""
    import pandas as pd

    pd.read_excel(Path(folder) / "dati.xlsx", engine="openpyxl")


def calamine(folder: str) -> None:
    """Read the same with pandas and the quicker reader."""
    import pandas as pd

    pd.read_excel(Path(folder) / "dati.xlsx", engine="calamine")


READERS: dict[str, Callable[[str], None]] = {"ours": ours, "openpyxl": openpyxl, "calamine": calamine}


def timed(kind: str, folder: str) -> tuple[float, float]:
    """Return the median seconds of a reader in a process of its own, imports left out, and its megabytes."""
    command = [sys.executable, "-m", "benchmarks.intake", kind, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def main(kind: str, folder: str) -> None:
    """Print what `timed` returns: three runs after one that imports what is needed, of a large table one."""
    import pandas as pd

    pd.DataFrame()
    large = (Path(folder) / "dati.xlsx").stat().st_size > 1_000_000
    times = []
    for _ in range(1 if large else 4):
        began = time.perf_counter()
        READERS[kind](folder)
        times.append(time.perf_counter() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(statistics.median(times[1:] or times), memory)


if __name__ == "__main__":
    main(*sys.argv[1:])
