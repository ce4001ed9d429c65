"""A new document and its bytes: no foreign parts, fixed dates, fixed order; nothing of what the document says."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RELATIONSHIP
from docx.opc.rel import Relationships
from docx.oxml.ns import qn

from .style import write_styles

_MADE_AT = datetime(2024, 1, 1)  # noqa: DTZ001 - document properties hold no zone
_WORD_2013 = "15"
# Parts of python-docx's own starting document that say nothing here.
_DROPPED = {
    RELATIONSHIP.THUMBNAIL,
    RELATIONSHIP.EXTENDED_PROPERTIES,
    RELATIONSHIP.CUSTOM_XML,
    RELATIONSHIP.WEB_SETTINGS,
    RELATIONSHIP.FONT_TABLE,
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
}
_DROPPED_SETTINGS = ("w:proofState", "w:savePreviewPicture", "w:rsids", "w:doNotAutoCompressPictures")


def new_document(title: str) -> Document:
    """Return an empty document with the office's styles, this title, and nothing else."""
    document = docx.Document()
    package = document.part.package
    assert package is not None  # noqa: S101 - python-docx opened it
    _drop(package.rels)
    _drop(document.part.rels)
    _write_properties(document, title)
    _write_settings(document)
    write_styles(document)
    return document


def document_bytes(document: Document) -> bytes:
    """Return the .docx file; the same document gives the same bytes."""
    raw, packed = BytesIO(), BytesIO()
    document.save(raw)
    with ZipFile(raw) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = ZipInfo(name, _MADE_AT.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0  # else it tells which system made the file
            target.writestr(entry, source.read(name), compresslevel=9)
    return packed.getvalue()


def _drop(relationships: Relationships) -> None:
    for key in [key for key, relationship in relationships.items() if relationship.reltype in _DROPPED]:
        del relationships[key]


def _write_properties(document: Document, title: str) -> None:
    properties = document.core_properties
    properties.title = title
    properties.author = properties.last_modified_by = ""
    properties.comments = properties.subject = properties.keywords = properties.category = ""
    properties.language = "it-IT"
    properties.revision = 1
    properties.created = properties.modified = _MADE_AT


def _write_settings(document: Document) -> None:
    settings = document.settings.element
    for tag in _DROPPED_SETTINGS:
        for found in settings.findall(qn(tag)):
            settings.remove(found)
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), _WORD_2013)
    for language in settings.iter(qn("w:themeFontLang")):
        language.attrib.clear()
        language.set(qn("w:val"), "it-IT")
