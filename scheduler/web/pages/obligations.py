"""The obligations: what each act asks for, its source, who sees to it, and how punctual the office was."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler.core.access import Access
from scheduler.core.punctuality import Count, punctuality
from scheduler.web.access.identity import needs
from scheduler.web.access.public import public_here
from scheduler.web.house import Request
from scheduler.web.paging import page_of


@require_safe
@public_here
def obligations(request: Request) -> HttpResponse:
    """Show the agreements and the obligations of each."""
    register = request.house.register
    page = page_of(register.obligations, request.GET.get("pagina", ""))
    content = {"page": page, "agreements": register.agreements, "sources": register.sources.items()}
    return render(request, "obligations.html", content)


@require_safe
@public_here
def obligation(request: Request, obligation_id: str) -> HttpResponse:
    """Show one obligation with its occurrences."""
    house = request.house
    found = house.register.obligation(obligation_id)
    if found is None:
        raise Http404
    statuses = [item for item in house.statuses() if item.occurrence.obligation.id == obligation_id]
    page = page_of(statuses, request.GET.get("pagina", ""))
    return render(request, "obligation.html", {"obligation": found, "page": page})


@require_safe
@needs(Access.READER)
def names(request: Request, obligation_id: str) -> HttpResponse:
    """Show the names that the obligation's templates may use."""
    house = request.house
    found = house.register.obligation(obligation_id)
    if found is None:
        raise Http404
    return render(request, "names.html", {"obligation": found, "names": house.papers.names(obligation_id)})


@require_safe
@public_here
def punctual(request: Request) -> HttpResponse:
    """Show the share of reports filed in time, by obligation and year."""
    rows = punctuality(request.house.statuses())
    years = sorted({year for row in rows for year in row.years})
    totals = {year: sum((row.years.get(year, Count()) for row in rows), Count()) for year in years}
    everything = sum(totals.values(), Count())
    page = page_of(rows, request.GET.get("pagina", ""))
    content = {"page": page, "years": years, "totals": totals, "everything": everything}
    return render(request, "punctuality.html", content)
