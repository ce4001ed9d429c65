"""What drafts are made of is kept as it was read, once, and told apart from what is there now."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.core import kept_figures
from scheduler.core.data import Source
from scheduler.core.kept import input_path
from scheduler.errors import SourceError
from scheduler.intake.sheet import SheetCache
from scheduler.service.inputs import Inputs
from scheduler.service.workspace import Workspace
from scheduler.settings import read_settings
from tests.service.offices import make_counting_office

KEY, NOW = "spese/2026-01", datetime(2026, 2, 3, 9, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An office with one table of amounts."""
    root = make_counting_office(tmp_path / "office", {"2026-01": "Importo;Persona\n10;Ada\n20;Ugo\n"})
    return App(read_settings({}, root), lambda: NOW)


def _total(app: App) -> tuple[object, bytes]:
    """Make a draft; return the total that it was made with, and the kept bytes of the workbook that it names."""
    occurrence = app.agenda.occurrence(KEY)
    assert occurrence is not None
    [document] = app.drafter.documents(occurrence, (), NOW).documents
    [source], making = document.draft.inputs, document.draft.making
    assert making is not None
    inputs = Inputs(app.workspace)
    figures = kept_figures.read(inputs.read(making.figures, "figures"))
    return str(figures.figures["totale"].value), inputs.read(source.sha256, source.path)


def test_a_file_replaced_unseen_is_read_again(app: App) -> None:
    path = app.workspace.root / "data/2026-01.csv"
    assert _total(app) == ("30", b"Importo;Persona\n10;Ada\n20;Ugo\n")
    before = path.stat()
    path.write_bytes(b"Importo;Persona\n10;Ada\n99;Ugo\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size, "nothing shows that it is another one"
    (app.workspace.var / input_path(hashlib.sha256(b"Importo;Persona\n10;Ada\n20;Ugo\n").hexdigest())).unlink()
    assert _total(app) == ("109", b"Importo;Persona\n10;Ada\n99;Ugo\n")
    app.press.close()


def test_what_is_kept_is_what_was_read_though_the_file_is_another_by_now(app: App) -> None:
    first = _total(app)
    path = app.workspace.root / "data/2026-01.csv"
    before = path.stat()
    path.write_bytes(b"Importo;Persona\n10;Ada\n99;Ugo\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert _total(app) == first, "the draft says what it was made of"
    app.press.close()


def test_sources_that_are_not_what_was_read_are_not_kept(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (tmp_path / "a.csv").write_bytes(b"now")
    inputs = Inputs(workspace)
    then = Source("a.csv", "", hashlib.sha256(b"old").hexdigest(), 3)
    cache = SheetCache()

    def content(source: Source) -> bytes:
        return cache.content(source, tmp_path, "it")

    assert not inputs.keep_sources([then], content)
    assert not inputs.keep_sources([Source("gone.csv", "", "0" * 64, 3)], content)
    assert not (tmp_path / "var/inputs").exists()
    now = Source("a.csv", "", hashlib.sha256(b"now").hexdigest(), 3)
    assert inputs.keep_sources([now, now], content)
    assert inputs.read(now.sha256, "a.csv") == b"now"
    with pytest.raises(SourceError, match=r"a\.csv.*attendere che sia salvato"):
        raise inputs.changing([then, then])


def test_bytes_that_were_cut_short_are_written_anew(tmp_path: Path) -> None:
    inputs = Inputs(Workspace(tmp_path))
    sha256 = inputs.keep(b"whole")
    (tmp_path / "var" / input_path(sha256)).write_bytes(b"wh")
    with pytest.raises(SourceError, match="sono cambiati"):
        inputs.read(sha256, "x")
    assert inputs.keep(b"whole") == sha256
    assert inputs.read(sha256, "x") == b"whole"
