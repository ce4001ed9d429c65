"""What keeps a template's documents from being read by everybody: a report in warnings; nothing is refused for it.

Source of the rules: the Italian guidelines on accessible documents (AgID), which ask of a document its title, its
language, real headings, header rows that are said to be such, and a text beside each picture.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scheduler.documents.faults import Fault, Place, fault, problem
from scheduler.documents.whereabouts import LONGEST, level
from scheduler.errors import Problem

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MOST_EMPTY = 3  # paragraphs without text, one after the other
LONGEST_HEADING = 100  # characters
_FULL_STOPS = (".", ";", ":", ",")
_LOOP = re.compile(r"\{%-?tr\s+for\b")


def shortcomings(template: bytes, shown: str, lang: str) -> tuple[Problem, ...]:
    """Return what a template lacks, as warnings, each with its place; the template is a harmless .docx."""
    import docx

    document = docx.Document(io.BytesIO(template))
    found = (*_of_the_whole(document), *_of_the_body(document))
    return tuple(replace(problem(item, shown, lang), warning=True) for item in found)


def _of_the_whole(document: Document) -> Iterator[Fault]:
    if not document.core_properties.title.strip():
        yield fault("access-title")
    languages = {*document.styles.element.xpath("./w:docDefaults//w:lang/@w:val"), document.core_properties.language}
    if not any(language for language in languages):
        yield fault("access-language")
    for part in (document.part, *(section.header.part for section in document.sections)):
        for drawing in part.element.xpath(".//wp:docPr[not(@descr) or @descr='']"):
            yield fault("access-picture", name=drawing.get("name") or "–")


def _of_the_body(document: Document) -> Iterator[Fault]:
    from docx.text.paragraph import Paragraph

    heading, above, empty, tables = "", 0, 0, 0
    for item in document.iter_inner_content():
        if not isinstance(item, Paragraph):
            tables, empty = tables + 1, 0
            yield from (wrong.at(Place(heading=heading, table=tables)) for wrong in _of_a_table(item))
            continue
        empty = empty + 1 if _is_empty(item) else 0
        if empty == MOST_EMPTY + 1:
            yield fault("access-empty", most=MOST_EMPTY).at(Place(heading=heading))
        if depth := level(item.style):
            heading = item.text.strip()[:LONGEST]
            if depth > above + 1:
                yield fault("access-level", level=depth, above=above).at(Place(heading=heading))
            above = depth
        elif _looks_like_heading(item):
            yield fault("access-heading", value=item.text.strip()[:LONGEST]).at(Place(heading=heading))


def _of_a_table(table: Table) -> Iterator[Fault]:
    rows: list[Any] = table._tbl.tr_lst
    is_list = any(_LOOP.search("".join(row.itertext())) for row in rows)
    if not is_list and (len(rows) < 3 or len(table.columns) < 3):
        return  # it arranges a few texts beside each other
    if not rows[0].xpath("./w:trPr/w:tblHeader"):
        yield fault("access-header")
    elif rows[0].xpath("./w:tc/w:tcPr/w:gridSpan[@w:val > 1] | ./w:tc/w:tcPr/w:vMerge"):
        yield fault("access-merged")


def _is_empty(paragraph: Paragraph) -> bool:
    return not paragraph.text.strip() and not paragraph._p.xpath(".//w:drawing | .//w:pict | .//w:br")


def _looks_like_heading(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph of the text is made to look like a heading by bold letters alone."""
    said, runs = paragraph.text.strip(), [run for run in paragraph.runs if run.text.strip()]
    if not said or len(said) > LONGEST_HEADING or said.endswith(_FULL_STOPS) or "{%" in said:
        return False
    return bool(runs) and all(run.bold for run in runs)
