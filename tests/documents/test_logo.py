"""The office's logo: what file may be one, how large it is printed, and what is told where it is missing."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.commands.clock import occurrence
from scheduler.core.obligation import Office
from scheduler.documents.logo import MAX_BYTES, logo
from scheduler.errors import TemplateError
from scheduler.settings import read_settings

from .corpus import jpeg, picture

OFFICE = Office("Provincia di Esempio", "Settore", "Regione", "it", "logo.png")


def wide(width: int, height: int) -> bytes:
    """The beginning of a picture of that size, which is all that is looked at."""
    return picture(1).replace(struct.pack(">2I", 1, 1), struct.pack(">2I", width, height))


@pytest.mark.parametrize(
    ("content", "millimetres"),
    [(picture(72), 25), (picture(20), 7.06), (jpeg(48), 12.7), (wide(720, 72), 60), (wide(72, 720), 2.5)],
)
def test_a_logo_is_as_large_as_it_says_but_no_larger_than_a_letterhead(
    tmp_path: Path, content: bytes, millimetres: float
) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    made = logo(tmp_path, OFFICE, "it")
    assert made is not None
    assert made.width_mm == pytest.approx(millimetres, abs=0.01)
    assert (made.content, made.alt) == (content, "Logo: Provincia di Esempio")


def test_where_none_is_declared_there_is_none(tmp_path: Path) -> None:
    assert logo(tmp_path, replace(OFFICE, logo=""), "it") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "logo.png: il logo dell'ufficio .* non si può leggere"),
        (b"\x89PNG" + b"x" * MAX_BYTES, "è di 2000004 byte"),
        (b"<svg/>", "non è un'immagine PNG o JPEG"),
        (b"GIF89a" + b"\1\0\1\0" + b"\0" * 20, "non è un'immagine PNG o JPEG"),
        (picture(4)[:20], "non è un'immagine PNG o JPEG"),
        (wide(0, 4), "non è un'immagine PNG o JPEG"),
        (wide(5001, 4), "5001 × 4 punti"),
    ],
)
def test_what_cannot_be_a_logo_is_told(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(TemplateError, match=said):
        logo(tmp_path, OFFICE, "it")


def test_the_logo_in_a_draft_and_what_is_said_without_it(workspace: Path) -> None:
    from docx import Document

    path, template = workspace / "deadlines.yaml", workspace / "templates" / "avanzamento-gol.docx"
    document = Document(str(template))
    document.sections[0].first_page_header.paragraphs[0].text = "{{ ufficio.logo }}"
    document.save(str(template))
    with pytest.raises(TemplateError, match="«logo»"):
        drafted(workspace)
    declared = path.read_text("utf-8").replace("  language: it\n", "  language: it\n  logo: logo.png\n", 1)
    path.write_text(declared, "utf-8")
    (workspace / "logo.png").write_bytes(picture(9))
    assert picture(9) in drafted(workspace)  # a picture is stored as it is


def drafted(workspace: Path) -> bytes:
    app = App(read_settings({}, workspace))
    [document] = app.drafter.documents(occurrence(app, "gol-avanzamento/2023"), (), app.clock()).documents
    return document.content
