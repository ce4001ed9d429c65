"""Hostile templates are refused by name, and hostile values are text like any other."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from scheduler.deadlines import read_register
from scheduler.documents.lint import unknown_names
from scheduler.documents.package import document_text, read_template
from scheduler.documents.render import render
from scheduler.errors import TemplateError
from scheduler.locale import sentences
from tests.conftest import ROOT

from .word import docx, p, parts, run, tbl, tr

OBLIGATION = read_register(ROOT / "deadlines.yaml").obligations[0]
AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BEGIN, SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))


def code(text: str) -> str:
    """A run with a part of a field's instruction."""
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def packed(*others: tuple[str, bytes], without: str = "") -> bytes:
    """A sound template with more files, those of the same name twice."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx(p("{{ x }}")))) as old, zipfile.ZipFile(result, "w", 8) as new:
        for name in old.namelist():
            if name != without:
                new.writestr(name, old.read(name))
        for name, content in others:
            new.writestr(name, content)
    return result.getvalue()


def related(kind: str, target: str, mode: str = "External") -> bytes:
    """A template with one more relationship of its settings."""
    relation = f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return packed(("word/_rels/settings.xml.rels", f"<Relationships>{relation}</Relationships>".encode()))


def typed(kind: str) -> bytes:
    """A template one of whose parts is declared as something else."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    return packed(("[Content_Types].xml", types.encode()), without="[Content_Types].xml")


def lying(content: bytes) -> bytes:
    """The package with a directory that says ten bytes of its largest file."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        largest = max(package.infolist(), key=lambda item: item.file_size)
    size = struct.pack("<L", largest.file_size)
    at = content.rindex(largest.filename.encode()) - 46 + 24
    assert content[at : at + 4] == size
    return content[:at] + struct.pack("<L", 10) + content[at + 4 :]


def encrypted(content: bytes) -> bytes:
    """The package with its first file marked as encrypted."""
    at = content.index(b"PK\1\2") + 8
    return content[:at] + b"\1" + content[at + 1 :]


DOCTYPE = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>'
MACROS = "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"

PACKAGES: dict[str, tuple[bytes, str]] = {
    "macros": (packed(("word/vbaProject.bin", b"x")), "contiene macro"),
    "macros under another name": (packed(("word/VBAdata.xml", b"<a/>")), "contiene macro"),
    "macros by their type": (typed(MACROS), "contiene macro"),
    "a control": (packed(("word/activeX/activeX1.xml", b"<a/>")), "contiene macro"),
    "an embedded object": (packed(("word/embeddings/oleObject1.bin", b"x")), "porta con sé un oggetto"),
    "a document to be merged": (docx(p("a"), '<w:altChunk r:id="rId9"/>'), "porta con sé un oggetto"),
    "a template elsewhere": (related("attachedTemplate", "http://evil.example/t.dotm"), "file esterno"),
    "a template elsewhere, in capitals": (related("attachedTemplate", "\\\\evil\\t.dotm", "EXTERNAL"), "file esterno"),
    "a linked picture": (related("image", "http://evil.example/p.png"), "file esterno"),
    "a frame": (related("frame", "http://evil.example/"), "file esterno"),
    "a link to a file": (related("hyperlink", "file:///etc/passwd"), "collegamento a «file:///etc/passwd»"),
    "a link to a program": (related("hyperlink", "ms-msdt:/id PCWDiagnostic"), "collegamento a «ms-msdt"),
    "a target outside": (related("image", "../../../etc/passwd", "Internal"), "escono dalla sua cartella"),
    "a name outside": (packed(("word/../../evil.xml", b"<a/>")), "escono dalla sua cartella"),
    "a name outside, as Windows has it": (packed(("..\\evil.xml", b"<a/>")), "escono dalla sua cartella"),
    "an absolute name": (packed(("/etc/evil.xml", b"<a/>")), "escono dalla sua cartella"),
    "a part that is there twice": (packed(("word/DOCUMENT.xml", b"<a/>")), "word/document.xml c'è due volte"),
    "entities": (packed(("word/extra.xml", DOCTYPE)), "dichiara entità"),
    "entities in another encoding": (
        packed(("word/extra.xml", DOCTYPE.decode().encode("utf-16"))),
        "dichiara entità",
    ),
    "elements without end": (packed(("word/extra.xml", b"<a>" * 100_000)), "annida troppi elementi"),
    "markup that is none": (packed(("word/extra.xml", b"<a><b></a>")), "non è XML ben formato"),
    "a large part": (packed(("word/extra.xml", b"<a>" + b" " * 21_000_000 + b"</a>")), r"word/extra.xml è di 21000007"),
    "a directory that lies": (
        lying(packed(("word/media/a.png", b"\0" * 5_000_000))),
        r"non è un documento Word \.docx",
    ),
    "a password": (encrypted(packed()), r"non è un documento Word \.docx"),
    "the time": (docx(p(BEGIN, code(" TIME \\@ HH"), SEPARATE, run("08"), END)), "campo TIME"),
    "the date, in pieces": (docx(p(BEGIN, code(" DA"), code("TE "), END)), "campo DATE"),
    "the date, in numbers": (docx(p(BEGIN, code("&#68;ATE"), END)), "campo DATE"),
    "the date, in small letters": (docx(p('<w:fldSimple w:instr="date"/>')), "campo DATE"),
    "the date inside another field": (
        docx(p(BEGIN, code("IF "), BEGIN, code("DATE"), END, code("=1"), END)),
        "campo DATE",
    ),
    "a program": (docx(p(BEGIN, code("DDE"), code("AUTO c:\\\\cmd.exe"), END), header=p("a")), "campo DDEAUTO"),
    "another document": (docx(p("a"), footer=p('<w:fldSimple w:instr=" INCLUDETEXT c:\\\\a.docx"/>')), "INCLUDETEXT"),
    "a field made by an instruction": (docx(p(BEGIN, code("{{ x }}"), END)), "compone un campo"),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_hostile_package_is_refused(tmp_path: Path, name: str) -> None:
    content, message = PACKAGES[name]
    (tmp_path / "t.docx").write_bytes(content)
    with pytest.raises(TemplateError, match=message) as caught:
        read_template(tmp_path / "t.docx", "templates/t.docx", "it")
    assert all(problem.remedy for problem in caught.value.problems)


def test_the_sound_package_of_these_tests_is_accepted(tmp_path: Path) -> None:
    content = related("hyperlink", "https://www.example.it")
    (tmp_path / "t.docx").write_bytes(content)
    assert read_template(tmp_path / "t.docx", "templates/t.docx", "it") == content


INSTRUCTIONS: dict[str, tuple[str, str]] = {
    "the class of a value": ("{{ x.__class__.__mro__ }}", "non è permessa"),
    "a class by way of a filter": ("{{ (x|upper).__init__.__globals__ }}", "non è permessa"),
    "a format string": ("{{ '{0.__class__}'.format(x) }}", "non è permessa"),
    "another file": ("{% include '/etc/passwd' %}", "non è permessa"),
    "an import": ("{% import '/etc/passwd' as a %}", "non è permessa"),
    "a parent template": ("{% extends 'a' %}", "non è permessa"),
    "raw markup from a call": ("{% call '<w:p>'.format() %}{% endcall %}", "non è permessa"),
    "raw markup from a filter": ("{% filter default('<w:p>', true) %}{% endfilter %}", "non è permessa"),
    "markup translated": ("{% set a %}x{% endset %}{{ a.translate({120: '<w:p>'}) }}", "non è permessa"),
    "no escaping": ("{% autoescape false %}{{ x }}{% endautoescape %}", "non è permessa"),
    "a value declared safe": ("{{ x|safe }}", "scritta male"),
    "a list changed": ("{{ righe.append(1) }}", "non è permessa"),
    "a text a thousand million times": ("{{ 'x' * 1000000000 }}", "non è permessa"),
    "a number without end": ("{{ 9 ** 999999999 }}", "non è permessa"),
    "a function of the language": ("{{ range(9) }}", "il nome «range» non è tra quelli"),
    "a macro that calls itself": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "non si compila"),
    "a division by nothing": ("{{ 1 / 0 }}", "non si compila"),
}


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_a_hostile_instruction_is_refused(name: str) -> None:
    body, message = INSTRUCTIONS[name]
    body = body.replace("<", "&lt;").replace(">", "&gt;")
    with pytest.raises(TemplateError, match=message):
        render(docx(p(body)), "templates/t.docx", {"x": "a", "righe": [1]}, AT, "it")


VALUES = [
    *("{{ 7 * 7 }}", "{% for a in b %}", "{#", "#}", "{%p if x %}", "{_{ x }_}", "{{r x }}"),
    *(
        "</w:t></w:r></w:p>",
        "<w:instrText>DDEAUTO</w:instrText>",
        "]]><![CDATA[",
        "&amp; &#x41; &lt;b&gt;",
        "<!-- a -->",
    ),
    *("\\n \\1 \\g<0>", '" onload="', "%s %(a)s {0}", "\u202egnp.exe", "x" * 40_000, "nan None undefined"),
]


EVERYWHERE = docx(
    *(p("a {{ x }} b"), tbl(1, tr("{%tr for r in righe %}"), tr("{{ r.x }}"), tr("{%tr endfor %}"))),
    **dict.fromkeys(("header", "footer", "footnote"), p("{{ x }}")),
    sections=2,
)


@pytest.mark.parametrize("value", VALUES)
def test_a_hostile_value_is_printed_as_it_is(value: str) -> None:
    values = {"x": value, "righe": [SimpleNamespace(x=value)]}
    found = document_text(render(EVERYWHERE, "t", values, AT, "it")).splitlines()
    assert found.count(value) == 4
    assert f"a {value} b" in found


def test_a_hostile_value_in_an_attribute_stays_in_it() -> None:
    content = docx(tbl(1, tr("{% cellbg x %}a")))
    found = parts(render(content, "t", {"x": '"/><w:evil a="'}, AT, "it"))["word/document.xml"]
    assert "w:evil" in found
    assert "}evil" not in found


def test_an_instruction_where_nothing_fills_it_is_told() -> None:
    message = r"nella parte word/endnotes\.xml resta un'istruzione"
    content = docx(p("a"), endnote=p("{", "{ x }}"))
    with pytest.raises(TemplateError, match=message):
        render(content, "t", {"x": "a"}, AT, "it")
    [told] = unknown_names(content, "t", OBLIGATION, "it")
    assert re.search(message, str(told))


def test_forbidden_instructions_and_no_documents_are_told_without_rendering() -> None:
    [forbidden] = unknown_names(docx(p("{% call x() %}{% endcall %}")), "t", OBLIGATION, "it")
    assert "non è permessa" in str(forbidden)
    [wrong] = unknown_names(docx(p("a"), properties={"title": "{{ niente }}"}), "t", OBLIGATION, "it")
    assert "«niente»" in str(wrong)
    [unread] = unknown_names(typed(MACROS), "t", OBLIGATION, "it")
    assert "non è un documento Word .docx" in str(unread)


def test_every_reason_has_its_remedy_in_both_languages() -> None:
    for lang in ("it", "en"):
        reasons = [code for code in sentences(lang) if code.startswith("template.") and not code.endswith(".remedy")]
        assert all(f"{code}.remedy" in sentences(lang) for code in reasons)
