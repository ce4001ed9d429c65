"""A .csv file → its fields as text, with the encoding and the separator that were found. No types, no addresses."""

from __future__ import annotations

import csv
import re
from io import StringIO

from scheduler.intake.messages import source_error
from scheduler.intake.raw import MOST_CELLS, Markup, letter

_ACCENTED = "àèéìòùÀÈÉÌÒÙ"
_DOS = re.compile(b"(?<=[A-Za-z])[" + re.escape(_ACCENTED.encode("cp850")) + b"]")
_WINDOWS = re.compile(b"[" + re.escape(f"{_ACCENTED}€°’“”–".encode("cp1252")) + b"]")
_SEPARATORS = {";": ";", "\t": "tab", ",": ","}
_QUOTED = re.compile(r'"[^"]*"')
_SAID = re.compile(r'"?sep=([;,\t])"?\r?\n')  # how Excel is told the separator; it shows no such row itself


def csv_rows(
    content: bytes, shown: str, lang: str, separator: str = ""
) -> tuple[tuple[tuple[object, ...], ...], Markup]:
    """Return the fields of a .csv, rows of equal width; the standard reader takes rows of unequal length.

    The separator is found out where none is given.

    Raises:
        SourceError: it is not text, its quotes do not match, or it reaches too far.
    """
    text, encoding = _decoded(content, shown, lang)
    if not separator:
        said = _SAID.match(text)
        separator, text = (said[1], text[said.end() :]) if said else (_separator(text), text)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise source_error(lang, shown, "file.damaged", reason=str(error)) from error
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > MOST_CELLS:
        raise source_error(lang, shown, "sheet.far", address=f"{letter(width - 1)}{len(rows)}")
    markup = Markup(rows=len(rows), columns=width, note=(encoding, _SEPARATORS[separator]))
    return tuple((*row, *[""] * (width - len(row))) for row in rows), markup


def _decoded(content: bytes, shown: str, lang: str) -> tuple[str, str]:
    unicode = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    single = {"cp850": "CP850"} if _is_of_dos(content) else {"cp1252": "Windows-1252"}
    encodings = {"utf-16": "UTF-16"} if unicode else {"utf-8-sig": "UTF-8", **single}
    for encoding, name in encodings.items():
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text, name
        raise source_error(lang, shown, "file.content", suffix=".csv")
    raise source_error(lang, shown, "file.encoding")


def _is_of_dos(content: bytes) -> bool:
    """Tell whether a text that is not UTF-8 was written by a program of the times of DOS: by its accented letters."""
    return len(_DOS.findall(content)) > len(_WINDOWS.findall(content))


def _separator(text: str) -> str:
    """Return the separator that most of the first lines hold outside quotes; of equals, the first of ; tab ,"""
    lines = [_QUOTED.sub("", line) for line in text.split("\n", 40)[:40]]
    return max(_SEPARATORS, key=lambda separator: sum(separator in line for line in lines))
