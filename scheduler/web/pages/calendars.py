"""The calendar's addresses: each person makes and revokes their own, and subscribes with one click or by phone."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

import segno
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from scheduler.core.access import Access, Person
from scheduler.core.feed import Reach, Scope, Subscription, Variant, token_sha256
from scheduler.errors import Problem
from scheduler.locale import text
from scheduler.web.access.identity import needs
from scheduler.web.house import House, Request

BYTES = 24  # of chance in a token
LONGEST = 200  # characters of a label
MOST = 30  # addresses of one person: each is kept for ever, and built anew with the others
_GOOGLE = "https://calendar.google.com/calendar/r?cid="
_OUTLOOK = "https://outlook.office.com/calendar/0/addfromweb?url="


@dataclass(frozen=True)
class Address:
    """A new address, shown once, with the ways to subscribe to it."""

    https: str
    name: str

    @property
    def webcal(self) -> str:
        """For programs on this computer: one click."""
        return f"webcal://{self.https.partition('://')[2]}"

    @property
    def google(self) -> str:
        """For Google Calendar."""
        return _GOOGLE + quote(self.webcal, safe="")

    @property
    def outlook(self) -> str:
        """For Outlook on the web."""
        return f"{_OUTLOOK}{quote(self.https, safe='')}&name={quote(self.name, safe='')}"

    @property
    def picture(self) -> SafeString:
        """For the phone's camera: the address as a QR code."""
        made = segno.make(self.webcal, error="m").svg_inline(scale=4, border=4, svgclass="qr", lineclass=None)
        return mark_safe(made)  # noqa: S308  (drawn by the library, of squares alone)


@require_safe
@needs(Access.READER)
def calendars(request: Request) -> HttpResponse:
    """Show the addresses that somebody has, an administrator everybody's."""
    return _page(request)


@require_POST
@needs(Access.READER)
def add(request: Request) -> HttpResponse:
    """Make an address and show it, once."""
    house, person, problems = request.house, request.person, list[Problem]()
    label = request.POST.get("nome", "").strip()
    if not label or len(label) > LONGEST or not label.isprintable():
        problems.append(_problem(house, "feed-token.label", "nome"))
    if person and _count(house, person) >= MOST:
        problems.append(_problem(house, "calendars.many", "nome"))
    scope = _scope(house, request.POST.get("che", ""))
    if scope is None:
        problems.append(_problem(house, "feed-token.scope", "che"))
    if problems or scope is None or person is None:
        return _page(request, problems=tuple(problems), status=422)
    token = secrets.token_urlsafe(BYTES)
    variants = frozenset(item for item in Variant if request.POST.get(item.value))
    made = Subscription(token_sha256(token), scope, variants, label, owner=person.address)
    house.store.subscriptions.add(made, house.now)
    house.changed()
    address = f"{house.site.address}/calendario/{token}.ics"
    return _page(request, Address(address, text(house.lang, "calendar.name")))


@require_POST
@needs(Access.READER)
def revoke(request: Request, number: int) -> HttpResponse:
    """Revoke an address: who still asks gets an empty calendar."""
    house = request.house
    found = next((item for item in _visible(house, request.person) if item.number == number), None)
    if found is None:
        raise Http404
    house.store.subscriptions.revoke(number, house.now)
    house.changed()
    return HttpResponseRedirect(reverse("calendars"))


def _page(
    request: Request, address: Address | None = None, problems: tuple[Problem, ...] = (), status: int = 200
) -> HttpResponse:
    house = request.house
    content = {
        "address": address,
        "problems": problems,
        "mine": _visible(house, request.person),
        "desks": house.register.roles.values(),
        "families": list(dict.fromkeys(item.family for item in house.register.obligations)),
        "variants": list(Variant),
        "given": request.POST,
    }
    return render(request, "calendars.html", content, status=status)


def _visible(house: House, person: Person | None) -> list[Subscription]:
    every: Iterable[Subscription] = house.store.subscriptions.all()
    if person is None:
        return []
    is_administrator = person.access.allows(Access.ADMINISTRATOR)
    mine = person.address.casefold()
    return [item for item in every if not item.revoked_at and (is_administrator or item.owner.casefold() == mine)]


def _count(house: House, person: Person) -> int:
    mine = person.address.casefold()
    return sum(not item.revoked_at and item.owner.casefold() == mine for item in house.store.subscriptions.all())


def _scope(house: House, word: str) -> Scope | None:
    """Return what a choice of the form covers: `tutte`, `ufficio:…`, `famiglia:…`; None where there is no such one."""
    kind, _, name = word.partition(":")
    if word == "tutte":
        return Scope()
    if kind == "ufficio" and name in house.register.roles:
        return Scope(Reach.ROLE, name)
    if kind == "famiglia" and any(item.family == name for item in house.register.obligations):
        return Scope(Reach.FAMILY, name)
    return None


def _problem(house: House, code: str, where: str) -> Problem:
    return Problem(where, text(house.lang, code, most=MOST), text(house.lang, f"{code}.remedy"))
