"""A body as an HTML page: every word escaped, styles inline, nothing fetched from anywhere, readable aloud."""

from __future__ import annotations

from html import escape

from scheduler.mail.body import Block, Body, Facts, Heading, Items, Link, Paragraph, Table, one_line

_PAGE = (
    "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;max-width:44em;margin:1em auto;padding:0 1em"
)
_TABLE = "border-collapse:collapse;margin:1em 0"
_CELL = "border:1px solid #767676;padding:.3em .6em;vertical-align:top"
_HEADS = {1: ("h1", "font-size:1.4em;margin:1em 0 .5em"), 2: ("h2", "font-size:1.15em;margin:1.2em 0 .4em")}


def html_page(body: Body, title: str, lang: str) -> str:
    """Return the body as a whole page; `title` is the mail's subject, `lang` what a screen reader speaks."""
    blocks = "\n".join(_block(block) for block in body.blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{_text(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{_text(title)}</title>\n</head>\n'
        f'<body style="{_PAGE}">\n{blocks}\n</body>\n</html>\n'
    )


def _block(block: Block) -> str:
    match block:
        case Heading():
            tag, style = _HEADS[1 if block.level == 1 else 2]
            return f'<{tag} style="{style}">{_text(block.text)}</{tag}>'
        case Paragraph():
            return f"<p>{_text(block.text)}</p>"
        case Items():
            return "<ul>\n" + "\n".join(f"<li>{_text(item)}</li>" for item in block.items) + "\n</ul>"
        case Facts():
            return _table("", "\n".join(_fact(name, value) for name, value in block.rows))
        case Table():
            return _table(block.caption, _grid(block))
        case Link():
            return f'<p><a href="{_text(block.url)}">{_text(block.text)}</a></p>'


def _fact(name: str, value: str) -> str:
    return f'<tr><th scope="row" style="{_CELL};text-align:left">{_text(name)}</th>{_cell(value, "left")}</tr>'


def _grid(table: Table) -> str:
    sides = ["right" if table.numeric(column) else "left" for column in range(len(table.header))]
    header = "".join(
        f'<th scope="col" style="{_CELL};text-align:{side}">{_text(name)}</th>'
        for name, side in zip(table.header, sides, strict=True)
    )
    rows = ["".join(_cell(cell, side) for cell, side in zip(row, sides, strict=True)) for row in table.rows]
    return "\n".join(f"<tr>{row}</tr>" for row in (header, *rows))


def _table(caption: str, rows: str) -> str:
    title = f'<caption style="text-align:left;padding:.3em 0">{_text(caption)}</caption>\n' if caption else ""
    return f'<table style="{_TABLE}">\n{title}{rows}\n</table>'


def _cell(text: str, side: str) -> str:
    return f'<td style="{_CELL};text-align:{side}">{_text(text)}</td>'


def _text(text: str) -> str:
    return "<br>\n".join(escape(one_line(line), quote=True) for line in text.splitlines())
