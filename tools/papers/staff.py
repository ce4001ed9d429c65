"""The staff lists: the monthly and the yearly update."""

from __future__ import annotations

from .paper import Paper
from .report import end_report, new_report
from .table import Column, ItemTable, add_figure_table, add_item_table

_LIST = (
    Column("Matricola", "{{ persona.matricola }}", 1.8),
    Column("Ente", "{{ persona.ente }}", 1.9),
    Column("Sede CPI", "{{ persona.sede }}", 2.3),
    Column("Area", "{{ persona.area }}", 1.2),
    Column("Profilo", "{{ persona.profilo }}", 5.3),
    Column("Rapporto", "{{ persona.rapporto }}", 1.8),
    Column("Part-time", "{{ persona.part_time | percentuale }}", 1.8, numeric=True),
    Column("Data inizio", "{{ persona.data_inizio | data }}", 1.9),
    Column("Data fine", "{{ persona.data_fine | data }}", 1.9),
    Column("Fonte", "{{ persona.fonte }}", 3.6),
    Column("Stato", "{{ persona.stato }}", 2.2),
)
_CHANGES = (
    Column("Matricola", "{{ cambio.matricola }}", 1.7),
    Column("Ente", "{{ cambio.ente }}", 1.8),
    Column("Sede CPI", "{{ cambio.sede }}", 1.7),
    Column("Profilo", "{{ cambio.profilo }}", 4.9),
    Column("Variazione", "{{ cambio.variazione }}", 3.1),
    Column("Data inizio", "{{ cambio.data_inizio | data }}", 1.9),
    Column("Data fine", "{{ cambio.data_fine | data }}", 1.9),
)
_BY_EMPLOYER = (
    Column("Ente", "{{ gruppo.ente }}", 4.5, total="Totale"),
    Column("Fonte", "{{ gruppo.fonte }}", 5.5),
    Column("Unità", "{{ gruppo.unita | numero }}", 2.5, numeric=True, total="{{ dati.unita | numero }}"),
)
_BY_CENTRE = (
    Column("Sede CPI", "{{ sede.sede }}", 10.0, total="Totale"),
    Column("Unità", "{{ sede.unita | numero }}", 2.5, numeric=True, total="{{ dati.unita | numero }}"),
)


def monthly_list() -> Paper:
    """Return the monthly update: summary, the month's changes, the list on landscape pages."""
    paper = new_report("Elenco del personale dei Centri per l'impiego – aggiornamento mensile")
    paper.add("Sintesi", "Heading 1")
    counts = [*_counts(), ("Variazioni del mese", "{{ dati.numero_variazioni | numero }}")]
    add_figure_table(paper, "Dati di sintesi", counts)
    add_item_table(
        paper, ItemTable("Unità per ente e fonte di finanziamento", "gruppo", "tabelle.per_ente", _BY_EMPLOYER)
    )
    paper.add("Variazioni del mese", "Heading 1")
    changes = ItemTable(
        "Variazioni del mese",
        "cambio",
        "tabelle.variazioni",
        _CHANGES,
        "Nessuna variazione nel mese.",
        dense=True,
        long=True,
    )
    add_item_table(paper, changes)
    end_report(paper)
    _add_list(paper, "tabelle.personale")
    return paper


def yearly_list() -> Paper:
    """Return the yearly update: summary by employer and by centre, the list on landscape pages."""
    paper = new_report("Elenco del personale dei Centri per l'impiego – aggiornamento annuale")
    paper.add("Sintesi", "Heading 1")
    add_figure_table(paper, "Dati di sintesi", _counts())
    add_item_table(
        paper, ItemTable("Unità per ente e fonte di finanziamento", "gruppo", "tabelle.per_ente", _BY_EMPLOYER)
    )
    add_item_table(paper, ItemTable("Unità per sede", "sede", "tabelle.per_sede", _BY_CENTRE))
    end_report(paper)
    _add_list(paper, "tabelle.personale_giugno")
    return paper


def _counts() -> list[tuple[str, str]]:
    return [
        ("Unità in elenco", "{{ dati.unita | numero }}"),
        ("di cui in servizio", "{{ dati.in_servizio | numero }}"),
    ]


def _add_list(paper: Paper, items: str) -> None:
    paper.add_landscape_pages()
    paper.add("Elenco del personale", "Heading 1")
    add_item_table(
        paper,
        ItemTable("Elenco del personale dei Centri per l'impiego", "persona", items, _LIST, dense=True, long=True),
    )
