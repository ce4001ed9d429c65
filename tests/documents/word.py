"""Word documents made for tests from raw markup, and what is in a package, in a form that can be compared."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any
from xml.etree import ElementTree

from docx import Document
from docx.oxml import parse_xml
from lxml import etree

from scheduler.documents.package import TEXT_PARTS

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
NOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
W = f"{{{NAMESPACES['w']}}}"
UNORDERED = (f"{W}tcPr", f"{W}rPr")
_tag = attrgetter("tag")


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r>{properties and f"<w:rPr>{properties}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*texts: str, properties: str = "") -> str:
    """A paragraph with a run for each text; a text that is markup stays as it is."""
    runs = "".join(text if text.startswith("<w:") else run(text) for text in texts)
    return f"<w:p>{properties and f'<w:pPr>{properties}</w:pPr>'}{runs}</w:p>"


def tc(*content: str, properties: str = '<w:tcW w:w="2000" w:type="dxa"/>') -> str:
    """A cell of paragraphs."""
    inside = "".join(item if item.startswith("<w:") else p(item) for item in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tr(*cells: str) -> str:
    """A row of cells."""
    return f"<w:tr>{''.join(cell if cell.startswith('<w:') else tc(cell) for cell in cells)}</w:tr>"


def tbl(columns: int, *rows: str) -> str:
    """A table of rows."""
    grid = '<w:gridCol w:w="2000"/>' * columns
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def docx(
    *blocks: str,
    header: str = "",
    footer: str = "",
    first: str = "",
    footnote: str = "",
    endnote: str = "",
    properties: Mapping[str, str] | None = None,
    sections: int = 1,
) -> bytes:
    """A document whose body, header, footer, header of the first page and footnote are the given markup."""
    document = Document()
    _fill(document.element.body, "".join(blocks))
    for _ in range(sections - 1):
        document.add_section()
    section = document.sections[0]
    for story, markup in ((section.header, header), (section.footer, footer), (section.first_page_header, first)):
        if markup:
            story.is_linked_to_previous = False
            story._element.clear()
            _fill(story._element, markup)
    for kind, markup in (("footnote", footnote), ("endnote", endnote)):
        if markup:
            _add_notes(document, kind, markup)
    for name, value in (properties or {}).items():
        setattr(document.core_properties, name, value)
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


def _fill(element: Any, markup: str) -> None:
    for number, child in enumerate(parse_xml(f"<w:body {DECLARED}>{markup}</w:body>")):
        element.insert(number, child)


def _add_notes(document: Any, kind: str, markup: str) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    notes = f'<w:{kind}s {DECLARED}><w:{kind} w:id="1">{markup}</w:{kind}></w:{kind}s>'
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n{notes}'.encode()
    part = Part(PackURI(f"/word/{kind}s.xml"), f"{NOTES}.{kind}s+xml", xml, document.part.package)
    document.part.relate_to(part, f"{NAMESPACES['r']}/{kind}s")


def parts(content: bytes) -> dict[str, str]:
    """Every part of a package by name: a line for each element, other bytes as they are.

    Relationships and content types are lists without an order, and python-docx writes them in its own: they are sorted.
    So are the properties of cells and runs, whose order docxtpl does not keep. Blanks that indent drawings go.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: _readable(name, package.read(name)) for name in package.namelist()}


def with_whole_cells(content: bytes) -> bytes:
    """The package with an empty paragraph in each cell that ends in none, as Word demands."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, _with_whole_cells(old.read(name)) if TEXT_PARTS.fullmatch(name) else old.read(name))
    return result.getvalue()


def _with_whole_cells(part: bytes) -> bytes:
    root = etree.fromstring(part)
    for cell in root.iter(f"{W}tc"):
        if len(cell) == 0 or cell[-1].tag in (f"{W}tcPr", f"{W}tbl"):
            cell.append(cell.makeelement(f"{W}p"))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


@lru_cache(maxsize=100)
def _readable(name: str, content: bytes) -> str:
    if not name.endswith((".xml", ".rels")):
        return content.hex()
    root = ElementTree.fromstring(content)  # noqa: S314
    for element in root.iter():
        if "/drawingml/" in str(element.tag):
            element.text, element.tail = (element.text or "").strip(), (element.tail or "").strip()
    lines = list(_lines(root, 0))
    return "\n".join(lines if name.startswith("word/") and name.endswith(".xml") else sorted(lines))


def _lines(element: ElementTree.Element, depth: int) -> Iterator[str]:
    yield f"{depth} {element.tag} {sorted(element.attrib.items())} {element.text or ''!r} {element.tail or ''!r}"
    for child in sorted(element, key=_tag) if element.tag in UNORDERED else element:
        yield from _lines(child, depth + 1)
