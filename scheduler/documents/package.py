"""A .docx as a package: reading a template from its file, and the text of a document."""

from __future__ import annotations

import io
import re
import zipfile
from functools import lru_cache
from pathlib import Path

from scheduler.documents import hazards
from scheduler.documents.faults import Fault, fault, refusal
from scheduler.documents.readback import text_of

TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")


def read_template(path: Path, shown: str, lang: str) -> bytes:
    """Return the template's bytes, after refusing what is not a harmless .docx.

    Raises:
        TemplateError: it is missing, no .docx, or holds what `hazards` knows as harmful.
    """
    content = content_of(path, shown, lang)
    refuse_harmful(content, shown, lang)
    return content


def content_of(path: Path, shown: str, lang: str) -> bytes:
    """Return the template's bytes as they are, whatever they hold.

    Raises:
        TemplateError: it is missing, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        code = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        raise refusal([fault(code, reason=error.strerror or "")], shown, lang) from error


def refuse_harmful(content: bytes, shown: str, lang: str) -> None:
    """Let pass what is a harmless .docx.

    Raises:
        TemplateError: it is none, or holds what `hazards` knows as harmful.
    """
    if found := _known_hazards(content):
        raise refusal(found, shown, lang)


@lru_cache(maxsize=32)
def _known_hazards(content: bytes) -> tuple[Fault, ...]:
    return hazards.found(content)


def document_text(content: bytes) -> str:
    """Return the text of the body, headers, footers and notes: a line for each paragraph, blanks folded."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "\n".join(text_of(package.read(name)) for name in package.namelist() if TEXT_PARTS.fullmatch(name))
