"""Pieces of WordprocessingML that python-docx does not offer; nothing of styles or texts."""

from __future__ import annotations

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

# What may follow each element in its parent: the schema fixes the order of children.
AFTER_BORDERS = (
    *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid", "w:spacing"),
    *("w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:outlineLvl", "w:cnfStyle", "w:rPr", "w:sectPr"),
)


def element(tag: str, *children: BaseOxmlElement, **attributes: str | int) -> BaseOxmlElement:
    """Return `<w:tag>` with these attributes, all in the `w:` namespace, and children in the given order."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


def border(side: str, color: str, eighths: int, *, line: str = "single", space: int = 0) -> BaseOxmlElement:
    """Return one side of a border; its width in eighths of a point, its distance from the text in points."""
    return element(side, val=line, sz=eighths, space=space, color=color)


def add_field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """Append a field that Word computes, such as `PAGE`, with the text shown until then."""
    field = element("fldSimple", instr=f" {instruction} ")
    field.append(paragraph.add_run(shown)._r)  # appending moves the run into the field
    paragraph._p.append(field)
