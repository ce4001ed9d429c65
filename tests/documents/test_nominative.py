"""Which templates print what is about single people, told by their names alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.core.chart import ChartKind, ChartSpec
from scheduler.core.data import Column, ColumnType, TableSpec
from scheduler.core.figures import FigureSpec, Operation
from scheduler.core.obligation import Obligation
from scheduler.deadlines import read_register
from scheduler.documents.nominative import is_nominative
from tests.conftest import ROOT
from tests.documents.test_render import template

SHIPPED = read_register(ROOT / "deadlines.yaml")


def obligation() -> Obligation:
    """An obligation with a table of people, a table of offices, and figures of both."""
    people = TableSpec(
        "persone",
        "p.xlsx",
        (Column("nome", ColumnType.TEXT, "Nome", personal=True), Column("sede", ColumnType.TEXT, "Sede")),
    )
    offices = TableSpec("sedi", "s.xlsx", (Column("nome", ColumnType.TEXT, "Nome"),))
    figures = (
        FigureSpec("uscite", Operation.ROWS, "persone"),
        FigureSpec("capo", Operation.PICK, "persone.nome"),
        FigureSpec("unita", Operation.COUNT, "persone"),
    )
    charts = tuple(
        ChartSpec(name, ChartKind.BAR, ("persone",), "", label=label, values=("costo",))
        for name, label in (("persone", "nome"), ("sedi", "sede"))
    )
    return replace(SHIPPED.obligations[0], tables=(people, offices), figures=figures, charts=charts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nulla", False),
        ("{{ dati.unita }} persone in {{ periodo.etichetta }}", False),
        ("{% for p in tabelle.persone %}{{ p.sede }}{% endfor %}", False),
        ("{% for p in tabelle.persone %}{{ p.nome }}{% endfor %}", True),
        ("{% for p in tabelle.persone %}{% if p.nome %}x{% endif %}{% endfor %}", True),
        ("{% for p in tabelle.uscite %}{{ loop.index }} {{ p.nome|upper }}{% endfor %}", True),
        ("{% for p in tabelle.uscite %}{{ loop.index }}{% endfor %}", False),
        ("{% for p in tabelle.sedi %}{{ p.nome }}{% endfor %}", False),
        ("{% for p in tabelle.persone %}{% for p in tabelle.sedi %}{{ p.nome }}{% endfor %}{% endfor %}", False),
        ("{% for p in tabelle.sedi %}{% for q in tabelle.persone %}{{ q.nome }}{% endfor %}{% endfor %}", True),
        ("{% for p in tabelle.persone %}{{ p }}{% endfor %}", True),
        ("{% for p in tabelle.persone %}{{ p['nome'] }}{% endfor %}", True),
        ("{{ tabelle.persone|length }}", False),
        ("{% if tabelle.persone %}sì{% else %}no{% endif %}", False),
        ("{{ tabelle.persone }}", True),
        ("{{ (tabelle.persone|first).nome }}", True),
        ("{{ tabelle['persone'] }}", True),
        ("{{ tabelle.sedi|first }}", False),
        ("{{ dati.capo }}", True),
        ("{{ dati['capo'] }}", True),
        ("{{ grafici.sedi }}", False),
        ("{{ grafici.persone }}", True),
        ("{{ grafici['sedi'] }}", True),
        ("{% for p in tabelle.persone %}", True),  # it cannot be read
    ],
)  # fmt: skip
def test_a_template_is_nominative_where_it_may_print_what_is_personal(text: str, expected: bool) -> None:
    assert is_nominative(template(text), "t.docx", obligation(), "it") == (b"yes" if expected else b"no")


def test_a_header_and_a_property_count_as_well() -> None:
    assert is_nominative(template("x", header="{{ dati.capo }}"), "t.docx", obligation(), "it") == b"yes"


def test_the_shipped_templates_that_list_people_by_number() -> None:
    found = {
        name
        for item in SHIPPED.obligations
        for name in item.documents
        if is_nominative((ROOT / f"templates/{name}.docx").read_bytes(), name, item, "it") == b"yes"
    }
    assert found == {"elenco-personale-annuale", "elenco-personale-mensile"}
    for item in SHIPPED.obligations:
        if found & set(item.documents):
            assert set(item.nominative) >= {item.owner, *item.recipients}
