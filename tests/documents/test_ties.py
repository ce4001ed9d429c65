"""Tied or not, a draft says the same; ties stand around values in the body, headers, footers and notes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace as Row
from typing import Any

import pytest
from docx import Document

from scheduler.documents.finder import NotReadableError, read
from scheduler.documents.package import document_text
from scheduler.documents.render import render
from scheduler.documents.ties import mark_of

from .corpus import BODIES, VALUES
from .word import docx, p, run, tbl, tc, tr

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
MARK = mark_of("costi/2025-Q1", "relazione", 3)
GIVEN: dict[str, Any] = {
    **VALUES,
    "dati": Row(a="uno & <1>", b=2, lista=["x", "y"], vuoto=""),
    "tabelle": Row(righe=[Row(nome="n1"), Row(nome="n2")], nessuna=[]),
    "documento": Row(versione=3),
    "ufficio": Row(ente="Ente"),
}
LOOP = ("{%tr for r in tabelle.righe %}", "{%tr endfor %}")


def tied(*blocks: str, **stories: str) -> bytes:
    return render(docx(*blocks, **stories), "t.docx", GIVEN, AT, "it", MARK)


def part(content: bytes, name: str = "word/document.xml") -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)


# the body; the values that are tied in it
TIED: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "a value": ((p("prima {{ dati.a }} dopo"),), ["uno & <1>"]),
    "several in one text": ((p("{{ dati.a }}, {{dati.b}}: {{ dati.a|upper }}"),), ["uno & <1>", "2", "UNO & <1>"]),
    "side by side": ((p("{{ dati.a }}{{ dati.b }}"),), ["uno & <1>", "2"]),
    "an empty one": ((p("a {{ dati.vuoto }} b"),), [""]),
    "in a branch that is there": (
        (p("{% if dati.b %}sì {{ dati.b }}{% else %}no {{ dati.a }}{% endif %} fine"),),
        ["2"],
    ),
    "in a paragraph that is there": ((p("{%p if dati.b %}"), p("{{ dati.b }}"), p("{%p endif %}")), ["2"]),
    "in a paragraph that is not": ((p("{%p if dati.vuoto %}"), p("{{ dati.b }}"), p("{%p endif %}"), p("x")), []),
    "in pieces": ((p("a {", "{ dati", ".b }", "} b"),), ["2"]),
    "with blanks taken away": ((p("a {{- dati.b -}} b"),), ["2"]),
    "in a cell": ((tbl(2, tr("a", "{{ dati.b }}")),), ["2"]),
    "with a look of its own": ((p("a ", run("{{ dati.b }}", "<w:b/>"), " b"),), ["2"]),
    "in a loop": ((p("{% for x in dati.lista %}{{ dati.b }}{% endfor %}"),), []),
    "in a macro": ((p("{% macro m(a) %}{{ dati.b }}{% endmacro %}{{ m(1) }}"),), []),
    "kept for later": ((p("{% set z %}{{ dati.b }}{% endset %}{{ z }}{{ z }}"),), []),
    "after something was set": ((p("{% set z = 1 %}{{ dati.b }} {{ z }}"),), ["2"]),
    "the letterhead": ((p("{{ ufficio.ente }}"),), []),
    "reckoned": ((p("{{ dati.b + 1 }} {{ 1 + dati.b }}"),), ["3"]),
    "in a looped table": ((tbl(1, tr("{{ dati.b }}"), tr(LOOP[0]), tr("{{ r.nome }}"), tr(LOOP[1])),), []),
    "with changes that Word has noted": (
        (p(run("{{ dati.b }}", '<w:b/><w:rPrChange w:id="1" w:author="x"><w:rPr/></w:rPrChange>')),),
        [],
    ),
    "in a control of the template": (
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{p('{{ dati.b }}')}</w:sdtContent></w:sdt>", p("x")),
        [],
    ),
}


@pytest.mark.parametrize("name", TIED)
def test_values_are_tied_where_they_are_printed_once(name: str) -> None:
    blocks, values = TIED[name]
    content = tied(*blocks)
    found = read(part(content))
    assert [tie.spot.text for tie in found.ties] == values
    assert document_text(content) == document_text(render(docx(*blocks), "t.docx", GIVEN, AT, "it"))
    assert len({tie.name for tie in found.ties}) == len(found.ties)
    ids = re.findall(rb'<w:bookmarkStart w:id="(\d+)"', part(content))
    assert len(set(ids)) == len(ids)
    Document(io.BytesIO(content))


@pytest.mark.parametrize("name", BODIES)
def test_whatever_docxtpl_can_do_says_the_same_when_it_is_tied(name: str) -> None:
    plain, marked = (render(docx(*BODIES[name]), "t.docx", GIVEN, AT, "it", mark) for mark in ("", MARK))
    assert document_text(marked) == document_text(plain)


def test_a_value_keeps_its_look_and_tells_what_prints_it() -> None:
    [tie] = read(part(tied(p("a ", run("{{ dati.b | numero }}", "<w:b/>"))))).ties
    assert tie.label == "dati.b|numero"
    written = part(tied(p("a ", run("{{ dati.b | numero }}", "<w:b/>"))))
    assert b'<w:sdtContent><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">2</w:t></w:r></w:sdtContent>' in written
    assert b'<w:t xml:space="preserve"></w:t>' not in written


def test_names_are_short_enough_for_word() -> None:
    content = part(tied(p("{{ dati.b | plurale('" + "a" * 70 + '\', "b") }}')))
    names = re.findall(rb'w:name="(_sc[^"]*)"|w:tag w:val="([^"]*)"', content)
    assert names
    assert all(len(name) <= 40 for pair in names for name in pair)
    [alias] = re.findall(rb'<w:alias w:val="([^"]*)"', content)
    assert len(alias.replace(b"&#x27;", b"'")) == 64


def test_headers_footers_and_notes_are_tied_too_and_no_name_is_there_twice() -> None:
    said = p("{{ dati.b }}")
    content = tied(said, header=said, footer=said, first=said, footnote=said)
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes)\.xml", name):
                found += [tie.name for tie in read(package.read(name)).ties]
    assert len(found) == len(set(found)) == 5


def test_a_looped_table_is_tied_as_a_whole_by_its_first_cell_that_is_always_there() -> None:
    table = tbl(2, tr("Nome", "x"), tr(LOOP[0], ""), tr("{{ r.nome }}", "{{ dati.b }}"), tr(LOOP[1], ""))
    foot = tbl(1, tr(LOOP[0]), tr("{{ r.nome }}"), tr(LOOP[1]), tr("Totale {{ dati.b }}"))
    found = read(part(tied(p("Titolo", properties='<w:pStyle w:val="Titolo1"/>'), table, p("x"), table, p("y"), foot)))
    assert [[row.texts for row in item.rows] for item in found.tables] == [
        *([[("Nome", "x"), ("n1", "2"), ("n2", "2")]] * 2),
        [("n1",), ("n2",), ("Totale 2",)],
    ]
    assert {item.heading for item in found.tables} == {"Titolo"}
    assert len({item.name for item in found.tables}) == 3
    assert [item.text for item in found.prose] == ["Titolo", "x", "y"]


@pytest.mark.parametrize(
    "table",
    [
        tbl(1, tr(LOOP[0]), tr("{{ r.nome }}"), tr(LOOP[1])),
        tbl(1, tr(tc(tbl(1, tr("a")), p(""))), tr(LOOP[0]), tr("{{ r.nome }}"), tr(LOOP[1])),
        "".join(
            [p("{%p for x in dati.lista %}"), tbl(1, tr("a"), tr(LOOP[0]), tr("b"), tr(LOOP[1])), p("{%p endfor %}")]
        ),
    ],
)
def test_a_table_without_a_place_of_its_own_is_not_tied(table: str) -> None:
    found = read(part(tied(table, p("x"))))
    assert found.tables == []


def test_a_draft_bears_its_mark_twice() -> None:
    assert read(part(tied(p("a"), p("b"), p("c")))).marks == [MARK, MARK]
    assert len({mark_of("a/1", "b", 2), mark_of("a/1", "b", 3), mark_of("a/1", "c", 2), mark_of("a/2", "b", 2)}) == 4


def test_without_a_mark_nothing_is_tied() -> None:
    assert b"_sc" not in part(render(docx(p("{{ dati.b }}")), "t.docx", GIVEN, AT, "it"))


@pytest.mark.parametrize("content", [b"<a>", "<a>è</a>".encode("latin-1"), b"\xff\xfe<\x00a\x00/\x00>\x00"])
def test_what_is_no_markup_is_refused(content: bytes) -> None:
    with pytest.raises(NotReadableError):
        read(content)
