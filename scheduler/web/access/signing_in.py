"""Signing in by a link that is mailed: ask for it, open it, use it once; and signing out."""

from __future__ import annotations

import logging
import secrets
from functools import partial

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scheduler.core.access import Person, person_of
from scheduler.core.entrance import LINK_GOOD, Link, Way, same_address, sha256_of
from scheduler.errors import ScadenzarioError
from scheduler.web.access.identity import BYTES, begin, client_address, forget
from scheduler.web.access.onward import own_path
from scheduler.web.failures import RefusedError
from scheduler.web.house import House, Request

LONGEST_ADDRESS = 254
MINUTES = int(LINK_GOOD.total_seconds()) // 60

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """Show the form that asks for a link, or take it."""
    if request.method == "POST":
        return _ask(request)
    onward = own_path(request.GET.get("next", ""))
    if request.person is not None:
        return HttpResponseRedirect(onward)
    return render(request, "sign_in.html", {"onward": onward, "has_server": request.house.door.server is not None})


@require_safe
def link_page(request: Request, token: str) -> HttpResponse:
    """Show the button by which a link is used; to look changes nothing, for programs that read mail look as well."""
    found = _known(request.house, request.house.store.links.good(sha256_of(token), request.house.door.clock()))
    if found is None:
        return gone(request)
    return render(request, "sign_in_link.html", {"token": token, "who": found[0]})


@require_POST
def enter(request: Request) -> HttpResponse:
    """Use a link up, and begin a session."""
    house, token = request.house, request.POST.get("token", "")
    found = _known(house, house.store.links.use(sha256_of(token), house.door.clock()))
    if found is None:
        return gone(request)
    person, link = found
    response = HttpResponseRedirect(own_path(link.onward))
    begin(request, response, person, Way.LINK)
    log.info("signed in by link")
    return response


@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End this session."""
    if request.signed_in is not None:
        request.house.store.sessions.end(request.signed_in.sha256, request.house.door.clock())
    return _left(request)


@require_POST
def sign_out_everywhere(request: Request) -> HttpResponse:
    """End every session of the person."""
    if request.person is not None:
        request.house.store.sessions.end_all(request.person.address, request.house.door.clock())
    return _left(request)


@require_safe
def left(request: Request) -> HttpResponse:
    """Say that the session has ended."""
    return render(request, "signed_out.html")


def gone(request: Request) -> HttpResponse:
    """Return the page of a link that signs nobody in: unknown, used or old, which are not told apart."""
    return render(request, "sign_in_gone.html", {"minutes": MINUTES}, status=410)


def _ask(request: Request) -> HttpResponse:
    """Take the form: the answer, and the time it takes, are the same whoever has the address."""
    house, now = request.house, request.house.door.clock()
    address = same_address(request.POST.get("address", "")[: LONGEST_ADDRESS + 1])
    free_at = house.store.tries.ask(client_address(request), sha256_of(address), now)
    if free_at is not None:
        raise RefusedError(429, wait=free_at - now)
    house.door.later(partial(_invite, house, address, own_path(request.POST.get("next", ""))))
    return render(request, "sign_in_sent.html", {"minutes": MINUTES, "has_mail": house.site.has_mail})


def _invite(house: House, address: str, onward: str) -> None:
    """Mail a link to the person with an address, if there is one; beside the request, which tells nothing of it."""
    person = person_of(house.register.people, address)
    if person is None:
        return
    token = secrets.token_urlsafe(BYTES)
    try:
        house.store.links.add(Link(sha256_of(token), person.address, house.door.clock(), onward))
        house.door.post.send(person, f"{house.site.address}{reverse('sign-in-link', args=[token])}")
    except ScadenzarioError as error:
        log.error("sign-in link not mailed: %s", error)  # noqa: TRY400  (it says all itself)


def _known(house: House, link: Link | None) -> tuple[Person, Link] | None:
    """Return a link with its person; None where `deadlines.yaml` names them no longer."""
    person = person_of(house.register.people, link.address) if link else None
    return (person, link) if person and link else None


def _left(request: Request) -> HttpResponse:
    response = HttpResponseRedirect(reverse("signed-out"))
    forget(request, response)
    return response
