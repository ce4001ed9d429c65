"""The reviewer's copy says where each figure comes from, in a comment and in an annex; the draft never does."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace as Row

import pytest
from docx import Document

from scheduler.documents import hazards
from scheduler.documents.annex import Source, addresses
from scheduler.documents.package import document_text
from scheduler.documents.render import render
from scheduler.documents.review import reviewed
from scheduler.documents.ties import mark_of

from .test_refresh import edited, untied
from .word import docx, p, tbl, tr

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
TEMPLATE = docx(
    p("In tutto {{ dati.totale | euro }}, {{ dati.totale }}."), tbl(1, tr("{{ dati.unita }}")), p("{{ periodo.anno }}")
)
VALUES = {"dati": Row(totale=Decimal("1234.50"), unita=3), "periodo": Row(anno=2025)}
DRAFT = render(TEMPLATE, "t.docx", VALUES, AT, "it", mark_of("k/2025", "d", 1))
CELLS = ("data/c.xlsx [Costi] F5:F9", "data/c.xlsx [Costi] F11")
SOURCES = (
    Source(
        "totale",
        Decimal("1234.50"),
        "sum(costi.totale; ente = CMM & «x»)",
        CELLS,
    ),
    Source("unita", 3, "count(costi)", ("data/a b.csv A2:A4", "data/c.xlsx [Costi 2] A1")),
    Source("residuo", (1, 2), "statement(costi)", ()),
)


def comments(content: bytes) -> list[str]:
    return [comment.text for comment in Document(io.BytesIO(content)).comments]


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


@pytest.mark.parametrize("change", [str, untied])
def test_each_figure_has_a_comment_and_the_annex_lists_all(change: type[str]) -> None:
    made = reviewed(edited(DRAFT, change), DRAFT, SOURCES, AT, "it")
    said = comments(made)
    totals = "totale = sum(costi.totale; ente = CMM & «x»)\ndata/c.xlsx [Costi] F5:F9, F11"
    assert said == [totals, totals, "unita = count(costi)\ndata/a b.csv A2:A4\ndata/c.xlsx [Costi 2] A1"]
    body = part(made, "word/document.xml")
    for number, value in enumerate(("1.234,50 €", "1.234,5", "3")):
        marks = [f'<w:comment{name} w:id="{number}"/>' for name in ("RangeStart", "RangeEnd", "Reference")]
        inside = body.partition(marks[0])[2].partition(marks[1])[0]
        assert f">{value}</w:t>" in inside
        assert marks[2] in body
    rows = [[cell.text for cell in row.cells] for row in Document(io.BytesIO(made)).tables[-1].rows]
    assert rows == [
        ["Dato", "Valore", "Formula", "File", "Foglio", "Celle"],
        ["totale", "1.234,50 €", "sum(costi.totale; ente = CMM & «x»)", "data/c.xlsx", "Costi", "F5:F9, F11"],
        ["unita", "3", "count(costi)", "data/a b.csv", "", "A2:A4"],
        ["", "", "", "data/c.xlsx", "Costi 2", "A1"],
        ["residuo", "tabella di 2 righe", "statement(costi)", "–", "", ""],
    ]
    assert hazards.found(made) == ()
    assert document_text(made).startswith(document_text(DRAFT).rstrip())


def test_the_draft_itself_holds_no_source() -> None:
    with zipfile.ZipFile(io.BytesIO(DRAFT)) as package:
        assert "word/comments.xml" not in package.namelist()
        assert all(
            b"comment" not in package.read(name).lower() for name in package.namelist() if name.startswith("word/d")
        )
    assert "Fonti dei dati" not in document_text(DRAFT)


def test_the_same_draft_gives_the_same_copy() -> None:
    assert reviewed(DRAFT, DRAFT, SOURCES, AT, "it") == reviewed(DRAFT, DRAFT, SOURCES, AT, "it")


def test_comments_of_people_stay_and_ours_come_after_them() -> None:
    once = reviewed(DRAFT, DRAFT, SOURCES[:1], AT, "it")
    twice = reviewed(once, DRAFT, SOURCES, AT, "it")
    assert len(comments(once)) == 2
    assert len(comments(twice)) == 5
    assert len(set(re.findall(r'<w:comment w:id="(\d+)"', part(twice, "word/comments.xml")))) == 5
    assert part(twice, "[Content_Types].xml").count("comments+xml") == 1


def test_very_many_cells_are_counted() -> None:
    assert addresses([f"A{number}" for number in range(42)], "it").endswith("A38, A39, e altre 2")
