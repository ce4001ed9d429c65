"""What a program is told when something is wrong: `application/problem+json` (RFC 9457), in the office's language."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from ninja.errors import HttpError, ValidationError

from scheduler.errors import Problem, ScadenzarioError, SourceError, TemplateError, UserError
from scheduler.ledger.stale import StaleError
from scheduler.locale import text
from scheduler.web.failures import RefusedError
from scheduler.web.house import Request

PREFIX, MEDIA_TYPE = "/api/", "application/problem+json"
TAKEN = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
_SAID = (400, 401, 403, 404, 405, 409, 413, 415, 422, 500, 503)
_DJANGOS = ((Http404, 404), (RequestDataTooBig, 413), (SuspiciousOperation, 400))
_CODES = {"missing": "missing", "extra_forbidden": "unknown"}

log = logging.getLogger(__name__)


def answer_of(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Return the answer to a request that failed."""
    lang = cast("Request", request).house.lang
    match error:
        case RefusedError(status=status, problems=problems):
            return trouble(lang, status, problems)
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


def trouble(lang: str, status: int, problems: Iterable[Problem] = ()) -> HttpResponse:
    """Return a status as a problem document, with what is wrong in each field."""
    known = status if status in _SAID else 500
    content = {
        "type": "about:blank",
        "title": text(lang, f"api.{known}"),
        "status": status,
        "detail": text(lang, f"api.{known}.remedy"),
        "errors": [{"field": item.where, "message": _said(item)} for item in problems],
    }
    response = HttpResponse(json.dumps(content, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
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
        response = get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type") == MEDIA_TYPE:
            return response
        return _restated(lang, response)

    return answer


def _restated(lang: str, response: HttpResponseBase) -> HttpResponse:
    said = trouble(lang, response.status_code)
    if "Allow" in response.headers:
        said["Allow"] = response.headers["Allow"]
    return said


def _of_fields(lang: str, errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Return what is wrong with the fields of a request, without the library's own words."""
    return [
        Problem(
            str(item["loc"][-1]) if item.get("loc") else "", text(lang, f"api.field.{_CODES.get(item['type'], 'bad')}")
        )
        for item in errors
    ]


def _said(problem: Problem) -> str:
    return f"{problem.what}; {problem.remedy}" if problem.remedy else problem.what
