"""The reports on the Piano di potenziamento: staff and seats."""

from __future__ import annotations

from .paper import Paper
from .report import end_report, new_report
from .table import Column, ItemTable, add_figure_table, add_item_table

_AREAS = (
    Column("Area", "{{ area.area }}", 3.5),
    Column("In servizio al 19/06/2023", "{{ area.iniziale | numero }}", 3.5, numeric=True),
    Column("In servizio", "{{ area.in_servizio | numero }}", 3.0, numeric=True),
    Column("Variazione", "{{ area.variazione | numero }}", 3.0, numeric=True),
)
_SEATS = (
    Column("Sede", "{{ sede.sede }}", 4.0),
    Column("Stato", "{{ sede.stato }}", 4.0),
    Column("Note", "{{ sede.note }}", 9.0),
)


def staff_progress() -> Paper:
    """Return the progress of the staff plan towards its final objective."""
    paper = new_report("Piano di potenziamento – avanzamento del personale")
    paper.add("Sintesi", "Heading 1")
    figures = [
        ("Obiettivo finale del piano (unità)", "{{ dati.obiettivo | numero }}"),
        ("In servizio al 19/06/2023", "{{ dati.iniziale | numero }}"),
        ("In servizio alla fine del periodo", "{{ dati.in_servizio | numero }}"),
        ("Da coprire", "{{ dati.da_coprire | numero }}"),
        ("Quota raggiunta dell'obiettivo", "{{ dati.quota | percento }}"),
    ]
    add_figure_table(paper, "Dati di sintesi", figures)
    paper.add(
        "L'obiettivo finale e le unità in servizio al 19/06/2023 sono tratti dalla presentazione del Settore del "
        "19 giugno 2023.",
        "Nota",
    )
    paper.add("Personale per area", "Heading 1")
    add_item_table(paper, ItemTable("Unità in servizio per area", "area", "tabelle.piano_personale", _AREAS))
    end_report(paper)
    return paper


def seat_progress() -> Paper:
    """Return the progress of the seats of the job centres towards seventeen."""
    paper = new_report("Piano di potenziamento – avanzamento delle sedi", one_off=True)
    paper.add("Sintesi", "Heading 1")
    figures = [
        ("Sedi di partenza", "{{ dati.iniziali | numero }}"),
        ("Sedi previste al 31/12/2025", "{{ dati.obiettivo | numero }}"),
        ("Sedi attive", "{{ dati.attive | numero }}"),
        ("Sedi mancanti", "{{ dati.mancanti | numero }}"),
        ("Quota raggiunta dell'obiettivo", "{{ dati.quota | percento }}"),
    ]
    add_figure_table(paper, "Dati di sintesi", figures)
    paper.add(
        "Le sedi di partenza e quelle previste sono tratte dalla presentazione del Settore del 19 giugno 2023.",
        "Nota",
    )
    paper.add("Stato delle sedi", "Heading 1")
    add_item_table(
        paper, ItemTable("Sedi dei Centri per l'impiego", "sede", "tabelle.sedi", _SEATS, "Nessuna sede in elenco.")
    )
    end_report(paper)
    return paper
