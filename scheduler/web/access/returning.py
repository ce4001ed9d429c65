"""Signing in at the body's own server: the way there, and the way back."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from scheduler.core.access import person_of
from scheduler.core.entrance import Way
from scheduler.web.access.identity import begin, refusal
from scheduler.web.access.journey import Journey, SignInServerError
from scheduler.web.access.onward import own_path
from scheduler.web.house import Request

if TYPE_CHECKING:  # a library that only those need whose office has such a server
    from scheduler.web.access.oidc import SignInServer

GOOD_FOR = 600  # seconds that somebody may take at the server
_SALT = "scadenzario.oidc"

log = logging.getLogger(__name__)


@require_GET
def depart(request: Request) -> HttpResponse:
    """Send somebody to the server; what must come back goes with the browser, signed, for ten minutes."""
    try:
        address, journey = _server(request).begin(own_path(request.GET.get("next", "")))
    except SignInServerError as error:
        return _refused(request, error)
    response = HttpResponseRedirect(address)
    said = [journey.state, journey.nonce, journey.verifier, journey.onward]
    value = signing.dumps(said, key=request.house.door.key(), salt=_SALT)
    secure = request.is_secure()
    response.set_cookie(_cookie_name(request), value, GOOD_FOR, secure=secure, httponly=True, samesite="Lax")
    return response


@require_GET
def arrive(request: Request) -> HttpResponse:
    """Take somebody back from the server, and begin a session."""
    server, journey = _server(request), _journey(request)
    if journey is None:
        return _without_journey(request, _refused(request, SignInServerError("a state that is not ours")))
    try:
        address = server.address_of(request.GET.get("code", ""), journey)
    except SignInServerError as error:
        return _without_journey(request, _refused(request, error))
    person = person_of(request.house.register.people, address)
    if person is None:
        return _without_journey(request, refusal(request, "access.unknown"))
    response = HttpResponseRedirect(own_path(journey.onward))
    begin(request, response, person, Way.OIDC)
    log.info("signed in at the sign-in server")
    return _without_journey(request, response)


def _server(request: Request) -> SignInServer:
    server = request.house.door.server
    if server is None:
        raise Http404
    return server


def _journey(request: Request) -> Journey | None:
    """Return the journey that this browser began, and that its state names; None where there is none such."""
    said = request.COOKIES.get(_cookie_name(request), "")
    try:
        journey = Journey(*signing.loads(said, key=request.house.door.key(), salt=_SALT, max_age=GOOD_FOR))
    except signing.BadSignature:
        return None
    named = request.GET.get("state", "").encode("utf-8", "replace")
    return journey if secrets.compare_digest(journey.state.encode(), named) else None


def _refused(request: Request, error: SignInServerError) -> HttpResponse:
    log.warning("sign-in server: %s", error)
    return refusal(request, "access.server")


def _without_journey(request: Request, response: HttpResponse) -> HttpResponse:
    name = _cookie_name(request)
    response.delete_cookie(name, path="/", samesite="Lax")
    response.cookies[name]["secure"] = request.is_secure()
    return response


def _cookie_name(request: Request) -> str:
    return "__Host-scadenzario-oidc" if request.is_secure() else "scadenzario-oidc"
