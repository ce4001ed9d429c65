"""The drafts of an occurrence as Word, PDF and ODT, what differs from the version before, and the data behind them."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler.core.access import Access
from scheduler.core.ledger import Draft
from scheduler.documents.compared import changes
from scheduler.errors import SourceError, UserError
from scheduler.web.access.identity import needs
from scheduler.web.house import House, Request
from scheduler.web.pages.occurrence import dossier, download

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COPIES = {  # by their form: what the browser is told, and how the file's name ends
    "PDF": ("application/pdf", ".pdf"),
    "ARCHIVE": ("application/pdf", "-archivio.pdf"),
    "ODT": ("application/vnd.oasis.opendocument.text", ".odt"),
}
MOST_CHANGES = 500
MOST_CELLS = 500


@require_safe
@needs(Access.READER)
def word(request: Request, obligation: str, period: str, document: str, version: int) -> HttpResponse:
    """Return a draft as it was made."""
    draft = draft_of(request.house, f"{obligation}/{period}", document, version)
    return download(request.house.files.read(draft.path), DOCX, PurePosixPath(draft.path).name)


@require_safe
@needs(Access.READER)
def copy(request: Request, obligation: str, period: str, document: str, version: int, form: str) -> HttpResponse:
    """Return a draft in another form, made when it is first asked for."""
    house = request.house
    draft = draft_of(house, f"{obligation}/{period}", document, version)
    if not house.papers.can_print:
        raise Http404
    made, (kind, ending) = house.papers.copy(house.files.read(draft.path), form), COPIES[form]
    return download(made, kind, f"{PurePosixPath(draft.path).stem}{ending}")


@require_safe
@needs(Access.READER)
def review(request: Request, obligation: str, period: str, document: str, version: int) -> HttpResponse:
    """Return a draft with the sources of its figures in comments and an annex."""
    draft = draft_of(request.house, f"{obligation}/{period}", document, version)
    return download(request.house.papers.review(draft), DOCX, f"{PurePosixPath(draft.path).stem}-revisione.docx")


@require_safe
@needs(Access.READER)
def differences(request: Request, obligation: str, period: str, document: str, version: int) -> HttpResponse:
    """Show in which words a version differs from the one before it."""
    house, key = request.house, f"{obligation}/{period}"
    later = draft_of(house, key, document, version)
    earlier = before(house.store.drafts(key), later)
    if earlier is None:
        raise Http404
    found = changes(house.files.read(earlier.path), house.files.read(later.path))
    content = {
        "dossier": dossier(house, key),
        "earlier": earlier,
        "later": later,
        "changes": found[:MOST_CHANGES],
        "count": len(found),
    }
    return render(request, "differences.html", content)


@require_safe
@needs(Access.READER)
def figures(request: Request, obligation: str, period: str, document: str, version: int) -> HttpResponse:
    """Show the figures that a draft was made with, and what has changed in them since earlier drafts."""
    house, key = request.house, f"{obligation}/{period}"
    draft = draft_of(house, key, document, version)
    content = {
        "dossier": dossier(house, key),
        "draft": draft,
        "comparison": house.papers.compared(draft),
        "kept": house.papers.figures(draft),
    }
    return render(request, "figures.html", content)


@require_safe
@needs(Access.READER)
def data(request: Request, obligation: str, period: str) -> HttpResponse:
    """Show whether the documents could be made now, and which cells are at fault."""
    house = request.house
    found = dossier(house, f"{obligation}/{period}")
    content = {"dossier": found, "readiness": house.papers.readiness(found.occurrence)}
    return render(request, "data.html", content)


@require_safe
@needs(Access.READER)
def provenance(request: Request, obligation: str, period: str, name: str) -> HttpResponse:
    """Show where a value comes from that the documents would have now: its cells, its filter, its formula."""
    house = request.house
    found = dossier(house, f"{obligation}/{period}")
    try:
        trace = house.papers.trace(found.occurrence, name)
    except SourceError as error:  # the workbooks: the page of the data says it, too
        return render(request, "provenance.html", {"dossier": found, "problems": error.problems}, status=409)
    except UserError as error:
        raise Http404 from error
    return render(request, "provenance.html", {"dossier": found, "trace": trace, "most": MOST_CELLS})


def draft_of(house: House, key: str, document: str, version: int) -> Draft:
    """Return one version of a document.

    Raises:
        Http404: there is no such one.
    """
    for item in house.store.drafts(key):
        if (item.document, item.version) == (document, version):
            return item
    raise Http404


def before(drafts: tuple[Draft, ...], later: Draft) -> Draft | None:
    """Return the version before another one of the same document."""
    earlier = [item for item in drafts if item.document == later.document and item.version < later.version]
    return max(earlier, key=lambda item: item.version, default=None)
