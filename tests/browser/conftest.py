"""The running service, and Debian's Chromium that visits it; each once for the tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.visits import AXE, SIZES, Screen
from tests.conftest import ROOT, missing
from tests.service.processes import Service

NOW = "2025-02-10T09:00"
LAST_OF_THE_DAY = "mail sent action=potenziamento-personale/2024-H2/reminder-7d"
OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


# Of the folder and not of the session: while Playwright is at work, this thread can run no other event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser."""
    program = shutil.which("chromium")
    if program is None:
        missing("chromium")
    if not AXE.exists():
        missing("axe-core")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield found
        found.close()


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on the shipped workspace, when everything of its first day has been done."""
    office = workspace(tmp_path_factory.mktemp("browser"))
    found = Service(office, now=NOW)
    found.wait_until_said(LAST_OF_THE_DAY)
    yield found
    found.kill()


def workspace(folder: Path) -> Path:
    """Return a copy of the shipped workspace."""
    office = folder / "office"
    for part in ("templates", "data"):
        shutil.copytree(ROOT / part, office / part)
    shutil.copy2(ROOT / "deadlines.yaml", office)
    return office


@pytest.fixture(params=list(SIZES))
def screen(request: pytest.FixtureRequest, browser: Browser, service: Service) -> Screen:
    """A screen on a desk, and one in a hand."""
    return Screen(browser, f"http://{service.address}", SIZES[request.param])


@pytest.fixture
def page(screen: Screen) -> Iterator[Page]:
    """A page of a visitor at each width."""
    with screen.visitor() as visitor:
        yield visitor.new_page()


@pytest.fixture
def plain_page(browser: Browser, service: Service) -> Iterator[Page]:
    """A page of a visitor whose browser runs no JavaScript."""
    with Screen(browser, f"http://{service.address}", scripts=False).visitor() as visitor:
        yield visitor.new_page()
