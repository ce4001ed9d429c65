"""Visits of a browser: widths of screens, and what is wrong with a page that is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState

AXE = Path(__file__).parent / "javascript" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = (1280, 900), (390, 844)
SIZES = {"desktop": DESKTOP, "phone": PHONE}
_RUN = "() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
_WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_OPEN = "() => document.querySelectorAll('details').forEach(item => { item.open = true })"


@dataclass(frozen=True)
class Screen:
    """A browser with a screen of a size, with or without JavaScript."""

    browser: Browser
    address: str
    size: tuple[int, int] = DESKTOP
    scripts: bool = True

    def visitor(self, known: StorageState | None = None) -> BrowserContext:
        """Return somebody who has never been here, or whose browser has kept what is known."""
        width, height = self.size
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            is_mobile=self.size == PHONE,
            has_touch=self.size == PHONE,
            java_script_enabled=self.scripts,
            locale="it-IT",
            accept_downloads=True,
            storage_state=known,
        )
        context.set_default_timeout(20_000)
        return context


@dataclass
class Looks:
    """The looks that are taken at a page; what its console says in between is remembered."""

    page: Page
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen from now on."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def faults(self) -> list[str]:
        """Return what is wrong with the page that is open, all its forms opened: for the eye, the hand and the ear."""
        self.page.evaluate(_OPEN)
        headings, wider = self.page.locator("h1").count(), sideways(self.page)
        found = [*self.said, *violations(self.page)]
        self.said.clear()
        if headings != 1:
            found.append(f"{headings} first headings")
        if wider:
            found.append(f"{wider} points wider than the screen")
        return found

    def _hear(self, message: ConsoleMessage) -> None:
        is_status = "the server responded with a status of 4" in message.text  # the browser's own words for a 404
        if message.type == "error" and not is_status:
            self.said.append(message.text)


def violations(page: Page) -> list[str]:
    """Return what axe-core finds on the page that is open: the rule, what it says, and the first places.

    It needs JavaScript itself, and hangs in a browser without.
    """
    page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{item['id']}: {item['help']}: {' | '.join(node['html'][:120] for node in item['nodes'][:3])}"
        for item in found
    ]


def sideways(page: Page) -> int:
    """Return by how many points the page is wider than its screen."""
    content, screen = page.evaluate(_WIDTHS)
    return max(0, int(content) - int(screen))
