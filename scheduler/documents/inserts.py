"""Values that bring a file of their own into the document: only docxtpl's document object can write these."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docxtpl import DocxTemplate


class Insert:
    """A value that is written by the document itself."""

    def bound(self, document: DocxTemplate) -> Any:
        """Return docxtpl's own object for one document."""
        raise NotImplementedError


@dataclass(frozen=True)
class Picture(Insert):
    """A picture in a line of text, for `{{ }}`; so many millimetres wide, or as wide as it is."""

    content: bytes
    width_mm: float | None = None

    def bound(self, document: DocxTemplate) -> Any:
        """Return an InlineImage."""
        from docx.shared import Mm
        from docxtpl import InlineImage

        width = None if self.width_mm is None else Mm(self.width_mm)
        return InlineImage(document, io.BytesIO(self.content), width=width)


@dataclass(frozen=True)
class Subdocument(Insert):
    """The body of another Word document, for `{{p }}`."""

    content: bytes

    def bound(self, document: DocxTemplate) -> Any:
        """Return a Subdoc."""
        return document.new_subdoc(io.BytesIO(self.content))
