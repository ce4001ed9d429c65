"""What keeps a template's documents from being read by everybody: each fault alone, and the shipped templates."""

import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from scheduler.documents.accessibility import shortcomings
from tests.documents.word import docx, p, tbl, tc, tr

SHIPPED = sorted((Path(__file__).parents[2] / "templates").glob("*.docx"))
NAMED = {"title": "Rendiconto"}
BOLD = "<w:r><w:rPr><w:b/></w:rPr><w:t>Costi del personale</w:t></w:r>"
HEADING = '<w:pStyle w:val="Heading{}"/>'
LOOPED = ("{%tr for r in tabelle.costi %}", "{{ r.ente }}", "{%tr endfor %}")
DRAWING = (
    '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="1" cy="1"/><wp:docPr id="1" name="Stemma"{}/>'
    '<a:graphic><a:graphicData uri="x"/></a:graphic></wp:inline></w:drawing></w:r></w:p>'
)
HEADER = "<w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc><w:tcPr>{}</w:tcPr><w:p/></w:tc></w:tr>"


def said(*blocks: str, properties: dict[str, str] | None = None) -> list[str]:
    """The warnings about a document of these blocks, without the name of the template."""
    template = docx(*blocks, properties=NAMED if properties is None else properties)
    found = shortcomings(template, "templates/x.docx", "en")
    assert all(item.warning and item.remedy for item in found)
    return [str(item.where).removeprefix("templates/x.docx").removeprefix(", ") + "|" + item.what for item in found]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ((p(BOLD),), "|accessibility: “Costi del personale” looks like a heading but is only bold"),
        (
            (p("Uno", properties=HEADING.format(1)), p("Tre", properties=HEADING.format(3))),
            "under “Tre”|accessibility: a heading of level 3 follows one of level 1",
        ),
        ((p("a"), *["<w:p/>"] * 4, p("b")), "|accessibility: more than 3 empty paragraphs in a row serve as space"),
        (
            (p("Costi", properties=HEADING.format(1)), tbl(1, tr("Ente"), *(tr(item) for item in LOOPED))),
            "under “Costi”, table 1|accessibility: the table's first row is not marked as its header",
        ),
        (
            (tbl(1, HEADER.format('<w:gridSpan w:val="2"/>'), *(tr(item) for item in LOOPED)),),
            "table 1|accessibility: the table's header row has merged cells",
        ),
        ((DRAWING.format(""),), "|accessibility: the picture “Stemma” has no alternative text"),
    ],
)
def test_each_fault_is_told_with_its_place(blocks: tuple[str, ...], expected: str) -> None:
    assert said(*blocks) == [expected]


def test_a_document_without_title_is_told() -> None:
    assert said(p("a"), properties={}) == ["|accessibility: the document has no title in its properties"]


@pytest.mark.parametrize(
    "blocks",
    [
        (p(BOLD, ", in euro."),),
        (p("{%p if dati.x %}"), p("<w:r><w:rPr><w:b/></w:rPr><w:t>Il totale è 3.</w:t></w:r>"), p("{%p endif %}")),
        (p("Uno", properties=HEADING.format(1)), p("Due", properties=HEADING.format(2))),
        (p("a"), *["<w:p/>"] * 3, p("b")),
        (tbl(2, tr("Oggetto", "Costi"), tr("Periodo", "{{ periodo.etichetta }}"), tr("Versione", tc("1"))),),
        (tbl(1, HEADER.format(""), *(tr(item) for item in LOOPED)),),
        (DRAWING.format(' descr="Lo stemma della Città metropolitana"'),),
    ],
)
def test_what_is_in_order_is_not_told(blocks: tuple[str, ...]) -> None:
    assert said(*blocks) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_templates_lack_nothing(path: Path) -> None:
    assert shortcomings(path.read_bytes(), path.name, "it") == ()


def test_a_template_that_does_not_say_its_language_is_told() -> None:
    document = docx_of(docx(p("a"), properties=NAMED))
    for language in document.styles.element.xpath(".//w:lang"):
        language.getparent().remove(language)
    bare = io.BytesIO()
    document.save(bare)
    assert "does not say in which language" in str(shortcomings(bare.getvalue(), "x", "en")[0])


def docx_of(content: bytes) -> Any:
    """The document as python-docx has it."""
    return Document(io.BytesIO(content))
