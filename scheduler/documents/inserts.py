"""Values that bring a file of their own into the document: pictures, and other documents."""

from __future__ import annotations

import html
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docxtpl import DocxTemplate


class InsertPlaceError(Exception):
    """A picture was printed where none can stand: between elements, or in a property."""


class Insert:
    """A value that is no text."""

    def __str__(self) -> str:
        """Return what can be read of it; that stands inside a tag, as an alternative text does."""
        return ""

    def picture(self) -> Picture | None:
        """Return the picture that it is; None for what only docxtpl can write."""
        return None

    def markup(self, document: DocxTemplate) -> str:
        """Return what docxtpl writes of it into a document that it renders as a whole."""
        raise NotImplementedError


@dataclass(frozen=True)
class Picture(Insert):
    """A picture in a line of text, for `{{ }}`; so many millimetres wide, or as wide as it is."""

    content: bytes
    width_mm: float | None = None
    alt: str = ""

    def __str__(self) -> str:
        """Return its alternative text."""
        return self.alt

    def picture(self) -> Picture:
        """Return itself."""
        return self

    def markup(self, document: DocxTemplate) -> str:
        """Return docxtpl's InlineImage, with the alternative text that it has no room for."""
        from docx.shared import Mm
        from docxtpl import InlineImage

        width = None if self.width_mm is None else Mm(self.width_mm)
        written = str(InlineImage(document, io.BytesIO(self.content), width=width))
        return written.replace("<wp:docPr ", f'<wp:docPr descr="{html.escape(self.alt)}" ', 1) if self.alt else written


@dataclass(frozen=True)
class Subdocument(Insert):
    """The body of another Word document, for `{{p }}`."""

    content: bytes

    def markup(self, document: DocxTemplate) -> str:
        """Return docxtpl's Subdoc."""
        return str(document.new_subdoc(io.BytesIO(self.content)))
