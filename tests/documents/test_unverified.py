"""The box of data that did not pass: at the top of every template, with all its reasons, and nowhere else."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from docx import Document

from scheduler.core.making import Release
from scheduler.documents.inserts import Picture
from scheduler.documents.package import document_text
from scheduler.documents.render import render
from scheduler.documents.unverified import NAME, TITLE, names
from tests.conftest import ROOT

from .test_render import template
from .test_template import picture

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
REASONS = ("data/a.xlsx [Elenco] C5:C9: «Sede CPI»: non c'è «CPI 07»", "{{ 7 * 7 }} & <altro>", "x" * 300)
RELEASE = Release("Tullio D'Àvila & <Figli>", date(2025, 2, 10), "la Regione li aspetta {{ oggi }}", REASONS)
SAID = [
    TITLE,
    "Questa bozza è fatta con dati che non hanno superato i controlli:",
    *(f"– {reason}" for reason in REASONS),
    "Sbloccata da Tullio D'Àvila & <Figli> il 10/02/2025. Motivo: la Regione li aspetta {{ oggi }}",
]


def filled(content: bytes, *, boxed: bool, **values: object) -> bytes:
    return render(content, "t.docx", {**values, **({NAME: names(RELEASE)} if boxed else {})}, AT, "it")


def paragraphs(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def test_the_box_stands_before_everything_and_the_rest_is_as_without_it() -> None:
    content = template("prima {{ x }}", "{%p if x %}", "dopo", "{%p endif %}", header="{{ x }}")
    boxed, plain = filled(content, boxed=True, x="a"), filled(content, boxed=False, x="a")
    assert paragraphs(boxed) == [*SAID, "", *paragraphs(plain)]
    assert plain == filled(content, boxed=False, x="a"), "the template that is kept has no box"
    assert boxed == filled(content, boxed=True, x="a"), "the same bytes each time"
    assert TITLE not in document_text(plain)


def test_it_is_one_visible_frame() -> None:
    document = Document(io.BytesIO(filled(template("{{ x }}"), boxed=True, x="a")))
    frames = [item.paragraph_format.element.pPr.xml for item in document.paragraphs[: len(SAID)]]
    assert len({frame.partition("<w:pBdr>")[2].partition("</w:pBdr>")[0] for frame in frames}) == 1
    assert frames[0].count('w:val="single"') == 4
    assert document.paragraphs[0].runs[0].bold
    assert "pBdr" not in document.paragraphs[len(SAID)]._p.xml


def test_a_document_with_a_picture_has_it_too() -> None:
    found = filled(template("{{ x }}"), boxed=True, x=Picture(picture(5), 20))
    assert paragraphs(found)[: len(SAID)] == SAID


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "templates").iterdir()))
def test_every_shipped_template_takes_it(name: str) -> None:
    from scheduler.documents.template import template_of

    content = (ROOT / "templates" / f"{name}.docx").read_bytes()
    body = next(part for part in template_of(content, boxed=True).parts if part.source.body)
    assert body.source.text.index(TITLE) < 2500, "before all else"
    assert body.proven
    assert body.steady == next(part for part in template_of(content).parts if part.source.body).steady
