"""The letters: transmission, request for data, convocation of the monthly table."""

from __future__ import annotations

from .paper import Paper
from .report import ACTS, AGREEMENT, LEGAL_DATE, TO_CONFIRM, add_attachments, add_signature
from .table import Column, Grid, ItemTable, add_item_table, add_label_table

AGENDA = (
    Column("Punto", "{{ punto.punto | numero }}", 1.6),
    Column("Argomento", "{{ punto.argomento }}", 10.4),
    Column("Relatore", "{{ punto.relatore }}", 5.0),
)
_NO_AGENDA = "[Ordine del giorno da completare a cura dell'ufficio.]"
_DUTY = "{{ adempimento.titolo }} – {{ periodo.etichetta }}"
_REQUESTS = (
    "non cambiare nome ai file, ai fogli e alle colonne;",
    "scrivere n.r dove un dato non è rilevato, e non zero;",
    "non aggiungere dati personali oltre a quelli delle colonne indicate.",
)
_CLOSING = "Distinti saluti."


def transmission() -> Paper:
    """Return the letter that goes with the documents of a duty."""
    paper = _new_letter("Nota di trasmissione", "Spett.le", "{{ ufficio.destinatario }}")
    subject = f"trasmissione della documentazione relativa a «{_DUTY}». {AGREEMENT} ({ACTS})."
    _add_subject(paper, subject)
    paper.add(
        "In attuazione della convenzione indicata in oggetto, si trasmette la documentazione relativa all'adempimento "
        f"«{_DUTY}», per il periodo che va dal {{{{ periodo.dal | data_estesa }}}} al "
        "{{ periodo.al | data_estesa }}. "
        f"Il termine di legge è il {LEGAL_DATE}.",
        "Lettera",
    )
    with paper.when("adempimento.da_confermare"):
        paper.add(
            "Restano da confermare, per questo adempimento: {{ adempimento.da_confermare | elenco }}.",
            "Lettera",
        )
    paper.add(
        "I documenti trasmessi sono elencati di seguito, ciascuno con la propria impronta SHA-256, che permette di "
        "verificare che il documento ricevuto sia quello inviato.",
        "Lettera",
    )
    add_attachments(paper)
    paper.add(
        "[Le impronte sono quelle delle bozze: se un documento cambia prima della firma, sostituirle con quelle dei "
        "documenti firmati e togliere questa nota.]",
        "Segnaposto",
    )
    paper.add("Per ogni chiarimento è a disposizione: {{ mittente.titolo }}.", "Lettera")
    _end_letter(paper)
    return paper


def data_request() -> Paper:
    """Return the letter that asks a supplier for the data of a duty."""
    paper = _new_letter("Richiesta di dati", "Spett.le", "{{ richiesta.fornitore }}")
    _add_subject(paper, f"richiesta di dati per «{_DUTY}». {AGREEMENT} ({ACTS}).")
    paper.add(
        f"Per predisporre la documentazione relativa all'adempimento «{_DUTY}», il cui termine di legge è il "
        f"{LEGAL_DATE}, si chiede di far pervenire a questo ufficio i dati indicati nella tabella "
        "entro il {{ richiesta.entro | data_estesa }}.",
        "Lettera",
    )
    columns = (
        Column("Dati", "{{ dato.tabella }}", 3.6),
        Column("File", "{{ dato.file }}", 4.7),
        Column("Foglio", "{{ dato.foglio }}", 2.2),
        Column("Colonne", "{{ dato.colonne }}", 6.5),
    )
    add_item_table(
        paper,
        ItemTable("Dati richiesti", "dato", "richiesta.elenco", columns, "[Elencare i dati richiesti.]", long=True),
    )
    paper.add("Nel compilare i fogli si chiede di:", "Lettera").paragraph_format.keep_with_next = True
    for request in _REQUESTS:
        paper.add(request, "List Bullet")
    paper.add("Per ogni chiarimento è a disposizione: {{ mittente.titolo }}.", "Lettera")
    _end_letter(paper)
    return paper


def convocation() -> Paper:
    """Return the letter that calls the monthly table, with its agenda; day, hour and place are not known."""
    paper = _new_letter("Convocazione del Tavolo mensile", "Spett.li", "Enti accreditati del Tavolo mensile")
    _add_subject(paper, f"«{_DUTY}»: convocazione della seduta. {AGREEMENT} ({ACTS}).")
    paper.add(
        "Si convoca la seduta di {{ periodo.etichetta }} del Tavolo mensile tra i Centri per l'impiego e gli enti "
        "accreditati, da tenersi entro il {{ scadenza.termine_legge | data_estesa }}" + TO_CONFIRM + ".",
        "Lettera",
    )
    place = [("Giorno", "da confermare"), ("Ora", "da confermare"), ("Luogo o collegamento", "da confermare")]
    add_label_table(paper, "Giorno, ora e luogo della seduta", place, 4.2)
    add_item_table(paper, ItemTable("Ordine del giorno", "punto", "tabelle.ordine_del_giorno", AGENDA, _NO_AGENDA))
    paper.add("Si chiede di comunicare a questo ufficio chi parteciperà per ciascun ente.", "Lettera")
    paper.add("Per ogni chiarimento è a disposizione: {{ mittente.titolo }}.", "Lettera")
    _end_letter(paper)
    return paper


def _new_letter(title: str, greeting: str, addressee: str) -> Paper:
    paper = Paper(title)
    paper.add("", "Distanza")
    grid = Grid(paper, "Spazio per la segnatura di protocollo", [7.0])
    grid.enclose()
    grid.space([("Segnatura di protocollo", "Segnatura")], 56)
    paragraph = paper.add(greeting, "Destinatario")
    paragraph.add_run().add_break()
    paragraph.add_run(addressee)
    return paper


def _add_subject(paper: Paper, text: str) -> None:
    paper.add(f"Oggetto:\t{text}", "Oggetto")


def _end_letter(paper: Paper) -> None:
    paper.add(_CLOSING, "Lettera").paragraph_format.keep_with_next = True
    add_signature(paper)
