"""The page of one occurrence: its dates and where they come from, what was done and what is to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler.core.access import Access
from scheduler.core.changed import Comparison, Since
from scheduler.core.explain import Explanation, explain
from scheduler.core.ledger import Act, Draft, Ledger
from scheduler.core.occurrence import Occurrence
from scheduler.core.plan import in_force
from scheduler.core.status import Status, status
from scheduler.ledger.history import Mail
from scheduler.locale.words import step_text
from scheduler.web.access.identity import needs
from scheduler.web.access.public import public_here
from scheduler.web.house import House, Request

MOST_MAILS = 100
_ABOUT_DRAFTS = ("bozza", "sblocco")
ACTS = ("bozza", "rientro", "trasmissione", "proroga", "annullamento", "riapertura", "sblocco")


@dataclass(frozen=True)
class Dossier:
    """All that is known of one occurrence."""

    status: Status
    ledger: Ledger
    explanation: Explanation
    steps: tuple[str, ...]
    drafts: tuple[Draft, ...]  # newest first
    mails: tuple[Mail, ...]

    @property
    def occurrence(self) -> Occurrence:
        """The occurrence, with its extension."""
        return self.status.occurrence

    @property
    def acts(self) -> tuple[Act, ...]:
        """What people have declared, oldest first."""
        return self.ledger.acts.get(self.occurrence.key, ())

    @property
    def is_closed(self) -> bool:
        """Tell whether a person can take its closing back."""
        return self.ledger.closing(self.occurrence.key) is not None


@require_safe
@public_here
def occurrence_page(request: Request, obligation: str, period: str) -> HttpResponse:
    """Show one occurrence."""
    done = request.GET.get("fatto", "")
    content = {"done": f"acts.done.{done}" if done in ACTS else ""}
    return shown(request, f"{obligation}/{period}", content)


def shown(request: Request, key: str, content: Mapping[str, object], status: int = 200) -> HttpResponse:
    """Return the page of an occurrence, with what else it is to say; who may act on it finds the forms there."""
    may_edit = request.person is not None and request.person.access.allows(Access.EDITOR)
    found = dossier(request.house, key)
    changes = _changes(request.house, found.drafts) if request.person else ()
    stopped = bool(found.status.problems) or content.get("opened") in _ABOUT_DRAFTS
    # only then are the workbooks read: a page that anybody opens must not wait for them
    gate = request.house.papers.readiness(found.occurrence) if may_edit and stopped else None
    everything = {"dossier": found, "changes": changes, "may_edit": may_edit, "gate": gate, **content}
    return render(request, "occurrence.html", everything, status=status)


def dossier(house: House, key: str) -> Dossier:
    """Return what is known of an occurrence.

    Raises:
        Http404: there is no such one.
    """
    found = house.agenda.occurrence(key)
    if found is None:
        raise Http404
    ledger, workdays = house.store.snapshot([key]), house.register.workdays
    [occurrence] = in_force([found], workdays, ledger)
    explanation = explain(occurrence, workdays, ledger)
    return Dossier(
        status=status(occurrence, workdays, ledger, house.now),
        ledger=ledger,
        explanation=explanation,
        steps=tuple(step_text(house.lang, step) for step in explanation.steps),
        drafts=house.store.drafts(key)[::-1],
        mails=house.store.history.mails(occurrence_key=key, most=MOST_MAILS),
    )


def _changes(house: House, drafts: Sequence[Draft]) -> tuple[Since, ...]:
    """Return what has changed in the figures of the newest draft that has any."""
    newest = next((item for item in drafts if item.making and item.making.figures), None)
    found = house.papers.compared(newest) if newest else Comparison()
    return tuple(since for since in (found.version, found.period) if since)


@require_safe
@needs(Access.READER)
def evidence_file(request: Request, obligation: str, period: str, number: int) -> HttpResponse:
    """Return what proves a submission: never to be shown by the browser, whatever it is."""
    acts = dossier(request.house, f"{obligation}/{period}").acts
    if not (0 < number <= len(acts) and acts[number - 1].evidence):
        raise Http404
    path = acts[number - 1].evidence
    return download(request.house.files.read(path), "application/octet-stream", PurePosixPath(path).name)


def download(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Return bytes that the browser saves and does not open in the page's name."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
