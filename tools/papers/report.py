"""What every report has: title and information, notes, sources of the data, signature; nothing of one report alone."""

from __future__ import annotations

from docx.shared import Cm, Pt

from .paper import DRAFT, Paper
from .table import Cell, Column, Grid, ItemTable, add_item_table, add_label_table

TO_CONFIRM = "{% if scadenza.da_confermare %} (da confermare){% endif %}"
LEGAL_DATE = "{{ scadenza.termine_legge | data_estesa }}" + TO_CONFIRM
PERIOD = "{{ periodo.etichetta }} (dal {{ periodo.dal | data_estesa }} al {{ periodo.al | data_estesa }})"
ONE_DAY = "{{ periodo.etichetta }}" + TO_CONFIRM
AGREEMENT = "{{ convenzione.titolo }}"
ACTS = "{{ convenzione.atti }}"

NOTES_HINT = "[Testo da completare a cura dell'ufficio: fatti rilevanti del periodo, scostamenti, azioni previste.]"
_LEGEND = (
    "B = bollettino del Settore, 1° marzo 2024; P = presentazione del Settore, 19 giugno 2023; "
    "W = pagina web del Settore, 13 gennaio 2025; F = norme e dati pubblici"
)
SOURCE_LEGEND = f"Fonti: {_LEGEND}."
_FINGERPRINT_WIDTH = 5.6  # two lines of thirty-two characters
_SIGNATURE_SPACE, _SIGNATURE_WIDTH = Pt(24), 8.0


def new_report(title: str, *, one_off: bool = False, landscape: bool = False) -> Paper:
    """Return a report with its letterhead, title and information; a one-off has a day, not a period."""
    paper = Paper(title, landscape=landscape)
    paper.add("{{ documento.titolo }}", "Title")
    paper.add("{{ periodo.etichetta }}", "Subtitle")
    period = ("Data di riferimento", ONE_DAY) if one_off else ("Periodo di riferimento", PERIOD)
    rows: list[Cell | tuple[str, str, str]] = [
        ("Adempimento", "{{ adempimento.titolo }}"),
        period,
        ("Convenzione", AGREEMENT),
        ("Atti", ACTS),
        ("Termine di legge", LEGAL_DATE),
        ("Predisposto da", "{{ mittente.titolo }}"),
        ("Bozza", DRAFT),
        ("Da confermare", "{{ adempimento.da_confermare | elenco }}", "adempimento.da_confermare"),
    ]
    add_label_table(paper, "Informazioni sul documento", rows, 4.2)
    return paper


def end_report(paper: Paper, hint: str = NOTES_HINT) -> None:
    """Append the sources, the notes and the signature."""
    add_sources(paper)
    add_notes(paper, hint)
    add_signature(paper)


def add_notes(paper: Paper, hint: str = NOTES_HINT) -> None:
    """Append the section for the official's own words, on the page of the signature."""
    paper.add("Note e osservazioni dell'ufficio", "Heading 1")
    paper.add(hint, "Segnaposto").paragraph_format.keep_with_next = True


def add_sources(paper: Paper) -> None:
    """Append the workbooks that were read, with their fingerprints."""
    paper.add("Fonti dei dati", "Heading 1")
    columns = (
        Column("File", "{{ foglio.file }}", paper.width - 3.2 - _FINGERPRINT_WIDTH),
        Column("Foglio", "{{ foglio.foglio }}", 3.2),
        Column("Impronta SHA-256", "{{ foglio.sha256 }}", _FINGERPRINT_WIDTH, style="Impronta"),
    )
    empty = "Il documento non riprende dati da fogli di calcolo."
    add_item_table(paper, ItemTable("Fogli di calcolo letti", "foglio", "fonti", columns, empty, captioned=False))
    paper.add("Fonte dell'adempimento: {{ adempimento.fonte }}. " + SOURCE_LEGEND, "Nota")


def add_attachments(paper: Paper) -> None:
    """Append the documents that go with a letter, with their fingerprints."""
    columns = (
        Column("Documento", "{{ allegato.nome }}", paper.width - _FINGERPRINT_WIDTH),
        Column("Impronta SHA-256", "{{ allegato.sha256 }}", _FINGERPRINT_WIDTH, style="Impronta"),
    )
    empty = "[Elencare i documenti allegati.]"
    add_item_table(paper, ItemTable("Allegati", "allegato", "allegati", columns, empty))


def add_signature(paper: Paper) -> None:
    """Append the place for the signature; who signs is not known here."""
    who, line = paper.add("Il/La responsabile", "Firma"), paper.add("", "Riga firma")
    who.paragraph_format.space_before = _SIGNATURE_SPACE
    who.paragraph_format.left_indent = line.paragraph_format.left_indent = Cm(paper.width - _SIGNATURE_WIDTH)
    line.paragraph_format.keep_with_next = False


def add_blank_rows(paper: Paper, title: str, columns: tuple[tuple[str, float], ...], count: int) -> None:
    """Append a table with a header and empty rows, to be filled in by hand."""
    paper.caption(title)
    grid = Grid(paper, title, [width for _, width in columns])
    grid.header((header, "Intestazione") for header, _ in columns)
    for _ in range(count):
        grid.space([("", "Cella")] * len(columns), 22)
    grid.keep_together()
    paper.add("", "Distanza")
