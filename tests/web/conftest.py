"""An office with its own ledger, and its pages as they are on 27 February 2025."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.app import App, system_clock
from scheduler.commands.clock import app_at
from scheduler.commands.pages import front
from scheduler.core.entrance import Way, sha256_of
from scheduler.service.durations import Durations
from scheduler.service.health import Health
from scheduler.web.front import Front
from scheduler.web.probes import Probes
from tests.conftest import ROOT
from tests.web.asking import Visitor
from tests.web.entering import ADMINISTRATOR, EDITOR, READER, press

NOW = "2025-02-27T09:00"


def shipped(folder: Path) -> Path:
    """Put a workspace like the one that is shipped into a folder."""
    for name in ("templates", "data"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "deadlines.yaml", folder)
    return folder


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of that workspace after its first sweep, at the beginning of the month; to be copied."""
    folder = shipped(tmp_path_factory.mktemp("swept"))
    found = app_at(folder, "2025-02-03T09:00")
    found.sweeper.sweep()
    found.store.rest()
    return folder / "var"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A workspace like the one that is shipped."""
    return shipped(tmp_path)


@pytest.fixture
def app(office: Path, swept: Path) -> Iterator[App]:
    """The application on that day, after its first sweep."""
    shutil.copytree(swept, office / "var")
    found = app_at(office, NOW)
    found.__dict__["press"] = press()
    yield found
    found.store.rest()


def pages(app: Callable[[], App]) -> Front:
    """Return the pages of an application."""
    now = app().clock()
    return front(app, Probes(lambda: Health(now, {}), Durations().read))


def signed_in(app: App, address: str) -> Visitor:
    """Return somebody who has come in, at the machine on which the service runs."""
    token = secrets.token_urlsafe(32)
    app.store.sessions.begin(sha256_of(token), address, Way.LINK, system_clock())
    return Visitor(pages(lambda: app), cookies={"scadenzario": token})


@pytest.fixture
def stranger(app: App) -> Visitor:
    """Somebody of whom nothing is known, at the machine on which the service runs."""
    return Visitor(pages(lambda: app))


@pytest.fixture
def visitor(app: App) -> Visitor:
    """An administrator."""
    return signed_in(app, ADMINISTRATOR)


@pytest.fixture
def editor(app: App) -> Visitor:
    """Somebody who may act."""
    return signed_in(app, EDITOR)


@pytest.fixture
def reader(app: App) -> Visitor:
    """Somebody who may only look."""
    return signed_in(app, READER)
