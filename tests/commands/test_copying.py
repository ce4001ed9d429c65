"""The PDFs of new drafts, made while the service has nothing else to do, by the real LibreOffice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.commands.clock import app_at
from scheduler.commands.copying import Ahead
from scheduler.commands.pages import Lasting
from scheduler.core.ledger import Draft
from scheduler.service.copies import Printer, program
from tests.conftest import missing

KEY, NOW = "gol-avanzamento/2023", datetime(2023, 12, 11, 9, tzinfo=UTC)


@pytest.fixture
def app(workspace: Path) -> Iterator[App]:
    if program() is None:
        missing("LibreOffice")
    found = app_at(workspace, "2023-12-11T09:00")
    yield found
    found.press.close()
    found.store.rest()


def drafted(app: App) -> Draft:
    """A new draft, in the ledger."""
    occurrence = app.agenda.occurrence(KEY)
    assert occurrence is not None
    [made] = app.drafter.keep(lambda least: app.drafter.documents(occurrence, (), NOW, least)).documents
    app.store.record_draft(made.draft)
    return made.draft


def printed(app: App) -> set[str]:
    """The fingerprints of the drafts that are there as PDF."""
    return {path.stem for path in (app.workspace.var / "copies").glob("*.pdf")}


def settled(ahead: Ahead) -> None:
    """Wait for what is in hand."""
    if ahead._thread is not None:
        ahead._thread.join(60)
    assert not ahead.is_printing


def test_a_new_draft_is_printed_when_it_has_become_quiet_and_an_old_one_is_not(app: App) -> None:
    old = drafted(app)
    ahead = Ahead(Lasting().printer, quiet=0)
    ahead.look(app)
    new = drafted(app)
    ahead.look(app)
    assert not ahead.is_printing, "there may be more to come"
    ahead.look(app)
    settled(ahead)
    assert printed(app) == {new.sha256}
    assert old.sha256 != new.sha256
    assert (app.workspace.var / "office/local").is_dir(), "LibreOffice stays set up"


def test_nothing_begins_while_drafts_may_still_come(app: App) -> None:
    ahead = Ahead(Lasting().printer, quiet=3600)
    ahead.look(app)
    drafted(app)
    for _ in range(3):
        ahead.look(app)
    assert not ahead.is_printing
    assert printed(app) == set()


def test_what_is_in_hand_is_let_go_at_the_end(app: App, tmp_path: Path) -> None:
    script = tmp_path / "soffice"
    script.write_text("#!/bin/sh\nsleep 600\n")
    script.chmod(0o755)
    printer = Printer(app.workspace, "it", script)
    ahead = Ahead(lambda _: printer, quiet=0)
    ahead.look(app)
    drafted(app)
    ahead.look(app)
    ahead.look(app)
    while not printer.running:
        assert ahead.is_printing
        os.sched_yield()
    ahead.stop()
    settled(ahead)
    assert printed(app) == set()
