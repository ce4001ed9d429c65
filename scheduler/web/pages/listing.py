"""The list of occurrences: as a page that can be printed, as CSV, as JSON, each showing what is asked for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler.core.status import State, Status
from scheduler.locale import text, written
from scheduler.locale.facts import occurrence_facts
from scheduler.web.access.public import public_here
from scheduler.web.failures import RefusedError
from scheduler.web.filters import filter_of
from scheduler.web.house import House, Request
from scheduler.web.paging import page_of

BOM = "\ufeff"  # without it Excel takes the accents for something else
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is worked out by a spreadsheet


@require_safe
@public_here
def listing(request: Request) -> HttpResponse:
    """Show the occurrences asked for, page by page; `pagina=tutte` shows all, for printing."""
    house = request.house
    chosen, problems = filter_of(request.GET.dict(), house.register, house.lang)
    statuses = chosen.choose(house.statuses())
    word = request.GET.get("pagina", "")
    page = page_of(statuses, "", max(1, len(statuses))) if word == "tutte" else page_of(statuses, word)
    content = {"page": page, "chosen": chosen, "problems": problems, **choices(house)}
    return render(request, "listing.html", content, status=400 if problems else 200)


@require_safe
@public_here
def as_csv(request: Request) -> HttpResponse:
    """Return the occurrences asked for as a table for Excel: semicolons, days as the office writes them."""
    house, lang = request.house, request.house.lang
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow([text(lang, f"column.{name}") for name in _COLUMNS])
    writer.writerows([_cell(lang, value) for value in occurrence_facts(item).values()] for item in _asked(request))
    return _file(BOM + table.getvalue(), "text/csv; charset=utf-8", f"scadenze-{house.today}.csv")


@require_safe
@public_here
def as_json(request: Request) -> HttpResponse:
    """Return the occurrences asked for as `list --json` gives them."""
    facts = [occurrence_facts(item) for item in _asked(request)]
    content = json.dumps(facts, ensure_ascii=False, indent=1, default=str) + "\n"
    return _file(content, "application/json", f"scadenze-{request.house.today}.json")


def choices(house: House) -> dict[str, object]:
    """Return what the fields of a filter offer."""
    families = dict.fromkeys(item.family for item in house.register.obligations)
    return {"desks": house.register.roles.values(), "families": list(families), "states": list(State)}


def _asked(request: Request) -> Sequence[Status]:
    chosen, problems = filter_of(request.GET.dict(), request.house.register, request.house.lang)
    if problems:
        raise RefusedError(400, problems)
    return chosen.choose(request.house.statuses())


_COLUMNS = (
    *("key", "obligation", "title", "period", "nominal_due_on", "legal_due_on", "target_on"),
    *("state", "to_confirm"),
)


def _cell(lang: str, value: object) -> str:
    if isinstance(value, State):
        return text(lang, f"state.{value}")
    if isinstance(value, bool):
        return text(lang, "yes" if value else "no")
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return written(lang, value)


def _file(content: str, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
