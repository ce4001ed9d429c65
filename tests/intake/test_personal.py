"""A person's codice fiscale or IBAN is found wherever nobody declared it, and its cell is named, never the value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import Column, ColumnType
from scheduler.errors import SourceError
from scheduler.intake.personal import _LIKELY, disclosed

from .workbooks import column, read, table, values, write

PERSON, BODY = "RSSMRA85T10A562S", "08911820960"
IBAN = "IT60X0542811101000000123456"
SPACED = "IT60 X054 2811 1010 0000 0123 456"
FOREIGN = "DE89370400440532013000"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (PERSON, "codice fiscale"),
        (PERSON.lower(), "codice fiscale"),
        (f"assunto (CF {PERSON}) il 3/2", "codice fiscale"),
        (f"CF:{PERSON}.", "codice fiscale"),
        ("RSSMRA85T10A562T", ""),  # a wrong last sign
        (f"X{PERSON}", ""),
        (BODY, ""),
        (IBAN, "IBAN"),
        (SPACED, "IBAN"),
        (f"accredito su {SPACED} intestato a", "IBAN"),
        (FOREIGN, "IBAN"),
        ("IT61X0542811101000000123456", ""),
        ("J41B21005380001", ""),
        ("0001", ""),
        ("Istruttore amministrativo", ""),
        ("", ""),
    ],
)
def test_what_identifies_a_person(text: str, found: str) -> None:
    assert disclosed(text) == found
    assert not found or _LIKELY.search(text)


@given(st.text(alphabet="ABCDEIT 0123456789x", max_size=40))
def test_what_is_found_was_likely(text: str) -> None:
    assert not disclosed(text) or _LIKELY.search(text)


def said(folder: Path, *columns: Column) -> list[str]:
    with pytest.raises(SourceError) as caught:
        read(table(*columns), folder)
    return [f"{item.where}: {item.what}" for item in caught.value.problems]


def test_the_cells_are_named_and_the_values_are_not(tmp_path: Path) -> None:
    rows = [["Nome", "Note"], ["a", f"cf {PERSON}"], ["b", None], ["c", SPACED], ["d", f"cf {PERSON}"]]
    write(tmp_path / "dati.xlsx", rows)
    assert said(tmp_path, column("nome"), column("note", required=False)) == [
        f"dati.xlsx [Dati] B{line}: «Note»: la cella contiene un {what}, e la colonna non è segnata come personale"
        for line, what in ((2, "codice fiscale"), (4, "IBAN"), (5, "codice fiscale"))
    ]


def test_a_column_marked_personal_may_hold_them(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Note", "Codice"], [f"cf {PERSON}", PERSON]])
    found = read(table(column("note", personal=True), column("codice", "codice fiscale")), tmp_path)
    assert values(found, "codice") == [PERSON]


def test_a_column_of_bodies_may_not_hold_people(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Ente"], [BODY]])
    bodies = column("ente", "codice fiscale", personal=False)
    assert values(read(table(bodies), tmp_path), "ente") == [BODY]
    write(tmp_path / "dati.xlsx", [["Ente"], [BODY], [PERSON]])
    assert said(tmp_path, bodies) == [
        "dati.xlsx [Dati] A3: «Ente»: la cella contiene un codice fiscale, e la colonna non è segnata come personale"
    ]


def test_the_name_of_a_file_may_not_hold_them_either(tmp_path: Path) -> None:
    write(tmp_path / f"data/{PERSON}.xlsx", [["Nome"], ["a"]])
    sede = Column("sede", ColumnType.TEXT, from_file=True)
    with pytest.raises(SourceError) as caught:
        read(table(column("nome"), sede, path="data/*.xlsx"), tmp_path)
    assert [item.what for item in caught.value.problems] == ["il nome del file contiene un codice fiscale"]


def test_what_is_wrong_with_a_personal_cell_is_said_without_its_value(tmp_path: Path) -> None:
    columns = (
        column("nome", unique=True, personal=True),
        column("sesso", values=("F", "M"), personal=True),
        column("nato", "data", personal=True),
        column("codice", "codice fiscale"),
        column("numero", personal=True),
    )
    head = [item.header for item in columns]
    write(
        tmp_path / "dati.xlsx", [head, *[["Segno", "Segno", "Segno 1", "Segno 2", "007"]] * 2, ["x", "F", "y", "z", 8]]
    )
    found = said(tmp_path, *columns)
    assert len(found) == 10
    assert not [line for line in found if "egno" in line or "«8»" in line]
    assert found[-1] == "dati.xlsx [Dati] E4: «Numero»: «…» ha perso gli zeri iniziali: gli altri sono come …"
