"""A body as plain text for a terminal or an old mail program: 76 columns, aligned facts and tables."""

from __future__ import annotations

from textwrap import wrap

from scheduler.mail.body import Block, Body, Facts, Heading, Items, Link, Paragraph, Table, one_line

WIDTH = 76
GAP = "  "


def plain_text(body: Body) -> str:
    """Return the body as text; only a word or an address that cannot be broken is longer than 76 columns."""
    return "\n\n".join("\n".join(_lines(block)) for block in body.blocks) + "\n"


def _lines(block: Block) -> list[str]:
    match block:
        case Heading():
            return _heading(block)
        case Paragraph():
            return _wrapped(block.text)
        case Items():
            return [line for item in block.items for line in _wrapped(item, "- ", "  ")]
        case Facts():
            return _facts(block.rows)
        case Table():
            return [*_wrapped(block.caption), *_table(block)] if block.caption else _table(block)
        case Link():
            return _link(block)


def _heading(heading: Heading) -> list[str]:
    lines = _wrapped(heading.text)
    return [*lines, ("=" if heading.level == 1 else "-") * max(map(len, lines))]


def _link(link: Link) -> list[str]:
    line = f"{_clean(link.text)}: {_clean(link.url)}"
    return [line] if len(line) <= WIDTH else [*_wrapped(f"{link.text}:"), _clean(link.url)]


def _facts(rows: tuple[tuple[str, str], ...]) -> list[str]:
    """Names in a column, values beside them; a name too long for the column gets a line of its own."""
    room = min(max((len(_clean(name)) for name, _ in rows), default=0), 28) + 1
    lines: list[str] = []
    for name, value in rows:
        label = f"{_clean(name)}:"
        if len(label) > room:
            lines += _wrapped(label)
            label = ""
        lines += _wrapped(value, f"{label:<{room}} ", " " * (room + 1))
    return lines


def _table(table: Table) -> list[str]:
    rows = [[_clean(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(GAP) * (len(widths) - 1) > WIDTH:
        return _records(table)
    right = [table.numeric(column) for column in range(len(widths))]
    lines = [_row(row, widths, right) for row in rows]
    return [lines[0], GAP.join("-" * width for width in widths), *lines[1:]]


def _row(cells: list[str], widths: list[int], right: list[bool]) -> str:
    aligned = (
        f"{cell:>{width}}" if to_right else f"{cell:<{width}}"
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    )
    return GAP.join(aligned).rstrip()


def _records(table: Table) -> list[str]:
    """A table too wide for the page: each row as facts under each other, with an empty line between."""
    lines: list[str] = []
    for row in table.rows:
        lines += [*_facts(tuple(zip(table.header, row, strict=True))), ""]
    return lines[:-1] or _wrapped(" | ".join(table.header))


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    lines: list[str] = []
    for piece in text.splitlines() or [""]:
        lines += wrap(
            _clean(piece),
            WIDTH,
            initial_indent=rest if lines else first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [(rest if lines else first).rstrip()]
    return lines


def _clean(text: str) -> str:
    return one_line(text).strip()
