"""The reports of coordination: minutes of the monthly table, Cabina di Regia, territorial pact, partnerships."""

from __future__ import annotations

from .letters import AGENDA
from .paper import Paper
from .report import add_blank_rows, end_report, new_report
from .table import Column, Grid, ItemTable, add_figure_table, add_item_table, add_label_table

_TO_WRITE = "[da completare]"
_CENTRES = (
    Column("CPI", "{{ centro.sede }}", 3.8, total="Totale"),
    *(
        Column(header, f"{{{{ centro.{name} | {look} }}}}", 3.3, numeric=True, total=f"{{{{ dati.{name} | {look} }}}}")
        for header, name, look in (
            ("Personale in servizio", "personale", "numero"),
            ("Utenti", "utenti", "numero"),
            ("Prestazioni", "prestazioni", "numero"),
            ("Risorse impiegate", "risorse", "euro"),
        )
    ),
)
_ACTIONS = (
    Column("Azione", "{{ azione.azione }}", 9.0),
    Column("Soggetto", "{{ azione.soggetto }}", 5.0),
    Column("Stato", "{{ azione.stato }}", 3.0),
)
_AGREEMENTS = (
    Column("Ente accreditato", "{{ accordo.ente }}", 10.0),
    Column("Tipo", "{{ accordo.tipo }}", 3.5),
    Column("Stato", "{{ accordo.stato }}", 3.5),
)
_BY_KIND = (
    Column("Tipo", "{{ gruppo.tipo }}", 5.0, total="Totale"),
    Column("Stato", "{{ gruppo.stato }}", 5.0),
    Column("Accordi", "{{ gruppo.numero | numero }}", 2.5, numeric=True, total="{{ dati.numero | numero }}"),
)


def table_minutes() -> Paper:
    """Return the minutes of the monthly table, to be filled in: who was there, what was said, what was decided."""
    paper = new_report("Verbale del Tavolo mensile")
    paper.add("Seduta", "Heading 1")
    place = [
        ("Giorno", "da confermare"),
        ("Ora di inizio e di fine", _TO_WRITE),
        ("Luogo o collegamento", "da confermare"),
        ("Presiede", _TO_WRITE),
        ("Verbalizza", _TO_WRITE),
    ]
    add_label_table(paper, "Giorno, ora e luogo della seduta", place, 4.2)
    paper.add("Presenti", "Heading 1")
    add_blank_rows(paper, "Presenti alla seduta", (("Ente", 6.5), ("Nome e ruolo", 6.5), ("Presenza", 4.0)), 8)
    paper.add("Ordine del giorno", "Heading 1")
    add_item_table(
        paper, ItemTable("Ordine del giorno", "punto", "tabelle.ordine_del_giorno", AGENDA, "[Da completare.]")
    )
    with paper.when("tabelle.ordine_del_giorno"):
        paper.add("Discussione e decisioni", "Heading 1")
    with paper.each("punto in tabelle.ordine_del_giorno"):
        paper.add("Punto {{ punto.punto | numero }} – {{ punto.argomento }}", "Heading 2")
        grid = Grid(paper, "Discussione e decisioni sul punto {{ punto.punto | numero }}", [4.2, 12.8])
        grid.row([("Relatore", "Etichetta"), ("{{ punto.relatore }}", "Cella")])
        for label, points in (("Discussione", 62), ("Decisioni", 42), ("Chi, ed entro quando", 24)):
            grid.space([(label, "Etichetta"), (_TO_WRITE, "Segnaposto cella")], points)
        grid.keep_together()
        paper.add("", "Distanza")
    end_report(paper, "[Testo da completare a cura dell'ufficio.]")
    return paper


def steering_board() -> Paper:
    """Return the monthly monitoring of the service contract."""
    paper = new_report("Cabina di Regia – monitoraggio mensile del contratto di servizio")
    paper.add("Sintesi", "Heading 1")
    paper.add("Nel periodo di riferimento le risorse impiegate sono {{ dati.risorse | importo }} euro.")
    figures = [
        ("Personale in servizio", "{{ dati.personale | numero }}"),
        ("Utenti", "{{ dati.utenti | numero }}"),
        ("Prestazioni", "{{ dati.prestazioni | numero }}"),
        ("Risorse impiegate", "{{ dati.risorse | euro }}"),
    ]
    add_figure_table(paper, "Dati di sintesi", figures)
    paper.add("Dati per Centro per l'impiego", "Heading 1")
    caption = "Personale, attività e risorse per Centro per l'impiego"
    add_item_table(paper, ItemTable(caption, "centro", "tabelle.cabina", _CENTRES))
    end_report(paper)
    return paper


def territorial_pact() -> Paper:
    """Return the state of the actions of the territorial pact."""
    paper = new_report("Patto territoriale Adda Martesana – stato delle azioni")
    paper.add("Riferimenti del Patto", "Heading 1")
    paper.add(
        "Patto territoriale per le competenze e l'occupazione (SILAM): D.r. 18295 del 12/12/2022, manifestazione di "
        "interesse presentata il 15/03/2023 (presentazione del Settore, 19 giugno 2023)."
    )
    paper.add("Azioni", "Heading 1")
    add_item_table(paper, ItemTable("Stato delle azioni del Patto", "azione", "tabelle.patto", _ACTIONS, long=True))
    end_report(paper)
    return paper


def partnerships() -> Paper:
    """Return the partnership agreements, by kind and one by one."""
    paper = new_report("Accordi di partenariato con gli enti accreditati")
    paper.add("Sintesi", "Heading 1")
    paper.add("Accordi di partenariato in elenco: {{ dati.numero | numero }}.")
    add_item_table(paper, ItemTable("Accordi per tipo e stato", "gruppo", "tabelle.per_tipo", _BY_KIND))
    paper.add("Elenco degli accordi", "Heading 1")
    add_item_table(paper, ItemTable("Accordi di partenariato", "accordo", "tabelle.accordi", _AGREEMENTS, long=True))
    end_report(paper)
    return paper
