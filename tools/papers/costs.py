"""The reports on the cost of staff: the quarter and the year."""

from __future__ import annotations

from .paper import Paper
from .report import end_report, new_report
from .table import PART, TOTAL, Column, ItemTable, add_figure_table, add_item_table

_BY_SOURCE = (
    Column("Fonte", "{{ costo.fonte }}", 3.75, total="Totale"),
    Column("Ente", "{{ costo.ente }}", 2.0),
    Column("Unità", "{{ costo.unita | numero }}", 1.25, numeric=True, total="{{ dati.unita | numero }}"),
    *(
        Column(header, f"{{{{ costo.{name} | euro }}}}", width, numeric=True, total=f"{{{{ dati.{name} | euro }}}}")
        for header, name, width in (
            ("Lordo", "lordo", 2.55),
            ("Oneri", "oneri", 2.45),
            ("IRAP", "irap", 2.25),
            ("Totale", "totale", 2.75),
        )
    ),
)
_KINDS = (("loop.last", TOTAL), ("voce.di_cui", PART))


def quarter_costs() -> Paper:
    """Return the quarterly report: what was spent in the quarter and since January, against what was assigned."""
    paper = new_report("Costi sostenuti per il personale – rendiconto trimestrale")
    paper.add("Sintesi", "Heading 1")
    paper.add(
        f"{_COST} Dal 1° gennaio {{{{ periodo.anno }}}} alla fine del periodo il costo è di "
        "{{ dati.totale_da_inizio_anno | importo }} euro."
    )
    figures = [*_figures(), ("Costo totale da inizio anno", "{{ dati.totale_da_inizio_anno | euro }}")]
    add_figure_table(paper, "Dati di sintesi", figures)
    columns = _statement(
        ("Rendicontato nel periodo", "nel_periodo"), ("Rendicontato da inizio anno", "rendicontato"), width=2.75
    )
    _add_tables(paper, columns)
    end_report(paper)
    return paper


def year_costs() -> Paper:
    """Return the yearly report: what was spent, against what was assigned."""
    paper = new_report("Costi sostenuti per il personale – report annuale")
    paper.add("Sintesi", "Heading 1")
    paper.add(_COST)
    add_figure_table(paper, "Dati di sintesi", _figures())
    _add_tables(paper, _statement(("Rendicontato", "rendicontato"), width=3.2))
    end_report(paper)
    return paper


_COST = (
    "Nel periodo di riferimento il costo sostenuto per il personale è di {{ dati.totale | importo }} euro, "
    "per {{ dati.unita | numero }} persone retribuite nel periodo."
)


def _figures() -> list[tuple[str, str]]:
    return [
        ("Persone retribuite nel periodo", "{{ dati.unita | numero }}"),
        ("Retribuzioni lorde", "{{ dati.lordo | euro }}"),
        ("Oneri", "{{ dati.oneri | euro }}"),
        ("IRAP", "{{ dati.irap | euro }}"),
        ("Costo totale del periodo", "{{ dati.totale | euro }}"),
    ]


def _statement(*reported: tuple[str, str], width: float) -> tuple[Column, ...]:
    amounts = (("Assegnato {{ periodo.anno }}", "assegnato"), *reported, ("Residuo", "residuo"))
    return (
        Column("Voce", "{{ voce.voce }}", 17.0 - width * len(amounts)),
        *(Column(header, f"{{{{ voce.{name} | euro }}}}", width, numeric=True) for header, name in amounts),
    )


def _add_tables(paper: Paper, statement: tuple[Column, ...]) -> None:
    paper.add("Rendiconto per voce", "Heading 1")
    caption = "Importi assegnati, rendicontati e residui per voce – anno {{ periodo.anno }}"
    add_item_table(paper, ItemTable(caption, "voce", "tabelle.rendiconto", statement, kinds=_KINDS, dense=True))
    note = "Il residuo è la differenza tra l'importo assegnato per l'anno e quanto rendicontato da inizio anno."
    paper.add(note, "Nota")
    paper.add("Costi per fonte ed ente", "Heading 1")
    caption = "Costi del periodo per fonte di finanziamento ed ente"
    add_item_table(paper, ItemTable(caption, "costo", "tabelle.per_fonte", _BY_SOURCE, dense=True))
