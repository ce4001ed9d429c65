"""An obligation that changes, through the commands: lists, explanations and drafts follow the form of each period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from scheduler.app import App
from scheduler.commands.reading import explain_occurrence, list_occurrences
from scheduler.service.readiness import readiness
from scheduler.service.reproduction import Likeness, Reproducer
from scheduler.settings import read_settings
from tests.service.offices import make_counting_office

CHANGES = """\
    changes:
      - from: 2026-02-01
        due: {months_after: 2, day: 8}
        documents: [modulo, altro]
        figures:
          massimo: {count: spese, where: {importo: "1000"}}
"""
MONTHS = dict.fromkeys(("2026-01", "2026-02"), "Importo;Persona\n10;Ada Rossi\n1000;Ugo Bianchi\n")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An office whose monthly report has another day, another document and other figures from February."""
    root = make_counting_office(tmp_path_factory.mktemp("forms") / "office", MONTHS)
    with (root / "deadlines.yaml").open("a", encoding="utf-8") as file:
        file.write(CHANGES)
    (root / "templates/altro.docx").write_bytes((root / "templates/modulo.docx").read_bytes())
    found = App(read_settings({}, root), lambda: datetime(2026, 3, 6, 9, tzinfo=UTC))
    yield found
    found.press.close()
    found.store.rest()


def test_the_list_has_the_days_of_each_form(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    days = {item.occurrence.key: item.occurrence.nominal_due_on for item in app.statuses()}
    assert (days["spese/2026-01"], days["spese/2026-02"]) == (date(2026, 2, 8), date(2026, 4, 8))
    list_occurrences(app, "", "", as_json=False)
    assert "08/04/2026" in capsys.readouterr().out


def test_the_explanation_says_so(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "si applica ciò che l'adempimento dice per i periodi che cominciano dal 01/02/2026"
    explain_occurrence(app, "spese/2026-01")
    assert sentence not in capsys.readouterr().out
    explain_occurrence(app, "spese/2026-02")
    assert sentence in capsys.readouterr().out


def test_drafts_are_those_of_the_periods_form_and_are_made_again_so(app: App) -> None:
    made = {}
    for key in ("spese/2026-01", "spese/2026-02"):
        occurrence = app.agenda.occurrence(key)
        assert occurrence is not None
        assert readiness(app.drafter, occurrence, app.clock()).problems == ()
        documents = app.drafter.documents(occurrence, (), app.clock()).documents
        made[key] = [item.draft.document for item in documents]
        reproducer = Reproducer(app.workspace, app.store, app.press, "it")
        assert reproducer.reproduce(documents[-1].draft).likeness is Likeness.IDENTICAL
        assert set(app.drafter.data(occurrence, app.clock()).figures) == (
            {"massimo"} if key.endswith("02") else {"totale", "quanti", "primo", "per_persona"}
        )
    assert made == {"spese/2026-01": ["modulo"], "spese/2026-02": ["modulo", "altro"]}


def test_templates_of_every_form_are_kept_for_the_service(app: App) -> None:
    app.shelf.adopt(app.clock())
    assert {path.name for path in app.shelf.templates.iterdir()} == {"modulo.docx", "altro.docx"}
