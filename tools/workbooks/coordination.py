"""Coordination: agenda of the monthly table, partnership agreements, Cabina di Regia, territorial pact."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from .costs import CostsByMonth
from .sheet import AMOUNT, GENERAL, INTEGER, Column, Sheet, Value, workbook_bytes
from .staff import CENTRES, IN_SERVICE, StaffByMonth
from .term import MONTHS, YEARS, Month, italian_number

_AGENDA = (
    ("Approvazione del verbale della seduta precedente", "Settore"),
    ("Avanzamento delle prese in carico e dei patti di servizio", "AFOL Metropolitana"),
    ("Avviamenti a formazione: andamento e criticità", "Enti accreditati"),
    ("Invio reciproco degli utenti tra CPI ed enti accreditati", "AFOL Metropolitana"),
    ("Calendario degli incontri con le imprese", "Settore"),
    ("Varie ed eventuali", "Settore"),
)
_PACT = (
    ("Analisi dei fabbisogni di competenze delle imprese", "Soggetto di esempio 01", ("conclusa",) * 3),
    ("Mappatura dell'offerta formativa", "Soggetto di esempio 02", ("in corso", "conclusa", "conclusa")),
    ("Percorsi brevi di aggiornamento", "Soggetto di esempio 03", ("da avviare", "in corso", "conclusa")),
    ("Orientamento nelle scuole", "Soggetto di esempio 04", ("in corso",) * 3),
    ("Sportello diffuso per il lavoro", "Soggetto di esempio 05", ("da avviare", "in corso", "in corso")),
    ("Incontri tra domanda e offerta", "Soggetto di esempio 06", ("in corso", "in corso", "conclusa")),
    ("Valutazione dei risultati", "Soggetto di esempio 07", ("da avviare", "da avviare", "in corso")),
)
_AGENDA_COLUMNS = (Column("Punto", 8, GENERAL), Column("Argomento", 64), Column("Relatore", 26))
_AGREEMENT_COLUMNS = (Column("Ente accreditato", 28), Column("Tipo", 14), Column("Stato", 16))
_PACT_COLUMNS = (Column("Azione", 58), Column("Soggetto", 28), Column("Stato", 16))
_CENTRE_COLUMNS = (
    Column("CPI", 10),
    Column("Personale in servizio", 14, INTEGER),
    Column("Utenti", 12, INTEGER),
    Column("Prestazioni", 14, INTEGER),
    Column("Risorse impiegate", 18, AMOUNT),
)


def agenda_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the agenda of the monthly table."""
    rows = [(point, *item) for point, item in enumerate(_AGENDA, start=1)]
    sheet = Sheet("Ordine del giorno", "Tavolo mensile CPI – enti accreditati", _AGENDA_COLUMNS, rows)
    yield "tavolo/ordine-del-giorno.xlsx", workbook_bytes(sheet)


def agreement_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each year's eighty-two partnership agreements."""
    for index, year in enumerate(YEARS):
        rows = [(f"Ente accreditato {number:02}", *_agreement(number, index)) for number in range(1, 83)]
        sheet = Sheet("Accordi", f"Accordi di partenariato – anno {year}", _AGREEMENT_COLUMNS, rows)
        yield f"partenariato/{year}.xlsx", workbook_bytes(sheet)


def board_files(staff: StaffByMonth, costs: CostsByMonth) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each year's workbook of the Cabina di Regia, one sheet per month."""
    for year in YEARS:
        months = [month for month in MONTHS if month.year == year]
        yield f"cabina-regia/{year}.xlsx", workbook_bytes(*(_board_sheet(month, staff, costs) for month in months))


def pact_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each year's actions of the territorial pact."""
    for index, year in enumerate(YEARS):
        rows = [(f"{action} (esempio)", body, states[index]) for action, body, states in _PACT]
        title = f"Patto territoriale Adda Martesana – azioni, anno {year}"
        yield f"patto/{year}.xlsx", workbook_bytes(Sheet("Azioni", title, _PACT_COLUMNS, rows))


def _agreement(number: int, year_index: int) -> tuple[str, str]:
    """Return kind and state; an agreement comes up for renewal now and then, and one that has ended stays ended."""
    rng = Random(f"partenariato/{number}")
    kind = "PSP" if rng.random() < 0.6 else "Cluster 4"
    ends, renewed = rng.randint(0, 19), rng.randint(0, 9)
    if ends <= year_index:
        return kind, "concluso"
    return kind, "in rinnovo" if renewed == year_index else "attivo"


def _board_sheet(month: Month, staff: StaffByMonth, costs: CostsByMonth) -> Sheet:
    rng = Random(f"cabina-regia/{month.key}")
    rows = [_board_row(centre, month, staff, costs, rng) for centre in CENTRES]
    return Sheet(month.key, f"Cabina di Regia – monitoraggio di {month.title}", _CENTRE_COLUMNS, rows)


def _board_row(centre: str, month: Month, staff: StaffByMonth, costs: CostsByMonth, rng: Random) -> tuple[Value, ...]:
    people = sum(person.centre == centre and person.state == IN_SERVICE for person in staff[month])
    spent = sum((cost.total for cost in costs[month] if cost.person.centre == centre), Decimal(0))
    users = people * rng.randint(52, 68) // (2 if month.number == 8 else 1)
    services = users * rng.randint(128, 176) // 100
    typed = (int(centre[-2:]) + month.number) % 9 == 0
    return (centre, people, users, italian_number(services) if typed else services, spent)
