"""Ties: what a draft prints is put into named places of the document, where it is found again after people's editing.

A value stands in a content control, which Word keeps with its name, inside a bookmark, which LibreOffice keeps with
its name. A table with a loop is tied as a whole, by a bookmark in its first cell. A bookmark at the beginning and one
at the end of the body say which draft it is. All of it is done to the template's source, before Jinja compiles it.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.documents.mending import TIE, outermost_tables
from scheduler.documents.sandbox import Sandbox

MARK = "_segno"  # the name under which a rendering is given the draft's mark
ROOTS = frozenset(
    ("dati", "scadenza", "periodo", "documento", "convenzione", "adempimento", "mittente", "richiesta")
)  # `ufficio` is the letterhead, which no data change

HOLDER = "□"  # stands in a text for what is tied there
VALUE = re.compile(r"_sc_(?P<what>[0-9a-f]{10})_[0-9]+_")  # behind these, LibreOffice may number a copy
TABLE = re.compile(r"_sct_(?P<what>[0-9a-f]{10})_[0-9]+_")
BOX = "_scb_"  # how the bookmarks of the box of data that did not pass begin
BOX_ID = 899_000
MARKED = re.compile(r"_scv_[0-9a-f]{20}_")

_FIRST_ID = 900_000  # of bookmarks: beyond those of a template
_LONGEST_ALIAS = 64  # characters; beyond that, Word calls the file damaged
_HIDDEN = '<w15:appearance xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" w15:val="hidden"/>'
_TEXT = '<w:t xml:space="preserve">'
_EMPTY = re.compile(rf"<w:r(?: [^>]*)?>(?:<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>|<w:rPr/>)?{_TEXT}</w:t></w:r>")
_LOOP = re.compile(r"\{%-?\s*for\b(.*?)-?%\}", re.DOTALL)
_TAG = re.compile(
    r"<w:(?P<run>r)(?: [^>]*)?>(?P<properties><w:rPr>.*?</w:rPr>|<w:rPr/>)?"
    r"|<w:(?P<paragraph>p)(?: [^>]*)?(?<!/)>(?:<w:pPr>.*?</w:pPr>|<w:pPr/>)?"
    r"|<(?P<text>/?w:t)(?: [^>]*)?>|(?P<end></w:p>)|<(?P<nest>/?w:(?:tbl|txbxContent|sdt))>",
    re.DOTALL,
)
_REPEATED = frozenset(("for", "macro", "call", "filter", "set"))  # what is in these is printed often, or elsewhere


def mark_of(occurrence_key: str, document: str, version: int) -> str:
    """Return the name that one version of a document bears in itself, of letters that a bookmark may have."""
    digest = hashlib.sha256(f"{occurrence_key}\n{document}\n{version}".encode()).hexdigest()
    return f"_scv_{digest[:20]}_"


def numbering() -> Iterator[int]:
    """Return the numbers of one document's ties."""
    return itertools.count(1)


def tied(sandbox: Sandbox, source: str, numbers: Iterator[int], *, body: bool) -> str:
    """Return a part's source with its values and tables tied, and with the draft's mark where it is the body.

    Args:
        sandbox: whose language it is in.
        source: as docxtpl patches it.
        numbers: one for each tie; no two of a document are the same.
        body: whether the part is the body.
    """
    writer = _Writer(numbers, [_loops(table) for table in outermost_tables(source)])
    for piece in _pieces(iter(sandbox.lex(source))):
        writer.take(piece)
    return _EMPTY.sub("", writer.marked() if body else "".join(writer.out))


@dataclass(frozen=True)
class _Piece:
    """Markup, or one instruction as it is written."""

    kind: str  # data, variable_begin, block_begin and others of Jinja's
    text: str
    words: tuple[str, ...] = ()  # of an instruction, without blanks


def _pieces(tokens: Iterator[tuple[int, str, str]]) -> Iterator[_Piece]:
    """Put Jinja's tokens together as instructions."""
    for _, kind, value in tokens:
        if kind not in ("variable_begin", "block_begin"):
            yield _Piece(kind, value)
            continue
        text, words = [value], []
        for _, sort, item in tokens:
            text.append(item)
            if sort == kind.replace("begin", "end"):
                break
            if sort != "whitespace":
                words.append(item)
        yield _Piece(kind, "".join(text), tuple(words))


def _loops(table: str) -> str:
    """Return what a table's loops go through, by which it is tied; '' where it has none, or holds another table."""
    found = [" ".join(loop.split()) for loop in _LOOP.findall(table)]
    return "" if table.count("<w:tbl>") > 1 else ";".join(found)


class _Writer:
    """Follows the markup, and writes it down with the ties in it."""

    def __init__(self, numbers: Iterator[int], tables: list[str]) -> None:
        self.out: list[str] = []
        self._numbers = numbers
        self._tables = iter(tables)  # by what each outermost one is tied
        self._blocks: list[str] = []  # that are open
        self._run: str | None = None  # the properties of the open run; None where they are not known
        self._in_text = False
        self._open = {"w:tbl": 0, "w:txbxContent": 0, "w:sdt": 0}
        self._table = ""  # by what the open table is tied
        self._table_waits = False  # it has no bookmark yet
        self._ends: list[tuple[int, int]] = []  # where the paragraphs end that are always there

    def take(self, piece: _Piece) -> None:
        """Write the next piece."""
        if piece.kind == "data":
            self._markup(piece.text)
        elif piece.kind == "variable_begin" and self._can_tie(piece.words):
            self.out.append(self._value(piece))
        else:
            if piece.kind == "block_begin":
                self._block(piece.words)
            self.out.append(piece.text)

    def marked(self) -> str:
        """Return everything, with the draft's mark in the first and the last paragraph that are always there."""
        for name, (index, at) in zip("ba", self._ends[-1:] + self._ends[:1], strict=False):
            text, mark = self.out[index], _bookmark(next(self._numbers), f"{{{{ {MARK} }}}}{name}_")
            self.out[index] = f"{text[:at]}{mark}{text[at:]}"
        return "".join(self.out)

    def _block(self, words: tuple[str, ...]) -> None:
        name = words[0] if words else ""
        if name.startswith("end") and self._blocks:
            self._blocks.pop()
        elif name in ("if", "with") or (name in _REPEATED and not (name == "set" and "=" in words)):
            self._blocks.append(name)

    @property
    def _is_repeated(self) -> bool:
        return not _REPEATED.isdisjoint(self._blocks)

    def _can_tie(self, words: tuple[str, ...]) -> bool:
        inside = self._table or self._open["w:txbxContent"] or self._open["w:sdt"]
        plain = len(words) > 2 and words[0] in ROOTS and words[1] == "."
        return plain and self._in_text and self._run is not None and not inside and not self._is_repeated

    def _value(self, piece: _Piece) -> str:
        written, number, properties = "".join(piece.words), next(self._numbers), self._run or ""
        name = tie_name(written, number)
        run = f"<w:r>{properties}{_TEXT}"
        control = f'{TIE} w:val="{html.escape(written[:_LONGEST_ALIAS])}"/><w:tag w:val="{name}"/>{_HIDDEN}</w:sdtPr>'
        value = f"{control}<w:sdtContent>{run}{piece.text}</w:t></w:r></w:sdtContent></w:sdt>"
        return f"</w:t></w:r>{_bookmark(number, name, value)}{run}"

    def _markup(self, text: str) -> None:
        written: list[str] = []
        done, index = 0, len(self.out)
        for tag in _TAG.finditer(text):
            self._follow(tag)
            if tag["paragraph"] and self._table_waits and not self._is_repeated and "pPrChange" not in tag[0]:
                number = next(self._numbers)
                written += text[done : tag.end()], _bookmark(number, table_name(self._table, number))
                done, self._table_waits = tag.end(), False
            elif tag["end"] and not self._blocks and not self._open["w:txbxContent"]:
                at = len("".join(written)) + tag.start() - done
                self._ends.append((index, at))
        self.out.append("".join([*written, text[done:]]))

    def _follow(self, tag: re.Match[str]) -> None:
        if tag["run"]:
            known = tag["properties"] or ""
            has_more = tag.string.startswith("<w:rPr", tag.end())  # instructions stand in its properties
            self._run = None if has_more or "rPrChange" in known else known
        elif tag["text"]:
            self._in_text = tag["text"] == "w:t" and not tag[0].endswith("/>")
        elif nest := tag["nest"]:
            name = nest.lstrip("/")
            self._open[name] += -1 if nest[0] == "/" else 1
            if name == "w:tbl":
                self._follow_table(opens=nest[0] != "/")

    def _follow_table(self, *, opens: bool) -> None:
        depth = self._open["w:tbl"]
        if opens and depth == 1:
            self._table = next(self._tables, "")
            self._table_waits = bool(self._table) and not self._is_repeated
        elif not opens and not depth:
            self._table, self._table_waits = "", False


def tie_name(expression: str, number: int) -> str:
    """Return the name of the place of a value; the ending lets LibreOffice add its own number to a copy."""
    return f"_sc_{_digest(expression)}_{number}_"


def table_name(loops: str, number: int) -> str:
    """Return the name of the place of a table."""
    return f"_sct_{_digest(loops)}_{number}_"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _bookmark(number: int, name: str, content: str = "") -> str:
    number += _FIRST_ID
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'
