"""Who a request is from: a session's cookie or a trusted proxy's header; and pages that only some may see."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse

from scheduler.core.access import Access, Person, person_of
from scheduler.core.entrance import SESSION_LONGEST, Session, Way, sha256_of
from scheduler.core.proxy import client_of, is_trusted
from scheduler.errors import Problem
from scheduler.locale import text
from scheduler.web.failures import failure
from scheduler.web.house import Request

BYTES = 32  # of chance in a cookie, a link or a token
_LONGEST = 100  # characters of a cookie that may be ours
_READING = ("GET", "HEAD")

Given = ParamSpec("Given")
View = Callable[Concatenate[Request, Given], HttpResponse]


def identified(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware that says who each request is from, as `deadlines.yaml` knows people now."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        asking = cast("Request", request)
        people = asking.house.register.people
        named = _named_by_proxy(asking)
        asking.signed_in = None if named else session_of(asking)
        address = named or (asking.signed_in.address if asking.signed_in else "")
        asking.person = person_of(people, address) if address else None
        return get_response(request)

    return answer


def client_address(request: Request) -> str:
    """Return who asks, for limits."""
    forwarded = ", ".join(_headers(request, "x-forwarded-for"))
    return client_of(_peer(request), forwarded, request.house.door.trusted)


def session_of(request: Request) -> Session | None:
    """Return the session of a request's cookie, as far as it holds."""
    token = request.COOKIES.get(cookie_name(request), "")
    if not 0 < len(token) <= _LONGEST:
        return None
    return request.house.store.sessions.seen(sha256_of(token), request.house.door.clock())


def cookie_name(request: Request) -> str:
    """Return the cookie's name: over https one that no other machine of the domain can set."""
    return "__Host-scadenzario" if request.is_secure() else "scadenzario"


def begin(request: Request, response: HttpResponse, person: Person, way: Way) -> None:
    """Begin a session, with a cookie that nobody knew before; one that the browser had ends."""
    sessions, now = request.house.store.sessions, request.house.door.clock()
    if request.signed_in is not None:
        sessions.end(request.signed_in.sha256, now)
    token = secrets.token_urlsafe(BYTES)
    sessions.begin(sha256_of(token), person.address, way, now)
    rotate_token(request)
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(SESSION_LONGEST.total_seconds()),
        path="/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def forget(request: Request, response: HttpResponse) -> None:
    """Take the cookie back from the browser."""
    name = cookie_name(request)
    response.delete_cookie(name, path="/", samesite="Lax")
    response.cookies[name]["secure"] = request.is_secure()  # without it, no browser takes a `__Host-` cookie


def needs(access: Access) -> Callable[[View[Given]], View[Given]]:
    """Return the decorator of a view that only people with enough access may see.

    A stranger who only looks goes to the sign-in page, and comes back from there; one who acts is refused.
    """

    def guard(view: View[Given]) -> View[Given]:
        @wraps(view)
        def guarded(request: Request, /, *arguments: Given.args, **options: Given.kwargs) -> HttpResponse:
            if request.person is None:
                return _to_sign_in(request) if request.method in _READING else refusal(request, "access.stranger")
            if not request.person.access.allows(access):
                return refusal(request, "access.too-little")
            return view(request, *arguments, **options)

        return guarded

    return guard


def refusal(request: Request, code: str) -> HttpResponse:
    """Return the page that says why somebody may not."""
    lang = request.house.lang
    return failure(request, 403, (Problem("", text(lang, code), text(lang, f"{code}.remedy")),))


def _to_sign_in(request: Request) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('sign-in')}?next={quote(request.get_full_path(), safe='')}")


def _named_by_proxy(request: Request) -> str:
    """Return the address that a trusted proxy has signed in; '' where none says so, or somebody else does."""
    door = request.house.door
    if not door.header or not is_trusted(_peer(request), door.trusted):
        return ""
    named = _headers(request, door.header)
    return named[0].strip() if len(named) == 1 else ""


def _peer(request: Request) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _headers(request: Request, name: str) -> list[str]:
    """Return every value of a header, under exactly this name."""
    raw: list[tuple[bytes, bytes]] = cast("Any", request).scope["headers"]
    return [value.decode("latin-1") for known, value in raw if known == name.lower().encode()]
