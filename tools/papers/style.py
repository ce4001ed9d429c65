"""The styles of the office's documents: one font, one blue, Italian; nothing of pages or texts."""

from __future__ import annotations

from dataclasses import dataclass

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import BaseStyle, ParagraphStyle

from .element import AFTER_BORDERS, border, element

FONT, MONOSPACED = "Arial", "Courier New"
BLUE, TINT, GREY, RULE = "1F3864", "E9EDF4", "595959", "BFBFBF"
TABLE_STYLE = "Tabella"

_LEFT, _RIGHT, _CENTER = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
_KEPT = {"Normal", "Default Paragraph Font", "Normal Table", "No List", "List Bullet"}


@dataclass(frozen=True)
class Style:
    """A paragraph style: sizes and spaces in points, indents in centimetres; None leaves what the base says."""

    name: str
    base: str = "Normal"
    size: float | None = None
    bold: bool | None = None
    italic: bool | None = None
    color: str = ""
    font: str = ""
    before: float | None = None
    after: float | None = None
    line: float | None = None
    indent: float | None = None
    hanging: float | None = None
    align: WD_ALIGN_PARAGRAPH | None = None
    keep_next: bool | None = None
    outline: int | None = None
    rule: str = ""  # the line of the border below the paragraph
    builtin: bool = False


_STYLES = (
    Style("Title", size=18, bold=True, color=BLUE, before=10, after=2, line=1.0, keep_next=True, builtin=True),
    Style("Subtitle", size=12, color=GREY, after=14, keep_next=True, builtin=True),
    Style("Heading 1", size=13, bold=True, color=BLUE, before=14, after=5, keep_next=True, outline=0, builtin=True),
    Style("Heading 2", size=11, bold=True, color=BLUE, before=12, after=4, keep_next=True, outline=1, builtin=True),
    Style("Caption", size=9, bold=True, color=GREY, before=8, after=3, keep_next=True, builtin=True),
    Style("Header", size=8, color=GREY, after=0, line=1.0, builtin=True),
    Style("Footer", size=8, color=GREY, after=0, line=1.0, builtin=True),
    Style("Ente", base="Header", size=14, bold=True, color=BLUE, after=1),
    Style("Settore", base="Header", size=9, after=10, rule="single"),
    Style("Testata", base="Header", after=10, rule="single"),
    Style("Cella", size=9, after=0, line=1.0, align=_LEFT),
    Style("Cella numero", base="Cella", align=_RIGHT),
    Style("Cella totale", base="Cella", bold=True),
    Style("Cella totale numero", base="Cella totale", align=_RIGHT),
    Style("Cella di cui", base="Cella", italic=True, indent=0.4),
    Style("Cella di cui numero", base="Cella", italic=True, align=_RIGHT),
    Style("Intestazione", base="Cella", bold=True, color=BLUE, keep_next=True),
    Style("Intestazione numero", base="Intestazione", align=_RIGHT),
    Style("Etichetta", base="Cella", bold=True, color=BLUE),
    Style("Elenco", base="Cella", size=8),
    Style("Elenco numero", base="Elenco", align=_RIGHT),
    Style("Elenco totale", base="Elenco", bold=True),
    Style("Elenco totale numero", base="Elenco totale", align=_RIGHT),
    Style("Elenco di cui", base="Elenco", italic=True, indent=0.4),
    Style("Elenco di cui numero", base="Elenco", italic=True, align=_RIGHT),
    Style("Elenco intestazione", base="Intestazione", size=8),
    Style("Elenco intestazione numero", base="Elenco intestazione", align=_RIGHT),
    Style("Impronta", base="Cella", size=7.5, font=MONOSPACED, line=1.1),
    Style("Nota", size=8.5, color=GREY, before=4, after=6, line=1.0),
    Style("Segnaposto", italic=True, color=GREY),
    Style("Segnaposto cella", base="Cella", italic=True, color=GREY),
    Style("Segnatura", base="Cella", size=8, color=GREY),
    Style("Destinatario", size=11, before=14, after=14, indent=8.5),
    Style("Oggetto", size=11, bold=True, after=14, indent=2.1, hanging=2.1),
    Style("Lettera", size=11, before=2, after=6),
    Style("Distanza", size=5, after=0, line=1.0),
    Style("Firma", before=0, after=0, align=_CENTER, keep_next=True),
    Style("Riga firma", base="Firma", size=11, before=20, rule="dotted"),
)


def write_styles(document: Document) -> None:
    """Replace the styles of a new document by the office's own."""
    for style in [style for style in document.styles if style.name not in _KEPT]:
        style.delete()
    _write_defaults(document)
    for look in _STYLES:
        _write_style(document, look)
    _write_table_style(document)
    document.styles["List Bullet"].base_style = document.styles["Lettera"]


def _write_defaults(document: Document) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert defaults is not None  # noqa: S101 - python-docx's own document has them
    defaults.clear()
    run = element("rPr", _fonts(FONT), element("sz", val=21), element("szCs", val=21), _language())
    spacing = element("spacing", after=120, line=271, lineRule="auto")
    defaults.append(element("rPrDefault", run))
    defaults.append(element("pPrDefault", element("pPr", spacing)))


def _write_style(document: Document, look: Style) -> None:
    style = document.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH, builtin=look.builtin)
    assert isinstance(style, ParagraphStyle)  # noqa: S101 - as asked for
    base = document.styles[look.base]
    style.base_style = base
    _show(style)
    _write_font(style, look)
    _write_spacing(style, look)
    if look.rule:
        below = border("bottom", BLUE if look.rule == "single" else GREY, 8, line=look.rule, space=5)
        style.element.get_or_add_pPr().insert_element_before(element("pBdr", below), *AFTER_BORDERS)
    if look.outline is not None:
        style.element.get_or_add_pPr().append(element("outlineLvl", val=look.outline))
        style.next_paragraph_style = document.styles["Normal"]


def _write_font(style: ParagraphStyle, look: Style) -> None:
    style.font.bold, style.font.italic = look.bold, look.italic
    if look.size:
        style.font.size = Pt(look.size)
    if look.color:
        style.font.color.rgb = RGBColor.from_string(look.color)
    if look.font:
        style.element.get_or_add_rPr().insert(0, _fonts(look.font))


def _write_spacing(style: ParagraphStyle, look: Style) -> None:
    layout = style.paragraph_format
    layout.space_before = None if look.before is None else Pt(look.before)
    layout.space_after = None if look.after is None else Pt(look.after)
    layout.line_spacing = look.line
    layout.left_indent = None if look.indent is None else Cm(look.indent)
    layout.first_line_indent = None if look.hanging is None else Cm(-look.hanging)
    layout.alignment = look.align
    layout.keep_with_next = look.keep_next


def _write_table_style(document: Document) -> None:
    style = document.styles.add_style(TABLE_STYLE, WD_STYLE_TYPE.TABLE)
    _show(style)
    edges = element("tblBorders", border("top", BLUE, 8), border("bottom", BLUE, 8), border("insideH", RULE, 4))
    sides = (("top", 45), ("left", 108), ("bottom", 45), ("right", 108))
    margins = element("tblCellMar", *(element(side, w=width, type="dxa") for side, width in sides))
    style.element.append(element("tblPr", element("tblInd", w=0, type="dxa"), edges, margins))


def _show(style: BaseStyle) -> None:
    style.hidden, style.quick_style, style.unhide_when_used = False, True, False


def _fonts(name: str) -> BaseOxmlElement:
    return element("rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name)


def _language() -> BaseOxmlElement:
    return element("lang", val="it-IT", eastAsia="it-IT", bidi="ar-SA")
