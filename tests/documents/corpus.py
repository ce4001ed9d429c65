"""Templates that hold everything docxtpl documents, each with its values, filled by this program and by docxtpl."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace as Row
from typing import Any

from docx import Document
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, Listing, RichText, RichTextParagraph
from jinja2 import Environment

from scheduler.documents.inserts import Picture, Subdocument
from scheduler.documents.render import render

from .word import docx, p, run, tbl, tc, tr

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
ROWS = [Row(nome=f"voce {n} & <{n}>", importo=f"{n}.000,00", vuoto="", lista=["a", "b"]) for n in range(3)]
VALUES: dict[str, Any] = {
    "x": "Rossi & Figli <srl> «è» — 😀",
    "y": "seconda",
    "vuoto": "",
    "si": True,
    "no": False,
    "n": 3,
    "righe": ROWS,
    "nessuna": [],
    "colonne": ["uno", "due", "tre"],
    "poche": ["uno"],
    "colore": "FF0000",
}
TEXT_BOX = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:extent cx="1" cy="1"/>'
    '<wp:docPr id="7" name="Casella"/><a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx><w:txbxContent>'
    f"{p('{{ x }}')}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    f"</mc:Choice><mc:Fallback><w:pict><w:t>{{{{ y }}}}</w:t></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
DRAWING = '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Logo"/></wp:inline></w:drawing></w:r>'
LOOP = ("{%tr for r in righe %}", "{%tr endfor %}")
RIGHT = '<w:jc w:val="right"/>'
STYLED = '<w:pStyle w:val="Heading1"/>'
SHADE = '<w:tcW w:w="2000" w:type="dxa"/><w:shd w:val="clear" w:color="auto" w:fill="auto"/>'

BODIES: dict[str, tuple[str, ...]] = {
    "a value": (p("prima {{ x }} dopo"),),
    "several values in one text": (p("{{ x }}, {{y}} e {{ n }}: {{ x }}"),),
    "an instruction in pieces": (p("a {", "{ ", "x", " }", "} b"), p("{", "% if si %", "}si{%", " endif %}")),
    "an instruction with formatting inside": (p("{{ ", run("x", "<w:b/>"), " }}"),),
    "proofing marks inside": (p(run("{{ x"), '<w:proofErr w:type="spellStart"/>', run("|upper }}")),),
    "typographic quotes": (p("{{ vuoto|default(“niente”, true) }} {{ ‘a’ }}"),),
    "comparison signs": (p("{% if n &gt; 2 and n &lt; 4 %}tre{% else %}altro{% endif %}"),),
    "if in a line": (p("{% if si %}si {{ x }}{% else %}no{% endif %} e {% if no %}mai{% endif %}"),),
    "for in a line": (
        p("{% for c in colonne %}{{ loop.index }}. {{ c }}{% if not loop.last %}, {% endif %}{% endfor %}"),
    ),
    "if over runs": (p("{% if no %}prima", "seconda{% endif %} terza"),),
    "p if": (p("{%p if no %}"), p("via"), p("{%p elif si %}"), p("resta {{ x }}"), p("{%p else %}"), p("{%p endif %}")),
    "p for": (p("{%p for r in righe %}"), p("{{ r.nome }}", properties=STYLED), p("{%p endfor %}"), p("fine")),
    "p for over nothing": (
        p("{%p for r in nessuna %}"),
        p("{{ r }}"),
        p("{%p else %}"),
        p("vuoto"),
        p("{%p endfor %}"),
    ),
    "p for in p for": (
        *(p("{%p for r in righe %}"), p("{%p for l in r.lista %}"), p("{{ l }} {{ loop.index }}")),
        *(p("{%p endfor %}"), p("{%p endfor %}")),
    ),
    "p comment": (p("{#p for those who write templates #}"), p("x {# a remark #} y")),
    "p set": (p("{%p set z = n + 1 %}"), p("{{ z }}"), p("{% set k = y %}{{ k }}")),
    "p with": (p("{%p with z = 'dentro' %}"), p("{{ z }}"), p("{%p endwith %}")),
    "a block of text kept for later": (p("{% set z %}a {{ x }}{% endset %}{{ z }} {{ z }}"),),
    "a macro": (p("{% macro m(a) %}[{{ a }}]{% endmacro %}{{ m(x) }}{{ m(y) }}"),),
    "r if": (p("a", "{%r if si %}", run("grassetto {{ x }}", "<w:b/>"), "{%r endif %}", "b"),),
    "r for": (p("{%r for c in colonne %}", run("{{ c }} ", "<w:i/>"), "{%r endfor %}"),),
    "merged with the text before": (p("prima"), p("{%- if si %} dopo {% endif %}")),
    "merged with the text behind": (p("{% if si -%}"), p("dopo {{ x }}"), p("{%- endif %}")),
    "tr for": (tbl(2, tr("Nome", "Importo"), tr(LOOP[0], ""), tr("{{ r.nome }}", "{{ r.importo }}"), tr(LOOP[1], "")),),
    "tr for without a head": (tbl(2, tr(LOOP[0], ""), tr("{{ r.nome }}", "{{ r.importo }}"), tr(LOOP[1], "")),),
    "tr for over nothing": (
        tbl(2, tr("Nome", "Importo"), tr("{%tr for r in nessuna %}", ""), tr("{{ r }}", ""), tr(LOOP[1], "")),
    ),
    "a table without a row": (tbl(2, tr("{%tr for r in nessuna %}", ""), tr("{{ r }}", ""), tr(LOOP[1], "")), p("a")),
    "tr if": (tbl(1, tr("a"), tr("{%tr if no %}"), tr("via"), tr("{%tr else %}"), tr("{{ x }}"), tr("{%tr endif %}")),),
    "tr for in tr for": (
        tbl(
            *(1, tr("testa"), tr(LOOP[0]), tr("{{ r.nome }}"), tr("{%tr for l in r.lista %}"), tr("- {{ l }}")),
            *(tr("{%tr endfor %}"), tr("{%tr endfor %}")),
        ),
    ),
    "tr comment": (tbl(1, tr("{#tr a remark #}"), tr("{{ x }}")),),
    "tc for, more cells than columns": (
        tbl(2, tr("{%tc for c in colonne %}", "{{ c }}", "{%tc endfor %}"), tr("a", "b")),
    ),
    "tc for, fewer cells than columns": (tbl(3, tr("{%tc for c in poche %}", "{{ c }}", "{%tc endfor %}")),),
    "tc if": (
        tbl(3, tr("a", "{%tc if no %}", "b", "{%tc endif %}", "c"), tr("{%tc if no %}", "d", "{%tc endif %}", "e")),
    ),
    "tc for in tr for": (
        tbl(2, tr(LOOP[0], ""), tr("{%tc for l in r.lista %}", "{{ l }}", "{%tc endfor %}"), tr(LOOP[1], "")),
    ),
    "tc comment": (tbl(2, tr("{#tc a remark #}", "{{ x }}", "b")),),
    "colspan": (tbl(3, tr("{% colspan n %}{{ x }}"), tr("a", "b", "c")),),
    "cellbg": (tbl(1, tr(tc("{% cellbg colore %}{{ x }}", properties=SHADE)), tr(tc("{% cellbg '00FF00' %}b"))),),
    "cellbg in tr for": (
        tbl(1, tr(LOOP[0]), tr(tc("{% cellbg colore if loop.first else '0000FF' %}{{ r.nome }}")), tr(LOOP[1])),
    ),
    "vm": (tbl(2, tr(LOOP[0], ""), tr("{% vm %}insieme", "{{ r.nome }}"), tr(LOOP[1], "")),),
    "hm": (tbl(3, tr("a", "b", "c"), tr("{%tc for c in colonne %}", "{% hm %}sopra", "{%tc endfor %}")),),
    "hm in a wide cell": (
        tbl(
            *(3, tr("a", "b", "c")),
            tr("{%tc for c in poche %}", tc("{% hm %}sopra", properties='<w:gridSpan w:val="3"/>'), "{%tc endfor %}"),
        ),
    ),
    "a cell that a condition empties": (tbl(2, tr(tc(p("{%p if no %}"), p("via"), p("{%p endif %}")), "b")),),
    "a table in a cell": (tbl(1, tr(tc(tbl(2, tr("{{ x }}", "b")), p())), tr("c")),),
    "a table in a cell with a loop": (
        tbl(1, tr(tc(tbl(1, tr(LOOP[0]), tr("{{ r.nome }}"), tr(LOOP[1])), p("{{ y }}"))), tr("c")),
    ),
    "tables of several widths": (
        tbl(1, tr("{{ x }}")),
        p("tra"),
        tbl(4, tr("{{ y }}", "b", "c", "d")),
        tbl(2, tr("a")),
    ),
    "a row with a content control": (
        tbl(2, f"<w:tr><w:sdt><w:sdtContent>{tc('{{ x }}')}</w:sdtContent></w:sdt>{tc('b')}</w:tr>"),
    ),
    "braces to be shown": (p("{_{ x }_} e {_% if %_} {% raw %}{{ y }}{% endraw %} {{ x }}"),),
    "a text box, and drawings to be numbered": (p(TEXT_BOX), p(DRAWING), p(DRAWING), p("{{ x }}")),
    "drawings in a loop": (p("{%p for c in colonne %}"), p(DRAWING, "{{ c }}"), p("{%p endfor %}")),
    "a content control": (f"<w:sdt><w:sdtPr/><w:sdtContent>{p('{{ x }}')}</w:sdtContent></w:sdt>",),
    "blanks and breaks of the template": (p("a  {{ x }}  ", "<w:r><w:tab/><w:br/></w:r>", " b"),),
    "tabs and line breaks of the template": (p("a\tb\nc {{ x }}"), tbl(1, tr("d\te {{ y }}"))),
    "nothing to fill": (p("solo testo"), tbl(1, tr("a"))),
    "wrong nesting, which is forgiven": (p("{% if no %}a"), p("b{% endif %}"), p("{{ x }}")),
}


@dataclass(frozen=True)
class Case:
    """A template and its values; `bind` gives docxtpl those values that belong to its document."""

    template: bytes
    values: dict[str, Any] = field(default_factory=dict)
    bind: Callable[[DocxTemplate], dict[str, Any]] | None = None

    def ours(self) -> bytes:
        """The document as this program makes it."""
        return render(self.template, "t.docx", {**VALUES, **self.values}, AT, "it")

    def theirs(self) -> bytes:
        """What docxtpl makes of the same template and values."""
        document, result = DocxTemplate(io.BytesIO(self.template)), io.BytesIO()
        document.init_docx()
        values = {**VALUES, **self.values, **(self.bind(document) if self.bind else {})}
        document.render(values, jinja_env=Environment(autoescape=True), autoescape=True)
        document.core_properties.created = document.core_properties.modified = AT.replace(tzinfo=None)
        document.save(result)
        return result.getvalue()


def picture(side: int) -> bytes:
    """A picture of one colour."""
    rows = (b"\0" + b"\x20\x40\x60" * side) * side
    chunks = (
        (b"IHDR", struct.pack(">2I5B", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    written = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def jpeg(side: int) -> bytes:
    """A photograph as far as it tells its size."""
    marks = (
        (b"\xe0", b"JFIF\0\1\1\1" + struct.pack(">2H", 96, 96) + b"\0\0"),
        (b"\xc0", b"\x08" + struct.pack(">2H", side, side) + b"\1\1\x11\0"),
        (b"\xda", b"\1\1\0\0\x3f\0"),
    )
    written = (b"\xff" + mark + struct.pack(">H", len(content) + 2) + content for mark, content in marks)
    return b"\xff\xd8" + b"".join(written) + b"\0\xff\xd9"


def with_a_picture(content: bytes, *printed: str) -> bytes:
    """A template that shows a picture of its own, and prints others behind it."""
    document, result = Document(), io.BytesIO()
    document.add_picture(io.BytesIO(content))
    for text in printed:
        document.add_paragraph(text)
    document.sections[0].footer.paragraphs[0].add_run().add_picture(io.BytesIO(content))
    document.sections[0].footer.add_paragraph(printed[0])
    document.save(result)
    return result.getvalue()


def _rich() -> RichText:
    rich = RichText("grasso & <", bold=True, color="#FF0000", size=28)
    rich.add(" corsivo\tdopo", italic=True, font="Arial", underline="double")
    return rich


def _rich_paragraphs() -> RichTextParagraph:
    rich = RichTextParagraph("primo", parastyle="Heading1")
    rich.add(RichText("secondo", bold=True))
    return rich


def _pictures(document: DocxTemplate) -> dict[str, Any]:
    logo = InlineImage(document, io.BytesIO(FIRST), width=Mm(20))
    photograph = InlineImage(document, io.BytesIO(PHOTOGRAPH), width=Mm(33.3))
    return {"logo": logo, "grafico": InlineImage(document, io.BytesIO(SECOND)), "foto": photograph}


FIRST, SECOND, PHOTOGRAPH = picture(4), picture(9), jpeg(12)
OURS = {"logo": Picture(FIRST, 20), "grafico": Picture(SECOND), "foto": Picture(PHOTOGRAPH, 33.3), "due": "uno\ndue"}
INNER = docx(p("dentro", properties=STYLED), tbl(2, tr("a", "b")))
LISTED = tbl(2, tr(LOOP[0], ""), tr("{{ r.nome }}", "{{ r.importo }}"), tr(LOOP[1], ""))
BROKEN = docx(p("prima {{ z }} dopo", properties=RIGHT), p(run("{{ z }}", "<w:b/>")), tbl(1, tr("{{ z }}")))
PICTURES: dict[str, bytes] = {
    "pictures": docx(p("a {{ logo }} b {{ x }}"), tbl(1, tr("{{ grafico }}")), header=p("{{ logo }}")),
    "pictures twice, and among drawings": docx(p(DRAWING), p("{{ logo }}{{ logo }} {{ foto }}"), p(DRAWING)),
    "pictures in a loop of rows": docx(
        tbl(2, tr("a", "b"), tr(LOOP[0], ""), tr("{{ r.nome }}", "{{ logo }}"), tr(LOOP[1], "")), p("{{ foto }}")
    ),
    "a picture beside a text that is taken apart": docx(p("{% if si %}{{ logo }}{% endif %} {{ due }}")),
    "a picture kept for later": docx(p("{% set z %}{{ logo }}{% endset %}{{ z }} {{ z }}")),
    "a picture where nesting is forgiven": docx(p("{% if no %}a"), p("b{% endif %}"), p("{{ logo }}")),
    "headers that share a picture": docx(p("a"), header=p("{{ foto }}"), first=p("{{ foto }} {{ x }}"), sections=2),
    "pictures beside the template's own": with_a_picture(FIRST, "{{ logo }} {{ grafico }} {{ foto }}"),
    "photographs beside the template's own": with_a_picture(PHOTOGRAPH, "{{ foto }} {{ x }} {{ logo }}"),
}
BREAKS = ["a\nb", "a\tb\tc", "\n", "a\n\nb & c", "x\ny\tz"]

CASES: dict[str, Case] = {
    **{name: Case(docx(*body)) for name, body in BODIES.items()},
    **{f"breaks in a value: {text!r}": Case(BROKEN, {"z": text}) for text in BREAKS},
    "headers, footers and footnotes": Case(
        docx(
            p("{{ y }}"),
            header=p("{{ x }}"),
            footer=p("{% if si %}{{ y }}{% endif %}"),
            footnote=p("nota {{ x }} {% for r in righe %}{{ r.nome }};{% endfor %}"),
        )
    ),
    "a header of the first page, and a table in a footer": Case(
        docx(p("a"), first=p("{%p if si %}") + p("{{ x }}") + p("{%p endif %}"), footer=LISTED)
    ),
    "a header without instructions": Case(docx(p("{{ x }}"), header=p("Città metropolitana"))),
    "properties": Case(
        docx(p("a"), properties={"title": "Relazione {{ y }}", "author": "{{ n }}", "keywords": "{{ x }}"})
    ),
    "several sections": Case(docx(p("{{ x }}"), header=p("{{ y }}"), sections=3)),
    "a listing": Case(
        docx(p(run("{{ z }}", "<w:b/>"), properties=STYLED), p("{{ x }}")),
        {"z": Listing("uno & due\ntre\aquattro\tcinque\fsei")},
    ),
    "rich text": Case(docx(p("prima {{r z }} dopo"), p("{{r z }}")), {"z": _rich()}),
    "rich text in cells and headers": Case(
        docx(tbl(1, tr("a {{r z }}")), header=p("{{r z }}"), footer=p("{% if si %}{{r z }}{% endif %}")),
        {"z": RichText("grasso", bold=True)},
    ),
    "rich paragraphs": Case(docx(p("{{p z }}"), p("fine")), {"z": _rich_paragraphs()}),
    **{name: Case(content, OURS, _pictures) for name, content in PICTURES.items()},
    "a document in the document": Case(
        docx(p("{{ x }} {{ logo }}"), p("{{p altro }}"), p("fine"), footnote=p("{{ y }}")),
        {**OURS, "altro": Subdocument(INNER)},
        lambda document: {**_pictures(document), "altro": document.new_subdoc(io.BytesIO(INNER))},
    ),
}
