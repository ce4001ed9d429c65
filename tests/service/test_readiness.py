"""Whether documents could be made: every fault of workbooks and templates is content, and none is raised."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.core.occurrence import Occurrence
from scheduler.service.readiness import Readiness, Workbook, readiness
from scheduler.settings import read_settings

KEY = "cabina-regia-afol/2026-01"
FILE = "data/cabina-regia/2026.xlsx"
NOW = datetime(2026, 2, 10, 8, tzinfo=UTC)


def of(workspace: Path, key: str = KEY) -> Readiness:
    app = App(read_settings({}, workspace))
    occurrence = app.agenda.occurrence(key)
    assert isinstance(occurrence, Occurrence)
    return readiness(app.drafter, occurrence, NOW)


def test_a_ready_one_names_its_workbooks_as_they_are(workspace: Path) -> None:
    found = of(workspace)
    assert found.problems == ()
    assert found.is_ready
    sha256 = hashlib.sha256((workspace / FILE).read_bytes()).hexdigest()
    assert {(item.path, item.sha256) for item in found.sources} == {(FILE, sha256)}
    assert not any(item.is_missing for item in found.sources)


def test_a_missing_workbook_is_a_problem_and_named_as_missing(workspace: Path) -> None:
    (workspace / FILE).unlink()
    found = of(workspace)
    assert not found.is_ready
    assert any(FILE in problem.where for problem in found.problems)
    assert len(set(found.problems)) == len(found.problems), "each is said once"
    assert all(item.is_missing for item in found.sources)


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"not a workbook", bytes(1000)])
def test_a_workbook_that_is_none_is_a_problem(workspace: Path, content: bytes) -> None:
    (workspace / FILE).write_bytes(content)
    found = of(workspace)
    assert not found.is_ready
    assert {item.sha256 for item in found.sources} == {hashlib.sha256(content).hexdigest()}


def test_a_folder_in_a_workbooks_place_is_a_problem(workspace: Path) -> None:
    (workspace / FILE).unlink()
    (workspace / FILE).mkdir()
    found = of(workspace)
    assert not found.is_ready
    assert all(item.is_missing for item in found.sources)


def test_templates_and_data_that_are_wrong_are_told_together(workspace: Path) -> None:
    (workspace / "templates/cabina-regia.docx").write_bytes(b"not a document")
    (workspace / FILE).unlink()
    places = {problem.where.split(" ")[0] for problem in of(workspace).problems}
    assert {"templates/cabina-regia.docx", FILE} <= places


def test_every_occurrence_of_the_office_has_one(workspace: Path) -> None:
    app = App(read_settings({}, workspace))
    for item in app.occurrences[::7]:
        found = readiness(app.drafter, item, NOW)
        assert all(isinstance(source, Workbook) for source in found.sources)
        missing = [source.path for source in found.sources if source.is_missing]
        assert not (missing and found.is_ready)
