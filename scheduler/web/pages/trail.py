"""The audit trail: what was declared and sent, entry by entry, and whether all of it holds together."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler.core.access import Access
from scheduler.core.audit import AuditKind, Broken, Entry
from scheduler.locale import text
from scheduler.web.access.identity import needs
from scheduler.web.house import Request
from scheduler.web.paging import ROWS, Page, page_number

NAMES = (
    *("id", "act", "occurrence", "at", "who", "on", "protocol", "evidence", "evidence_sha256", "reason"),
    *("action", "state", "ambiguous", "sender", "sha256", "reply", "recipients"),
)


@dataclass(frozen=True)
class Line:
    """An entry, and what it tells."""

    entry: Entry
    facts: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        """What the entry is; '' where somebody has put a word there that means nothing."""
        return self.entry.kind if self.entry.kind in set(AuditKind) else ""


@require_safe
@needs(Access.READER)
def trail(request: Request) -> HttpResponse:
    """Show the newest entries; for an administrator `verifica=1` reads all and says whether they hold together."""
    store = request.house.store
    total, seal = store.trail.head()
    number = page_number(request.GET.get("pagina", ""))
    last = max(1, -(-total // ROWS))
    if number > last:
        raise Http404
    entries = store.history.entries((number - 1) * ROWS, ROWS)
    page: Page[Line] = Page([Line(item, _facts(item, request.house.lang)) for item in entries], number, last, total)
    may_verify = request.person is not None and request.person.access.allows(Access.ADMINISTRATOR)
    is_verified = may_verify and request.GET.get("verifica") == "1"
    broken: Broken | None = store.trail.first_broken() if is_verified else None
    content = {"page": page, "seal": seal, "may_verify": may_verify, "is_verified": is_verified, "broken": broken}
    return render(request, "trail.html", content)


def _facts(entry: Entry, lang: str) -> tuple[tuple[str, str], ...]:
    try:
        facts = json.loads(entry.facts)
    except ValueError:  # somebody has changed it: it is shown as it is
        return (("", entry.facts),)
    if not isinstance(facts, dict):
        return (("", entry.facts),)
    shown = ((name, value) for name, value in facts.items() if value not in ("", [], False))
    return tuple(
        (text(lang, f"trail.fact.{name}") if name in NAMES else name, _written(value)) for name, value in shown
    )


def _written(value: object) -> str:
    """Return a value as it was recorded; of each recipient the address, the fate and the reply."""
    if value is True:
        return "✓"
    if isinstance(value, list) and all(isinstance(item, list) for item in value):
        return "; ".join(" · ".join(str(part) for part in item if part) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
