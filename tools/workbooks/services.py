"""The services of the job centres: the LEP and the progress of the GOL programme."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from .sheet import GENERAL, INTEGER, TO_COMPLETE, Column, Sheet, Value, workbook_bytes
from .term import HALVES, NOT_RECORDED, YEARS, Half, italian_number

# Code, service, users in a half-year, services for each hundred users, mean time in tenths of a day.
_SERVICES = (
    ("A", "Accoglienza e prima informazione", 38200, 128, 21),
    ("B", "DID, profilazione e aggiornamento della scheda anagrafica", 31400, 142, 46),
    ("C", "Orientamento di base", 26900, 117, 98),
    ("D", "Patto di servizio personalizzato", 23800, 109, 154),
    ("E", "Orientamento specialistico", 6450, 163, 312),
    ("F1", "Accompagnamento al lavoro", 4180, 187, 738),
    ("F2", "Attivazione del tirocinio", 1260, 112, 405),
    ("F3", "Incontro tra domanda e offerta", 7830, 174, 286),
    ("G", "Avviamento a formazione", 5590, 121, 337),
    ("N", "Collocamento mirato", 2870, 156, 619),
    ("P", "Supporto all'autoimpiego", 240, 135, 482),
)
_LEP_COLUMNS = (
    Column("LEP", 8),
    Column("Servizio", 56),
    Column("Utenti", 12, INTEGER),
    Column("Prestazioni erogate", 14, INTEGER),
    Column("Tempo medio (giorni)", 14, GENERAL),
)

_INDICATORS = (
    "Numero tot. PSP GOL",
    "Numero tot. persone avviate in formazione",
    "di cui avviate in formazione digitale",
    "Numero tot. persone con formazione conclusa",
    "Numero tot. persone con formazione digitale conclusa",
)
# As stated by the department's slides; partly text, partly numbers, as offices write them.
_GOL_2023_SOURCE = "Fonte: presentazione del Settore, 19 giugno 2023 – dati al 23/05/2023"
_GOL_2023: tuple[tuple[Value, ...], ...] = (
    ("41.285", 14320, 26965),
    (13079, "2.201", "10.878"),
    (5847, 313, "5.534"),
    ("10.652", NOT_RECORDED, NOT_RECORDED),
    (3906, NOT_RECORDED, NOT_RECORDED),
)
_GOL_UNKNOWN: tuple[tuple[Value, ...], ...] = ((NOT_RECORDED,) * 3,) * len(_INDICATORS)


def gol_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each year's GOL workbook; only 2023 has stated figures."""
    yield "gol/2023.xlsx", workbook_bytes(_gol_sheet(2023, "anno 2023", _GOL_2023, _GOL_2023_SOURCE))
    for year in YEARS:
        yield f"gol/{year}.xlsx", workbook_bytes(_gol_sheet(year, f"anno {year}", _GOL_UNKNOWN, TO_COMPLETE))


def service_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each half-year's services workbook."""
    for half in HALVES:
        lep = Sheet("LEP", f"Servizi al lavoro per LEP – {half.title}", _LEP_COLUMNS, _lep_rows(half))
        gol = _gol_sheet(half.year, half.title, _GOL_UNKNOWN, TO_COMPLETE)
        yield f"servizi/{half.key}.xlsx", workbook_bytes(lep, gol)


def _gol_sheet(year: int, when: str, values: tuple[tuple[Value, ...], ...], note: str) -> Sheet:
    columns = (
        Column("Indicatore", 52),
        Column(f"Obiettivi {year}", 16, INTEGER),
        Column("Realizzato", 16, INTEGER),
        Column(f"Da realizzare entro il 31.12.{year}", 20, INTEGER),
    )
    rows = [(indicator, *row) for indicator, row in zip(_INDICATORS, values, strict=True)]
    return Sheet("GOL", f"Programma GOL – avanzamento, {when}", columns, rows, note)


def _lep_rows(half: Half) -> list[tuple[Value, ...]]:
    rng = Random(f"servizi/{half.key}")
    rows: list[tuple[Value, ...]] = []
    for index, (code, service, typical_users, rate, tenths) in enumerate(_SERVICES):
        users = typical_users * rng.randint(92, 109) // 100 + rng.randint(0, 99)
        services = users * (rate + rng.randint(-6, 9)) // 100
        time = Decimal(tenths * rng.randint(90, 110) // 100) / 10
        typed = (index + half.year + half.number) % 4 == 0
        rows.append((code, service, italian_number(users) if typed else users, services, _time(code, time, half)))
    return rows


def _time(code: str, days: Decimal, half: Half) -> Value:
    """Mean days; the later services are not always recorded, and some hands write `73,8` as text."""
    if (code == "P" and half.number == 1) or (code == "F2" and half.year == 2024):
        return NOT_RECORDED
    return italian_number(days) if code in {"D", "F1", "N"} else days
