"""Where in a template a line of its source is, as a person finds it in Word: heading, table, row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scheduler.documents.faults import Place
from scheduler.documents.source import Source, in_lines

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

LONGEST = 60  # characters of a heading that are shown

_PARTS = (("word/header", "header"), ("word/footer", "footer"), ("word/footnotes", "notes"))
_PARAGRAPH_END = "</w:p>"
_MARK = re.compile(
    r"(?P<table></?w:tbl>)|(?P<row><w:tr[ >]|</w:tr>)|(?P<paragraph><w:p[ >])|(?P<instruction>\{%)"
    r'|<w:pStyle w:val="(?P<style>[^"]*)"|<w:t(?: [^>]*)?>(?P<text>[^<]*)</w:t>'
)


class Outline:
    """What there is to find one's way in a document: the paragraph styles that make headings."""

    def __init__(self, document: DocxTemplate) -> None:
        """Given docxtpl's document, loaded."""
        self._styles = {style.style_id for style in document.docx.styles if style.type == 1 and level(style)}

    def place(self, source: Source, line: int) -> Place:
        """Return the place of a line of a source, from 1."""
        walk = _Walk(self._styles)
        for mark in _MARK.finditer(_until(in_lines(source.text), line)):
            walk.take(mark)
        return walk.place(next((name for start, name in _PARTS if source.name.startswith(start)), ""))


def level(style: Any) -> int:
    """Return the level of the headings that a paragraph style makes, from 1; 0 where it makes none."""
    while style is not None:
        if levels := style.element.xpath("./w:pPr/w:outlineLvl/@w:val"):
            return int(levels[0]) + 1 if int(levels[0]) < 9 else 0
        style = style.base_style
    return 0


def _until(text: str, line: int) -> str:
    """Return a text up to the beginning of a line, or to the end of the paragraph that it begins, maybe a heading."""
    before = "\n".join(text.split("\n")[: line - 1])
    rest = text[len(before) :]
    return before + rest.partition(_PARAGRAPH_END)[0] if rest.startswith("\n<w:p") else before


class _Walk:
    """What has been passed on the way through a part's markup."""

    def __init__(self, headings: set[str]) -> None:
        self._headings = headings
        self._heading, self._is_heading, self._is_new = "", False, False
        self._depth, self._table, self._row, self._in_row = 0, 0, 0, False

    def take(self, mark: re.Match[str]) -> None:
        """Take the next mark; an instruction between rows has a row of its own in Word."""
        match mark.lastgroup:
            case "table":
                self._step(1 if mark[0] == "<w:tbl>" else -1)
            case "row" if self._depth == 1:
                self._in_row = mark[0] != "</w:tr>"
                self._row += self._in_row
            case "instruction" if self._depth == 1 and not self._in_row:
                self._row += 1
            case "paragraph":
                self._is_heading = False
            case "style" if mark["style"] in self._headings:
                self._is_heading = self._is_new = True
            case "text" if self._is_heading and (mark["text"].strip() or not self._is_new):
                self._heading = mark["text"] if self._is_new else self._heading + mark["text"]
                self._is_new = False

    def place(self, part: str) -> Place:
        """Return where this is, in a part; tables are counted in the body alone."""
        heading = " ".join(self._heading.split())[:LONGEST]
        return Place(part, heading, self._table, self._row) if self._depth and not part else Place(part, heading)

    def _step(self, by: int) -> None:
        self._depth += by
        if by > 0 and self._depth == 1:
            self._table, self._row, self._in_row = self._table + 1, 0, False
