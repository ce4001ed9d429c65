"""Tables whose path holds an asterisk: which files are read, in what order, and what their names say."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.core.data import Column, ColumnType
from scheduler.errors import SourceError
from scheduler.intake.places import Place, files, places
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import examine

from .workbooks import END, KEY, START, column, read, table, values, write

SEDE = Column("sede", ColumnType.TEXT, from_file=True)
STAFF = (column("nome"), SEDE)
PATH = "data/{quarter}/*.xlsx"


def office(root: Path, **sheets: list[str]) -> Path:
    """A workspace with one workbook of names for each office."""
    for name, people in sheets.items():
        write(root / f"data/2025-Q1/{name.replace('_', ' ')}.xlsx", [["Nome"], *([item] for item in people)])
    return root


def said(root: Path, path: str = PATH, *columns: Column) -> list[str]:
    with pytest.raises(SourceError) as caught:
        read(table(*(columns or STAFF), path=path), root)
    return str(caught.value).splitlines()


def test_the_files_of_a_pattern_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    root = office(tmp_path, CPI_02=["c"], CPI_01=["a", "b"], CPI_10=["d"])
    found = read(table(*STAFF, path=PATH), root)
    assert values(found, "nome") == ["a", "b", "c", "d"]
    assert values(found, "sede") == ["CPI 01", "CPI 01", "CPI 02", "CPI 10"]
    assert [source.path for source in found.sources] == [f"data/2025-Q1/CPI {at}.xlsx" for at in ("01", "02", "10")]
    assert str(found.rows[1].cell("nome")) == "data/2025-Q1/CPI 01.xlsx [Dati] A3"
    assert found.rows[1].cell("sede") is None


def test_hidden_files_and_those_of_an_open_workbook_are_left_out(tmp_path: Path) -> None:
    root = office(tmp_path, CPI=["a"])
    for name in ("~$CPI.xlsx", ".CPI.xlsx", ".~lock.CPI.xlsx#", "note.txt"):
        (root / "data/2025-Q1" / name).write_bytes(b"x")
    (root / "data/2025-Q1/cartella.xlsx").mkdir()
    assert values(read(table(*STAFF, path=PATH), root), "nome") == ["a"]


def test_a_file_that_comes_later_is_read_as_well(tmp_path: Path) -> None:
    root, spec, cache = office(tmp_path, CPI_01=["a"]), table(*STAFF, path=PATH), SheetCache()
    where = places(spec, START, END, KEY)
    assert values(examine(spec, where, root, cache).table, "nome") == ["a"]
    office(root, CPI_00=["z"])
    assert values(examine(spec, where, root, cache).table, "nome") == ["z", "a"]


@pytest.mark.parametrize(
    ("path", "name", "stands_for"),
    [
        ("data/{quarter}/*/costi.xlsx", "data/2025-Q1/CPI 01/costi.xlsx", "CPI 01"),
        ("data/*.xlsx", "data/[x]?.xlsx", "[x]?"),
        ("data/[a] *.xlsx", "data/[a] b.xlsx", "b"),
        ("data/*-*.xlsx", "data/CPI-01.xlsx", "CPI 01"),
        ("data/a*.xlsx", "data/a.xlsx", ""),
    ],
)
def test_an_asterisk_stands_for_part_of_one_name(tmp_path: Path, path: str, name: str, stands_for: str) -> None:
    write(tmp_path / name, [["Nome"], ["a"]])
    write(tmp_path / "data/altro/x/y.xlsx", [["Nome"], ["b"]])
    [place] = places(table(*STAFF, path=path), START, END, KEY)
    assert [(item.path, item.stands_for) for item in files(place, tmp_path)] == [(name, stands_for)]


def test_a_path_without_an_asterisk_is_left_as_it_is(tmp_path: Path) -> None:
    place = Place("data/x.xlsx", "", {})
    assert files(place, tmp_path) == (place,)


def test_at_least_one_file_must_be_there(tmp_path: Path) -> None:
    assert said(tmp_path) == [
        "data/2025-Q1/*.xlsx: non c'è alcun file con questo nome, dove * sta per qualunque testo; "
        "metterne in data/2025-Q1"
    ]


def test_what_is_wrong_with_each_file_is_said_at_once(tmp_path: Path) -> None:
    root = office(tmp_path, CPI_01=["a"], CPI_02=["b"])
    for name in ("CPI 01", "CPI 02"):
        write(root / f"data/2025-Q1/{name}.xlsx", [["Cognome"], ["a"]])
    assert [line.partition(" [")[0] for line in said(root)] == [f"data/2025-Q1/CPI 0{at}.xlsx" for at in (1, 2)]


def test_the_same_file_under_two_names_is_said(tmp_path: Path) -> None:
    root, spec = office(tmp_path, CPI_01=["a"]), table(*STAFF, path=PATH)
    folder = root / "data/2025-Q1"
    (folder / "CPI 02.xlsx").write_bytes((folder / "CPI 01.xlsx").read_bytes())
    found = examine(spec, places(spec, START, END, KEY), root, SheetCache())
    assert [str(item) for item in found.warnings] == [
        "data/2025-Q1/CPI 02.xlsx: avviso: è lo stesso file di data/2025-Q1/CPI 01.xlsx; "
        "controllare che non sia salvato con il nome di un altro periodo"
    ]


def test_a_name_that_is_not_admitted_is_said_once_with_the_nearest(tmp_path: Path) -> None:
    root = office(tmp_path, CPI_01=["a"], CPI_2=["b", "c"])
    sede = Column("sede", ColumnType.TEXT, values=("CPI 01", "CPI 02"), from_file=True)
    assert said(root, PATH, column("nome"), sede) == [
        "data/2025-Q1/CPI 2.xlsx: colonna sede: «CPI 2», nel nome del file, non è tra: CPI 01, CPI 02; "
        "chiamare il file «CPI 02», o correggere values"
    ]
    write(root / "data/2025-Q1/cpi  01.xlsx", [["Nome"], ["d"]])
    (root / "data/2025-Q1/CPI 2.xlsx").unlink()
    assert values(read(table(column("nome"), sede, path=PATH), root), "sede") == ["CPI 01"] * 2


@pytest.mark.parametrize("path", [PATH, "data/{quarter}/fuori.xlsx"])
def test_a_link_out_of_the_workspace_is_refused(tmp_path: Path, path: str) -> None:
    outside = write(tmp_path / "altrove/dati.xlsx", [["Nome"], ["segreto"]])
    root = office(tmp_path / "ufficio", dentro=["a"])
    (root / "data/2025-Q1/fuori.xlsx").symlink_to(outside)
    assert said(root, path, column("nome")) == [
        "data/2025-Q1/fuori.xlsx: è un collegamento a un file fuori dalla cartella di lavoro; "
        "copiare il file al posto del collegamento"
    ]


def test_a_link_within_the_workspace_is_read(tmp_path: Path) -> None:
    root = office(tmp_path, dentro=["a"])
    (root / "data/2025-Q1/ancora.xlsx").symlink_to(root / "data/2025-Q1/dentro.xlsx")
    assert values(read(table(*STAFF, path=PATH), root), "sede") == ["ancora", "dentro"]


def test_the_folder_of_the_data_may_stand_elsewhere(tmp_path: Path) -> None:
    share, root = office(tmp_path / "condivisa", dentro=["a"]), tmp_path / "ufficio"
    root.mkdir()
    (root / "data").symlink_to(share / "data")
    assert values(read(table(*STAFF, path=PATH), root), "sede") == ["dentro"]
