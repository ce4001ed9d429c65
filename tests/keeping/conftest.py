"""Workspaces in use, for backup and restore."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.keeping.places import KEY, LOCAL, NOW, Place
from tests.postgresql import new_database


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with drafts, mails, the calendar's secret and evidence; never changed."""
    folder = tmp_path_factory.mktemp("used") / "office"
    folder.mkdir()
    for part in ("templates", "data"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy2(ROOT / "deadlines.yaml", folder)
    receipt = folder.parent / "ricevuta.eml"
    receipt.write_bytes(b"X-Ricevuta: avvenuta-consegna\n")
    _fill(Place(folder), receipt)
    return folder


def _fill(place: Place, receipt: Path) -> None:
    assert place.run("sweep", *LOCAL).returncode == 0
    assert place.run("submit", KEY, "--on", "2026-11-20", "--evidence", receipt, *LOCAL).returncode == 0
    (place.root / "var/feed-token").write_text("segreto", "ascii")
    (place.root / "var/feed-token").chmod(0o600)


@pytest.fixture(scope="session")
def used_on_server(used: Path, postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The same with its ledger on PostgreSQL; folder and database are copied, never changed."""
    place = Place(tmp_path_factory.mktemp("used-on-server") / "office", new_database(postgresql_server))
    shutil.copytree(used, place.root, ignore=shutil.ignore_patterns("var"))
    _fill(place, used.parent / "ricevuta.eml")
    return place


@pytest.fixture(scope="session")
def archive(used: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the workspace in use."""
    folder = tmp_path_factory.mktemp("archive")
    shutil.copytree(used, folder / "office")
    Place(folder / "office").backup.write(folder / "b.tar.gz", NOW)
    return folder / "b.tar.gz"


@pytest.fixture
def place(used: Path, tmp_path: Path) -> Place:
    """A workspace in use, with its ledger in a file."""
    shutil.copytree(used, tmp_path / "office")
    return Place(tmp_path / "office")


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, used: Path, tmp_path: Path) -> Place:
    """A workspace in use, once on either kind of database."""
    if request.param == "sqlite":
        shutil.copytree(used, tmp_path / "office")
        return Place(tmp_path / "office")
    first: Place = request.getfixturevalue("used_on_server")
    shutil.copytree(first.root, tmp_path / "office")
    server, _, template = first.url.rpartition("/")
    return Place(tmp_path / "office", new_database(server, template))
