"""What is tied in one part of a document, with the bytes that it takes up: values, tables, and what is around."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Spot:
    """A place that holds a text: a value's, or a cell."""

    text: str  # as it is read, blanks folded
    written: str  # as it stands there
    spans: tuple[tuple[int, int], ...]  # the bytes of its pieces
    hollow: int  # where a run can be put if it has no piece
    is_plain: bool  # it holds nothing but text


@dataclass(frozen=True)
class Tie:
    """A tied value."""

    name: str
    label: str  # what its template prints there: dati.totale|euro; '' where LibreOffice has left it out
    spot: Spot
    heading: str  # the nearest before it
    start: int  # the bytes that it takes up with all that is around it
    end: int  # 0 where it does not end inside a paragraph


@dataclass(frozen=True)
class Row:
    """A row of a tied table."""

    start: int
    end: int
    cells: tuple[Spot, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """What its cells say."""
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A tied table."""

    name: str
    rows: tuple[Row, ...]
    heading: str


@dataclass(frozen=True)
class Prose:
    """A paragraph that is not in a tied table; what is tied in it is not told."""

    text: str
    heading: str


@dataclass(frozen=True)
class Box:
    """The box of data that did not pass."""

    text: str  # a line for each paragraph
    start: int  # the bytes that it takes up, with the blank paragraph behind it
    end: int


@dataclass
class Tied:
    """All that is tied in a part, in its order, and what stands around it."""

    ties: list[Tie] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    prose: list[Prose] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)  # of drafts
