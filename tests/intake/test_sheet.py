"""Files as they come: what is read of them, and what is said of those that cannot be."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import date, datetime
from io import FileIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.errors import SourceError
from scheduler.intake.content import whole
from scheduler.intake.raw import Broken, letter
from scheduler.intake.sheet import SheetCache, read

from .workbooks import write

# what a spreadsheet writes when a password is set: a compound file whose directory names the encrypted package
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(96)


def refused(path: Path, sheet: str = "") -> str:
    with pytest.raises(SourceError) as caught:
        read(path, f"data/{path.name}", sheet)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_cells_keep_their_address_and_their_kind(tmp_path: Path) -> None:
    rows = [["007", 7, 7.5, "NA", None, True, date(2025, 4, 5), "n.r", "nan", "  ", "1.5"]]
    path = write(tmp_path / "a.xlsx", rows, start=5)
    found = read(path, "a.xlsx", "Dati")
    assert len(found.rows) == 5
    assert {len(row) for row in found.rows} == {11}
    assert set(found.rows[0]) == {""}
    day = datetime(2025, 4, 5)  # noqa: DTZ001
    assert found.rows[4] == ("007", 7, 7.5, "NA", "", True, day, "n.r", "nan", "  ", "1.5")


def test_the_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["x"]])
    source = read(path, "data/a.xlsx", "").source
    content = path.read_bytes()
    assert (source.path, source.sheet) == ("data/a.xlsx", "Dati")
    assert (source.sha256, source.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_formats_without_values_do_not_make_rows(tmp_path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "x"
    page["AZ4000"].font = Font(bold=True)
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx", "a.xlsx", "").rows == (("x",),)


def test_a_blank_sheet_has_no_rows(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.xlsx", []), "a.xlsx", "").rows == ()


def test_errors_and_uncalculated_formulas_are_not_blanks(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["x", "#REF!", "=SUM(A1:A9)"], [None, None, None, "=B1"]])
    assert read(path, "a.xlsx", "").rows == (
        ("x", Broken("cell.error", "#REF!"), Broken("cell.formula", "=SUM(A1:A9)"), ""),
        ("", "", "", Broken("cell.formula", "=B1")),
    )


def test_a_calculated_formula_is_its_value_even_if_that_is_blank(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["=1+1", '=IF(1,"","x")', "fine"]])
    rewrite(path, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    rewrite(path, b'r="B1"', b'r="B1" t="str"')
    assert read(path, "a.xlsx", "").rows == ((2, "", "fine"),)


def rewrite(path: Path, old: bytes, new: bytes, member: str = "xl/worksheets/sheet1.xml") -> None:
    """Put other bytes into a member of a package."""
    with ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)


@pytest.mark.parametrize("address", ["XFD1048576", "B1048576", "XFD200"])
def test_a_stray_cell_far_away_is_refused_not_allocated(tmp_path: Path, address: str) -> None:
    path = write(tmp_path / "a.xlsx", [["x"], ["y"]])
    rewrite(path, b'r="A2"', f'r="{address}"'.encode())
    rewrite(path, b'<row r="2"', f'<row r="{address.lstrip("BDFX")}"'.encode())
    assert refused(path) == (
        f"data/a.xlsx [Dati]: il foglio arriva fino alla cella {address}; cancellare ciò che sta lontano dai dati"
    )


def test_a_missing_file_names_the_one_that_is_there(tmp_path: Path) -> None:
    write(tmp_path / "2025_q2.xlsx", [["x"]])
    write(tmp_path / "2025-Q1.xlsx", [["x"]])
    assert refused(tmp_path / "2025-Q2.xlsx") == (
        "data/2025-Q2.xlsx: il file non c'è; metterlo in data; lì c'è 2025_q2.xlsx: ha forse il nome sbagliato?"
    )
    assert refused(tmp_path / "2025-Q3.xlsx") == "data/2025-Q3.xlsx: il file non c'è; metterlo in data"
    assert refused(tmp_path / "altrove" / "b.xlsx") == "data/b.xlsx: il file non c'è; metterlo in data"


def test_a_missing_sheet_names_those_that_are_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["x"]], sheet="Costi 2025")
    assert refused(path, "Costi2025") == (
        "data/a.xlsx: non c'è il foglio «Costi2025»; ci sono: Costi 2025; chiamarlo «Costi2025»: è forse «Costi 2025»?"
    )
    assert refused(path, "XYZ") == (
        "data/a.xlsx: non c'è il foglio «XYZ»; ci sono: Costi 2025; rinominare il foglio, o correggere sheet"
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xlsx", b"", "il file è vuoto"),
        ("a.csv", b"", "il file è vuoto"),
        ("a.txt", b"x", "non è un tipo di file che si sa leggere"),
        ("a.xlsm", b"PK", "non è un tipo di file che si sa leggere"),
        ("a.xlsx", b"nome;importo\n", "il contenuto non è quello di un file .xlsx"),
        ("a.xls", b"<html><table></table></html>", "il contenuto non è quello di un file .xls"),
        ("a.ods", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "il contenuto non è quello di un file .ods"),
        ("a.csv", b"PK\x03\x04", "il contenuto non è quello di un file .csv"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "il contenuto non è quello di un file .csv"),
        ("a.csv", b"a;b\n\x00;1\n", "il contenuto non è quello di un file .csv"),
        ("a.csv", b"a\x81;\xff\n", "il testo non è né UTF-8 né Windows-1252"),
        ("a.csv", b'a;"b\n1;2\n', "il file è danneggiato o incompleto"),
        ("a.xlsx", b"PK\x03\x04 and no more", "il file è danneggiato o incompleto"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "il file è danneggiato o incompleto"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name).startswith(f"data/{name}: {says}")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()
    assert refused(tmp_path / "a.xlsx") == "data/a.xlsx: è una cartella, non un file; indicare il file"


def test_a_locked_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "protetto.xlsx").write_bytes(LOCKED)
    assert "protetto da password" in refused(tmp_path / "protetto.xlsx")
    with ZipFile(tmp_path / "a.ods", "w") as package:
        package.writestr("META-INF/manifest.xml", "<manifest><encryption-data/></manifest>")
        package.writestr("content.xml", b"\x00\x01")
    assert "protetto da password" in refused(tmp_path / "a.ods")
    with ZipFile(tmp_path / "b.ods", "w") as package:
        package.writestr("encrypted-package", b"\x00\x01")
    assert "protetto da password" in refused(tmp_path / "b.ods")


def test_another_kind_of_package_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.xlsx", "w") as package:
        package.writestr("word/document.xml", "<document/>")
    assert "il contenuto non è quello di un file .xlsx" in refused(tmp_path / "a.xlsx")


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").symlink_to(tmp_path / "a.xlsx")
    assert "il file non si lascia leggere" in refused(tmp_path / "a.xlsx")


class Growing(FileIO):
    """A file that another program goes on writing while it is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(-1 if size is None else size)
        with Path(str(self.name)).open("ab") as file:
            file.write(b"more")
        return content


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["x"]])
    with path.open("rb") as file:
        assert whole(file, "a.xlsx", "it") == path.read_bytes()
    with Growing(path) as file, pytest.raises(SourceError, match=r"a\.xlsx: il file viene salvato proprio ora"):
        whole(file, "a.xlsx", "it")


BYTES = st.integers(0, 10**6)


@settings(deadline=None)  # the first example imports the reader
@given(st.lists(st.tuples(BYTES, st.integers(0, 255)), max_size=4), BYTES)
def test_a_truncated_or_damaged_workbook_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]], size: int
) -> None:
    path = write(tmp_path_factory.mktemp("danni") / "a.xlsx", [["Nome", "Importo"], ["a", 1.5]])
    content = bytearray(path.read_bytes())
    for place, value in damage:
        content[place % len(content)] = value
    path.write_bytes(content[: size % len(content) + 1] if size % 2 else content)
    with suppress(SourceError):
        assert len({len(row) for row in read(path, "a.xlsx", "").rows}) <= 1


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("Nome;Importo\nÈ;1.234,56\n".encode(), (("Nome", "Importo"), ("È", "1.234,56"))),
        ("\ufeffNome;Importo\nÈ;1,5\n".encode(), (("Nome", "Importo"), ("È", "1,5"))),
        ("Nome;Importo\r\nÈ € à;1,5\r\n".encode("cp1252"), (("Nome", "Importo"), ("È € à", "1,5"))),
        ("Nome\tImporto\nÈ\t1,5\n".encode("utf-16"), (("Nome", "Importo"), ("È", "1,5"))),
        (b'Nome,Importo\n"Rossi; Bianchi","1.234,56"\n', (("Nome", "Importo"), ("Rossi; Bianchi", "1.234,56"))),
        (b"Nome\tImporto\nA\t007\n", (("Nome", "Importo"), ("A", "007"))),
        (b"Titolo\n\nNome;Importo\nA;NA\n", (("Titolo", ""), ("", ""), ("Nome", "Importo"), ("A", "NA"))),
        (b"Nome;Importo;Note\nA;1\n", (("Nome", "Importo", "Note"), ("A", "1", ""))),
        (b'A;B\n"due\nrighe";"dice ""ciao"""\n', (("A", "B"), ("due\nrighe", 'dice "ciao"'))),
        (b"Nome\nA\n", (("Nome",), ("A",))),
        (b"A;B\nnan;None\n", (("A", "B"), ("nan", "None"))),
    ],
)
def test_text_files_of_every_make(tmp_path: Path, content: bytes, rows: object) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    found = read(tmp_path / "a.csv", "a.csv", "ignored")
    assert found.rows == rows
    assert found.source.sheet == ""


def test_the_cache_reads_again_only_what_has_changed(tmp_path: Path) -> None:
    path, cache = write(tmp_path / "a.xlsx", [["prima"]]), SheetCache()
    first = cache.sheet(path, "a.xlsx", "Dati", "it")
    assert cache.sheet(path, "a.xlsx", "Dati", "it") is first
    write(path, [["dopo"]])
    os.utime(path, ns=(1, 1))
    assert cache.sheet(path, "a.xlsx", "Dati", "it").rows == (("dopo",),)
    path.unlink()
    with pytest.raises(SourceError):
        cache.sheet(path, "a.xlsx", "Dati", "it")


def test_the_cache_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.intake.sheet.MOST_KEPT", 2)
    cache = SheetCache()
    paths = [write(tmp_path / f"{number}.xlsx", [[number]]) for number in range(3)]
    found = [cache.sheet(path, path.name, "", "it") for path in paths]
    assert cache.sheet(paths[2], "2.xlsx", "", "it") is found[2]
    assert cache.sheet(paths[1], "1.xlsx", "", "it") is found[1]
    assert cache.sheet(paths[0], "0.xlsx", "", "it") is not found[0]


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_letters_of_columns(index: int, letters: str) -> None:
    assert letter(index) == letters
