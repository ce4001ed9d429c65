"""Documents: docxtpl and docxtemplater beside the compiled template, cold and warm; the floor is deflating the markup.

The project's aims, warm and with docxtpl's text: a letter 70 times as fast, a report 40 times, 10 000 rows 60 times.
The templates are formatted as Word writes it: each paragraph and run carries its own properties.
"""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from isal import isal_zlib

from benchmarks import docxtemplater
from scheduler.documents.inserts import Picture
from scheduler.documents.package import document_text
from scheduler.documents.render import render
from scheduler.documents.template import template_of

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LOOK = (
    '<w:rPr><w:rFonts w:ascii="Titillium Web" w:hAnsi="Titillium Web"/><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr>'
)
MARKS = 'w:rsidR="00A77427" w:rsidRDefault="007F1D13" w:rsidP="001B2C3D"'
SPACED = '<w:spacing w:before="40" w:after="40"/><w:jc w:val="both"/>'
PROSE = (
    "Con riferimento alla convenzione in essere e agli adempimenti che ne derivano, si trasmette quanto segue: {0}; "
    "resta inteso che gli importi si riferiscono al periodo indicato e sono stati verificati dall'ufficio competente."
)
VALUES = {f"v{number}": f"valore n. {number}, dell'ufficio" for number in range(40)}


def measure() -> None:
    """Print milliseconds of each way for the three documents, and how many times as fast the warm template is."""
    ways = ("docxtpl", "docxtemplater", "cold", "warm", "floor", "to docxtpl", "to docxtemplater")
    print(f"  {'':28}{''.join(f'{way:>14}' for way in ways[:5])}{''.join(f'{way:>18}' for way in ways[5:])}")
    compare("letter of 2 pages, 30 values", letter(), VALUES, 15)
    tables = {"t0": rows(285, 8), **{f"t{number}": rows(12, 5) for number in range(1, 5)}}
    compare("report, 5 tables, a picture", report(), {**VALUES, **tables}, 7, Picture(png(64), 60))
    compare("table of 10 000 rows", docx(table("righe", 4)), {"righe": rows(10_000, 4)}, 3)


def compare(title: str, template: bytes, values: dict[str, Any], runs: int, picture: Picture | None = None) -> None:
    """Print one line, after having seen that all ways give the same text."""

    def plain() -> bytes:
        document, result = DocxTemplate(io.BytesIO(template)), io.BytesIO()
        inline = picture and InlineImage(document, io.BytesIO(picture.content), width=Mm(picture.width_mm or 0))
        document.render({**values, "grafico": inline}, autoescape=True)
        document.save(result)
        return result.getvalue()

    def ours() -> bytes:
        return render(template, "t.docx", {**values, "grafico": picture}, AT, "it")

    def cold() -> bytes:
        template_of.cache_clear()
        return ours()

    made = plain()
    assert document_text(ours()) == document_text(made)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        markup = package.read("word/document.xml")
    theirs, first, warm = fastest(plain, runs), fastest(cold, runs), fastest(ours, runs * 5)
    floor = fastest(lambda: isal_zlib.compress(markup, 2), runs * 5)
    other = docxtemplater.filled(template, values, runs)
    if other:
        assert document_text(other[0]) == document_text(made)
    others = other[1] if other else float("nan")
    times = "".join(f"{item:14.2f}" for item in (theirs, others, first, warm, floor))
    print(f"  {title:28}{times}{theirs / warm:16.1f} x{others / warm:16.1f} x", flush=True)


def fastest(work: Callable[[], object], runs: int) -> float:
    """Return the milliseconds of the fastest call: whatever else goes on on the machine only adds to it."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def letter() -> bytes:
    """Two pages of prose with a value in each paragraph, and some in header and footer."""
    return docx(*(paragraph(PROSE.format(f"{{{{ v{number} }}}}")) for number in range(27)), around=True)


def report() -> bytes:
    """Five tables between paragraphs, one of 285 rows and 8 columns, and a picture that is printed."""
    tables = [table("t0", 8), *(table(f"t{number}", 5) for number in range(1, 5))]
    prose = [paragraph(PROSE.format(f"{{{{ v{number} }}}}")) for number in range(len(tables))]
    blocks = (block for pair in zip(prose, tables, strict=True) for block in pair)
    return docx(paragraph("{{ grafico }}"), *blocks, around=True)


def table(name: str, columns: int) -> str:
    """A table with a head and a row for each of a list."""
    names = [f"c{number}" for number in range(columns)]
    loop = f"{{%tr for r in {name} %}}", "{%tr endfor %}"
    shown = (names, [loop[0]], [f"{{{{ r.{item} }}}}" for item in names], [loop[1]])
    grid = '<w:gridCol w:w="1200"/>' * columns
    lines = "".join(f"<w:tr {MARKS[:18]}>{''.join(map(cell, line))}</w:tr>" for line in shown)
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>'


def cell(text: str) -> str:
    """A cell with one paragraph."""
    return f'<w:tc><w:tcPr><w:tcW w:w="1200" w:type="dxa"/></w:tcPr>{paragraph(text)}</w:tc>'


def paragraph(text: str) -> str:
    """A paragraph as Word writes it."""
    return f"<w:p {MARKS}><w:pPr>{SPACED}{LOOK}</w:pPr><w:r>{LOOK}<w:t>{text}</w:t></w:r></w:p>"


def rows(count: int, columns: int) -> list[SimpleNamespace]:
    """Rows of made-up texts."""
    return [SimpleNamespace(**{f"c{item}": f"voce {row}.{item}" for item in range(columns)}) for row in range(count)]


def docx(*blocks: str, around: bool = False) -> bytes:
    """A document of blocks of markup; on demand with values in header and footer."""
    document = Document()
    body = document.element.body
    for block in parse_xml(f'<w:body xmlns:w="{WORD}">{"".join(blocks)}</w:body>'):
        body.insert(len(body) - 1, block)
    if around:
        document.sections[0].header.paragraphs[0].text = "Città metropolitana: {{ v30 }}"
        document.sections[0].footer.paragraphs[0].text = "Prot. {{ v31 }} del {{ v32 }}"
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


def png(side: int) -> bytes:
    """A picture of one colour."""
    lines = (b"\0" + b"\x20\x40\x60" * side) * side
    head = struct.pack(">2I5B", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    written = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)
