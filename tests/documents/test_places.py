"""What is wrong with a template is said with its place: heading, table and row, as Word shows them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from docx import Document

from scheduler.deadlines import read_register
from scheduler.documents.inserts import Picture
from scheduler.documents.lint import unknown_names
from scheduler.documents.render import render
from scheduler.errors import TemplateError
from tests.conftest import ROOT
from tests.documents.corpus import picture

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
VALUES = {
    "righe": [SimpleNamespace(nome="Melzo", importo="dieci"), SimpleNamespace(nome="Rho", importo="venti")],
    "anno": 2025,
    "testo": "n.r. per ora",
    "logo": Picture(picture(4)),
}


def template(broken: str, at: str) -> bytes:
    """A document with two headings and two tables, of which one place holds another instruction than it should."""
    document = Document()
    said = {"before": "inizio", "first": "una riga", "loop": "{%tr for riga in righe %}", "cell": "{{ riga.nome }}"}
    said |= {"after": "fine", "header": "ufficio", "heading": "Costi per fonte", "footer": "pagina", at: broken}
    document.sections[0].header.paragraphs[0].text = said["header"]
    document.sections[0].footer.paragraphs[0].text = said["footer"]
    document.add_paragraph(said["before"])
    document.add_heading("Personale {{ anno }}", 1)
    document.add_table(2, 2).cell(1, 1).text = said["first"]
    document.add_heading(said["heading"], 2)
    document.add_paragraph("{{ logo }}" if at == "after" else "testo")
    table = document.add_table(4, 2)
    for row, text in enumerate(("Ente", said["loop"], said["cell"], "{%tr endfor %}")):
        table.cell(row, 0).text = text
    document.add_paragraph("{%p if anno %}")
    document.add_paragraph(said["after"])
    document.add_paragraph("{%p endif %}")
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


PLACES = {
    "before": "t.docx: ",
    "first": "t.docx, sotto «Personale {{ anno }}», tabella 1, riga 2: ",
    "heading": "t.docx, sotto «",
    "loop": "t.docx, sotto «Costi per fonte», tabella 2, riga 2: ",
    "cell": "t.docx, sotto «Costi per fonte», tabella 2, riga 3: ",
    "after": "t.docx, sotto «Costi per fonte»: ",
    "header": "t.docx, nell'intestazione: ",
    "footer": "t.docx, nel piè di pagina: ",
}
FAULTS = {
    "{{ ignoto }}": "il nome «ignoto» non è tra quelli",
    "{{ testo|euro }}": "il filtro «euro» non può scrivere «n.r. per ora»",
    "{{ anno + testo }}": "non si compila con questi dati",
    "{{ anno|boh }}": "boh",
    "{{ 'a' * 100000 }}": "non è permessa",
    "{{r testo }}": "il valore «n.r. per ora» non è arrivato nel documento",
    "{% include 'x' %}": "non è permessa",
}


def told(content: bytes) -> str:
    with pytest.raises(TemplateError) as caught:
        render(content, "t.docx", VALUES, AT, "it")
    return str(caught.value)


@pytest.mark.parametrize("place", [place for place in PLACES if place != "loop"])
@pytest.mark.parametrize("broken", FAULTS)
def test_a_fault_is_said_with_its_place(broken: str, place: str) -> None:
    said = told(template(broken, place))
    assert said.startswith(PLACES[place])
    assert FAULTS[broken] in said


@pytest.mark.parametrize("loop", ["{%tr for riga in ignote %}", "{%tr for riga in righe|boh %}", "{%tr for riga %}"])
def test_an_instruction_that_has_a_row_of_its_own_is_in_that_row(loop: str) -> None:
    assert told(template(loop, "loop")).startswith(PLACES["loop"])


def test_of_several_lost_values_each_has_its_place() -> None:
    lines = told(template("{{r riga.importo }}", "cell")).splitlines()
    assert [line.startswith(PLACES["cell"]) for line in lines] == [True, True]


def test_a_name_that_no_obligation_offers_is_said_with_its_place() -> None:
    first, *_ = read_register(ROOT / "deadlines.yaml", "it").obligations
    found = unknown_names(template("{{ dati.ignoto }}", "cell"), "t.docx", first, "it")
    assert str(next(item for item in found if "ignoto" in item.what)).startswith(PLACES["cell"])
    found = unknown_names(template("{{ 1|boh }}", "header"), "t.docx", first, "it")
    assert str(next(item for item in found if "boh" in item.what)).startswith(PLACES["header"])
