"""The annex of a reviewer's copy: one table with each figure, its value, its formula and the cells it comes from."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from scheduler.documents.formats import printed
from scheduler.locale import text

MOST_CELLS = 40  # addresses of one sheet, in a comment or a row
HEADS = {"figure": 1700, "value": 1400, "formula": 1900, "file": 1700, "sheet": 838, "cells": 2100}  # with their widths

_PLACE = re.compile(r"(?P<file>.+?)(?: \[(?P<sheet>.*)\])? (?P<cells>\S+)")
_SMALL = '<w:rPr><w:sz w:val="16"/></w:rPr>'
_TIGHT = '<w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr>'
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


@dataclass(frozen=True)
class Source:
    """Where one figure comes from."""

    name: str
    value: object
    formula: str
    places: tuple[str, ...]  # `data/costi/2025-Q1.xlsx [Costi] F5:F859`
    is_personal: bool = False  # about one person: not said of a document that does not print it

    def sheets(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return file, sheet and addresses for each sheet, in the order of the cells."""
        found = [match.groupdict(default="") for place in self.places if (match := _PLACE.fullmatch(place))]
        grouped = groupby(found, key=lambda item: (item["file"], item["sheet"]))
        return [(file, sheet, tuple(item["cells"] for item in items)) for (file, sheet), items in grouped]

    def lines(self, lang: str) -> tuple[str, ...]:
        """Return what a comment says of it."""
        said = [f"{self.name} = {self.formula}"]
        for file, sheet, cells in self.sheets():
            said.append(f"{file}{f' [{sheet}]' if sheet else ''} {addresses(cells, lang)}")
        return tuple(said)


def addresses(cells: Sequence[str], lang: str) -> str:
    """Return addresses as a text; of very many, the first ones and how many more there are."""
    told = ", ".join(cells[:MOST_CELLS])
    more = len(cells) - MOST_CELLS
    return f"{told}, {text(lang, 'review.more', count=more)}" if more > 0 else told


def annex(sources: Sequence[Source], shown: Mapping[str, str], heading: str, lang: str) -> str:
    """Return the markup of the annex.

    Args:
        sources: of the figures, in order.
        shown: how the document prints them, by name; the others are printed as without a filter.
        heading: the style of headings; '' where there is none.
        lang: of the words.
    """
    head = _row([text(lang, f"review.{name}") for name in HEADS], "<w:trPr><w:tblHeader/></w:trPr>")
    rows = [row for source in sources for row in _rows(source, shown.get(source.name), lang)]
    look = f'<w:pStyle w:val="{heading}"/>' if heading else ""
    title = f"<w:p><w:pPr>{look}<w:pageBreakBefore/></w:pPr>{_run(text(lang, 'review.title'), '')}</w:p>"
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in HEADS.values())
    width = f'<w:tblW w:w="{sum(HEADS.values())}" w:type="dxa"/>'
    properties = f'<w:tblPr>{width}<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
    return f"{title}<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{head}{''.join(rows)}</w:tbl><w:p/>"


def _rows(source: Source, shown: str | None, lang: str) -> list[str]:
    own = [source.name, _value(source.value, lang) if shown is None else shown, source.formula]
    if source.is_personal and shown is None:
        own[1:] = text(lang, "review.personal"), ""
    places = source.sheets() or [("–", "", ())]
    return [
        _row([*(own if not number else ["", "", ""]), file, sheet, addresses(cells, lang)])
        for number, (file, sheet, cells) in enumerate(places)
    ]


def _value(value: object, lang: str) -> str:
    if isinstance(value, tuple):
        return text(lang, "review.rows", count=len(value))
    return printed(value)


def _row(cells: Sequence[str], properties: str = "") -> str:
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p>{_TIGHT}{_run(cell, _SMALL)}</w:p></w:tc>'
        for cell, width in zip(cells, HEADS.values(), strict=True)
    )
    return f"<w:tr>{properties}{inside}</w:tr>"


def _run(words: str, properties: str) -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{html.escape(words, quote=False)}</w:t></w:r>'
