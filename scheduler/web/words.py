"""The tags by which the templates say a sentence of the catalogue, a day, an instant, a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from scheduler.core.changed import FigureChange, Since
from scheduler.core.data import Row
from scheduler.core.ledger import Act
from scheduler.core.occurrence import Occurrence
from scheduler.core.period import Period, period_from_key
from scheduler.core.punctuality import Count
from scheduler.core.status import State
from scheduler.documents.compared import Place
from scheduler.documents.shown import difference, percent, shown, subject
from scheduler.locale import text, written
from scheduler.locale.words import milestone_label, period_label, weekday_date
from scheduler.web.glance import Mark
from scheduler.web.house import House, Request

if TYPE_CHECKING:
    from django.template.context import Context

register = template.Library()
_MARK = (
    '<a class="mark {}" href="{}" title="{}"><span aria-hidden="true">{}</span>'
    '<span class="visually-hidden">{}</span></a>'
)
WAYS = ("home", "listing", "obligations", "punctuality", "deliveries", "calendars")


@dataclass(frozen=True)
class Way:
    """One entry of the navigation."""

    name: str
    address: str
    is_here: bool


def surroundings(request: HttpRequest) -> dict[str, object]:
    """Return what every page shows around its content."""
    house = cast("Request", request).house
    return {
        "house": house,
        "lang": house.lang,
        "person": getattr(request, "person", None),
        "signed_in": getattr(request, "signed_in", None) is not None,
        "as_of": local(house, house.now),
        "here": _here(request),
        "ways": [_way(house.lang, name, request.path) for name in WAYS],
    }


def _way(lang: str, name: str, path: str) -> Way:
    address = reverse(name)
    is_here = path == address or (name != "home" and path.startswith(f"{address}/"))
    return Way(text(lang, f"way.{name}"), address, is_here)


def _here(request: HttpRequest) -> str:
    """Return the page to come back to after signing in; '' for those of signing in, and what a form has answered."""
    is_entrance = request.path.startswith((reverse("sign-in"), reverse("signed-out")))
    return "" if is_entrance or request.method not in ("GET", "HEAD") else request.get_full_path()


def local(house: House, instant: datetime | None) -> str:
    """Return an instant in the office's time, '' for none."""
    return written(house.lang, instant.astimezone(house.register.workdays.zone)) if instant else ""


def occurrence_path(key: str) -> str:
    """Return where the page of an occurrence is."""
    obligation_id, _, period_key = key.partition("/")
    return reverse("occurrence", args=[obligation_id, period_key])


@register.simple_tag(takes_context=True)
def t(context: Context, code: str, **facts: object) -> str:
    """Say the sentence of a code."""
    return text(context["lang"], code, **facts)


@register.simple_tag(takes_context=True)
def state(context: Context, value: State) -> str:
    """Name a state."""
    return text(context["lang"], f"state.{value}")


@register.simple_tag(takes_context=True)
def day(context: Context, on: date | None) -> str:
    """Write a day: `28/02/2025`."""
    return written(context["lang"], on) if on else ""


@register.simple_tag(takes_context=True)
def weekday(context: Context, on: date) -> str:
    """Write a day with its weekday: `venerdì 28/02/2025`."""
    return weekday_date(context["lang"], on)


@register.simple_tag(takes_context=True)
def at(context: Context, instant: datetime | None) -> str:
    """Write an instant in the office's time: `28/02/2025 09:00`."""
    return local(context["house"], instant)


@register.simple_tag(takes_context=True)
def period(context: Context, value: Period) -> str:
    """Write a reporting period: `I trimestre 2025`."""
    return period_label(context["lang"], value)


@register.simple_tag(takes_context=True)
def month_name(context: Context, month: int) -> str:
    """Name a month."""
    return text(context["lang"], f"month.{month}")


@register.simple_tag(takes_context=True)
def month_short(context: Context, month: int) -> str:
    """Name a month in three letters."""
    return text(context["lang"], f"month.{month}")[:3]


@register.simple_tag
def occurrence_url(occurrence: Occurrence) -> str:
    """Return where the page of an occurrence is."""
    return occurrence_path(occurrence.key)


@register.simple_tag(takes_context=True)
def mark(context: Context, value: Mark) -> str:
    """Draw one occurrence of the year at a glance: its sign, and in words what the sign says."""
    item, lang = value.status.occurrence, context["lang"]
    said = text(
        lang,
        "home.mark",
        period=period_label(lang, item.period),
        state=f"@state.{value.status.state}",
        on=item.legal_due_on,
    )
    return format_html(_MARK, value.status.state, occurrence_path(item.key), said, value.sign, said)


@register.filter
def isoday(on: date | None) -> str:
    """Write a day as the fields of a form have it."""
    return on.isoformat() if on else ""


@register.filter
def get(mapping: Mapping[Any, Any], key: object) -> object:
    """Return what a mapping has under a key, or ''."""
    return mapping.get(key, "")


@register.filter
def quoted(value: str) -> str:
    """Write a text as a part of an address."""
    return quote(value, safe="")


@register.simple_tag(takes_context=True)
def t_of(context: Context, group: str, value: str) -> str:
    """Say the sentence of one value of a group: `{% t_of "delivery" mail.state %}`."""
    return text(context["lang"], f"{group}.{value}")


@register.simple_tag(takes_context=True)
def outcome(context: Context, value: str) -> str:
    """Name what became of a milestone."""
    return text(context["lang"], f"outcome.{value}")


@register.simple_tag(takes_context=True)
def act_name(context: Context, act: Act) -> str:
    """Name an act."""
    return text(context["lang"], f"act.{act.kind}")


@register.simple_tag
def key_url(key: str) -> str:
    """Return where the page of the occurrence with a key is."""
    return occurrence_path(key)


@register.simple_tag(takes_context=True)
def rate(context: Context, counts: Mapping[int, Count], year: int) -> str:
    """Write the punctuality of a year."""
    return rate_of(context, counts.get(year, Count()))


@register.simple_tag(takes_context=True)
def rate_of(context: Context, count: Count) -> str:
    """Write a punctuality: `83,3 % (5 su 6)`, or a dash where nothing was due."""
    if count.rate is None:
        return "–"
    return text(context["lang"], "punctuality.rate", rate=count.rate, in_time=count.in_time, total=count.total)


@register.simple_tag(takes_context=True)
def place(context: Context, where: Place) -> str:
    """Say where in a document a text stands."""
    lang = context["lang"]
    form = "differences.cell" if where.table else "differences.paragraph"
    return f"{text(lang, f'differences.part.{where.part}')}, {text(lang, form, **vars(where))}"


@register.simple_tag(takes_context=True)
def earlier_period(context: Context, since: Since) -> str:
    """Write the period of an earlier draft: `I trimestre 2025`."""
    return period_label(context["lang"], period_from_key(since.earlier.occurrence_key.partition("/")[2]))


@register.filter
def figure(value: Any) -> str:
    """Write a figure's value as no template's filter does: `8.972.346,42`, `n.r`."""
    return shown(value)


@register.filter
def has_rows(value: object) -> bool:
    """Tell whether a figure is a table."""
    return isinstance(value, tuple) and any(isinstance(item, Row) for item in value)


@register.simple_tag
def place_url(occurrence: Occurrence, name: str, row: int, column: str) -> str:
    """Return where it is shown from which cells a place of a table comes."""
    duty, _, period_key = occurrence.key.partition("/")
    return reverse("provenance", args=[duty, period_key, f"{name}[{row}].{column}"])


@register.filter
def change_of(change: FigureChange, what: str) -> str:
    """Write the subject, the difference or the percentage of a change."""
    return {"subject": subject, "difference": difference, "percent": percent}[what](change)


@register.simple_tag(takes_context=True)
def milestone(context: Context, key: str) -> str:
    """Say what a milestone is and when."""
    return milestone_label(context["lang"], key)
