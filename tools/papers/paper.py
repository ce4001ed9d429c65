"""A document being written from top to bottom: pages, letterhead, paragraphs, conditions; nothing of tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.section import Section, _Footer, _Header
from docx.shared import Cm, Length
from docx.text.paragraph import Paragraph

from .element import add_field
from .package import document_bytes, new_document

_SHORT, _LONG = Cm(21.0), Cm(29.7)
_MARGIN, _BOTTOM = Cm(2.0), Cm(1.7)
PORTRAIT_WIDTH, LANDSCAPE_WIDTH = 17.0, 25.7  # centimetres between the margins

DRAFT = "versione {{ documento.versione }} del {{ documento.data | data }}"
_REFERENCE = "Rif. {{ scadenza.chiave }} – " + DRAFT
_RUNNING_TITLE = "{{ ufficio.ente }} – {{ documento.titolo }} – {{ periodo.etichetta }}"


class Paper:
    """One template being written; `width` is that of the current page between its margins, in centimetres."""

    def __init__(self, title: str, *, landscape: bool = False) -> None:
        """Begin with the first page and its letterhead."""
        self.document: Document = new_document(title)
        self.width = PORTRAIT_WIDTH
        self._captions = 0
        section = self.document.sections[0]
        self._lay_out(section, landscape=landscape)
        section.different_first_page_header_footer = True
        _write_letterhead(section.first_page_header)
        self._write_footer(section.first_page_footer)

    def add(self, text: str, style: str = "Normal") -> Paragraph:
        """Append a paragraph; its text is one run, so that a tag stays whole."""
        return self.document.add_paragraph(text, style)

    def caption(self, text: str) -> None:
        """Append a table's caption, with the next number."""
        self._captions += 1
        paragraph = self.add("Tabella ", "Caption")
        add_field(paragraph, "SEQ Tabella \\* ARABIC", str(self._captions))
        paragraph.add_run(f" – {text}")

    def add_landscape_pages(self) -> None:
        """Go on with landscape pages."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        self.document.paragraphs[-1].style = self.document.styles["Distanza"]  # the one that holds the break
        section.different_first_page_header_footer = False
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
        self._lay_out(section, landscape=True)

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """Write what follows only where the condition holds."""
        self.add(f"{{%p if {condition} %}}")
        yield
        self.add("{%p endif %}")

    def otherwise(self, text: str, style: str = "Normal") -> None:
        """Within `when`: write this paragraph where the condition does not hold."""
        self.add("{%p else %}")
        self.add(text, style)

    @contextmanager
    def each(self, loop: str) -> Iterator[None]:
        """Write what follows once for each item, as `punto in tabelle.ordine_del_giorno`."""
        self.add(f"{{%p for {loop} %}}")
        yield
        self.add("{%p endfor %}")

    def content(self) -> bytes:
        """Return the .docx file."""
        return document_bytes(self.document)

    def _lay_out(self, section: Section, *, landscape: bool) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (_LONG, _SHORT) if landscape else (_SHORT, _LONG)
        section.left_margin = section.right_margin = section.top_margin = _MARGIN
        section.bottom_margin = _BOTTOM
        section.header_distance = section.footer_distance = Cm(1.0)
        self.width = LANDSCAPE_WIDTH if landscape else PORTRAIT_WIDTH
        section.header.paragraphs[0].style = "Testata"
        section.header.paragraphs[0].add_run(_RUNNING_TITLE)
        self._write_footer(section.footer)

    def _write_footer(self, footer: _Footer) -> None:
        paragraph = footer.paragraphs[0]
        paragraph.style = "Footer"
        right_edge: Length = Cm(self.width)
        paragraph.paragraph_format.tab_stops.add_tab_stop(right_edge, WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(f"{_REFERENCE}\tPagina ")
        add_field(paragraph, "PAGE", "1")
        paragraph.add_run(" di ")
        add_field(paragraph, "NUMPAGES", "1")


def _write_letterhead(header: _Header) -> None:
    header.paragraphs[0].style = "Ente"
    header.paragraphs[0].add_run("{{ ufficio.ente }}")
    header.add_paragraph("{{ ufficio.settore }}", "Settore")
