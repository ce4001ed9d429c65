"""A document that docxtpl itself renders as a whole, because another document goes into it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docxtpl import DocxTemplate

from scheduler.documents import native_charts
from scheduler.documents.archive import same_bytes
from scheduler.documents.mending import cells
from scheduler.documents.order import restored
from scheduler.documents.package import document_text
from scheduler.documents.readback import absent
from scheduler.documents.sandbox import Printed, environment
from scheduler.documents.source import FOOTNOTES
from scheduler.documents.template import LostError, template_of
from scheduler.documents.unverified import NAME, put_box


class _Whole(DocxTemplate):  # type: ignore[misc]
    """docxtpl without what it does wrong: cells without paragraphs, footnotes filled once for each section."""

    def render_xml_part(self, *args: Any) -> str:
        """Return a filled part with whole cells, and properties in order."""
        return restored(cells(super().render_xml_part(*args)))

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Leave the properties to the compiled template: docxtpl escapes them twice."""

    def render_footnotes(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Fill the footnotes once: a value that looks like an instruction must not become one."""
        for part in self.docx.part.package.parts:
            if part.content_type == FOOTNOTES:
                xml = self.patch_xml(part.blob.decode())
                part._blob = self.render_xml_part(xml, part, context, jinja_env).encode()


def filled(content: bytes, values: Mapping[str, Any], at: datetime) -> bytes:
    """Return the document with these values, each of which was found in it again.

    Raises:
        LostError: some were not.
    """
    notes, document, result = Printed(), _Whole(io.BytesIO(content)), io.BytesIO()
    document.init_docx()
    if NAME in values:
        put_box(document.docx)
    document.render(dict(values), jinja_env=environment(notes, document), autoescape=True)
    document.save(result)
    template = template_of(content)
    changed = [template.properties.filled(dict(values), at)] if template.properties else []
    changed += native_charts.entries(template.charts, values)
    written = same_bytes(result.getvalue(), *changed)
    if lost := notes.lost + absent(document_text(written), notes.texts):
        raise LostError(lost)
    return written
