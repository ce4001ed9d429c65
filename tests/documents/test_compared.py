"""Two versions of a Word document: what was added, taken out and changed, where, and in which words."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from docx import Document

from scheduler.documents.compared import Change, Kind, Place, changes

ROWS = [["Voce", "2024", "2025"], ["personale", "8.972.346,42", "8.972.346,42"], ["sedi", "9", "17"]]
TEXTS = ["Relazione", "Il Settore trasmette la relazione del primo trimestre alla Regione.", "Milano"]


def written(texts: Sequence[str], rows: Sequence[Sequence[str]] = (), header: str = "", footer: str = "") -> bytes:
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, line in zip(rows, table.rows, strict=True):
            for text, cell in zip(row, line.cells, strict=True):
                cell.text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def paragraph(number: int) -> Place:
    return Place("document", paragraph=number)


def cell(row: int, column: int) -> Place:
    return Place("document", table=1, row=row, column=column)


BEFORE = written(TEXTS, ROWS, "Bozza 1", "pagina")
CASES: dict[str, tuple[bytes, tuple[Change, ...]]] = {
    "nothing": (BEFORE, ()),
    "one word": (
        written([TEXTS[0], TEXTS[1].replace("primo", "secondo"), TEXTS[2]], ROWS, "Bozza 1", "pagina"),
        (Change(Kind.CHANGED, "primo", "secondo", paragraph(2)),),
    ),
    "words close together are one change, far ones two": (
        written(
            [TEXTS[0], "Il Comune trasmette una relazione del primo trimestre alla Provincia.", TEXTS[2]],
            ROWS,
            "Bozza 1",
            "pagina",
        ),
        (
            Change(Kind.CHANGED, "Settore trasmette la", "Comune trasmette una", paragraph(2)),
            Change(Kind.CHANGED, "Regione.", "Provincia.", paragraph(2)),
        ),
    ),
    "a word more": (
        written([*TEXTS[:2], "Milano oggi"], ROWS, "Bozza 1", "pagina"),
        (Change(Kind.ADDED, "", "oggi", paragraph(3)),),
    ),
    "a paragraph more": (
        written([TEXTS[0], "Premesso che", *TEXTS[1:]], ROWS, "Bozza 1", "pagina"),
        (Change(Kind.ADDED, "", "Premesso che", paragraph(2)),),
    ),
    "a paragraph less": (
        written(TEXTS[:2], ROWS, "Bozza 1", "pagina"),
        (Change(Kind.REMOVED, "Milano", "", paragraph(3)),),
    ),
    "another paragraph altogether": (
        written([*TEXTS[:2], "Distinti saluti"], ROWS, "Bozza 1", "pagina"),
        (
            Change(Kind.ADDED, "", "Distinti saluti", paragraph(3)),
            Change(Kind.REMOVED, "Milano", "", paragraph(3)),
        ),
    ),
    "a cell": (
        written(TEXTS, [*ROWS[:2], ["sedi", "9", "16"]], "Bozza 1", "pagina"),
        (Change(Kind.CHANGED, "17", "16", cell(3, 3)),),
    ),
    "a row in between": (
        written(TEXTS, [*ROWS[:2], ["arredi", "1", "2"], ROWS[2]], "Bozza 1", "pagina"),
        tuple(Change(Kind.ADDED, "", text, cell(3, at)) for at, text in enumerate(["arredi", "1", "2"], 1)),
    ),
    "a row less": (
        written(TEXTS, [ROWS[0], ROWS[2]], "Bozza 1", "pagina"),
        tuple(Change(Kind.REMOVED, text, "", cell(2, at)) for at, text in enumerate(ROWS[1], 1)),
    ),
    "header and footer": (
        written(TEXTS, ROWS, "Bozza 2", ""),
        (
            Change(Kind.REMOVED, "pagina", "", Place("footer", paragraph=1)),
            Change(Kind.CHANGED, "1", "2", Place("header", paragraph=1)),
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_differs(name: str) -> None:
    after, wanted = CASES[name]
    found = changes(BEFORE, after)
    assert sorted(found, key=repr) == sorted(wanted, key=repr)
    if name != "another paragraph altogether":
        turned = {(change.after, change.before) for change in changes(after, BEFORE)}
        assert turned == {(change.before, change.after) for change in found}, "the other way round it is the contrary"


def test_what_is_no_document_is_said() -> None:
    with pytest.raises(ValueError, match="zip"):
        changes(BEFORE, b"PK no")


def test_a_thousand_rows_of_equal_cells_are_told_apart() -> None:
    rows = [[f"M{number:04}", "0,00", "0,00", "0,00"] for number in range(1000)]
    alike = [["0,00"] * 4 for _ in range(1000)]
    after = [[name, "0,00", f"{index},00", "0,00"] if index % 7 == 0 else [name, *rest]
             for index, (name, *rest) in enumerate(rows, 1)]  # fmt: skip
    cases = [
        (written(TEXTS, rows), written(TEXTS, after), 142),
        (written(TEXTS, alike), written(TEXTS, [["1,00"] * 4, *alike, ["2,00"] * 4]), 8),
        (written(TEXTS, rows), written(TEXTS, [[f"N{row[0]}", "1", "2", "3"] for row in rows]), 8000),
    ]
    for earlier, later, count in cases:
        assert len(changes(earlier, later)) == count
