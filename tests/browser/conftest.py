"""The running service, and Debian's Chromium that visits it; each once for the tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.browser.people import KNOWN, PEOPLE, enter
from tests.browser.visits import AXE, SIZES, Screen
from tests.conftest import ROOT, missing
from tests.processes import run
from tests.service.processes import LedgerFile, Service

NOW = "2025-02-10T09:00"
FIRST_DAY = "2025-01-09T09:00"  # so that what was due in between is late now
LATE, CLOSED, EXTENDED = "elenco-personale-mensile/2024-12", "cabina-regia-afol/2024-12", "patto-adda-martesana/2024"
MAILS_OF_THE_DAY = {"alive/2025-W07", "costi-personale-annuale/2024/draft-20d"}
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
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped workspace after its first day, and some acts."""
    found = workspace(tmp_path_factory.mktemp("browser"))
    for words in (
        f"sweep --now {FIRST_DAY}",
        f"draft {LATE} --now {FIRST_DAY}",
        f"submit {CLOSED} --on 2025-01-24 --protocol 15384/2025 --now 2025-01-27T09:00",
        f"extend {EXTENDED} --to 2025-04-15 --reason concessa --now 2025-01-27T09:00",
    ):
        done = run([*words.split(), "--workspace", found])
        assert done.returncode == 0, done.stderr
    return found


@pytest.fixture(scope="package")
def service(office: Path) -> Iterator[Service]:
    """The service, when everything of its day has been done."""
    found = Service(office, now=NOW)
    ledger = LedgerFile(office)
    found.wait_for(lambda: {mail.action_key for mail in ledger.mails() if mail.state == "sent"} >= MAILS_OF_THE_DAY)
    yield found
    found.kill()


def workspace(folder: Path) -> Path:
    """Return a copy of the shipped workspace, with one person more."""
    office = folder / "office"
    for part in ("templates", "data"):
        shutil.copytree(ROOT / part, office / part)
    declared = (ROOT / "deadlines.yaml").read_text("utf-8")
    (office / "deadlines.yaml").write_text(declared.replace(*PEOPLE), "utf-8")
    return office


@pytest.fixture(scope="package")
def kept(browser: Browser, service: Service, office: Path) -> dict[str, StorageState]:
    """What the browser of each person keeps: they come in once, for only so many links are mailed to an address."""
    found: dict[str, StorageState] = {"stranger": {}}
    for name, address in KNOWN.items():
        with Screen(browser, f"http://{service.address}").visitor() as visitor:
            enter(visitor.new_page(), office, address)
            found[name] = visitor.storage_state()
    return found


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


@pytest.fixture
def editor_page(screen: Screen, kept: dict[str, StorageState]) -> Iterator[Page]:
    """A page of the editor at each width."""
    with screen.visitor(kept["editor"]) as visitor:
        yield visitor.new_page()
