"""Every name that a template may use: with the shipped data, without any, and each of them printable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.commands.clock import app_at
from scheduler.documents.context import LISTS, NAMES, figure_names, table_columns
from scheduler.service.variables import variables

NOW = datetime(2025, 2, 10, 9, tzinfo=UTC)


@pytest.fixture
def app(workspace: Path) -> Iterator[App]:
    found = app_at(workspace, "2025-02-10T09:00")
    yield found
    found.press.close()
    found.store.rest()


@pytest.fixture
def named(app: App) -> dict[str, dict[str, str]]:
    """The names and types of what each obligation offers, by obligation."""
    found: dict[str, dict[str, str]] = {}
    for obligation in app.register.obligations:
        occurrences = [item for item in app.occurrences if item.obligation.id == obligation.id]
        found[obligation.id] = {item.name: item.type for item in variables(app.drafter, occurrences, NOW)}
    return found


def test_what_lint_knows_is_what_is_listed(app: App, named: dict[str, dict[str, str]]) -> None:
    for obligation in app.register.obligations:
        listed = named[obligation.id]
        offered = {f"{group}.{name}" for group, names in NAMES.items() for name in names}
        offered |= {f"{name}[].{column}" for name, columns in LISTS.items() for column in columns}
        offered |= {f"dati.{name}" for name in figure_names(obligation)}
        offered |= {
            f"tabelle.{name}[].{column}" for name, columns in table_columns(obligation).items() for column in columns
        }
        assert offered <= listed.keys()
        assert all(kind for kind in listed.values())


def test_a_name_says_its_type_an_example_and_its_cell(app: App) -> None:
    occurrences = [item for item in app.occurrences if item.obligation.id == "costi-personale-annuale"]
    found = {item.name: item for item in variables(app.drafter, occurrences, NOW)}
    total = found["dati.totale"]
    assert (total.type, total.example, total.origin) == ("importo", "10.951.712,49", "sum(costi.totale)")
    column = found["tabelle.costi[].irap"]
    assert (column.type, column.origin) == ("importo", "IRAP")
    assert found["tabelle.costi"].origin == "data/costi/{quarter}.xlsx [Costi]"
    assert found["ufficio.ente"].example == "Città metropolitana di Milano"


def test_where_no_workbook_can_be_read_examples_are_made_up(app: App) -> None:
    for path in (app.workspace.root / "data").rglob("*.xlsx"):
        path.unlink()
    occurrences = [item for item in app.occurrences if item.obligation.id == "costi-personale-annuale"]
    found = {item.name: item for item in variables(app.drafter, occurrences, NOW)}
    assert found["dati.totale"].example == "12.345.678,91"
