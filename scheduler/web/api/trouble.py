"""What a program is told when something is wrong: `application/problem+json` (RFC 9457), in the office's language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from ninja.errors import HttpError, ValidationError

from scheduler.errors import Problem, ScadenzarioError, SourceError, TemplateError, UserError
from scheduler.ledger.stale import StaleError
from scheduler.locale import text
from scheduler.web.api.problem import MEDIA_TYPE, PREFIX, problem_document
from scheduler.web.failures import RefusedError
from scheduler.web.house import Request

TAKEN = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
_DJANGOS = ((Http404, 404), (RequestDataTooBig, 413), (SuspiciousOperation, 400))
_CODES = {"missing": "missing", "extra_forbidden": "unknown"}

log = logging.getLogger(__name__)


def answer_of(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Return the answer to a request that failed."""
    lang = cast("Request", request).house.lang
    match error:
        case RefusedError(status=status, problems=problems):
            return trouble(lang, status, problems, error.headers)
        case ValidationError(errors=errors):
            return trouble(lang, 422, _of_fields(lang, errors))
        case HttpError(status_code=status):
            return trouble(lang, status)
        case ScadenzarioError():
            return _of_ours(lang, error)
    status = next((status for kind, status in _DJANGOS if isinstance(error, kind)), 500)
    if status == 500:
        log.error("not answered", exc_info=error if isinstance(error, Exception) else True)
    return trouble(lang, status)


def _of_ours(lang: str, error: ScadenzarioError) -> HttpResponse:
    if isinstance(error, StaleError):
        return trouble(lang, 409, error.problems)
    asked_wrongly = isinstance(error, UserError) and error.exit_code in (1, 2)
    if asked_wrongly or isinstance(error, SourceError | TemplateError):  # of the request, or of the data it needs
        return trouble(lang, 422, error.problems)
    log.error("not answered: %s", error)
    return trouble(lang, 503)


def trouble(
    lang: str, status: int, problems: Iterable[Problem] = (), headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a status as a problem document, with what is wrong in each field."""
    content = problem_document(lang, status, problems)
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE, headers=headers)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def troubled(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware by which a program gets a problem document also where no handler was reached."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return get_response(request)
        lang = cast("Request", request).house.lang
        if request.method == "POST" and request.content_type not in TAKEN:
            return trouble(lang, 415)
        if request.method == "HEAD":  # ninja knows it for no way; the server leaves the content out
            request.method = "GET"
        response = get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type") == MEDIA_TYPE:
            return response
        return _restated(lang, response)

    return answer


def _restated(lang: str, response: HttpResponseBase) -> HttpResponse:
    allowed = {item.strip() for item in response.headers.get("Allow", "").split(",")} - {""}
    if "GET" in allowed:
        allowed.add("HEAD")
    return trouble(lang, response.status_code, headers={"Allow": ", ".join(sorted(allowed))} if allowed else None)


def _of_fields(lang: str, errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Return what is wrong with the fields of a request, without the library's own words."""
    return [
        Problem(
            str(item["loc"][-1]) if item.get("loc") else "", text(lang, f"api.field.{_CODES.get(item['type'], 'bad')}")
        )
        for item in errors
    ]
