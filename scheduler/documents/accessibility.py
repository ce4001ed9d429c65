"""What keeps a template's documents from being read by everybody: a report in warnings; nothing is refused for it.

Source of the rules: the Italian guidelines on accessible documents (AgID), which ask of a document its title, its
language, real headings, header rows that are said to be such, and a text beside each picture.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scheduler.documents.faults import Fault, fault, problem
from scheduler.errors import Problem
from scheduler.locale import text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MOST_EMPTY = 3  # paragraphs without text, one after the other
LONGEST_HEADING = 100  # characters
_FULL_STOPS = (".", ";", ":", ",")
_LOOP = re.compile(r"\{%-?tr\s+for\b")


@dataclass(frozen=True)
class _Found:
    """A fault and where it is: after which heading, in which table."""

    fault: Fault
    heading: str = ""
    table: int = 0


def shortcomings(template: bytes, shown: str, lang: str) -> tuple[Problem, ...]:
    """Return what a template lacks, as warnings, each with its place; the template is a harmless .docx."""
    import docx

    document = docx.Document(io.BytesIO(template))
    found = (*_of_the_whole(document), *_of_the_body(document))
    return tuple(_told(item, shown, lang) for item in found)


def _told(item: _Found, shown: str, lang: str) -> Problem:
    place = [shown]
    if item.heading:
        place.append(text(lang, "place.under", heading=item.heading))
    if item.table:
        place.append(text(lang, "place.table", number=item.table))
    return replace(problem(item.fault, ", ".join(place), lang), warning=True)


def _of_the_whole(document: Document) -> Iterator[_Found]:
    if not document.core_properties.title.strip():
        yield _Found(fault("access-title"))
    languages = {*document.styles.element.xpath("./w:docDefaults//w:lang/@w:val"), document.core_properties.language}
    if not any(language for language in languages):
        yield _Found(fault("access-language"))
    for part in (document.part, *(section.header.part for section in document.sections)):
        for drawing in part.element.xpath(".//wp:docPr[not(@descr) or @descr='']"):
            yield _Found(fault("access-picture", name=drawing.get("name") or "–"))


def _of_the_body(document: Document) -> Iterator[_Found]:
    from docx.text.paragraph import Paragraph

    heading, level, empty, tables = "", 0, 0, 0
    for item in document.iter_inner_content():
        if not isinstance(item, Paragraph):
            tables, empty = tables + 1, 0
            yield from (_Found(wrong, heading, tables) for wrong in _of_a_table(item))
            continue
        empty = empty + 1 if _is_empty(item) else 0
        if empty == MOST_EMPTY + 1:
            yield _Found(fault("access-empty", most=MOST_EMPTY), heading)
        if depth := _depth(item):
            heading = item.text.strip()[:60]
            if depth > level + 1:
                yield _Found(fault("access-level", level=depth, above=level), heading)
            level = depth
        elif _looks_like_heading(item):
            yield _Found(fault("access-heading", value=item.text.strip()[:60]), heading)


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


def _depth(paragraph: Paragraph) -> int:
    """Return the level of a heading, from 1; 0 where it is none."""
    style: Any = paragraph.style
    while style is not None:
        if levels := style.element.xpath("./w:pPr/w:outlineLvl/@w:val"):
            return int(levels[0]) + 1 if int(levels[0]) < 9 else 0
        style = style.base_style
    return 0


def _looks_like_heading(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph of the text is made to look like a heading by bold letters alone."""
    said, runs = paragraph.text.strip(), [run for run in paragraph.runs if run.text.strip()]
    if not said or len(said) > LONGEST_HEADING or said.endswith(_FULL_STOPS) or "{%" in said:
        return False
    return bool(runs) and all(run.bold for run in runs)
