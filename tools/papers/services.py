"""The reports on services and objectives: half-yearly data, GOL programme, indicator sheets."""

from __future__ import annotations

from .paper import Paper
from .report import end_report, new_report
from .table import Column, ItemTable, add_figure_table, add_item_table

_GOL_CAPTION = "Programma GOL – obiettivi {{ periodo.anno }} e realizzato"
# The columns are those of the department's own table, to the character.
_GOL = (
    Column("", "{{ obiettivo.indicatore }}", 8.3),
    Column("Obiettivi {{ periodo.anno }}", "{{ obiettivo.obiettivo | numero }}", 2.7, numeric=True),
    Column("Realizzato", "{{ obiettivo.realizzato | numero }}", 2.3, numeric=True),
    Column(
        "Da realizzare entro il 31.12.{{ periodo.anno }}", "{{ obiettivo.da_realizzare | numero }}", 3.7, numeric=True
    ),
)
_LEP = (
    Column("LEP", "{{ servizio.lep }}", 1.6, total="Totale"),
    Column("Servizio", "{{ servizio.servizio }}", 7.9),
    Column("Utenti", "{{ servizio.utenti | numero }}", 2.3, numeric=True, total="{{ dati.utenti | numero }}"),
    Column(
        "Prestazioni erogate",
        "{{ servizio.prestazioni | numero }}",
        2.6,
        numeric=True,
        total="{{ dati.prestazioni | numero }}",
    ),
    Column("Tempo medio (giorni)", "{{ servizio.tempo_medio | numero }}", 2.6, numeric=True),
)
_INDICATORS = (
    Column("Codice", "{{ indicatore.codice }}", 2.0),
    Column("Descrizione", "{{ indicatore.descrizione }}", 7.1),
    Column("Unità", "{{ indicatore.unita }}", 1.9),
    Column("Valore previsto", "{{ indicatore.previsto | numero }}", 2.1, numeric=True),
    Column("Valore raggiunto", "{{ indicatore.raggiunto | numero }}", 2.1, numeric=True),
    Column("Scostamento", "{{ indicatore.scostamento | numero }}", 2.4, numeric=True),
    Column("Note", "{{ indicatore.note }}", 3.9),
    Column("Valido dal", "{{ indicatore.valido_dal | data }}", 2.1),
    Column("Valido al", "{{ indicatore.valido_al | data }}", 2.1),
)
NOT_RECORDED = "n.r = dato non rilevato."


def half_year_services() -> Paper:
    """Return the half-yearly data on services: the LEP and the progress of GOL."""
    paper = new_report("Dati relativi ai servizi al lavoro – trasmissione semestrale")
    paper.add("Servizi per livello essenziale delle prestazioni (LEP)", "Heading 1")
    figures = [
        ("Utenti (somma dei servizi)", "{{ dati.utenti | numero }}"),
        ("Prestazioni erogate", "{{ dati.prestazioni | numero }}"),
    ]
    add_figure_table(paper, "Dati di sintesi", figures)
    add_item_table(paper, ItemTable("Utenti e prestazioni per LEP", "servizio", "tabelle.lep", _LEP))
    paper.add(f"Una persona può ricevere più servizi. {NOT_RECORDED}", "Nota")
    paper.add("Programma GOL", "Heading 1")
    add_item_table(paper, ItemTable(_GOL_CAPTION, "obiettivo", "tabelle.gol_semestre", _GOL))
    paper.add(NOT_RECORDED, "Nota")
    end_report(paper)
    return paper


def gol_progress() -> Paper:
    """Return the progress of the GOL programme against the year's targets."""
    paper = new_report("Avanzamento del programma GOL")
    paper.add("Sintesi", "Heading 1")
    figures = [
        ("PSP GOL: obiettivo {{ periodo.anno }}", "{{ dati.psp_obiettivo | numero }}"),
        ("PSP GOL: realizzato", "{{ dati.psp_realizzato | numero }}"),
        ("PSP GOL: quota realizzata dell'obiettivo", "{{ dati.psp_quota | percento }}"),
    ]
    add_figure_table(paper, "Dati di sintesi", figures)
    paper.add("Avanzamento per indicatore", "Heading 1")
    add_item_table(paper, ItemTable(_GOL_CAPTION, "obiettivo", "tabelle.gol", _GOL))
    paper.add("{{ grafici.avanzamento }}")
    paper.add(f"PSP = patto di servizio personalizzato. {NOT_RECORDED}", "Nota")
    end_report(paper)
    return paper


def objectives_sheet() -> Paper:
    """Return the indicator sheet of one family of objectives, on landscape pages."""
    paper = new_report("Scheda obiettivi dei Centri per l'impiego", landscape=True)
    paper.add("Indicatori", "Heading 1")
    paper.add("Indicatori della scheda: {{ dati.numero_indicatori | numero }}.")
    caption = "Indicatori: valori previsti e raggiunti"
    add_item_table(paper, ItemTable(caption, "indicatore", "tabelle.indicatori_famiglia", _INDICATORS, long=True))
    paper.add(f"Lo scostamento è la differenza tra valore raggiunto e valore previsto. {NOT_RECORDED}", "Nota")
    end_report(paper)
    return paper
