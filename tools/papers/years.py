"""The table of amounts with one column for each year, whose number the data say."""

from __future__ import annotations

from .paper import Paper
from .table import NO_DATA, Cell, Grid

_LINE_WIDTH, _SOURCE_WIDTH, _YEARS_EXPECTED = 7.1, 1.5, 3


def add_amounts_by_year(paper: Paper, caption: str, name: str) -> None:
    """Append the table of the figure of that name: line, source, and the amount of each year."""
    paper.caption(caption)
    width = (paper.width - _LINE_WIDTH - _SOURCE_WIDTH) / _YEARS_EXPECTED
    with paper.when(f"tabelle.{name}"):
        # The columns of the tags vanish when the years take their place.
        grid = Grid(paper, caption, [_LINE_WIDTH, _SOURCE_WIDTH, *[width] * 3])
        head = [("Voce", "Intestazione"), ("Fonte", "Intestazione")]
        grid.header([*head, *_for_each("anno", f"dati.{name}_anni", "{{ anno }}", "Intestazione numero")])
        grid.tag(f"for importo in tabelle.{name}")
        for tag, style in (("if importo.di_cui", "Cella di cui"), ("else", "Cella")):
            grid.tag(tag)
            line = [("{{ importo.voce }}", style), ("{{ importo.fonte }}", "Cella")]
            grid.row([*line, *_for_each("valore", "importo.anni", "{{ valore | euro }}", f"{style} numero")])
        grid.tag("endif")
        grid.tag("endfor")
        grid.keep_together()
        paper.add("", "Distanza")
        paper.otherwise(NO_DATA)


def _for_each(item: str, items: str, cell: str, style: str) -> list[Cell]:
    return [(f"{{%tc for {item} in {items} %}}", style), (cell, style), ("{%tc endfor %}", style)]
