"""A person's own page: where they are signed in, and the tokens of their programs."""

from __future__ import annotations

import secrets

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from scheduler.core.access import Access, Person
from scheduler.core.entrance import ApiToken, Permit, sha256_of
from scheduler.errors import Problem
from scheduler.locale import text
from scheduler.web.access.identity import BYTES, needs
from scheduler.web.failures import RefusedError
from scheduler.web.house import Request

PREFIX = "scad_"  # by which a token that has leaked can be found
LONGEST_LABEL, MOST_TOKENS = 100, 20


@require_safe
@needs(Access.READER)
def profile(request: Request) -> HttpResponse:
    """Show the page."""
    return _page(request)


@require_POST
@needs(Access.READER)
def make_token(request: Request) -> HttpResponse:
    """Make a token, and show it this once."""
    person, label = _person(request), request.POST.get("label", "").strip()
    permits = frozenset(item for item in Permit if item in request.POST.getlist("permit"))
    _check(request, label, permits, person)
    token = f"{PREFIX}{secrets.token_urlsafe(BYTES)}"
    now = request.house.door.clock()
    request.house.store.api_tokens.add(ApiToken(sha256_of(token), person.address, label, permits, now))
    return _page(request, token)


@require_POST
@needs(Access.READER)
def revoke_token(request: Request, number: int) -> HttpResponse:
    """Revoke one of the person's own tokens."""
    if not request.house.store.api_tokens.revoke(number, _person(request).address, request.house.door.clock()):
        raise Http404
    return HttpResponseRedirect(reverse("profile"))


def _page(request: Request, made: str = "") -> HttpResponse:
    person, store = _person(request), request.house.store
    content = {
        "sessions": store.sessions.of(person.address, request.house.door.clock()),
        "here": request.signed_in.number if request.signed_in else 0,
        "tokens": store.api_tokens.of(person.address),
        "permits": list(Permit),
        "made": made,
    }
    return render(request, "profile.html", content)


def _check(request: Request, label: str, permits: frozenset[Permit], person: Person) -> None:
    lang, problems = request.house.lang, []
    if not 0 < len(label) <= LONGEST_LABEL or not label.isprintable():
        problems.append("token.label")
    if not permits:
        problems.append("token.permit")
    if len(request.house.store.api_tokens.of(person.address)) >= MOST_TOKENS:
        problems.append("token.many")
    if problems:
        facts = {"limit": LONGEST_LABEL, "most": MOST_TOKENS}
        said = (Problem("", text(lang, code, **facts), text(lang, f"{code}.remedy", **facts)) for code in problems)
        raise RefusedError(422, tuple(said))


def _person(request: Request) -> Person:
    if request.person is None:
        raise Http404  # no view comes here without one
    return request.person
