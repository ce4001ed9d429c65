"""The shipped deadlines.yaml against the sources of the first office: its duties, and its money to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scheduler.core.obligation import Register
from scheduler.core.occurrence import occurrence_of
from scheduler.deadlines import read_register

# The bulletin of 1 March 2024 names these five; only two of them have a date.
OF_THE_BULLETIN = {
    "costi-personale-annuale": False,
    "costi-personale-trimestrale": True,
    "elenco-personale-annuale": False,
    "elenco-personale-mensile": True,
    "dati-servizi-semestrale": True,
}
# Cycles and commitments of the other sources; of these only the seats have a date.
OF_OTHER_SOURCES = {
    "obiettivi-lep": True,
    "obiettivi-potenziamento": True,
    "obiettivi-strategici": True,
    "gol-avanzamento": True,
    "potenziamento-personale": True,
    "potenziamento-sedi": False,
    "tavolo-accreditati": True,
    "accordi-partenariato": True,
    "cabina-regia-afol": True,
    "patto-adda-martesana": True,
    "emergo": True,
    "iefp-programmazione": True,
    "fine-convenzione": True,
}
# EUR assigned to the office, by line and year; a year that is absent was not stated.
ASSIGNED = {
    "ex-madia": {2024: "8972346.42", 2025: "8972346.42"},
    "potenziamento": {2024: "2161744.40", 2025: "2161744.40", 2026: "2161744.40"},
    "ex-pon-poc": {2024: "1769301.26", 2025: "1769301.26", 2026: "1769301.26"},
    "funzionamento": {2024: "3083649.89"},
    "funzionamento-fissa": {2024: "492926.00"},
    "funzionamento-variabile": {2024: "1046568.04", 2025: "1244333.82", 2026: "1244333.82"},
    "obiettivi-strategici": {2024: "333333.33"},
}
PARTS = {
    "ex-pon-poc": "potenziamento",
    "funzionamento-fissa": "funzionamento",
    "funzionamento-variabile": "funzionamento",
}


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(Path(__file__).resolve().parents[2] / "deadlines.yaml")


def test_it_has_exactly_the_duties_of_the_sources(register: Register) -> None:
    duties = OF_THE_BULLETIN | OF_OTHER_SOURCES
    assert [item.id for item in register.obligations] == list(duties)


def test_a_day_that_no_source_states_is_to_be_confirmed(register: Register) -> None:
    duties = OF_THE_BULLETIN | OF_OTHER_SOURCES
    assert {item.id: item.due_to_confirm for item in register.obligations} == duties


def test_its_amounts_are_those_of_the_bulletin(register: Register) -> None:
    agreement = next(item for item in register.agreements if item.id == "convenzione-2024-2026")
    found = {line.line: {year: str(amount) for year, amount in line.years.items()} for line in agreement.amounts}
    assert found == ASSIGNED
    assert {line.line: line.part_of for line in agreement.amounts if line.part_of} == PARTS


def test_half_of_the_running_costs_is_computed_nowhere(register: Register) -> None:
    """The bulletin says "half", and its own amounts say otherwise."""
    lines = {line.line: line.years.get(2024, Decimal(0)) for item in register.agreements for line in item.amounts}
    parts = lines["funzionamento-fissa"] + lines["funzionamento-variabile"]
    assert parts == Decimal("1539494.04") != lines["funzionamento"] / 2
    assert not [amount for amount in lines.values() if amount * 2 == lines["funzionamento"]]


@pytest.mark.parametrize(
    ("duty", "key", "nominal", "legal", "target"),
    [
        ("costi-personale-annuale", "2024", date(2025, 2, 28), date(2025, 2, 28), date(2025, 2, 27)),
        ("costi-personale-annuale", "2025", date(2026, 2, 28), date(2026, 2, 28), date(2026, 2, 27)),
        ("costi-personale-annuale", "2026", date(2027, 2, 28), date(2027, 3, 1), date(2027, 2, 26)),
        ("elenco-personale-annuale", "2025", date(2025, 7, 30), date(2025, 7, 30), date(2025, 7, 29)),
        ("potenziamento-sedi", "2025-12-31", date(2025, 12, 31), date(2025, 12, 31), date(2025, 12, 30)),
    ],
)
def test_its_stated_dates(register: Register, duty: str, key: str, nominal: date, legal: date, target: date) -> None:
    obligation = register.obligation(duty)
    assert obligation is not None
    found = occurrence_of(obligation, key, register.workdays)
    assert found is not None
    assert (found.nominal_due_on, found.legal_due_on, found.target_on) == (nominal, legal, target)
