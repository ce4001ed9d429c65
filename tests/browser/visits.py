"""Visits of a browser: widths of screens, and what axe-core finds on a page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).parent / "javascript" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = (1280, 900), (390, 844)
SIZES = {"desktop": DESKTOP, "phone": PHONE}
_RUN = "() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
_WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@dataclass(frozen=True)
class Screen:
    """A browser with a screen of a size, with or without JavaScript."""

    browser: Browser
    address: str
    size: tuple[int, int] = DESKTOP
    scripts: bool = True

    def visitor(self) -> BrowserContext:
        """Return somebody who has never been here: no cookies, nothing kept."""
        width, height = self.size
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            is_mobile=self.size == PHONE,
            has_touch=self.size == PHONE,
            java_script_enabled=self.scripts,
            locale="it-IT",
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        return context


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
