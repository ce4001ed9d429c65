"""A .docx as a zip package: what must not be in one, its text, and the same bytes for the same content."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from scheduler.errors import Problem, TemplateError
from scheduler.locale import text

MAX_BYTES = 20_000_000
MAX_INFLATED = 200_000_000
EPOCH = (1980, 1, 1, 0, 0, 0)
TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = (f"{_W}tab", f"{_W}br", f"{_W}cr")
_FIELD = re.compile(rb"(?:instrText[^>]*>|instr=\")\s*(DATE|TIME|DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|LINK)\b")
_LINK = re.compile(rb"<Relationship\b[^>]*>")


def read_template(path: Path, shown: str, lang: str) -> bytes:
    """Return the template's bytes, after refusing what is not a harmless .docx.

    Raises:
        TemplateError: it is missing, no .docx, or holds macros, external links, self-updating fields or entities.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        code = "template.missing" if isinstance(error, FileNotFoundError) else "template.unreadable"
        raise TemplateError((_problem(shown, lang, code, reason=error.strerror or ""),)) from error
    problems = _faults(content, shown, lang)
    if problems:
        raise TemplateError(tuple(problems))
    return content


def _problem(shown: str, lang: str, code: str, **facts: object) -> Problem:
    return Problem(shown, text(lang, code, **facts), text(lang, f"{code}.remedy", **facts))


def _faults(content: bytes, shown: str, lang: str) -> list[Problem]:
    if len(content) > MAX_BYTES:
        return [_problem(shown, lang, "template.too-big", size=len(content))]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _package_faults(package, shown, lang)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        return [_problem(shown, lang, "template.not-docx")]


def _package_faults(package: zipfile.ZipFile, shown: str, lang: str) -> list[Problem]:
    names = package.namelist()
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        return [_problem(shown, lang, "template.not-docx")]
    if sum(item.file_size for item in package.infolist()) > MAX_INFLATED:
        return [_problem(shown, lang, "template.bomb")]
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        return [_problem(shown, lang, "template.names")]
    problems = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        problems.append(_problem(shown, lang, "template.macros"))
    for name in names:
        if name.endswith((".xml", ".rels")):
            problems += _part_faults(package.read(name), name, shown, lang)
    return problems


def _part_faults(part: bytes, name: str, shown: str, lang: str) -> list[Problem]:
    found = []
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        found.append(_problem(shown, lang, "template.entities", part=name))
    links = [item for item in _LINK.findall(part) if b'TargetMode="External"' in item]
    if any(b'relationships/hyperlink"' not in item for item in links):
        found.append(_problem(shown, lang, "template.external", part=name))
    for field in _FIELD.findall(part):
        found.append(_problem(shown, lang, "template.field", field=field.decode(), part=name))
    return found


def same_bytes(content: bytes) -> bytes:
    """Return the package written again with fixed times, so that equal content gives equal bytes."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            entry = zipfile.ZipInfo(item.filename, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(item), compresslevel=6)
    return result.getvalue()


def document_text(content: bytes) -> str:
    """Return the text of the body, headers, footers and notes: a line for each paragraph, blanks folded."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = [package.read(name) for name in package.namelist() if TEXT_PARTS.fullmatch(name)]
    return "\n".join(line for part in parts for line in _paragraphs(part))


def _paragraphs(part: bytes) -> list[str]:
    root = ElementTree.fromstring(part)  # noqa: S314  (our own rendering of a part already checked for entities)
    return [folded(_paragraph_text(paragraph)) for paragraph in root.iter(f"{_W}p")]


def _paragraph_text(paragraph: ElementTree.Element) -> str:
    pieces = []
    for item in paragraph.iter():
        if item.tag == f"{_W}t":
            pieces.append(item.text or "")
        elif item.tag in _BREAKS:
            pieces.append(" ")
    return "".join(pieces)


def folded(value: str) -> str:
    """Return the text with every run of blanks as one space."""
    return " ".join(value.split())
