"""Pictures that are printed: their alternative text, what a reader finds in the package, and what is refused."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document

from scheduler.documents.inserts import Picture
from scheduler.documents.render import render
from scheduler.errors import TemplateError

from .corpus import jpeg, picture
from .word import docx, p, tbl, tr

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
LOGO = Picture(picture(4), 20, 'Logo dell\'ente «A & B» <"x">')


def fill(content: bytes, **values: Any) -> bytes:
    return render(content, "templates/t.docx", values, AT, "it")


def test_a_picture_has_its_alternative_text_and_its_file_once() -> None:
    made = fill(docx(p("{{ x }}"), tbl(1, tr("{{ x }}")), header=p("{{ x }}")), x=LOGO)
    document = Document(io.BytesIO(made))
    drawings = document.element.xpath("//wp:docPr")
    assert [(item.get("descr"), item.get("id")) for item in drawings] == [(LOGO.alt, "1001"), (LOGO.alt, "1002")]
    assert [(shape.width.mm, shape.height.mm) for shape in document.inline_shapes] == [(20.0, 20.0)] * 2
    assert {part.partname: part.blob for part in document.part.package.image_parts} == {
        "/word/media/image1.png": LOGO.content
    }
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.testzip() is None


def test_a_document_into_which_no_picture_is_printed_has_the_template_s_types() -> None:
    content = docx(p("{% if x %}{{ x }}{% endif %}"))
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(io.BytesIO(fill(content, x=""))) as new:
        assert old.read("[Content_Types].xml") == new.read("[Content_Types].xml")


def test_inside_a_tag_a_picture_is_its_alternative_text() -> None:
    drawing = '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="a" descr="{{ x }}"/></wp:inline></w:drawing></w:r>'
    [shown] = Document(io.BytesIO(fill(docx(p(drawing)), x=LOGO))).element.xpath("//wp:docPr/@descr")
    assert shown == LOGO.alt


def test_files_of_several_kinds() -> None:
    pictures = {"a": Picture(picture(3)), "b": Picture(jpeg(3)), "c": Picture(picture(5))}
    made = fill(docx(p("{{ c }}{{ a }}{{ b }}{{ a }}")), **pictures)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        names = sorted(name for name in package.namelist() if "media" in name)
        types = package.read("[Content_Types].xml").decode()
    assert names == ["word/media/image1.png", "word/media/image2.png", "word/media/image3.jpg"]
    assert sorted(set(re.findall(r'Extension="(png|jpg)" ContentType="([^"]+)"', types))) == [
        ("jpg", "image/jpeg"),
        ("png", "image/png"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (docx(p("{{p x }}")), "dove non può stare"),
        (docx(p("a {{r x }} b")), "dove non può stare"),
        (docx(p("a"), properties={"title": "{{ x }}"}), "dove non può stare"),
    ],
)
def test_a_picture_in_the_wrong_place_is_told(content: bytes, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        fill(content, x=LOGO)


@pytest.mark.parametrize("content", [b"", b"GIF", picture(4)[:20], b"<svg/>", jpeg(9)[:6]])
def test_what_is_no_picture_is_told(content: bytes) -> None:
    with pytest.raises(TemplateError, match="non è un file PNG o JPEG, o è guasta"):
        fill(docx(p("{{ x }}")), x=Picture(content))
