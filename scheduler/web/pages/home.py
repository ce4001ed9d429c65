"""The first page: what is wrong and what is due now, and the year at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler.core.status import State, Status
from scheduler.web.access.public import public_here
from scheduler.web.filters import filter_of
from scheduler.web.glance import MONTHS, SIGNS, rows_of, years_of
from scheduler.web.house import Request
from scheduler.web.pages.listing import choices
from scheduler.web.paging import page_of

COMING = timedelta(days=60)
MOST, MOST_URGENT = 20, 40  # rows of what is to come, and of what is due
PICTURE_ROWS = 40
URGENT = (State.OVERDUE, State.DUE_SOON, State.OPEN)


@require_safe
@public_here
def home(request: Request) -> HttpResponse:
    """Show how things stand."""
    house = request.house
    chosen, problems = filter_of(request.GET.dict(), house.register, house.lang)
    every = house.statuses()
    statuses = chosen.choose(every)
    years = years_of(every)
    year = _year(request.GET.get("anno", ""), years, house.today.year)
    content = {
        "urgent": (due := urgent(statuses))[:MOST_URGENT],
        "urgent_count": len(due),
        "coming": _coming(statuses, request)[:MOST],
        "picture": page_of(rows_of(statuses, year), request.GET.get("pagina", ""), PICTURE_ROWS),
        "months": MONTHS,
        "signs": SIGNS,
        "year": year,
        "picture_query": urlencode({**chosen.words, "anno": year}),
        "years": years,
        "chosen": chosen,
        "problems": problems,
        **choices(house),
    }
    return render(request, "home.html", content, status=400 if problems else 200)


def urgent(statuses: Sequence[Status]) -> list[Status]:
    """Return what is late, then what is due soon, then what is in hand; each by its date."""
    found = [item for item in statuses if item.state in URGENT]
    return sorted(found, key=lambda item: (URGENT.index(item.state), item.occurrence.legal_due_on))


def _coming(statuses: Sequence[Status], request: Request) -> list[Status]:
    horizon = request.house.today + COMING
    return [item for item in statuses if item.state is State.SCHEDULED and item.occurrence.legal_due_on <= horizon]


def _year(word: str, years: range, now: int) -> int:
    """Return the year asked for; without one this year, or the nearest that has anything."""
    if word.isascii() and word.isdigit() and len(word) == 4 and int(word) in years:
        return int(word)
    return min(max(now, years[0]), years[-1]) if years else now
