"""What a page says when it cannot be shown: in the office's language, with what to do, and nothing of the inside."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render

from scheduler.errors import Problem, ScadenzarioError, UserError

_SAID = (400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)

log = logging.getLogger(__name__)


class RefusedError(Exception):
    """A request that cannot be answered as it is: a status, the problems with it, and how long it stays so."""

    def __init__(self, status: int, problems: tuple[Problem, ...] = (), wait: timedelta | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.problems = problems
        self.wait = wait

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says beside its content: the whole seconds to wait, where they are known."""
        return {"Retry-After": str(math.ceil(self.wait.total_seconds()))} if self.wait else {}


def answer_of(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the page of an error."""
    match error:
        case RefusedError(status=status, problems=problems):
            return failure(request, status, problems, error.headers)
        case Http404():
            return failure(request, 404)
        case SuspiciousOperation():
            return failure(request, 400)
        case UserError(exit_code=1 | 2):  # of the person who asks, not of the ledger or a file
            return failure(request, 422, error.problems)
        case ScadenzarioError():
            log.error("page not built: %s", error)
            return failure(request, 503)
    log.error("page not built", exc_info=error)
    return failure(request, 500)


def failure(
    request: HttpRequest, status: int, problems: tuple[Problem, ...] = (), headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a page that says what is wrong and what to do."""
    if not hasattr(request, "house"):  # not even the files are at hand
        return HttpResponse(f"{status}\n", status=status, content_type="text/plain; charset=utf-8")
    known = status if status in _SAID else 500
    content = {"title": f"failure.{known}", "remedy": f"failure.{known}.remedy", "problems": problems}
    page = render(request, "failure.html", content, status=status)
    for name, value in (headers or {}).items():
        page.headers[name] = value
    return page


def explained(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware by which a method that an address does not have gets a page too: Django's is empty."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        return failure(request, 405, headers={"Allow": response.headers["Allow"]})

    return answer


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that does not come from a page of ours, or from one that is too old."""
    return failure(request, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address at which there is nothing."""
    return failure(request, 404)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense, or whose form is too large."""
    return failure(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer where something keeps the page from being made: Django calls it while the error is at hand."""
    error = sys.exc_info()[1]
    return answer_of(request, error) if isinstance(error, Exception) else failure(request, 500)
