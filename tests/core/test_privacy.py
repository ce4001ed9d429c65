"""Which names of a document are about single people, and who may receive it by mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.core.chart import ChartKind, ChartSpec
from scheduler.core.data import Column, ColumnType, TableSpec
from scheduler.core.figures import FigureSpec, Operation
from scheduler.core.obligation import Role
from scheduler.core.period import Frequency
from scheduler.core.privacy import may_receive, personal_charts, personal_columns, personal_figures

from .duties import duty

STAFF = TableSpec(
    "personale",
    "p.xlsx",
    (
        Column("nome", ColumnType.TEXT, "Nome", personal=True),
        Column("sede", ColumnType.TEXT, "Sede"),
        Column("codice", ColumnType.TAX_CODE, "Codice fiscale"),
        Column("ente", ColumnType.TAX_CODE, "Ente", personal=False),
    ),
)
OFFICE, HEAD, BOTH = Role("u", "Ufficio", ("u@e.example",)), Role("c", "Capo", ("c@e.example",)), ("u@e.example", "b@e")


@pytest.mark.parametrize(
    ("operation", "of", "rows", "scalar"),
    [
        (Operation.ROWS, "personale", {"nome", "codice"}, False),
        (Operation.GROUP, "personale", {"nome", "codice"}, False),
        (Operation.PICK, "personale.nome", set(), True),
        (Operation.PICK, "personale.sede", set(), False),
        (Operation.COUNT, "personale", set(), False),
        (Operation.COUNT_DISTINCT, "personale.nome", set(), False),
        (Operation.SUM, "personale.nome", set(), False),
    ],
)
def test_a_figure_is_personal_as_what_it_is_made_of(
    operation: Operation, of: str, rows: set[str], scalar: bool
) -> None:
    found = replace(duty(), tables=(STAFF,), figures=(FigureSpec("dato", operation, of),))
    assert personal_columns(found).get("dato", set()) == rows
    assert personal_columns(found)["personale"] == {"nome", "codice"}
    assert personal_figures(found) == ({"dato"} if scalar else set())


def test_what_is_picked_in_another_period_and_a_pivots_columns_are_personal_too() -> None:
    figures = (
        FigureSpec("capo", Operation.PICK, "personale.nome"),
        FigureSpec("capo_prima", Operation.PREVIOUS, operands=("capo",)),
        FigureSpec("unita", Operation.COUNT, "personale"),
        FigureSpec("unita_prima", Operation.PREVIOUS, operands=("unita",)),
        FigureSpec("incrocio", Operation.PIVOT, "personale", by=("sede",), across="nome", count="unita"),
        FigureSpec("sedi", Operation.PIVOT, "personale", by=("nome",), across="sede", count="unita"),
    )
    found = replace(duty(), tables=(STAFF,), figures=figures)
    assert personal_figures(found) == {"capo", "capo_prima", "incrocio_colonne"}
    assert personal_columns(found).keys() == {"personale", "incrocio", "sedi"}


def test_what_is_reckoned_of_one_person_is_personal_too() -> None:
    of_one, of_any = (("nome", ("Ada Rossi",)),), (("nome", ("*",)),)
    figures = (
        FigureSpec("sede_di_ada", Operation.PICK, "personale.sede", where=of_one),
        FigureSpec("costo_di_ada", Operation.SUM, "personale.costo", where=of_one),
        FigureSpec("doppio", Operation.CALC, operands=("costo_di_ada",), expression="costo_di_ada * 2"),
        FigureSpec("nell_anno", Operation.PARTS, operands=("doppio",), every=Frequency.MONTH),
        FigureSpec("nel_tempo", Operation.SERIES, operands=("doppio",), periods=4),
        FigureSpec("con_un_nome", Operation.COUNT, "personale", where=of_any),
        FigureSpec("a_milano", Operation.COUNT, "personale", where=(("sede", ("Milano",)),)),
        FigureSpec("milano_nel_tempo", Operation.SERIES, operands=("a_milano",), periods=4),
        FigureSpec("quota", Operation.RATIO, operands=("a_milano", "con_un_nome")),
    )
    found = replace(duty(), tables=(STAFF,), figures=figures)
    assert personal_figures(found) == {"sede_di_ada", "costo_di_ada", "doppio", "nell_anno", "nel_tempo"}
    assert personal_columns(found).keys() == {"personale", "nel_tempo"}
    assert personal_columns(found)["nel_tempo"] == {"valore"}


def test_a_chart_is_personal_that_shows_people() -> None:
    figures = (
        FigureSpec("per_nome", Operation.GROUP, "personale", by=("nome",), count="unita"),
        FigureSpec("per_sede", Operation.GROUP, "personale", by=("sede",), count="unita"),
        FigureSpec("di_ada", Operation.COUNT, "personale", where=(("nome", ("Ada Rossi",)),)),
        FigureSpec("tutti", Operation.COUNT, "personale"),
    )
    charts = (
        ChartSpec("persone", ChartKind.BAR, ("per_nome",), "", label="nome", values=("unita",)),
        ChartSpec("sedi", ChartKind.BAR, ("per_sede",), "", label="sede", values=("unita",)),
        ChartSpec("avanzamento", ChartKind.PROGRESS, ("di_ada", "tutti"), ""),
        ChartSpec("quanti", ChartKind.PROGRESS, ("tutti", "tutti"), ""),
    )
    found = replace(duty(), tables=(STAFF,), figures=figures, charts=charts)
    assert personal_charts(found) == {"persone", "avanzamento"}


def test_nothing_is_personal_where_no_column_is() -> None:
    spec = replace(STAFF, columns=STAFF.columns[1:2])
    found = replace(duty(), tables=(spec,), figures=(FigureSpec("dato", Operation.ROWS, "personale"),))
    assert (personal_columns(found), personal_figures(found)) == ({}, frozenset())


@pytest.mark.parametrize(
    ("nominative", "entitled", "others"),
    [
        ((), (), ("u@e.example", "c@e.example")),
        ((OFFICE,), ("u@e.example",), ("c@e.example",)),
        ((OFFICE, HEAD), ("u@e.example", "c@e.example"), ()),
    ],
)
def test_only_the_roles_that_are_listed_may_receive(
    nominative: tuple[Role, ...], entitled: tuple[str, ...], others: tuple[str, ...]
) -> None:
    found = may_receive((OFFICE, HEAD), replace(duty(), nominative=nominative))
    assert tuple(tuple(address for role in roles for address in role.addresses) for roles in found) == (
        entitled,
        others,
    )


def test_an_address_of_two_roles_gets_what_either_may() -> None:
    shared = Role("s", "Segreteria", BOTH)
    entitled, others = may_receive((shared, OFFICE), replace(duty(), nominative=(OFFICE,)))
    assert (entitled, [role.addresses for role in others]) == ((OFFICE,), [("b@e",)])
