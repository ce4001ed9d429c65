"""What a converted document says, read from its own bytes, and which words of the Word document are not in it."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from xml.etree import ElementTree

from scheduler.documents.package import document_text

_BROKEN = re.compile("[\\s\u00ad\u2010\u2011\ufffe\x02-]")  # how a line may end inside a word
_WORD = re.compile(r"\w")
_LEVEL = re.compile(rb"<pdfaid:part>2</pdfaid:part>|pdfaid:part=.2.")
_INTENT = b"/GTS_PDFA1"


def pdf_text(content: bytes) -> str:
    """Return the text of all pages of a PDF.

    Raises:
        ValueError: it is none.
    """
    import pypdfium2

    if not content.startswith(b"%PDF"):
        raise ValueError("no PDF")
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise ValueError(str(error)) from error
    try:
        return "\n".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    finally:
        document.close()


def archived(content: bytes) -> str:
    """Return the text of all pages of a PDF/A-2.

    Raises:
        ValueError: it is no PDF, or does not say of itself that it is for archives.
    """
    if not (_LEVEL.search(content) and _INTENT in content):
        raise ValueError("no PDF/A-2")
    return pdf_text(content)


def odt_text(content: bytes) -> str:
    """Return the text of an OpenDocument text, with its headers and footers.

    Raises:
        ValueError: it is none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [ElementTree.fromstring(package.read(name)) for name in ("content.xml", "styles.xml")]  # noqa: S314  (written by LibreOffice just now)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError) as error:
        raise ValueError("no ODT") from error
    return "\n".join("".join(part.itertext()) for part in parts)


def lost_words(document: bytes, text: str) -> tuple[str, ...]:
    """Return the words of a Word document that do not stand in a text, each once; how lines break is no matter."""
    there = _plain(text)
    words = dict.fromkeys(word for word in document_text(document).split() if _WORD.search(word))
    return tuple(word for word in words if _plain(word) not in there)


def _plain(text: str) -> str:
    """Return a text without what differs by its looks alone: capitals, ligatures, breaks of lines."""
    return _BROKEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
