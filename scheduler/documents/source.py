"""The parts of a template that Jinja fills, as docxtpl finds them, and their compiled form."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import Template, nodes

from scheduler.documents import mending
from scheduler.documents.album import Album
from scheduler.documents.mending import Frame
from scheduler.documents.order import restored
from scheduler.documents.readback import text_of
from scheduler.documents.sandbox import Printed, Sandbox
from scheduler.documents.shape import settle
from scheduler.documents.ties import tied

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")  # those that docxtpl fills
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_START = re.compile(r"<([^\s>/]+)[^>]*>")
_ID = re.compile(r'\sid="(\d+)"')
_LINE = re.compile(r"\n(?=<w:p[ >])")
_PARAGRAPH = re.compile(r"<w:p([ >])")
_INSTRUCTION = re.compile(r"((?:</w:\w+>|%\})\s*\{%[-+]?)")  # blanks behind it say nothing to Jinja
_UNREAD = re.compile(r"/word/(endnotes|comments)\.xml")  # docxtpl fills neither, and Jinja leaves no braces elsewhere
_DRAWN = re.compile(r"/word/charts/[^/]+\.xml")  # a chart's own texts
MARKS = re.compile(r"\{[{%#]")
_ESCAPES = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}


class LeftError(Exception):
    """Instructions stand where nothing fills them; the argument names the part."""


class UnreadableError(Exception):
    """The package is no Word document."""


@dataclass(frozen=True)
class Source:
    """One part's markup before Jinja, and what stands around it in the file."""

    name: str  # word/header1.xml
    frame: Frame
    text: str  # with the frame's bare tags
    before: str
    after: str = ""
    body: bool = False
    first_id: int = 1  # that no drawing of the part has

    @property
    def filled(self) -> bool:
        """Whether the part has to be written anew: it holds instructions, or it is the body."""
        return self.body or bool(MARKS.search(self.text) or any(mark in self.text for mark in _ESCAPES))


@dataclass(frozen=True)
class Part:
    """One part compiled: what needs to be known to fill it and to mend only what can be wrong."""

    source: Source
    template: Template
    proven: bool  # every rendering is well-formed
    regular: bool  # no table's grid depends on the data
    full: bool  # no cell can be without a paragraph
    drawings: bool  # there are some, to be numbered
    even: bool  # the template's own texts hold no tab or line break that has to become an element

    @property
    def steady(self) -> bool:
        """Whether nothing has to be mended whatever the data, so that the part can be written as it comes."""
        return self.proven and self.regular and self.full and self.even

    def begun(self, values: dict[str, Any], album: Album) -> tuple[Printed, Iterator[str]]:
        """Return the notes of a new rendering, and its pieces, which are made one after the other."""
        context: Any = self.template.new_context(values)
        context.printed.page = album.page(self.source.name, self.source.first_id)
        return context.printed, iter(self.template.root_render_func(context))

    def document(self, xml: str) -> bytes:
        """Return the whole file of a part's markup."""
        return "".join((self.source.before, xml, self.source.after)).encode()

    def mended(self, xml: str, *, drawn: bool) -> str:
        """Return the part's markup with all that docxtpl does to it after Jinja, and with whole cells.

        `drawn`: whether a picture was printed into it.
        """
        xml = mending.lines(xml)
        if not self.proven:
            xml = self._parsed(xml)
        elif not self.regular:
            xml = mending.tables(xml, self.source.frame)
        if self.drawings or (drawn and self.source.body):
            xml = mending.numbered(xml, mending.numbers())
        return xml if self.full else mending.cells(xml)

    def _parsed(self, xml: str) -> str:
        """Return what docxtpl makes of the part; it forgives wrong nesting in the body only."""
        from docx.oxml.parser import parse_xml

        frame = self.source.frame
        if self.source.body:
            return f"{frame.bare}{mending.recovered(xml[len(frame.bare) : -len(frame.end)], frame)}{frame.end}"
        parse_xml(xml)
        return xml


def sources(document: DocxTemplate) -> Iterator[Source]:
    """Yield the body, headers, footers and footnotes of a document that is loaded, patched as docxtpl does."""
    yield _body(document)
    stories: dict[str, Any] = {}
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        stories |= {story.partname: story for _, story in document.get_headers_footers(uri)}
    notes = (part for part in document.docx.part.package.parts if part.content_type == FOOTNOTES)
    stories |= {story.partname: story for story in notes}
    for name, story in stories.items():
        text = document.get_part_xml(story)
        if start := _START.match(text):
            frame = Frame(start[0], start[0], f"</{start[1]}>")
            patched = restored(document.patch_xml(text))
            yield Source(name.lstrip("/"), frame, patched, DECLARATION, first_id=_first_id(text))


def _body(document: DocxTemplate) -> Source:
    from docx.opc.oxml import serialize_part_xml

    element, text = document.docx.element, document.get_xml()
    element.body.clear()
    before, after = serialize_part_xml(element).decode().split("<w:body/>")
    full = text[: text.index(">") + 1]
    frame = Frame("<w:body>", full, "</w:body>")
    patched = mending.number_first(restored(document.patch_xml(frame.bare + text[len(full) :])))
    name = document.docx.part.partname.lstrip("/")
    return Source(name, frame, patched, before, after, body=True, first_id=_first_id(text))


def _first_id(text: str) -> int:
    """Return the first number that no element of a part has, as python-docx counts them."""
    return max(map(int, _ID.findall(text)), default=0) + 1


def in_lines(text: str) -> str:
    """Return a source with a line for each paragraph, and for each instruction between paragraphs or rows."""
    return _INSTRUCTION.sub(r"\1\n", _PARAGRAPH.sub(r"\n<w:p\1", text))


def parsed(sandbox: Sandbox, text: str) -> nodes.Template:
    """Return the syntax tree of a source in lines."""
    tree = sandbox.parse(in_lines(text))
    for data in tree.find_all(nodes.TemplateData):
        data.data = _LINE.sub("", data.data)
        for mark, written in _ESCAPES.items():
            data.data = data.data.replace(mark, written)
    return tree


def compiled(sandbox: Sandbox, source: Source, numbers: Iterator[int] | None = None) -> Part:
    """Return the part ready to be filled any number of times; given numbers for ties, with its values tied."""
    text = source.text
    tree = parsed(sandbox, text if numbers is None else tied(sandbox, text, numbers, body=source.body))
    own = [data.data for data in tree.find_all(nodes.TemplateData)]
    return Part(
        source,
        _template(sandbox, tree),
        proven=settle(tree),
        regular=not source.body or mending.regular(text),
        full=mending.ends_in_paragraphs(text),
        drawings=source.body and "docPr" in text,
        even=not any(character in markup for markup in own for character in mending.LAYOUT),
    )


def compiled_text(sandbox: Sandbox, text: str) -> Template:
    """Return the template of a property: its own text is escaped like the values, because it goes into XML."""
    tree = sandbox.parse(text)
    for data in tree.find_all(nodes.TemplateData):
        data.data = html.escape(data.data, quote=False)
    return _template(sandbox, tree)


def _template(sandbox: Sandbox, tree: nodes.Template) -> Template:
    return Template.from_code(sandbox, sandbox.compile(tree), {})


def loaded(content: bytes) -> DocxTemplate:
    """Return docxtpl's document of a template's bytes.

    Raises:
        UnreadableError: python-docx does not take it for a Word document.
        LeftError: there are instructions where nothing fills them.
    """
    from docxtpl import DocxTemplate

    document = DocxTemplate(io.BytesIO(content))
    try:
        document.init_docx()
    except (KeyError, ValueError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile) as error:
        raise UnreadableError from error
    for part in document.docx.part.package.parts:
        if _UNREAD.fullmatch(part.partname) and MARKS.search(text_of(part.blob)):
            raise LeftError(part.partname.lstrip("/"))
        if _DRAWN.fullmatch(part.partname) and MARKS.search(part.blob.decode("utf-8", "replace")):
            raise LeftError(part.partname.lstrip("/"))
    return document
