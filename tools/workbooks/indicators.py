"""The indicators of the three families of objectives; every description is an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from .sheet import DATE, GENERAL, Column, Sheet, Value, workbook_bytes
from .term import HALVES, NOT_RECORDED, Half, italian_date, italian_number


@dataclass(frozen=True)
class Indicator:
    """One indicator: `expected` is the value of the whole year, in its unit."""

    family: str
    code: str
    description: str
    unit: str
    expected: Decimal


_EXAMPLES = {
    ("LEP", "LEP"): (
        ("Tempo medio tra la DID e il primo colloquio", "giorni", "14.5"),
        ("Patti di servizio sottoscritti entro i termini", "%", "92.5"),
        ("Utenti con orientamento di base", "numero", "52000"),
        ("Procedimenti amministrativi conclusi nei termini", "%", "96"),
        ("Tempo medio di iscrizione al collocamento mirato", "giorni", "18"),
    ),
    ("Potenziamento", "POT"): (
        ("Giornate di formazione del personale", "numero", "640"),
        ("Selezioni concluse rispetto a quelle avviate", "%", "85"),
        ("Postazioni informatiche rinnovate", "numero", "180"),
        ("Tempo medio di copertura di un posto vacante", "giorni", "73.8"),
        ("Avanzamento dei lavori nelle nuove sedi", "%", "60"),
    ),
    ("Strategici", "STR"): (
        ("Imprese contattate per la ricerca di personale", "numero", "1850"),
        ("Utenti fragili presi in carico entro trenta giorni", "%", "80"),
        ("Incontri di selezione con le imprese", "numero", "36"),
        ("Tempo medio di risposta alle imprese", "giorni", "6.5"),
        ("Utenti soddisfatti del servizio", "%", "88.5"),
    ),
}
_INDICATORS = tuple(
    Indicator(family, f"{prefix}-{number:02}", f"{description} (esempio)", unit, Decimal(expected))
    for (family, prefix), rows in _EXAMPLES.items()
    for number, (description, unit, expected) in enumerate(rows, start=1)
)
_COLUMNS = (
    Column("Famiglia", 15),
    Column("Codice", 10),
    Column("Descrizione", 58),
    Column("Unità", 10),
    Column("Valore previsto", 12, GENERAL),
    Column("Valore raggiunto", 12, GENERAL),
    Column("Note", 34),
    Column("Valido dal", 12, DATE),
    Column("Valido al", 12, DATE),
)


def indicator_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each half-year's indicator sheet."""
    for half in HALVES:
        rng = Random(f"indicatori/{half.key}")
        rows = [_row(indicator, index, half, rng) for index, indicator in enumerate(_INDICATORS)]
        sheet = Sheet("Indicatori", f"Indicatori degli obiettivi dei CPI – {half.title}", _COLUMNS, rows)
        yield f"indicatori/{half.key}.xlsx", workbook_bytes(sheet)


def _row(indicator: Indicator, index: int, half: Half, rng: Random) -> tuple[Value, ...]:
    expected = NOT_RECORDED if indicator.code == "POT-05" and half.year == 2024 else _written(indicator.expected, index)
    reached = _reached(indicator, half, rng)
    recorded = (index + half.year * 2 + half.number) % 7 != 0
    since, until = date(half.year, 1, 1), date(half.year, 12, 31)
    return (
        indicator.family,
        indicator.code,
        indicator.description,
        indicator.unit,
        expected,
        _written(reached, index + half.number) if recorded else NOT_RECORDED,
        None if recorded else "Rilevazione in corso",
        italian_date(since) if index % 5 == 3 else since,
        until if indicator.family == "Strategici" or index % 2 else None,
    )


def _reached(indicator: Indicator, half: Half, rng: Random) -> Decimal:
    """The value reached since January: counts grow through the year, percentages stop at one hundred."""
    value = indicator.expected * rng.randint(88, 107) / 100
    if indicator.unit == "numero":
        return (value * half.number / 2).quantize(Decimal(1))
    value = value.quantize(Decimal("0.1"))
    return min(value, Decimal(100)) if indicator.unit == "%" else value


def _written(value: Decimal, index: int) -> Value:
    """Every fourth value is text, with an Italian comma."""
    return italian_number(value) if index % 4 == 1 else value
