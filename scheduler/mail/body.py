"""What a mail says, as a small structure: blocks of words without any form; plain text and HTML are made elsewhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

_NUMBER = re.compile(r"[-−–+]?\s?(?:€\s?)?\d[\d.,]*\s?[€%]?")
_NO_NUMBER = {"", "-", "–", "n.r", "n.r.", "n.d", "n.d."}  # how the offices' sheets write a missing value


@dataclass(frozen=True)
class Heading:
    """A title; level 1 once at the top, level 2 inside."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Running text; a line break in it stays one."""

    text: str


@dataclass(frozen=True)
class Items:
    """An unordered list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Pairs of name and value."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A header and rows of the same width."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in self.rows):
            raise ValueError("a row is not as wide as the header")

    def numeric(self, column: int) -> bool:
        """Tell whether a column holds numbers, which line up on the right; missing values do not count."""
        cells = [row[column].strip() for row in self.rows]
        values = [cell for cell in cells if cell not in _NO_NUMBER]
        return bool(values) and all(_NUMBER.fullmatch(value) for value in values)


@dataclass(frozen=True)
class Link:
    """A place on the web, with the words that name it."""

    text: str
    url: str


Block: TypeAlias = Heading | Paragraph | Items | Facts | Table | Link


@dataclass(frozen=True)
class Body:
    """The blocks of a mail, in order."""

    blocks: tuple[Block, ...]


def one_line(text: str) -> str:
    """Return the text without control characters: a cell's stray byte must neither move a cursor nor break a reader."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in text)
