"""What became of the places of a draft that carries on people's text: three texts side by side for each."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler.core.access import Access
from scheduler.documents.refresh import refreshed
from scheduler.web.access.identity import needs
from scheduler.web.house import Request
from scheduler.web.pages.drafts import draft_of
from scheduler.web.pages.occurrence import dossier


@require_safe
@needs(Access.READER)
def rework(request: Request, obligation: str, period: str, document: str, version: int) -> HttpResponse:
    """Show what a version has taken over from the data, and what somebody has to look at."""
    house, key = request.house, f"{obligation}/{period}"
    draft = draft_of(house, key, document, version)
    if draft.rework is None or draft.rework.who:
        raise Http404
    edited = draft_of(house, key, document, draft.rework.after)
    read = house.files.read
    result = refreshed(read(edited.own_path), read(edited.path), read(draft.own_path))
    done = tuple(item for item in result.findings if item not in result.open)
    content = {"dossier": dossier(house, key), "draft": draft, "open": result.open, "done": done}
    return render(request, "rework.html", content)
