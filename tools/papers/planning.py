"""The reports of planning: the EMERGO plan, the IeFP offer, the end of the agreement."""

from __future__ import annotations

from .paper import Paper
from .report import SOURCE_LEGEND, add_blank_rows, end_report, new_report
from .table import Column, ItemTable, add_figure_table, add_item_table
from .years import add_amounts_by_year

_LINES = (
    Column("Linea di intervento", "{{ linea.linea }}", 9.5, total="Totale"),
    Column(
        "Beneficiari", "{{ linea.beneficiari | numero }}", 3.2, numeric=True, total="{{ dati.beneficiari | numero }}"
    ),
    Column("Risorse", "{{ linea.risorse | euro }}", 4.3, numeric=True, total="{{ dati.risorse | euro }}"),
)
_COURSES = (
    Column("Percorso", "{{ percorso.percorso }}", 6.3, total="Totale"),
    Column("Ente", "{{ percorso.ente }}", 6.3),
    Column("Posti", "{{ percorso.posti | numero }}", 2.2, numeric=True, total="{{ dati.posti | numero }}"),
    Column("Iscritti", "{{ percorso.iscritti | numero }}", 2.2, numeric=True, total="{{ dati.iscritti | numero }}"),
)


def emergo_report() -> Paper:
    """Return the report on the yearly plan for the employment of people with disabilities."""
    paper = new_report("Piano EMERGO – relazione annuale")
    paper.add("Sintesi", "Heading 1")
    paper.add("Nel periodo di riferimento le risorse del piano sono {{ dati.risorse | importo }} euro.")
    figures = [("Beneficiari", "{{ dati.beneficiari | numero }}"), ("Risorse", "{{ dati.risorse | euro }}")]
    add_figure_table(paper, "Dati di sintesi", figures)
    paper.add("Linee di intervento", "Heading 1")
    add_item_table(paper, ItemTable("Beneficiari e risorse per linea di intervento", "linea", "tabelle.emergo", _LINES))
    paper.add("n.r = dato non rilevato.", "Nota")
    end_report(paper)
    return paper


def course_planning() -> Paper:
    """Return the yearly planning of the IeFP offer."""
    paper = new_report("Programmazione annuale dell'offerta IeFP")
    paper.add("Sintesi", "Heading 1")
    figures = [("Posti", "{{ dati.posti | numero }}"), ("Iscritti", "{{ dati.iscritti | numero }}")]
    add_figure_table(paper, "Dati di sintesi", figures)
    paper.add("Percorsi", "Heading 1")
    add_item_table(paper, ItemTable("Posti e iscritti per percorso", "percorso", "tabelle.iefp", _COURSES, long=True))
    paper.add("n.r = dato non rilevato.", "Nota")
    end_report(paper)
    return paper


def agreement_end() -> Paper:
    """Return the note on the end of the agreement: what it assigned, and what is still to be done."""
    paper = new_report("Fine della convenzione – quadro di chiusura", one_off=True)
    paper.add("Importi assegnati", "Heading 1")
    add_amounts_by_year(paper, "Importi assegnati dalla convenzione, per voce e anno", "importi")
    paper.add(f"«Da confermare»: importo non indicato dalle fonti. {SOURCE_LEGEND}", "Nota")
    paper.add("Adempimenti successivi", "Heading 1")
    paper.add(
        "Il report annuale dei costi sostenuti per il personale è dovuto entro il 28 febbraio dell'anno successivo: "
        "per l'ultimo anno della convenzione, dunque, dopo la sua fine."
    )
    columns = (("Attività", 7.5), ("A cura di", 4.5), ("Entro", 2.5), ("Stato", 2.5))
    add_blank_rows(paper, "Attività da concludere (da completare a cura dell'ufficio)", columns, 5)
    end_report(paper)
    return paper
