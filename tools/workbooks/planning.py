"""Yearly planning: the EMERGO plan for people with disabilities, and the offer of IeFP courses."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from random import Random

from .sheet import AMOUNT, INTEGER, Column, Sheet, Value, workbook_bytes
from .term import NOT_RECORDED, YEARS, italian_number

# Line of intervention, people, EUR for each of them; None where the office has not recorded the people.
_LINES = (
    ("Tirocini di inclusione", 420, 2100),
    ("Incentivi all'assunzione", 185, 5200),
    ("Accompagnamento e sostegno in azienda", 640, 1450),
    ("Adattamento del posto di lavoro", 48, 3900),
    ("Formazione su misura", 260, 1150),
    ("Sensibilizzazione delle imprese", None, 0),
)
_LINE_COLUMNS = (
    Column("Linea di intervento", 46),
    Column("Beneficiari", 14, INTEGER),
    Column("Risorse", 18, AMOUNT),
)
_COURSES = 14


def emergo_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each year's EMERGO plan."""
    for year in YEARS:
        rng = Random(f"emergo/{year}")
        rows = [_line(*item, typed=index == 2, rng=rng) for index, item in enumerate(_LINES)]
        sheet = Sheet("Piano", f"Piano EMERGO – anno {year}", _LINE_COLUMNS, rows)
        yield f"emergo/{year}.xlsx", workbook_bytes(sheet)


def course_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each year's IeFP offer, as a spreadsheet saves it in Italy."""
    for year in YEARS:
        rng = Random(f"iefp/{year}")
        text = StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(("Percorso", "Ente", "Posti", "Iscritti"))
        writer.writerows(_course(number, rng) for number in range(1, _COURSES + 1))
        yield f"iefp/{year}.csv", BOM_UTF8 + text.getvalue().encode()


def _line(line: str, typical: int | None, share: int, *, typed: bool, rng: Random) -> tuple[Value, ...]:
    if typical is None:
        return line, NOT_RECORDED, Decimal(rng.randint(30_000_00, 45_000_00)) / 100
    people = typical * rng.randint(90, 112) // 100
    amount = (people * share * Decimal(rng.randint(9_300, 10_700)) / 10_000).quantize(Decimal("0.01"))
    return line, people, italian_number(amount) if typed else amount


def _course(number: int, rng: Random) -> tuple[Value, ...]:
    places = rng.choice((20, 22, 24, 25, 28))
    enrolled = rng.randint(places * 3 // 5, places)
    provider = f"Ente di formazione di esempio {rng.randint(1, 6):02}"
    return f"Percorso di esempio {number:02}", provider, places, NOT_RECORDED if number == 11 else enrolled
